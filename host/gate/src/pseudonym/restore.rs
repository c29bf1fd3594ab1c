//! Gives people their own words back, in whole texts and in streams.

use std::sync::Arc;

use sandgate_wire::Edit;

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
    /// Offset in the text of the first byte held.
    base: u64,
}

impl Restorer {
    pub(super) fn new(placeholders: Arc<Placeholders>) -> Self {
        Self { placeholders, held: String::new(), before: None, base: 0 }
    }

    /// Takes more text and gives what is certain.
    pub fn feed(&mut self, chunk: &str) -> String {
        self.held.push_str(chunk);
        self.text(false)
    }

    /// Gives the rest: no more text comes.
    pub fn end(&mut self) -> String {
        self.text(true)
    }

    /// A whole text at once.
    pub fn whole(mut self, text: &str) -> String {
        self.held.push_str(text);
        self.text(true)
    }

    /// Takes more text, or its end, and gives the edits that restore it.
    pub(crate) fn edits(&mut self, chunk: Option<&str>) -> Vec<Edit> {
        self.held.push_str(chunk.unwrap_or_default());
        let (mut edits, mut start) = (Vec::new(), self.base);
        self.advance(chunk.is_none(), |seen, original| {
            let end = start + seen.len() as u64;
            edits.extend(original.map(|original| Edit { start, end, text: original.to_owned() }));
            start = end;
        });
        edits
    }

    /// The offset below which no edit comes any more.
    pub(crate) fn settled(&self) -> u64 {
        self.base
    }

    fn text(&mut self, last: bool) -> String {
        let mut out = String::new();
        self.advance(last, |seen, original| out.push_str(original.unwrap_or(seen)));
        out
    }

    /// Gives every run of text that is certain, with what it stands for where it is a placeholder.
    fn advance(&mut self, last: bool, mut give: impl FnMut(&str, Option<&str>)) {
        let mut at = 0;
        let mut plain = 0;
        while let Some(c) = self.held[at..].chars().next() {
            let may_start = !self.placeholders.is_empty();
            let seen = match may_start && Placeholders::may_start(c, self.before) {
                true => self.placeholders.at(&self.held[at..], self.before, last),
                false => Seen::Nothing,
            };
            let length = match seen {
                Seen::Undecided => break,
                Seen::Nothing => c.len_utf8(),
                Seen::Whole { length, original } => {
                    give(&self.held[plain..at], None);
                    give(&self.held[at..at + length], Some(original));
                    plain = at + length;
                    length
                }
            };
            self.before = self.held[..at + length].chars().next_back();
            at += length;
        }
        give(&self.held[plain..at], None);
        self.held.drain(..at);
        self.base += at as u64;
    }
}

impl std::fmt::Debug for Restorer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Restorer({} bytes held)", self.held.len())
    }
}
