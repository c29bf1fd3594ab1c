//! Recognising a placeholder in what a model made of it.
//!
//! What counts is its letters and digits in order, in either case. Between them may stand a few
//! of the characters that models put there or leave out: `_`, spaces, hyphens, backslashes, and
//! Markdown's stars and backticks. Around them stand angle brackets, as they are, full-width, as
//! HTML or JSON escapes, or none, and then no letter, digit or `_` may touch it.

use std::collections::BTreeMap;
use std::ops::Bound;

/// How many characters that are not the placeholder's own may stand in one place.
const MAX_FILLERS: usize = 3;
const OPENING: &[&str] = &["<", "＜", "&lt;", "\\<", "\\u003c"];
const CLOSING: &[&str] = &[">", "＞", "&gt;", "\\>", "\\u003e"];

/// Originals by their placeholders' letters and digits in upper case; none of these begins with
/// another. `None` is a placeholder that is not restored.
#[derive(Clone, Default)]
pub(crate) struct Placeholders(BTreeMap<String, Option<String>>);

/// What stands at the start of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Seen<'a> {
    /// A placeholder for `original` of this many bytes.
    Whole { length: usize, original: &'a str },
    /// No placeholder, whatever follows.
    Nothing,
    /// More text decides.
    Undecided,
}

impl Placeholders {
    pub(super) fn insert(&mut self, label: &str, tag: &str, original: Option<String>) {
        let entry = self.0.entry(canonical(label, tag)).or_default();
        if entry.is_none() {
            *entry = original;
        }
    }

    /// Whether no placeholder begins with this one, or this one with another.
    pub(super) fn is_free(&self, label: &str, tag: &str) -> bool {
        let key = canonical(label, tag);
        let before = self.0.range::<str, _>((Bound::Unbounded, Bound::Included(key.as_str())));
        let shorter = before.last().is_some_and(|(other, _)| key.starts_with(other.as_str()));
        !shorter && !self.any_begins_with(&key)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a placeholder may start with `c`, which follows `before`.
    pub(super) fn may_start(c: char, before: Option<char>) -> bool {
        matches!(c, '<' | '＜' | '&' | '\\') || c.is_alphanumeric() && !before.is_some_and(is_word)
    }

    /// What stands at the start of `text`, which follows `before` and ends for good if `last`.
    pub(super) fn at(&self, text: &str, before: Option<char>, last: bool) -> Seen<'_> {
        match affix(text, OPENING) {
            Affix::Whole(opening) => {
                let gap = fillers(&text[opening..]);
                match text[opening + gap..].is_empty() && !last {
                    true => Seen::Undecided,
                    false => self.core(text, opening + gap, true, last),
                }
            }
            Affix::Begun if !last => Seen::Undecided,
            _ if before.is_some_and(is_word) => Seen::Nothing,
            _ => self.core(text, 0, false, last),
        }
    }

    /// As [`Placeholders::at`], with the letters and digits from `start` on.
    fn core(&self, text: &str, start: usize, bracket: bool, last: bool) -> Seen<'_> {
        let mut key = String::new();
        let mut gap = 0;
        for (at, c) in text[start..].char_indices() {
            if c.is_alphanumeric() {
                gap = 0;
                key.extend(c.to_uppercase());
                if let Some(original) = self.0.get(&key) {
                    let end = start + at + c.len_utf8();
                    return closing(text, end, bracket, last, original.as_deref());
                }
                if !self.any_begins_with(&key) {
                    return Seen::Nothing;
                }
            } else if key.is_empty() || !is_filler(c) || gap == MAX_FILLERS {
                return Seen::Nothing;
            } else {
                gap += 1;
            }
        }
        if last { Seen::Nothing } else { Seen::Undecided }
    }

    fn any_begins_with(&self, key: &str) -> bool {
        let mut from = self.0.range::<str, _>((Bound::Included(key), Bound::Unbounded));
        from.next().is_some_and(|(other, _)| other.starts_with(key))
    }
}

/// Takes the closing bracket in, where there is one.
fn closing<'a>(
    text: &str,
    end: usize,
    bracket: bool,
    last: bool,
    original: Option<&'a str>,
) -> Seen<'a> {
    let Some(original) = original else { return Seen::Nothing };
    let rest = &text[end..];
    let mut gap = 0;
    for c in rest.chars().map(Some).take(MAX_FILLERS + 1).chain([None]) {
        match affix(&rest[gap..], CLOSING) {
            Affix::Whole(closing) => return Seen::Whole { length: end + gap + closing, original },
            Affix::Begun if !last => return Seen::Undecided,
            _ => {}
        }
        match c {
            Some(c) if is_filler(c) => gap += c.len_utf8(),
            _ => break,
        }
    }
    match !bracket && rest.chars().next().is_some_and(is_word) {
        true => Seen::Nothing,
        false => Seen::Whole { length: end, original },
    }
}

enum Affix {
    /// The text starts with one, of this many bytes.
    Whole(usize),
    /// The text is the beginning of one.
    Begun,
    No,
}

fn affix(text: &str, affixes: &[&str]) -> Affix {
    let starts = |affix: &&&str| {
        text.get(..affix.len()).is_some_and(|start| start.eq_ignore_ascii_case(affix))
    };
    if let Some(affix) = affixes.iter().find(starts) {
        return Affix::Whole(affix.len());
    }
    let begins = |affix: &&str| {
        affix.get(..text.len()).is_some_and(|start| start.eq_ignore_ascii_case(text))
    };
    if affixes.iter().any(begins) { Affix::Begun } else { Affix::No }
}

/// How many bytes of fillers the text starts with, as far as they count.
fn fillers(text: &str) -> usize {
    text.chars().take(MAX_FILLERS).take_while(|c| is_filler(*c)).map(char::len_utf8).sum()
}

fn is_filler(c: char) -> bool {
    matches!(c, '_' | ' ' | '\u{a0}' | '-' | '\\' | '*' | '`' | '\u{200b}')
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn canonical(label: &str, tag: &str) -> String {
    let letters = label.chars().chain(tag.chars()).filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_uppercase).collect()
}
