//! A form: one way in which a rule's data is written, as a row of a table.
//!
//! A rule may have several forms (a phone number has one for each country's habit). Tables of
//! forms, one file a part of the world, are in [`crate::kinds`]; this file says what a row means.

use sandgate_guest::Attempt;
use sandgate_guest::prelude::*;

use crate::kinds;

/// Where a form is at home.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(crate = "sandgate_guest::serde", rename_all = "lowercase")]
#[schemars(crate = "sandgate_guest::schemars")]
pub enum Region {
    /// Everywhere: cards, e-mail, IP addresses.
    Any,
    /// United States
    Us,
    /// Canada
    Ca,
    /// Mexico
    Mx,
    /// Brazil
    Br,
    /// Argentina
    Ar,
    /// Chile
    Cl,
    /// United Kingdom
    Gb,
    /// Ireland
    Ie,
    /// Germany
    De,
    /// Austria
    At,
    /// Switzerland
    Ch,
    /// France
    Fr,
    /// Spain
    Es,
    /// Italy
    It,
    /// Portugal
    Pt,
    /// Netherlands
    Nl,
    /// Belgium
    Be,
    /// Poland
    Pl,
    /// Sweden
    Se,
    /// Finland
    Fi,
    /// Norway
    No,
    /// Denmark
    Dk,
    /// Turkey
    Tr,
    /// India
    In,
    /// Australia
    Au,
    /// New Zealand
    Nz,
    /// Singapore
    Sg,
    /// South Korea
    Kr,
    /// Japan
    Jp,
    /// China
    Cn,
    /// Taiwan
    Tw,
    /// Israel
    Il,
    /// South Africa
    Za,
}

/// One way in which a rule's data is written.
pub(crate) struct Form {
    /// The rule that a match is reported as.
    pub(crate) rule: &'static str,
    pub(crate) region: Region,
    pub(crate) text: Text,
    /// Whether the match, compacted to its ASCII letters (as capitals) and digits, can be real.
    pub(crate) check: fn(&[u8]) -> bool,
    /// Confidence of a match by itself; 0 where it means nothing without a context word.
    pub(crate) alone: u8,
    /// Confidence right after a context word.
    pub(crate) near: u8,
    /// Context words and phrases, lower case, words separated by one space.
    pub(crate) words: &'static [&'static str],
}

/// What a form looks like.
pub(crate) enum Text {
    /// Fixed shapes, see [`crate::shape`].
    Shapes(&'static [&'static str]),
    /// A parser, tried where a match may start with one of these.
    Parsed(Lead, Parser),
}

/// Tries to read a form at a place of the text.
pub(crate) type Parser = fn(Reader<'_>, usize) -> Attempt;

/// What a parsed form may start with, as a set of bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Lead(pub(crate) u8);

impl Lead {
    /// A word of digits only.
    pub(crate) const DIGITS: Self = Self(1);
    /// A word of ASCII letters only, followed by a word with a digit.
    pub(crate) const LETTERS: Self = Self(2);
    /// A word of ASCII letters and digits.
    pub(crate) const MIXED: Self = Self(4);
    /// `+`, `(` or `-` before a word of digits.
    pub(crate) const SIGN: Self = Self(8);
    /// A run of hexadecimal digits and colons or hyphens around a word with a digit.
    pub(crate) const CHAIN: Self = Self(16);
    /// Eight or more capital letters.
    pub(crate) const CAPITALS: Self = Self(32);

    /// A word of any script, one space before a word of digits.
    pub(crate) const NAME: Self = Self(64);

    pub(crate) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

/// The bytes of the window, and whether more may follow.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) last: bool,
}

/// A byte of the text, its end, or the end of what was received so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Peek {
    Byte(u8),
    /// Nothing follows, ever.
    End,
    /// More may follow.
    Unknown,
}

impl<'a> Reader<'a> {
    pub(crate) fn peek(self, at: usize) -> Peek {
        match self.bytes.get(at) {
            Some(&byte) => Peek::Byte(byte),
            None if self.last => Peek::End,
            None => Peek::Unknown,
        }
    }

    /// The bytes from `start` to `end`, as far as there are any.
    pub(crate) fn text(self, start: usize, end: usize) -> &'a [u8] {
        let end = end.min(self.bytes.len());
        self.bytes.get(start..end).unwrap_or_default()
    }

    /// The end of the run of bytes from `at` that are `member`s, at most `cap` of them.
    pub(crate) fn run(self, at: usize, cap: usize, member: fn(u8) -> bool) -> usize {
        let rest = self.bytes.get(at..).unwrap_or_default();
        at + rest.iter().take(cap).take_while(|&&byte| member(byte)).count()
    }

    /// The start of the run of `member`s that ends at `at`, unless it is longer than `cap` or
    /// begins below `floor`.
    pub(crate) fn run_back(
        self,
        at: usize,
        floor: usize,
        cap: usize,
        member: fn(u8) -> bool,
    ) -> Option<usize> {
        let before = &self.bytes[..at];
        let len = before.iter().rev().take(cap + 1).take_while(|&&byte| member(byte)).count();
        (len <= cap && at - len >= floor).then_some(at - len)
    }

    /// Whether more text could make a match that ends at `end` another one.
    pub(crate) fn undecided(self, end: usize) -> bool {
        end >= self.bytes.len() && !self.last
    }

    /// Compares the text at `at` with ASCII `word`, ignoring case.
    pub(crate) fn says(self, at: usize, word: &str) -> bool {
        self.bytes.get(at..at + word.len()).is_some_and(|b| b.eq_ignore_ascii_case(word.as_bytes()))
    }

    /// The byte before `at`.
    pub(crate) fn prior(self, at: usize) -> Option<u8> {
        at.checked_sub(1).map(|at| self.bytes[at])
    }
}

/// How many forms there are at most: one bit each.
pub(crate) const MAX_FORMS: usize = 192;

/// How many forms there are.
pub(crate) const COUNT: usize = {
    let (mut count, mut table) = (0, 0);
    while table < kinds::TABLES.len() {
        count += kinds::TABLES[table].len();
        table += 1;
    }
    assert!(count <= MAX_FORMS, "a form needs a bit in `Set`");
    count
};

/// The form with this index, counted through all tables.
pub(crate) const fn form(idx: usize) -> &'static Form {
    ALL[idx]
}

static ALL: [&Form; COUNT] = {
    let (mut all, mut count, mut table) = ([&kinds::TABLES[0][0]; COUNT], 0, 0);
    while table < kinds::TABLES.len() {
        let mut row = 0;
        while row < kinds::TABLES[table].len() {
            all[count] = &kinds::TABLES[table][row];
            (count, row) = (count + 1, row + 1);
        }
        table += 1;
    }
    all
};

/// A set of forms.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Set([u64; MAX_FORMS / 64]);

impl Set {
    pub(crate) const EMPTY: Self = Self([0; MAX_FORMS / 64]);

    pub(crate) const fn with(mut self, idx: usize) -> Self {
        self.0[idx / 64] |= 1 << (idx % 64);
        self
    }

    pub(crate) const fn has(&self, idx: usize) -> bool {
        self.0[idx / 64] >> (idx % 64) & 1 != 0
    }

    pub(crate) const fn union(mut self, other: Self) -> Self {
        let mut part = 0;
        while part < self.0.len() {
            self.0[part] |= other.0[part];
            part += 1;
        }
        self
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.0[0] | self.0[1] | self.0[2] == 0
    }
}
