//! Patterns compiled by the build script: tried at one place, on text that may go on.
//!
//! Compiling one regex inside wasm costs about 150 µs and 300 KB of code; reading a finished
//! automaton costs neither. A pattern that runs into the end of the window alive says so, which
//! is what a detector needs to know what is settled.

use std::cell::OnceCell;

use regex_automata::Anchored;
use regex_automata::dfa::Automaton;
use regex_automata::dfa::sparse::DFA;
use regex_automata::util::start;

use crate::Window;

/// An automaton made by `compile::pattern` in a build script.
pub struct Pattern {
    bytes: &'static [u8],
    max_len: usize,
    dfa: OnceCell<DFA<&'static [u8]>>,
}

/// What became of trying a pattern at one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attempt {
    /// It matches up to this offset of the window, whatever follows.
    Match(usize),
    /// It does not match here, whatever follows.
    Miss,
    /// The text that follows decides.
    Open,
}

impl Pattern {
    /// A pattern from the bytes that `compile::pattern` gave. Text beyond `max_len` bytes is not
    /// looked at, which bounds what can be held back for it.
    ///
    /// # Safety
    /// `bytes` must be the unchanged output of `compile::pattern`.
    #[allow(unsafe_code)] // The promise is the caller's; `pattern!` keeps it for them.
    pub const unsafe fn from_compiled(bytes: &'static [u8], max_len: usize) -> Self {
        Self { bytes, max_len, dfa: OnceCell::new() }
    }

    /// Tries the pattern with its start at byte `at` of the window; leftmost-first semantics.
    pub fn attempt(&self, window: Window<'_>, at: usize) -> Attempt {
        let dfa = self.dfa();
        let text = window.text.as_bytes();
        let before = at.checked_sub(1).map(|before| text[before]);
        let start = start::Config::new().anchored(Anchored::Yes).look_behind(before);
        let mut state = dfa.start_state(&start).expect("built anchored, with no quit bytes");
        let mut matched = Attempt::Miss;
        for (offset, &byte) in text.iter().enumerate().skip(at) {
            state = dfa.next_state(state, byte);
            if dfa.is_match_state(state) {
                // The automaton says so one byte late: `offset` is the first byte after the match.
                matched = Attempt::Match(offset);
            } else if dfa.is_dead_state(state) || dfa.is_quit_state(state) {
                return matched;
            }
            if offset - at >= self.max_len {
                return matched;
            }
        }
        if !window.last {
            return Attempt::Open;
        }
        if dfa.is_match_state(dfa.next_eoi_state(state)) {
            matched = Attempt::Match(text.len());
        }
        matched
    }

    #[allow(unsafe_code)] // Checking the whole table each time would cost what precompiling saves.
    fn dfa(&self) -> &DFA<&'static [u8]> {
        self.dfa.get_or_init(|| {
            // SAFETY: `from_compiled` was promised bytes that `to_bytes_little_endian` wrote.
            let read = unsafe { DFA::from_bytes_unchecked(self.bytes) };
            read.expect("the build script wrote this automaton for this target").0
        })
    }
}

/// The pattern that the build script compiled to `OUT_DIR/NAME.dfa`.
#[macro_export]
macro_rules! pattern {
    ($name:literal, $max_len:expr) => {{
        #[allow(unsafe_code)]
        // SAFETY: the file is what `compile::pattern` wrote in this build.
        unsafe {
            $crate::Pattern::from_compiled(
                include_bytes!(concat!(env!("OUT_DIR"), "/", $name, ".dfa")),
                $max_len,
            )
        }
    }};
}
