//! A simulation of a pattern's automaton that knows assertions, tried at one place.
//!
//! It is here because of `\b`, which in every engine at hand means Unicode's: see
//! [`crate::boundary`]. It runs only where the filter has found a match without assertions, so it
//! is small rather than fast. Alternatives are kept in the order of their preference, as Pike did.

use regex_automata::nfa::thompson::{NFA, State};
use regex_automata::util::look::Look;
use regex_automata::util::primitives::StateID;

use crate::boundary;

/// The end of the match of `nfa` that starts at `at`, leftmost-first, ending at `until` at most.
/// Assertions see all of `text`.
pub(crate) fn match_end(nfa: &NFA, text: &str, at: usize, until: usize) -> Option<usize> {
    let mut matched = None;
    let mut now = Threads::new(nfa, text);
    let mut next = Threads::new(nfa, text);
    now.follow(nfa.start_anchored(), at);
    for offset in at..=until {
        let byte = text.as_bytes().get(offset).filter(|_| offset < until);
        for &state in &now.alive {
            if matches!(nfa.state(state), State::Match { .. }) {
                matched = Some(offset);
                // What follows in the list is preferred less than a match.
                break;
            }
            if let Some(state) = byte.and_then(|&byte| step(nfa.state(state), byte)) {
                next.follow(state, offset + 1);
            }
        }
        std::mem::swap(&mut now, &mut next);
        next.clear();
        if now.alive.is_empty() {
            break;
        }
    }
    matched
}

/// The states alive at one place of the text, preferred ones first.
struct Threads<'a> {
    nfa: &'a NFA,
    text: &'a str,
    alive: Vec<StateID>,
    seen: Vec<bool>,
    stack: Vec<StateID>,
}

impl<'a> Threads<'a> {
    fn new(nfa: &'a NFA, text: &'a str) -> Self {
        let seen = vec![false; nfa.states().len()];
        Self { nfa, text, alive: Vec::new(), seen, stack: Vec::new() }
    }

    fn clear(&mut self) {
        self.alive.clear();
        self.seen.fill(false);
    }

    /// Adds `state`, or what it leads to without a character.
    fn follow(&mut self, state: StateID, at: usize) {
        self.stack.push(state);
        while let Some(state) = self.stack.pop() {
            if std::mem::replace(&mut self.seen[state], true) {
                continue;
            }
            match self.nfa.state(state) {
                State::Look { look, next } if self.holds(*look, at) => self.stack.push(*next),
                State::Look { .. } | State::Fail => {}
                State::Union { alternates } => self.stack.extend(alternates.iter().rev()),
                State::BinaryUnion { alt1, alt2 } => self.stack.extend([*alt2, *alt1]),
                State::Capture { next, .. } => self.stack.push(*next),
                _ => self.alive.push(state),
            }
        }
    }

    fn holds(&self, look: Look, at: usize) -> bool {
        match look {
            Look::WordUnicode => boundary::is_boundary(self.text, at),
            Look::WordUnicodeNegate => !boundary::is_boundary(self.text, at),
            Look::WordStartUnicode => boundary::is_start(self.text, at),
            Look::WordEndUnicode => boundary::is_end(self.text, at),
            _ => self.nfa.look_matcher().matches(look, self.text.as_bytes(), at),
        }
    }
}

fn step(state: &State, byte: u8) -> Option<StateID> {
    match state {
        State::ByteRange { trans } => trans.matches_byte(byte).then_some(trans.next),
        State::Sparse(sparse) => sparse.matches_byte(byte),
        State::Dense(dense) => dense.matches_byte(byte),
        _ => None,
    }
}
