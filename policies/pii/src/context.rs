//! Context words: what stands before a number tells what it is.
//!
//! The words of all forms are in one hash table made by the compiler, so that configuring costs
//! nothing. The text before a number is read once, word by word, and never where no number
//! follows. A word counts for numbers up to [`REACH`] bytes behind it, the less the farther; a
//! blank line ends its reach.

use crate::form::{COUNT, Set, form};

/// How far a context word reaches, in bytes from its start to the start of the number.
pub(crate) const REACH: usize = 100;

/// A context word that was seen.
#[derive(Debug, Clone, Copy)]
struct Hit {
    start: usize,
    end: usize,
    forms: Set,
}

/// The context words in what was read so far of a window.
#[derive(Debug)]
pub(crate) struct Words<'a> {
    text: &'a str,
    extra: &'a Extra,
    /// Everything before was read.
    read: usize,
    hits: Vec<Hit>,
    /// Hashes of the last word and of the last two, with where they began.
    tail: [Option<(usize, u64)>; 2],
    tail_end: usize,
    /// The last answer, which nearly every form at a place asks for again.
    last: (usize, Set),
}

/// Words that configuration adds, by their hash.
pub(crate) type Extra = Vec<(u64, Set)>;

impl<'a> Words<'a> {
    pub(crate) fn new(text: &'a str, extra: &'a Extra) -> Self {
        Self {
            text,
            extra,
            read: 0,
            hits: Vec::new(),
            tail: [None; 2],
            tail_end: 0,
            last: (usize::MAX, Set::EMPTY),
        }
    }

    /// The forms whose words stand before `at`.
    pub(crate) fn before(&mut self, at: usize) -> Set {
        if self.last.0 != at {
            self.read_to(at);
            let forms = self.within(at).fold(Set::EMPTY, |all, hit| all.union(hit.forms));
            self.last = (at, forms);
        }
        self.last.1
    }

    /// How many bytes lie between the last word of form `idx` and `at`.
    pub(crate) fn distance(&self, idx: usize, at: usize) -> Option<usize> {
        self.within(at).find(|hit| hit.forms.has(idx)).map(|hit| at - hit.end)
    }

    fn within(&self, at: usize) -> impl Iterator<Item = &Hit> {
        let reaches = move |hit: &&Hit| at - hit.start <= REACH;
        self.hits.iter().rev().skip_while(move |hit| hit.end > at).take_while(reaches)
    }

    fn read_to(&mut self, at: usize) {
        // What lies farther back reaches nothing, and rereading it would cost for each number.
        let near = self.text.floor_char_boundary(at.saturating_sub(REACH + 24));
        if self.read < near {
            self.read = near;
            self.tail = [None; 2];
        }
        while self.read < at {
            self.step(at);
        }
    }

    /// Reads one word, or one character between words.
    fn step(&mut self, limit: usize) {
        let rest = &self.text[self.read..limit];
        let Some(first) = rest.chars().next() else { return };
        if is_ideographic(first) {
            self.look_up_ideographs(rest);
            self.read += first.len_utf8();
            self.tail = [None; 2];
        } else if first.is_alphabetic() {
            self.word(rest);
        } else {
            if rest.starts_with("\n\n") || rest.starts_with("\n\r\n") {
                self.hits.clear();
            }
            if !matches!(first, ' ' | '_' | '-' | '.' | '/' | '\'') {
                self.tail = [None; 2];
            }
            self.read += first.len_utf8();
        }
    }

    /// Reads a word to its end or to a capital letter within it.
    fn word(&mut self, rest: &str) {
        let start = self.read;
        if start > self.tail_end + 2 {
            self.tail = [None; 2];
        }
        let mut alone = SEED;
        let mut phrases = self.tail.map(|tail| tail.map(|(start, hash)| (start, fold(hash, b' '))));
        let (mut end, mut was_lower) = (start, false);
        for c in rest.chars() {
            if !c.is_alphabetic() || is_ideographic(c) || was_lower && c.is_uppercase() {
                break;
            }
            was_lower = c.is_lowercase();
            let mut buffer = [0; 4];
            for lower in c.to_lowercase() {
                for &byte in lower.encode_utf8(&mut buffer).as_bytes() {
                    alone = fold(alone, byte);
                    phrases = phrases.map(|p| p.map(|(start, hash)| (start, fold(hash, byte))));
                }
            }
            end += c.len_utf8();
        }
        self.note(start, end, alone);
        for (start, hash) in phrases.into_iter().flatten() {
            self.note(start, end, hash);
        }
        self.tail = [Some((start, alone)), phrases[0]];
        (self.tail_end, self.read) = (end, end);
    }

    /// Scripts without spaces: every run of two to six characters may be a word.
    fn look_up_ideographs(&mut self, rest: &str) {
        let (mut hash, mut end) = (SEED, self.read);
        for c in rest.chars().take(6).take_while(|&c| is_ideographic(c)) {
            hash = c.encode_utf8(&mut [0; 4]).bytes().fold(hash, fold);
            end += c.len_utf8();
            self.note(self.read, end, hash);
        }
    }

    fn note(&mut self, start: usize, end: usize, hash: u64) {
        let mut forms = look_up(hash);
        for (word, more) in self.extra {
            if *word == hash {
                forms = forms.union(*more);
            }
        }
        if !forms.is_empty() {
            self.hits.push(Hit { start, end, forms });
        }
    }
}

/// Thai, the scripts of China, Japan and Korea, and whatever else is written without spaces.
fn is_ideographic(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{fff}' | '\u{2e80}'..='\u{2fff}' | '\u{3040}'..='\u{ffef}' | '\u{20000}'..)
        && c.is_alphabetic()
}

/// What [`Words`] finds a word or phrase by.
pub(crate) const fn hash(word: &str) -> u64 {
    let (bytes, mut hash, mut at) = (word.as_bytes(), SEED, 0);
    while at < bytes.len() {
        hash = fold(hash, bytes[at]);
        at += 1;
    }
    hash
}

/// FNV-1a's start and step for 64 bits (draft-eastlake-fnv).
const SEED: u64 = 0xcbf2_9ce4_8422_2325;
const fn fold(hash: u64, byte: u8) -> u64 {
    (hash ^ byte as u64).wrapping_mul(0x100_0000_01b3)
}

const SLOTS: usize = 2048;
/// The table as the compiler makes it; what stays is the taken slots and where they are.
const TABLE: ([(u64, Set); SLOTS], usize) = table();
static TAKEN: [(u64, Set); TABLE.1] = {
    let (mut taken, mut count, mut slot) = ([(0, Set::EMPTY); TABLE.1], 0, 0);
    while slot < SLOTS {
        if TABLE.0[slot].0 != 0 {
            taken[count] = TABLE.0[slot];
            count += 1;
        }
        slot += 1;
    }
    taken
};
/// For each slot one more than its place in [`TAKEN`], or 0.
static PLACES: [u16; SLOTS] = {
    let (mut places, mut count, mut slot) = ([0; SLOTS], 0, 0);
    while slot < SLOTS {
        if TABLE.0[slot].0 != 0 {
            count += 1;
            places[slot] = count;
        }
        slot += 1;
    }
    places
};
/// One bit for each word's hash: nearly all of a text's words are none, and need no more.
static FILTER: [u64; 128] = {
    let (mut filter, mut slot) = ([0; 128], 0);
    while slot < SLOTS {
        let hash = TABLE.0[slot].0;
        if hash != 0 {
            filter[(hash >> 6) as usize % 128] |= 1 << (hash % 64);
        }
        slot += 1;
    }
    filter
};

fn look_up(hash: u64) -> Set {
    if FILTER[(hash >> 6) as usize % 128] >> (hash % 64) & 1 == 0 {
        return Set::EMPTY;
    }
    let mut slot = hash as usize % SLOTS;
    while let Some(place) = usize::from(PLACES[slot]).checked_sub(1) {
        if TAKEN[place].0 == hash {
            return TAKEN[place].1;
        }
        slot = (slot + 1) % SLOTS;
    }
    Set::EMPTY
}

/// The words of all forms, open addressing, and how many there are: at most half of the slots.
const fn table() -> ([(u64, Set); SLOTS], usize) {
    let mut table = [(0, Set::EMPTY); SLOTS];
    let (mut idx, mut taken) = (0, 0);
    while idx < COUNT {
        let words = form(idx).words;
        let mut word = 0;
        while word < words.len() {
            let hash = hash(words[word]);
            let mut slot = hash as usize % SLOTS;
            while table[slot].0 != 0 && table[slot].0 != hash {
                slot = (slot + 1) % SLOTS;
            }
            if table[slot].0 == 0 {
                taken += 1;
            }
            table[slot] = (hash, table[slot].1.with(idx));
            word += 1;
        }
        idx += 1;
    }
    assert!(taken * 2 <= SLOTS, "the table of context words needs more slots");
    (table, taken)
}
