//! The one pass over clean text: where could anything begin?
//!
//! Prose has few digits, at signs and scheme separators. Blocks without any are skipped at the
//! speed of memory: the tests of a block are independent of each other, so that the compiler
//! turns them into vector instructions.

use crate::form::Reader;

/// How many bytes are tested at once.
const BLOCK: usize = 32;
/// How far behind a byte its test looks.
const AHEAD: usize = 7;

/// The first place at or after `from` that is a digit, an `@`, the colon of `://`, or the start of
/// eight capital letters in a row.
pub(crate) fn next(reader: Reader<'_>, from: usize) -> Option<usize> {
    let bytes = reader.bytes;
    let mut at = from;
    while let Some(block) = bytes.get(at..at + BLOCK + AHEAD) {
        let block: &[u8; BLOCK + AHEAD] = block.try_into().expect("the slice has this length");
        if any(block)
            && let Some(found) = (at..at + BLOCK).find(|&at| is_anchor(bytes, at))
        {
            return Some(found);
        }
        at += BLOCK;
    }
    (at..bytes.len()).find(|&at| is_anchor(bytes, at))
}

/// Whether a block may have an anchor; cheaper and less exact than [`is_anchor`].
fn any(block: &[u8; BLOCK + AHEAD]) -> bool {
    let mut hit = false;
    for at in 0..BLOCK {
        let byte = block[at];
        hit |= byte.is_ascii_digit() | (byte == b'@');
        hit |= (byte == b':') & (block[at + 1] == b'/');
        hit |= byte.is_ascii_uppercase()
            & block[at + 3].is_ascii_uppercase()
            & block[at + AHEAD].is_ascii_uppercase();
    }
    hit
}

fn is_anchor(bytes: &[u8], at: usize) -> bool {
    match bytes[at] {
        b'0'..=b'9' | b'@' => true,
        b':' => bytes[at..].starts_with(b"://"),
        b'A'..=b'Z' => bytes
            .get(at..at + AHEAD + 1)
            .is_some_and(|word| word.iter().all(u8::is_ascii_uppercase)),
        _ => false,
    }
}
