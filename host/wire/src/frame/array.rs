//! The elements of a JSON array, each with the bracket or comma before it.

use std::ops::Range;

use super::{Cursor, FrameError};

/// Where in the array the bytes stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum State {
    /// Before its `[`.
    #[default]
    Before,
    /// Within it, between two elements.
    Between,
    /// In an element, this deep, perhaps in a string, perhaps after its backslash.
    Element { depth: usize, string: bool, escape: bool },
    /// After its `]`.
    After,
}

/// How long the frame is that the bytes start with, if all of it is there.
pub(super) fn length(
    bytes: &[u8],
    cursor: &mut Cursor,
    last: bool,
) -> Result<Option<usize>, FrameError> {
    while let Some(byte) = bytes.get(cursor.at) {
        let (state, ends) = step(cursor.array, *byte)?;
        let before = matches!(ends, Ends::Before) && cursor.at > 0;
        if before {
            // A bracket or comma begins the frame after: it is looked at again.
            cursor.array = State::Between;
            return Ok(Some(cursor.at));
        }
        cursor.array = state;
        cursor.at += 1;
        if matches!(ends, Ends::Here) {
            return Ok(Some(cursor.at));
        }
    }
    match (last, cursor.array) {
        (false, _) => Ok(None),
        (true, State::After) => Ok((!bytes.is_empty()).then_some(bytes.len())),
        (true, State::Before) if bytes.trim_ascii().is_empty() => {
            Ok((!bytes.is_empty()).then_some(bytes.len()))
        }
        (true, _) => Err(FrameError::Truncated),
    }
}

enum Ends {
    No,
    /// The frame ends with this byte.
    Here,
    /// The frame ends before this byte.
    Before,
}

fn step(state: State, byte: u8) -> Result<(State, Ends), FrameError> {
    let element = |depth, string| State::Element { depth, string, escape: false };
    Ok(match (state, byte) {
        (State::Before | State::Between | State::After, b' ' | b'\t' | b'\r' | b'\n') => {
            (state, Ends::No)
        }
        (State::Before, b'[') => (State::Between, Ends::No),
        (State::Between, b',') => (State::Between, Ends::No),
        (State::Between, b']') => (State::After, Ends::No),
        (State::Between, b'{' | b'[') => (element(1, false), Ends::No),
        (State::Between, b'"') => (element(0, true), Ends::No),
        (State::Between, _) => (element(0, false), Ends::No),
        (State::Before | State::After, _) => return Err(FrameError::Malformed),
        (State::Element { depth, string: true, escape: true }, _) => {
            (element(depth, true), Ends::No)
        }
        (State::Element { depth, string: true, .. }, b'\\') => {
            (State::Element { depth, string: true, escape: true }, Ends::No)
        }
        (State::Element { depth: 0, string: true, .. }, b'"') => (State::Between, Ends::Here),
        (State::Element { depth, string: true, .. }, b'"') => (element(depth, false), Ends::No),
        (State::Element { depth, string: true, .. }, _) => (element(depth, true), Ends::No),
        (State::Element { depth, .. }, b'"') => (element(depth, true), Ends::No),
        (State::Element { depth, .. }, b'{' | b'[') => (element(depth + 1, false), Ends::No),
        (State::Element { depth: 0, .. }, b',' | b']') => (State::Between, Ends::Before),
        (State::Element { depth: 1, .. }, b'}' | b']') => (State::Between, Ends::Here),
        (State::Element { depth, .. }, b'}' | b']') if depth > 1 => {
            (element(depth - 1, false), Ends::No)
        }
        (State::Element { depth, .. }, _) => (element(depth, false), Ends::No),
    })
}

/// Where the element stands in its frame; none where there is only the end of the array.
pub(super) fn document(frame: &[u8]) -> Option<Range<usize>> {
    let start =
        frame.iter().position(|byte| !matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b','))?;
    // The array's own bracket comes once, and before any element.
    let inner = match frame.get(start) {
        Some(b']') => return None,
        Some(b'[') if !frame.iter().take(start).any(|byte| *byte == b',') => {
            let rest = frame.get(start + 1..)?;
            let gap = rest.iter().position(|byte| !byte.is_ascii_whitespace())?;
            match rest.get(gap) {
                Some(b']') => return None,
                _ => start + 1 + gap,
            }
        }
        _ => start,
    };
    Some(inner..inner + frame.get(inner..)?.trim_ascii_end().len())
}
