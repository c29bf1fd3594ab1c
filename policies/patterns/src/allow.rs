//! Matches that are left alone.

use std::collections::BTreeSet;

use regex_automata::nfa::thompson::NFA;

use crate::settings::AllowSettings;
use crate::{pattern, threads};

/// A compiled allow-list.
pub(crate) struct Allow {
    values: BTreeSet<String>,
    patterns: Vec<NFA>,
}

impl Allow {
    /// Compiles an allow-list; an error names the pattern by its number.
    pub(crate) fn new(settings: &AllowSettings) -> Result<Self, String> {
        let compile = |(idx, text): (usize, &String)| {
            pattern::whole(text).map_err(|e| format!("allow.regex: pattern {}: {e}", idx + 1))
        };
        let patterns = settings.regex.iter().enumerate().map(compile);
        Ok(Self { values: settings.values.clone(), patterns: patterns.collect::<Result<_, _>>()? })
    }

    /// Whether a match with this text is left alone.
    pub(crate) fn holds(&self, text: &str) -> bool {
        let whole = |nfa: &NFA| threads::match_end(nfa, text, 0, text.len()).is_some();
        self.values.contains(text) || self.patterns.iter().any(whole)
    }
}
