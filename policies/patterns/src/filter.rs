//! A lazy automaton that finds where a pattern may match, and where it certainly does not.
//!
//! It has no assertions in it, so it needs no context and works on any script; a pattern that has
//! some is checked in full only where this automaton lets it through. States are made as text
//! needs them, and forgotten when they fill their cache: memory is bounded, results are the same.

use std::cell::RefCell;
use std::ops::Range;

use regex_automata::hybrid::dfa::{Cache, DFA};
use regex_automata::nfa::thompson;
use regex_automata::util::prefilter::Prefilter;
use regex_automata::{Anchored, Input, MatchKind};
use regex_syntax::hir::Hir;
use sandgate_guest::Window;

/// The largest automaton of one pattern before it runs.
pub(crate) const NFA_BYTES: usize = 1 << 20;

/// The states that all patterns together may keep.
const CACHE_BYTES: usize = 2 << 20;

/// A pattern without its assertions.
pub(crate) struct Filter {
    dfa: DFA,
    cache: RefCell<Cache>,
    /// The longest match in bytes.
    bound: usize,
}

/// How far a pattern gets from one place.
pub(crate) struct Reach {
    /// Where a match may end: the preferred one, or the longest if all were asked for.
    pub(crate) matched: Option<usize>,
    /// The offset whose byte, or the end of the part, left nothing to hope for; none where the
    /// text that follows decides.
    pub(crate) end: Option<usize>,
}

impl Filter {
    /// Compiles `hir`, which holds no assertions, as one of `n_rules` patterns.
    pub(crate) fn new(
        hir: &Hir,
        kind: MatchKind,
        max_length: usize,
        n_rules: usize,
    ) -> Result<Self, String> {
        let nfa = compile(hir)?;
        let config = DFA::config()
            .match_kind(kind)
            .prefilter(Prefilter::from_hir_prefix(MatchKind::LeftmostFirst, hir))
            .cache_capacity(CACHE_BYTES / n_rules.max(1))
            .skip_cache_capacity_check(true);
        let dfa = DFA::builder().configure(config).build_from_nfa(nfa);
        let dfa = dfa.map_err(|e| e.to_string())?;
        let longest = hir.properties().maximum_len().unwrap_or(usize::MAX);
        let cache = RefCell::new(dfa.create_cache());
        Ok(Self { dfa, cache, bound: longest.min(max_length) })
    }

    /// The first places from `at` on that a match may start at; none starts before them.
    pub(crate) fn candidates(&self, text: &str, at: usize) -> Range<usize> {
        let input = Input::new(text).range(at..).earliest(true);
        let found = self.dfa.try_search_fwd(&mut self.cache.borrow_mut(), &input);
        let found = found.expect("it has no quit bytes and never gives up");
        // Every match that starts before the earliest end ends there or later.
        let end = found.map_or(text.len(), |half| half.offset());
        let first = text.ceil_char_boundary(end.saturating_sub(self.bound));
        first.max(at)..end
    }

    /// Runs from `at`, no further than a match may be long.
    pub(crate) fn reach(&self, window: Window<'_>, at: usize) -> Reach {
        const RUNS: &str = "it has no quit bytes and never gives up";
        let cache = &mut *self.cache.borrow_mut();
        let text = window.text.as_bytes();
        let input = Input::new(text).range(at..).anchored(Anchored::Yes);
        let mut state = self.dfa.start_state_forward(cache, &input).expect(RUNS);
        let mut matched = None;
        for (offset, &byte) in text.iter().enumerate().skip(at) {
            state = self.dfa.next_state(cache, state, byte).expect(RUNS);
            if state.is_match() {
                // The automaton says so one byte late: `offset` is the first byte after the match.
                matched = Some(offset);
            }
            if state.is_dead() || offset - at >= self.bound {
                return Reach { matched, end: Some(offset) };
            }
        }
        if !window.last {
            return Reach { matched, end: None };
        }
        if self.dfa.next_eoi_state(cache, state).expect(RUNS).is_match() {
            matched = Some(text.len());
        }
        Reach { matched, end: Some(text.len()) }
    }
}

/// The automaton of `hir`, before determinization.
pub(crate) fn compile(hir: &Hir) -> Result<thompson::NFA, String> {
    let config = thompson::Config::new().nfa_size_limit(Some(NFA_BYTES));
    let nfa = thompson::Compiler::new().configure(config).build_from_hir(hir);
    nfa.map_err(|e| e.to_string())
}
