//! One document a line.

use std::ops::Range;

/// How long the line is that the bytes start with, if all of it is there.
pub(super) fn length(bytes: &[u8], at: &mut usize, last: bool) -> Option<usize> {
    let found = memchr::memchr(b'\n', bytes.get(*at..)?);
    *at = found.map_or(bytes.len(), |offset| *at + offset + 1);
    (found.is_some() || last && !bytes.is_empty()).then_some(*at)
}

/// Where the document stands in a line.
pub(super) fn document(line: &[u8]) -> Option<Range<usize>> {
    let document = line.trim_ascii();
    let start = line.len() - line.trim_ascii_start().len();
    (!document.is_empty()).then_some(start..start + document.len())
}
