//! Word lists: the longest entry that starts at a place.
//!
//! The entries are sorted, and each knows the longest other entry that it begins with. The last
//! entry that is not greater than the text then leads to every entry that the text begins with.
//! An automaton for 100,000 words would be faster by a little and larger by far: it would not fit
//! into the memory that an instance may have.
//!
//! Text and entries are compared character by character: a white-space character equals any other,
//! and with `ignore_case` so do the cases of a letter, one character to one (`ß` is not `ss`, a
//! letter is not a letter with a combining accent).

use std::cmp::Ordering;
use std::ops::Range;

use sandgate_guest::{Attempt, Window};

use crate::boundary;
use crate::stream::Local;

/// The longest entry in bytes: what may be held back for it.
pub(crate) const MAX_WORD: usize = 256;

/// So many characters of an entry are in the sieve.
const SIEVE_CHARS: usize = 6;

/// How entries are compared with text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Comparison {
    pub(crate) ignore_case: bool,
    pub(crate) whole_words: bool,
}

/// A compiled word list.
pub(crate) struct Words {
    comparison: Comparison,
    /// All entries, folded, one after the other as they came.
    text: String,
    /// The entries in order.
    entries: Vec<Entry>,
    sieve: Sieve,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    start: u32,
    len: u16,
    /// The longest other entry that this one begins with, or [`NONE`].
    parent: u32,
}

const NONE: u32 = u32::MAX;

impl Words {
    /// Compiles entries; empty ones and those that are too long are errors that name their number.
    pub(crate) fn new<'a>(
        words: impl Iterator<Item = &'a str>,
        comparison: Comparison,
    ) -> Result<Self, String> {
        let (mut text, mut entries) = (String::new(), Vec::new());
        for (idx, word) in words.enumerate() {
            let start = text.len();
            text.extend(word.trim().chars().map(|c| comparison.fold(c)));
            let len = text.len() - start;
            if len == 0 {
                return Err(format!("entry {}: is empty", idx + 1));
            }
            if len > MAX_WORD {
                return Err(format!("entry {}: {len} bytes long, {MAX_WORD} at most", idx + 1));
            }
            let start = u32::try_from(start).map_err(|_| "larger than 4 GiB".to_owned())?;
            entries.push(Entry { start, len: len as u16, parent: NONE });
        }
        if entries.is_empty() {
            return Err("holds no words".to_owned());
        }
        let words = Self { comparison, text, entries, sieve: Sieve::default() };
        Ok(words.sorted())
    }

    fn sorted(mut self) -> Self {
        let text = |entry: &Entry| word(&self.text, *entry);
        self.entries.sort_unstable_by(|a, b| text(a).cmp(text(b)));
        self.entries.dedup_by(|a, b| text(a) == text(b));
        let mut beginnings: Vec<u32> = Vec::new();
        for idx in 0..self.entries.len() {
            let entry = word(&self.text, self.entries[idx]);
            let begins =
                |&other: &u32| entry.starts_with(word(&self.text, self.entries[other as usize]));
            while beginnings.last().is_some_and(|other| !begins(other)) {
                beginnings.pop();
            }
            self.entries[idx].parent = beginnings.last().copied().unwrap_or(NONE);
            beginnings.push(idx as u32);
        }
        self.sieve = Sieve::new(self.entries.iter().map(|&entry| word(&self.text, entry)));
        self
    }

    /// How `entry` compares with the beginning of `text`, and how much of the text equals it.
    fn compare(&self, entry: Entry, text: &str) -> (Ordering, usize) {
        let mut rest = text.char_indices();
        for expected in word(&self.text, entry).chars() {
            let Some((offset, found)) = rest.next() else {
                return (Ordering::Greater, text.len());
            };
            match expected.cmp(&self.comparison.fold(found)) {
                Ordering::Equal => {}
                unequal => return (unequal, offset),
            }
        }
        (Ordering::Equal, rest.offset())
    }

    /// Whether an entry of `end` bytes that starts at `at` ends with a word; none where the text
    /// that follows decides.
    fn ends(&self, window: Window<'_>, end: usize) -> Option<bool> {
        match self.comparison.whole_words {
            true if end == window.text.len() && !window.last => None,
            true => Some(!boundary::splits_word(window.text, end)),
            false => Some(true),
        }
    }
}

impl Local for Words {
    fn candidates(&self, text: &str, at: usize) -> Range<usize> {
        for (offset, c) in text[at..].char_indices() {
            let place = at + offset;
            if self.comparison.whole_words && boundary::splits_ascii_word(text, place) {
                continue;
            }
            if self.sieve.lets_through(&text[place..], self.comparison)
                && !(self.comparison.whole_words && boundary::splits_word(text, place))
            {
                return place..place + c.len_utf8();
            }
        }
        text.len()..text.len()
    }

    fn attempt(&self, window: Window<'_>, at: usize) -> Attempt {
        let text = &window.text[at..];
        let after = |&entry: &Entry| self.compare(entry, text).0 != Ordering::Greater;
        let n_before = self.entries.partition_point(after);
        if let Some(&next) = self.entries.get(n_before)
            && !window.last
            && self.compare(next, text).1 == text.len()
        {
            return Attempt::Open;
        }
        let mut candidate = (n_before as u32).checked_sub(1).unwrap_or(NONE);
        while let Some(&entry) = self.entries.get(candidate as usize) {
            let (order, len) = self.compare(entry, text);
            if order == Ordering::Equal {
                match self.ends(window, at + len) {
                    None => return Attempt::Open,
                    Some(true) => return Attempt::Match(at + len),
                    Some(false) => {}
                }
            }
            candidate = entry.parent;
        }
        Attempt::Miss
    }
}

impl Comparison {
    /// The character that stands for all that are equal to `c`.
    fn fold(self, c: char) -> char {
        if c.is_ascii() {
            return match c {
                '\t'..='\r' => ' ',
                _ if self.ignore_case => c.to_ascii_lowercase(),
                _ => c,
            };
        }
        match c {
            _ if c.is_whitespace() => ' ',
            'ς' if self.ignore_case => 'σ',
            _ if self.ignore_case => {
                let mut lower = c.to_lowercase();
                // Where lower case needs two characters, the offsets would not stay one to one.
                lower.next().filter(|_| lower.next().is_none()).unwrap_or(c)
            }
            _ => c,
        }
    }
}

/// A Bloom filter of the entries' first characters, small enough for a processor's cache.
#[derive(Default)]
struct Sieve {
    bits: Vec<u64>,
    /// Bit `n` is set where some entry is in it with `n` characters.
    lengths: u32,
}

impl Sieve {
    fn new<'a>(entries: impl ExactSizeIterator<Item = &'a str>) -> Self {
        let n_bits = (entries.len() * 16).next_power_of_two().clamp(1 << 12, 1 << 20);
        let mut sieve = Self { bits: vec![0; n_bits / 64], lengths: 0 };
        for entry in entries {
            let (mut hashed, mut length) = (0, 0);
            for c in entry.chars().take(SIEVE_CHARS) {
                (hashed, length) = (hash(hashed, c), length + 1);
            }
            sieve.lengths |= 1 << length;
            for (word, bit) in sieve.places(hashed) {
                sieve.bits[word] |= bit;
            }
        }
        sieve
    }

    /// Whether an entry may start where `text` does, as far as it goes.
    fn lets_through(&self, text: &str, comparison: Comparison) -> bool {
        let (mut hashed, mut length) = (0, 0);
        for c in text.chars().take(SIEVE_CHARS) {
            (hashed, length) = (hash(hashed, comparison.fold(c)), length + 1);
            if self.lengths >> length & 1 == 1 && self.holds(hashed) {
                return true;
            }
        }
        length < SIEVE_CHARS
    }

    fn holds(&self, hash: u32) -> bool {
        self.places(hash).into_iter().all(|(word, bit)| self.bits[word] & bit != 0)
    }

    /// Where a hash has its two bits. Knuth's multiplier spreads it once more for the second.
    fn places(&self, hash: u32) -> [(usize, u64); 2] {
        [hash, hash.wrapping_mul(0x9e37_79b1)].map(|hash| {
            let idx = (hash >> 8) as usize & (self.bits.len() * 64 - 1);
            (idx / 64, 1 << (idx % 64))
        })
    }
}

/// FNV's step, on whole characters.
fn hash(hash: u32, c: char) -> u32 {
    (hash ^ c as u32 ^ 0x811c_9dc5).wrapping_mul(0x0100_0193).rotate_left(13)
}

fn word(text: &str, entry: Entry) -> &str {
    let start = entry.start as usize;
    &text[start..start + usize::from(entry.len)]
}
