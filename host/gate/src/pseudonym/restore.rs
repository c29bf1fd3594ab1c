//! Gives people their own words back, in whole texts and in streams.

use std::sync::Arc;

use super::placeholder::{Placeholders, Seen};

/// Puts originals in place of the placeholders of one exchange. Text comes in as chunks and goes
/// out as soon as it cannot be the beginning of a placeholder; however it is cut, the same text
/// comes out. One restorer restores one text.
///
/// An original goes in as it is: where the text is the inside of a JSON string, its quotes and
/// backslashes are for the caller to escape.
#[derive(Clone)]
pub struct Restorer {
    placeholders: Arc<Placeholders>,
    held: String,
    /// The last character before the held text.
    before: Option<char>,
}

impl Restorer {
    pub(super) fn new(placeholders: Arc<Placeholders>) -> Self {
        Self { placeholders, held: String::new(), before: None }
    }

    /// Takes more text and gives what is certain.
    pub fn feed(&mut self, chunk: &str) -> String {
        self.held.push_str(chunk);
        self.advance(false)
    }

    /// Gives the rest: no more text comes.
    pub fn end(&mut self) -> String {
        self.advance(true)
    }

    /// A whole text at once.
    pub fn whole(mut self, text: &str) -> String {
        self.held.push_str(text);
        self.advance(true)
    }

    fn advance(&mut self, last: bool) -> String {
        if self.placeholders.is_empty() {
            return std::mem::take(&mut self.held);
        }
        let mut out = String::new();
        let mut at = 0;
        while let Some(c) = self.held[at..].chars().next() {
            let seen = match Placeholders::may_start(c, self.before) {
                true => self.placeholders.at(&self.held[at..], self.before, last),
                false => Seen::Nothing,
            };
            let length = match seen {
                Seen::Undecided => break,
                Seen::Nothing => {
                    out.push(c);
                    c.len_utf8()
                }
                Seen::Whole { length, original } => {
                    out.push_str(original);
                    length
                }
            };
            self.before = self.held[..at + length].chars().next_back();
            at += length;
        }
        self.held.drain(..at);
        out
    }
}

impl std::fmt::Debug for Restorer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Restorer({} bytes held)", self.held.len())
    }
}
