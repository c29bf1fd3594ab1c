//! Counting right and wrong: by source and language, by type, and over rows that should be clean.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use sandgate_gate::Reported;
use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::label::{ANY, Map, Row, Truth};

/// What rows are counted under that are right or wrong as a whole.
const WHOLE: &str = "(whole row)";
/// What findings in rows are counted under that should hold none.
const CLEAN: &str = "(clean row)";

/// Some counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Score {
    /// What should be found.
    pub(crate) expected: u64,
    /// How much of that was.
    pub(crate) hit: u64,
    /// How much of that with exactly its bounds.
    pub(crate) exact: u64,
    /// What was found.
    pub(crate) found: u64,
    /// How much of that rightly.
    pub(crate) right: u64,
}

/// The counts of a source in a language.
#[derive(Debug, Default)]
pub(crate) struct Group {
    pub(crate) rows: u64,
    types: BTreeMap<String, Score>,
}

/// All counts.
#[derive(Debug, Default)]
pub(crate) struct Scores {
    /// By source and language.
    pub(crate) groups: BTreeMap<(String, String), Group>,
    /// Types in the data that no rule answers for, with their spans.
    pub(crate) unmapped: BTreeMap<String, u64>,
    /// Rows whose label is 0, and how many of them anything was found in, and by which rules.
    pub(crate) clean: u64,
    pub(crate) touched: u64,
    pub(crate) touching: BTreeMap<String, u64>,
}

impl Scores {
    /// Counts a row; `None` where its labels lie outside its text.
    pub(crate) fn row(&mut self, row: &Row, findings: &[Reported], map: &Map) -> Option<()> {
        let truth = row.truth()?;
        if row.is_clean() {
            self.clean += 1;
            self.touched += u64::from(!findings.is_empty());
            let rules: BTreeSet<_> = findings.iter().map(|found| found.rule.to_string()).collect();
            rules.into_iter().for_each(|rule| *self.touching.entry(rule).or_default() += 1);
        }
        if let Truth::Spans(spans) = &truth {
            let unknown = spans.iter().filter(|(_, kind)| !map.knows(kind));
            unknown.for_each(|(_, kind)| *self.unmapped.entry(kind.clone()).or_default() += 1);
        }
        let group = self.groups.entry((row.source.clone(), row.lang.clone())).or_default();
        group.rows += 1;
        match truth {
            Truth::Whole(expected) => group.whole(expected, !findings.is_empty()),
            Truth::Spans(spans) => {
                group.expected(&spans, findings, map);
                group.found(row, &spans, findings, map);
            }
        }
        Some(())
    }

    /// Adds other counts.
    pub(crate) fn add(&mut self, more: Self) {
        for (key, group) in more.groups {
            let ours = self.groups.entry(key).or_default();
            ours.rows += group.rows;
            group.types.into_iter().for_each(|(kind, score)| ours.add(&kind, score));
        }
        add_counts(&mut self.unmapped, more.unmapped);
        add_counts(&mut self.touching, more.touching);
        self.clean += more.clean;
        self.touched += more.touched;
    }

    /// How many rows were counted.
    pub(crate) fn rows(&self) -> u64 {
        self.groups.values().map(|group| group.rows).sum()
    }

    /// The counts by source and language, of the types that are annotated in that source.
    pub(crate) fn by_group(&self) -> impl Iterator<Item = (&str, &str, u64, Score)> {
        self.groups.iter().map(|((source, lang), group)| {
            let scored = group.types.iter().filter(|(kind, _)| self.is_scored(source, kind));
            (source.as_str(), lang.as_str(), group.rows, scored.map(|(_, score)| *score).sum())
        })
    }

    /// The counts by type, over the sources in which it is annotated.
    pub(crate) fn by_type(&self) -> BTreeMap<&str, Score> {
        let mut types: BTreeMap<&str, Score> = BTreeMap::new();
        for ((source, _), group) in &self.groups {
            for (kind, score) in group.types.iter().filter(|(k, _)| self.is_scored(source, k)) {
                let sum = types.entry(kind).or_default();
                *sum = [*sum, *score].into_iter().sum();
            }
        }
        types
    }

    /// Everything that is scored.
    pub(crate) fn total(&self) -> Score {
        self.by_type().into_values().sum()
    }

    /// A type that a source never marks is none it was searched for: what is found of it there may
    /// well be right.
    fn is_scored(&self, source: &str, kind: &str) -> bool {
        let of_source = self.groups.iter().filter(|((name, _), _)| name == source);
        let mut scores = of_source.filter_map(|(_, group)| group.types.get(kind));
        [WHOLE, CLEAN, ANY].contains(&kind) || scores.any(|score| score.expected > 0)
    }
}

impl Group {
    fn whole(&mut self, expected: bool, found: bool) {
        let both = u64::from(expected && found);
        let (expected, found) = (expected.into(), found.into());
        self.add(WHOLE, Score { expected, hit: both, exact: both, found, right: both });
    }

    fn expected(&mut self, spans: &[(Range<usize>, String)], findings: &[Reported], map: &Map) {
        for (span, kind) in spans.iter().filter(|(_, kind)| map.knows(kind)) {
            let mut answers = findings.iter().filter(|f| map.pairs(kind, &f.rule));
            let hit = answers.clone().any(|f| overlaps(f, span)).into();
            let exact = answers.any(|f| bounds(f) == (span.start as u64, span.end as u64)).into();
            self.add(map.counted_as(kind), Score { expected: 1, hit, exact, ..Score::default() });
        }
    }

    fn found(
        &mut self,
        row: &Row,
        spans: &[(Range<usize>, String)],
        findings: &[Reported],
        map: &Map,
    ) {
        for found in findings {
            let right = spans
                .iter()
                .find(|(span, kind)| map.pairs(kind, &found.rule) && overlaps(found, span));
            let kind = match right {
                Some((_, kind)) => map.counted_as(kind),
                None if row.is_clean() => CLEAN,
                None => map.type_of(&found.rule),
            };
            let annotated = |types: &BTreeSet<String>| map.is_any() || types.contains(kind);
            if row.scored_types.as_ref().is_none_or(annotated) {
                let right = right.is_some().into();
                self.add(kind, Score { found: 1, right, ..Score::default() });
            }
        }
    }

    fn add(&mut self, kind: &str, score: Score) {
        match self.types.get_mut(kind) {
            Some(sum) => *sum = [*sum, score].into_iter().sum(),
            None => drop(self.types.insert(kind.to_owned(), score)),
        }
    }
}

impl Score {
    /// The share of what was found that is right, if anything was.
    pub(crate) fn precision(&self) -> Option<f64> {
        share(self.right, self.found)
    }

    /// The share of what should be found that was, if anything should.
    pub(crate) fn recall(&self) -> Option<f64> {
        share(self.hit, self.expected)
    }

    /// The harmonic mean of both; 0 where one of them is.
    pub(crate) fn f1(&self) -> Option<f64> {
        let recall = self.recall()?;
        let precision = self.precision().unwrap_or(0.0);
        let sum = precision + recall;
        Some(if sum > 0.0 { 2.0 * precision * recall / sum } else { 0.0 })
    }

    /// The share of what should be found that was, with exactly its bounds.
    pub(crate) fn exactly(&self) -> Option<f64> {
        share(self.exact, self.expected)
    }
}

impl std::iter::Sum for Score {
    fn sum<I: Iterator<Item = Self>>(scores: I) -> Self {
        scores.fold(Self::default(), |a, b| Self {
            expected: a.expected + b.expected,
            hit: a.hit + b.hit,
            exact: a.exact + b.exact,
            found: a.found + b.found,
            right: a.right + b.right,
        })
    }
}

impl Serialize for Score {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Score", 8)?;
        fields.serialize_field("expected", &self.expected)?;
        fields.serialize_field("hit", &self.hit)?;
        fields.serialize_field("found", &self.found)?;
        fields.serialize_field("right", &self.right)?;
        fields.serialize_field("precision", &self.precision())?;
        fields.serialize_field("recall", &self.recall())?;
        fields.serialize_field("f1", &self.f1())?;
        fields.serialize_field("exact", &self.exactly())?;
        fields.end()
    }
}

/// `part` of `whole`, where there is any.
pub(crate) fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

fn overlaps(found: &Reported, span: &Range<usize>) -> bool {
    found.start < span.end as u64 && (span.start as u64) < found.end
}

fn bounds(found: &Reported) -> (u64, u64) {
    (found.start, found.end)
}

fn add_counts(counts: &mut BTreeMap<String, u64>, more: BTreeMap<String, u64>) {
    more.into_iter().for_each(|(name, count)| *counts.entry(name).or_default() += count);
}
