//! Labelled rows: what is true of a text, and which rules answer for it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;

/// A labelled row.
#[derive(Deserialize)]
pub(crate) struct Row {
    pub(crate) text: String,
    #[serde(default)]
    pub(crate) source: String,
    #[serde(default)]
    pub(crate) lang: String,
    label: Option<u8>,
    spans: Option<Vec<Span>>,
    pub(crate) scored_types: Option<BTreeSet<String>>,
    #[serde(default)]
    whole: Option<bool>,
}

/// A labelled span, in characters.
#[derive(Deserialize)]
struct Span {
    start: usize,
    end: usize,
    #[serde(rename = "type")]
    kind: String,
}

/// What a row is scored by.
pub(crate) enum Truth {
    /// Spans in bytes, each with its type.
    Spans(Vec<(Range<usize>, String)>),
    /// Whether anything should be found.
    Whole(bool),
}

impl Row {
    /// The row in `line`.
    pub(crate) fn read(line: &[u8]) -> Result<Self> {
        match serde_json::from_slice(line) {
            Ok(row) => Ok(row),
            // Its message would repeat what the row holds.
            Err(error) if error.is_data() => {
                bail!("not a labelled row: `text` and `spans` or `label` are expected")
            }
            Err(error) => bail!("not JSON: column {}", error.column()),
        }
    }

    /// What is true of the text; `None` where a span lies outside of it.
    pub(crate) fn truth(&self) -> Option<Truth> {
        let whole = self.whole == Some(true);
        match (&self.spans, self.label) {
            (Some(spans), label) if !(whole || spans.is_empty() && label == Some(1)) => {
                self.in_bytes(spans).map(Truth::Spans)
            }
            (Some(spans), None) => Some(Truth::Whole(!spans.is_empty())),
            (_, label) => Some(Truth::Whole(label == Some(1))),
        }
    }

    /// Whether nothing at all should be found.
    pub(crate) fn is_clean(&self) -> bool {
        self.label == Some(0)
    }

    fn in_bytes(&self, spans: &[Span]) -> Option<Vec<(Range<usize>, String)>> {
        let ends = std::iter::once(self.text.len());
        let bytes: Vec<_> = self.text.char_indices().map(|(at, _)| at).chain(ends).collect();
        let convert = |span: &Span| {
            let range = *bytes.get(span.start)?..*bytes.get(span.end)?;
            Some((range, span.kind.clone()))
        };
        spans.iter().map(convert).collect()
    }
}

/// Which rules answer for which type.
pub(crate) struct Map {
    /// Any rule for any type.
    any: bool,
    given: BTreeMap<String, BTreeSet<String>>,
    rules: BTreeSet<String>,
}

impl Map {
    /// The map that `given` adds to types and rules of the same name. A type may be given several
    /// times, and a rule that no policy has is an error.
    pub(crate) fn new(given: &[String], rules: BTreeSet<String>) -> Result<Self> {
        let mut map = Self { any: false, given: BTreeMap::new(), rules };
        for pair in given {
            let pair = pair.split_once('=');
            let (kind, rule) = pair.context("--map: TYPE=RULE is expected, such as SSN=US_SSN")?;
            if (kind, rule) == ("*", "*") {
                map.any = true;
                continue;
            }
            ensure!(map.rules.contains(rule), "--map: no policy has a rule `{rule}`");
            map.given.entry(kind.to_owned()).or_default().insert(rule.to_owned());
        }
        Ok(map)
    }

    /// Whether `rule` answers for `kind`.
    pub(crate) fn pairs(&self, kind: &str, rule: &str) -> bool {
        self.any || kind == rule || self.given.get(kind).is_some_and(|rules| rules.contains(rule))
    }

    /// Whether any rule answers for any type.
    pub(crate) fn is_any(&self) -> bool {
        self.any
    }

    /// Whether any rule answers for `kind`.
    pub(crate) fn knows(&self, kind: &str) -> bool {
        self.any || self.rules.contains(kind) || self.given.contains_key(kind)
    }

    /// What spans of `kind` are counted under.
    pub(crate) fn counted_as<'a>(&self, kind: &'a str) -> &'a str {
        if self.any { ANY } else { kind }
    }

    /// The type that a wrong finding of `rule` counts against: the one it was mapped to, or the one
    /// of its own name.
    pub(crate) fn type_of<'a>(&'a self, rule: &'a str) -> &'a str {
        if self.any {
            return ANY;
        }
        let mapped = self.given.iter().find(|(_, rules)| rules.contains(rule));
        mapped.map_or(rule, |(kind, _)| kind.as_str())
    }
}

/// What all types are called where any rule answers for any of them.
pub(crate) const ANY: &str = "*";
