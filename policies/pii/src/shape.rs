//! Shapes: how numbers of fixed length are written, and an index of them by their first word.
//!
//! In a shape `9` is a digit, `A` a capital letter, `a` a letter, `X` a capital letter or digit,
//! `x` a letter or digit; `~` is nothing, one space or one hyphen, the same throughout the match;
//! anything else stands for itself. A shape starts and ends with whole words: no ASCII letter or
//! digit stands directly before or after it. Letters of other scripts may, as in `身份证号110…`.

use sandgate_guest::Attempt;

use crate::form::{COUNT, Form, Peek, Reader, Text, form};

/// What the first word of a match consists of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    Digits,
    Letters,
    Mixed,
}

/// The longest first word that a shape can have, in bytes.
const LONGEST: usize = 40;
const BUCKETS: usize = 3 * (LONGEST + 1);

/// A shape in the index.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry {
    /// Index of the form.
    pub(crate) form: usize,
    /// The shape, and whether its `~` are nothing here.
    shape: &'static str,
    joined: bool,
}

/// The shapes whose first word has this class and length.
pub(crate) fn starting_with(class: Class, len: usize) -> &'static [Entry] {
    if len > LONGEST {
        return &[];
    }
    let bucket = bucket(class, len);
    &ENTRIES[STARTS[bucket]..STARTS[bucket + 1]]
}

impl Entry {
    /// Tries the shape at `at`.
    pub(crate) fn attempt(self, reader: Reader<'_>, at: usize) -> Attempt {
        let (mut at, mut separator) = (at, None);
        for &symbol in self.shape.as_bytes() {
            if symbol == b'~' && self.joined {
                continue;
            }
            let byte = match reader.peek(at) {
                Peek::Byte(byte) => byte,
                Peek::End => return Attempt::Miss,
                Peek::Unknown => return Attempt::Open,
            };
            if symbol == b'~' {
                if !matches!(byte, b' ' | b'-') || *separator.get_or_insert(byte) != byte {
                    return Attempt::Miss;
                }
            } else if !stands_for(symbol, byte) {
                return Attempt::Miss;
            }
            at += 1;
        }
        Attempt::Match(at)
    }
}

fn stands_for(symbol: u8, byte: u8) -> bool {
    match symbol {
        b'9' => byte.is_ascii_digit(),
        b'A' => byte.is_ascii_uppercase(),
        b'a' => byte.is_ascii_alphabetic(),
        b'X' => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
        b'x' => byte.is_ascii_alphanumeric(),
        symbol => byte == symbol,
    }
}

/// `X` and `x` may be either: a first word that has one is listed under all three classes.
const fn class_fits(class: Class, shape: &[u8], len: usize) -> bool {
    let (mut digit, mut letter, mut either, mut at, mut seen) = (false, false, false, 0, 0);
    while seen < len {
        match shape[at] {
            b'~' => (),
            b'X' | b'x' => either = true,
            byte if byte.is_ascii_digit() => digit = true,
            _ => letter = true,
        }
        if shape[at] != b'~' {
            seen += 1;
        }
        at += 1;
    }
    match class {
        Class::Digits => !letter,
        Class::Letters => !digit,
        Class::Mixed => digit && letter || either,
    }
}

/// The length of a shape's first word, its `~` taken for nothing or for a separator.
const fn first_word(shape: &[u8], joined: bool) -> usize {
    let (mut len, mut at) = (0, 0);
    while at < shape.len() {
        if shape[at].is_ascii_alphanumeric() {
            len += 1;
        } else if shape[at] != b'~' || !joined {
            break;
        }
        at += 1;
    }
    len
}

const fn has_joint(shape: &[u8]) -> bool {
    let mut at = 0;
    while at < shape.len() {
        if shape[at] == b'~' {
            return true;
        }
        at += 1;
    }
    false
}

const fn bucket(class: Class, len: usize) -> usize {
    class as usize * (LONGEST + 1) + len
}

const fn shapes(form: &Form) -> &'static [&'static str] {
    match form.text {
        Text::Shapes(shapes) => shapes,
        Text::Parsed(..) => &[],
    }
}

/// Every shape in order of its bucket, then of its form.
const fn index<const N: usize>() -> ([Entry; N], [usize; BUCKETS + 1]) {
    let mut entries = [Entry { form: 0, shape: "", joined: false }; N];
    let mut starts = [0; BUCKETS + 1];
    let counts = counts();
    let mut at = 0;
    while at < BUCKETS {
        starts[at + 1] = starts[at] + counts[at];
        at += 1;
    }
    let mut filled = starts;
    let mut idx = 0;
    while idx < COUNT {
        let shapes = shapes(form(idx));
        let mut shape = 0;
        while shape < shapes.len() {
            let placed = places(shapes[shape]);
            let mut place = 0;
            while place < placed.len() {
                if let Some((bucket, joined)) = placed[place] {
                    entries[filled[bucket]] = Entry { form: idx, shape: shapes[shape], joined };
                    filled[bucket] += 1;
                }
                place += 1;
            }
            shape += 1;
        }
        idx += 1;
    }
    (entries, starts)
}

const fn counts() -> [usize; BUCKETS] {
    let mut counts = [0; BUCKETS];
    let mut idx = 0;
    while idx < COUNT {
        let shapes = shapes(form(idx));
        let mut shape = 0;
        while shape < shapes.len() {
            let placed = places(shapes[shape]);
            let mut place = 0;
            while place < placed.len() {
                if let Some((bucket, _)) = placed[place] {
                    counts[bucket] += 1;
                }
                place += 1;
            }
            shape += 1;
        }
        idx += 1;
    }
    counts
}

/// The buckets that a shape belongs to, joined and separated.
const fn places(shape: &str) -> [Option<(usize, bool)>; 6] {
    const CLASSES: [Class; 3] = [Class::Digits, Class::Letters, Class::Mixed];
    let shape = shape.as_bytes();
    let mut places = [None; 6];
    let mut at = 0;
    while at < 6 {
        let (class, joined) = (CLASSES[at % 3], at >= 3);
        let len = first_word(shape, joined);
        if class_fits(class, shape, len) && (!joined || has_joint(shape)) {
            places[at] = Some((bucket(class, len), joined));
        }
        at += 1;
    }
    places
}

const TOTAL: usize = {
    let (counts, mut total, mut at) = (counts(), 0, 0);
    while at < BUCKETS {
        total += counts[at];
        at += 1;
    }
    total
};
const INDEX: ([Entry; TOTAL], [usize; BUCKETS + 1]) = index();
static ENTRIES: [Entry; TOTAL] = INDEX.0;
static STARTS: [usize; BUCKETS + 1] = INDEX.1;
