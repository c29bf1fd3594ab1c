//! One pattern of the user's, tried at one place of a text that may go on.
//!
//! What a match is, is decided at the place where it starts: by the text from there on, at most
//! `max_length` bytes of it, and what assertions see around it. Where chunks were cut plays no
//! part. See [`crate::stream`] for how places follow one another.

use std::ops::Range;

use fancy_regex::{Expr, RegexBuilder, RegexInput};
use regex_automata::MatchKind;
use regex_automata::nfa::thompson::NFA;
use regex_automata::util::syntax;
use regex_syntax::hir::{self, Hir};
use sandgate_guest::{Attempt, Window};

use crate::filter::{self, Filter};
use crate::{relax, stream, threads};

/// How many bytes after a match a look-ahead may look at.
pub(crate) const LOOK_AHEAD: usize = 128;

/// What bounded look-around costs, in steps of one attempt; beyond it the text counts as a match.
const MAX_STEPS: usize = 100_000;

/// How a pattern is read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reading {
    pub(crate) ignore_case: bool,
    /// Longer matches end after so many bytes.
    pub(crate) max_length: usize,
    /// How many rules share the memory for automata.
    pub(crate) n_rules: usize,
}

/// A compiled pattern.
pub(crate) struct Pattern {
    filter: Filter,
    check: Check,
}

/// What the filter cannot decide.
enum Check {
    /// Nothing: the pattern has no assertions.
    None,
    Assertions(NFA),
    LookAround {
        regex: fancy_regex::Regex,
        margin: usize,
    },
}

impl Pattern {
    /// A pattern in `regex` syntax.
    pub(crate) fn regex(pattern: &str, reading: Reading) -> Result<Self, String> {
        let hir = parse(pattern, reading.ignore_case)?;
        let relaxed = not_empty(relax::regular(&hir))?;
        if hir.properties().look_set().is_empty() {
            let filter = filter(&relaxed, MatchKind::LeftmostFirst, reading)?;
            return Ok(Self { filter, check: Check::None });
        }
        let filter = filter(&relaxed, MatchKind::All, reading)?;
        Ok(Self { filter, check: Check::Assertions(filter::compile(&hir)?) })
    }

    /// A pattern in `fancy-regex` syntax.
    pub(crate) fn fancy(pattern: &str, reading: Reading) -> Result<Self, String> {
        let mut builder = RegexBuilder::new(pattern);
        builder
            .case_insensitive(reading.ignore_case)
            .backtrack_limit(MAX_STEPS)
            .delegate_size_limit(filter::NFA_BYTES)
            .allow_input_assertion_overrides(true);
        let regex = builder.build().map_err(|e| e.to_string())?;
        let flagged = if reading.ignore_case { format!("(?i){pattern}") } else { pattern.into() };
        let tree = Expr::parse_tree(&flagged).map_err(|e| e.to_string())?;
        if tree.expr.has_descendant_or_self(|expr| matches!(expr, Expr::KeepOut)) {
            return Err("`\\K` is not supported: use a look-behind, `(?<=…)`".to_owned());
        }
        let relaxed = relax::fancy(&tree.expr);
        let filter = filter(&not_empty(relaxed.hir)?, MatchKind::All, reading)?;
        // Without look-ahead, `\Z` sees furthest: a line's end and what comes after it.
        let margin = if relaxed.looks_ahead { LOOK_AHEAD } else { 4 };
        Ok(Self { filter, check: Check::LookAround { regex, margin } })
    }
}

impl stream::Local for Pattern {
    fn candidates(&self, text: &str, at: usize) -> Range<usize> {
        self.filter.candidates(text, at)
    }

    fn attempt(&self, window: Window<'_>, at: usize) -> Attempt {
        let reach = self.filter.reach(window, at);
        let Some(end) = reach.end else { return Attempt::Open };
        let Some(longest) = reach.matched else { return Attempt::Miss };
        let margin = match self.check {
            Check::None => return Attempt::Match(longest),
            Check::Assertions(_) => 1,
            Check::LookAround { margin, .. } => margin,
        };
        if end + margin > window.text.len() && !window.last {
            return Attempt::Open;
        }
        let seen = window.text.ceil_char_boundary(end + margin);
        let place = Place { window, seen, at, longest };
        let matched = match &self.check {
            Check::None => Some(longest),
            Check::Assertions(nfa) => threads::match_end(nfa, &window.text[..seen], at, longest),
            Check::LookAround { regex, .. } => place.look_around(regex),
        };
        matched.map_or(Attempt::Miss, Attempt::Match)
    }
}

/// One place of a text, with all that may be known there.
struct Place<'a> {
    window: Window<'a>,
    /// The end of what may be looked at.
    seen: usize,
    at: usize,
    /// The longest match there is without assertions.
    longest: usize,
}

impl Place<'_> {
    fn look_around(&self, regex: &fancy_regex::Regex) -> Option<usize> {
        let start = self.at - self.window.before(self.at).len();
        let input = RegexInput::new(&self.window.text[start..self.seen])
            .from_pos(self.at - start)
            .anchored(true)
            // A window that begins inside of a part holds more than the context that is shown.
            .start_text(start == 0)
            .end_text(self.window.last && self.seen == self.window.text.len());
        match regex.find_input(input) {
            Ok(None) => None,
            Ok(Some(found)) => Some((start + found.end()).min(self.longest)),
            // Nobody knows what this is, so it does not pass.
            Err(_) => Some(self.longest),
        }
        .filter(|&end| end > self.at)
    }
}

/// The automaton of a pattern that must match a whole text.
pub(crate) fn whole(pattern: &str) -> Result<NFA, String> {
    let hir = parse(pattern, false)?;
    let (start, end) = (Hir::look(hir::Look::Start), Hir::look(hir::Look::End));
    filter::compile(&Hir::concat(vec![start, hir, end]))
}

fn parse(pattern: &str, ignore_case: bool) -> Result<Hir, String> {
    let config = syntax::Config::new().case_insensitive(ignore_case);
    syntax::parse_with(pattern, &config).map_err(|e| e.to_string())
}

fn not_empty(relaxed: Hir) -> Result<Hir, String> {
    match relaxed.properties().minimum_len() {
        Some(0) => Err("it can match the empty string".to_owned()),
        None => Err("it can match nothing at all".to_owned()),
        Some(_) => Ok(relaxed),
    }
}

fn filter(relaxed: &Hir, kind: MatchKind, reading: Reading) -> Result<Filter, String> {
    Filter::new(relaxed, kind, reading.max_length, reading.n_rules)
}
