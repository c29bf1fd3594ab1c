//! Where a match may start: at a word, or with what stands directly before it.
//!
//! All of it counts twice: when a word is tried, and when the text ends and the words that more
//! text may complete have to be held back.

use super::{MAX_LOCAL, MAX_WORD, Scan, is_word};
use crate::form::Reader;
use crate::parse::{address, email, url};

/// The longest run of hexadecimal groups: an IPv6 address with an embedded IPv4 one.
pub(super) const MAX_CHAIN: usize = 46;
/// The longest word of letters that a match may start with.
pub(super) const MAX_LEAD: usize = 10;

impl Scan<'_> {
    /// Whether the word at `start` goes on with a number: `1.5`, `a1b2-345`, `$12`.
    pub(super) fn joined(&self, start: usize) -> bool {
        let bytes = self.reader.bytes;
        match self.reader.prior(start) {
            Some(b'$') => true,
            Some(b'-' | b'.' | b'_') => bytes[..start - 1]
                .iter()
                .rev()
                .take(40)
                .take_while(|&&byte| is_word(byte))
                .any(u8::is_ascii_digit),
            _ => false,
        }
    }

    /// The starts of up to two words of letters directly before `at`, nearest first.
    pub(super) fn lead_words(&self, at: usize) -> [Option<usize>; 2] {
        let mut leads = [None; 2];
        let mut at = at;
        for lead in &mut leads {
            if !matches!(self.reader.prior(at), Some(b' ' | b'-')) {
                break;
            }
            let letters = |byte: u8| byte.is_ascii_alphabetic();
            let Some(start) = self.reader.run_back(at - 1, self.floor, MAX_LEAD, letters) else {
                break;
            };
            if start == at - 1 || self.reader.prior(start).is_some_and(|b| b.is_ascii_digit()) {
                break;
            }
            at = start;
            *lead = Some(start);
        }
        leads
    }

    /// The start of the word of letters of any script before the space before `at`.
    pub(super) fn name(&self, at: usize) -> Option<usize> {
        let space = at.checked_sub(1).filter(|&space| self.reader.bytes[space] == b' ')?;
        self.reader.run_back(space, self.floor, address::MAX_NAME, address::is_letter)
    }

    /// The first place where a match may start that has a word at `at`.
    pub(super) fn earliest(&self, at: usize) -> usize {
        let word = at;
        let sign = sign(self.reader, word, self.floor).unwrap_or(word);
        let local = self.reader.run_back(word, self.floor, MAX_LOCAL, email::is_local);
        let chain = self.reader.run_back(word, self.floor, MAX_CHAIN, is_chain);
        let [near, far] = self.lead_words(word);
        // A word of capitals may stand within a longer word of another script's letters.
        let within = self.reader.run_back(word, self.floor, address::MAX_NAME, address::is_letter);
        [local, chain, near, far, self.name(word), within]
            .into_iter()
            .flatten()
            .fold(sign, usize::min)
    }

    /// Where a match may start that more text would complete, no anchor being in sight.
    pub(super) fn tail(&self) -> usize {
        let end = self.reader.bytes.len();
        let word = self.reader.run_back(end, self.floor, MAX_WORD, is_word).unwrap_or(end);
        let colon = self.reader.run_back(end, self.floor, 3, |b| matches!(b, b':' | b'/'));
        let scheme = colon
            .and_then(|at| self.reader.run_back(at, self.floor, url::MAX_SCHEME, url::is_scheme))
            .unwrap_or(end);
        let name = self.reader.run_back(end, self.floor, address::MAX_NAME, address::is_letter);
        self.earliest(word).min(scheme).min(name.unwrap_or(end)).max(self.floor)
    }
}

/// The start of `+`, `(`, `(+` or `-` before `at`.
pub(super) fn sign(reader: Reader<'_>, at: usize, floor: usize) -> Option<usize> {
    let start = match reader.prior(at)? {
        b'+' if at >= 2 && reader.bytes[at - 2] == b'(' => at - 2,
        b'+' | b'(' | b'-' => at - 1,
        _ => return None,
    };
    (start >= floor).then_some(start)
}

/// How many bytes of a word belong to an escape before it: `\n`, `\u0020`, `%20`.
pub(super) fn escape(reader: Reader<'_>, start: usize, end: usize) -> usize {
    let word = &reader.bytes[start..end];
    let hex = |range: &[u8]| range.iter().all(u8::is_ascii_hexdigit);
    match (reader.prior(start), word) {
        (Some(b'\\'), [b'u', code @ ..]) if code.len() > 4 && hex(&code[..4]) => 5,
        (Some(b'\\'), [b'n' | b'r' | b't' | b'f' | b'b', _, ..]) => 1,
        (Some(b'%'), [a, b, _, ..]) if hex(&[*a, *b]) => 2,
        _ => 0,
    }
}

pub(super) fn is_chain(byte: u8) -> bool {
    byte.is_ascii_hexdigit() || matches!(byte, b':' | b'-')
}
