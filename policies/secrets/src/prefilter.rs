//! Finds the places where a rule's literal stands, at a fraction of the cost of an automaton.
//!
//! Three bytes at every second place, folded to one case, are looked up in a filter of 8 KB that
//! stays in the first-level cache; ordinary text rarely passes it.

use crate::rules::{BITS, FILTER, LISTS, LITERALS, Literal, SHARED, SLOTS};

/// Calls `hit` with every literal in `text[from..]` and its offset, in no particular order.
pub(crate) fn each(text: &[u8], from: usize, mut hit: impl FnMut(&'static Literal, usize)) {
    let mut at = from;
    while at + 4 <= text.len() {
        let bytes = [text[at], text[at + 1], text[at + 2], text[at + 3]];
        let hash = hash(u32::from_le_bytes(bytes));
        if passes(hash) {
            verify(text, from, at, hash, &mut hit);
        }
        at += 2;
    }
    while at + 2 <= text.len() {
        let third = text.get(at + 2).copied().unwrap_or(0);
        let hash = hash(u32::from_le_bytes([text[at], text[at + 1], third, 0]));
        if passes(hash) {
            verify(text, from, at, hash, &mut hit);
        }
        at += 2;
    }
}

fn hash(sample: u32) -> usize {
    // The lowest three bytes, as the build script hashed them.
    let key = (sample | 0x0020_2020) & 0x00ff_ffff;
    (key.wrapping_mul(0x9e37_79b1) >> (32 - BITS)) as usize
}

fn passes(hash: usize) -> bool {
    FILTER[hash / 64] >> (hash % 64) & 1 != 0
}

#[inline(never)]
fn verify(
    text: &[u8],
    from: usize,
    at: usize,
    hash: usize,
    hit: &mut impl FnMut(&'static Literal, usize),
) {
    for &(idx, offset) in LISTS[usize::from(SLOTS[hash / SHARED])] {
        let literal = &LITERALS[usize::from(idx)];
        let Some(start) = at.checked_add_signed(-isize::from(offset)) else { continue };
        let Some(bytes) = text.get(start..start + literal.text.len()) else { continue };
        let same = match literal.fold {
            true => bytes.eq_ignore_ascii_case(literal.text),
            false => bytes == literal.text,
        };
        if same && start >= from {
            hit(literal, start);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_literal_is_found_once_at_every_place() {
        for literal in LITERALS {
            for pad in 0..5 {
                let text = [&b"....."[..pad], literal.text].concat();
                for tail in ["", ".", "a9"] {
                    let text = [&text, tail.as_bytes()].concat();
                    let mut seen = 0;
                    each(&text, 0, |l, at| {
                        seen += usize::from(
                            l.text == literal.text && at == pad && l.fold == literal.fold,
                        )
                    });
                    assert_eq!(seen, 1, "{:?} in {text:?}", String::from_utf8_lossy(literal.text));
                }
            }
        }
    }
}
