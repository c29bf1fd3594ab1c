//! Scores for people, and for programs.

use std::fmt;

use serde::ser::{Serialize, SerializeStruct, Serializer};
use serde_json::json;

use crate::paint::{BOLD, DIM, paint, tame};
use crate::score::{Score, Scores, share};
use crate::table::Table;

const NUMBERS: [&str; 6] = ["expected", "found", "precision", "recall", "F1", "exact"];

impl fmt::Display for Scores {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [expected, found, precision, recall, f1, exact] = NUMBERS;
        let heading = ["source", "lang", "rows", expected, found, precision, recall, f1, exact];
        let mut groups = Table::new(heading, 2);
        for (source, lang, rows, score) in self.by_group() {
            let [a, b, c, d, e, g] = numbers(score);
            groups.push([tame(source), tame(lang), rows.to_string(), a, b, c, d, e, g]);
        }
        let [a, b, c, d, e, g] = numbers(self.total());
        groups.push(["all".to_owned(), String::new(), self.rows().to_string(), a, b, c, d, e, g]);
        writeln!(f, "{groups}")?;
        let mut types = Table::new(["type", expected, found, precision, recall, f1, exact], 1);
        for (kind, score) in self.by_type() {
            let [a, b, c, d, e, g] = numbers(score);
            types.push([tame(kind), a, b, c, d, e, g]);
        }
        writeln!(f, "{types}")?;
        self.clean_rows(f)?;
        self.unscored(f)
    }
}

impl Scores {
    fn clean_rows(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(touched) = share(self.touched, self.clean) else {
            return Ok(());
        };
        let percent = format!("{:.2} %", 100.0 * touched);
        writeln!(
            f,
            "{} {} of {} clean rows touched",
            paint(BOLD, percent),
            self.touched,
            self.clean
        )?;
        for (rule, rows) in by_count(&self.touching) {
            writeln!(f, "  {rows:>6}  {rule}")?;
        }
        Ok(())
    }

    fn unscored(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.unmapped.is_empty() {
            return Ok(());
        }
        let types = by_count(&self.unmapped).into_iter();
        let types: Vec<_> = types.map(|(kind, n)| format!("{} {n}", tame(kind))).collect();
        let line = format!("not scored, for no rule answers for them: {}", types.join(", "));
        writeln!(f, "{}", paint(DIM, line))
    }
}

impl Serialize for Scores {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let groups: Vec<_> = self
            .by_group()
            .map(|(source, lang, rows, score)| {
                json!({ "source": source, "lang": lang, "rows": rows, "score": score })
            })
            .collect();
        let clean = json!({ "rows": self.clean, "touched": self.touched, "rules": self.touching });
        let mut fields = serializer.serialize_struct("Scores", 6)?;
        fields.serialize_field("rows", &self.rows())?;
        fields.serialize_field("total", &self.total())?;
        fields.serialize_field("groups", &groups)?;
        fields.serialize_field("types", &self.by_type())?;
        fields.serialize_field("clean", &clean)?;
        fields.serialize_field("unmapped", &self.unmapped)?;
        fields.end()
    }
}

fn numbers(score: Score) -> [String; 6] {
    let ratio = |ratio: Option<f64>| ratio.map_or("–".to_owned(), |ratio| format!("{ratio:.3}"));
    [
        score.expected.to_string(),
        score.found.to_string(),
        ratio(score.precision()),
        ratio(score.recall()),
        ratio(score.f1()),
        ratio(score.exactly()),
    ]
}

/// The most frequent first.
fn by_count(counts: &std::collections::BTreeMap<String, u64>) -> Vec<(&str, u64)> {
    let mut counts: Vec<_> = counts.iter().map(|(name, count)| (name.as_str(), *count)).collect();
    counts.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
    counts
}
