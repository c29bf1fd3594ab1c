//! From a name to the value it is given: `name = "value"` in the many ways people write it.
//!
//! Code, JSON, YAML, `.env`, XML, URL queries, command lines and logs differ in what stands
//! between the two; all of it is short, so little text is held back to decide.

use crate::cursor::{Cursor, Open};

/// How far a name may go on after its keyword.
pub(crate) const NAME: usize = 28;

/// A value's place and how it was given.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    pub(crate) start: usize,
    /// The quotation mark before it.
    pub(crate) quote: Option<u8>,
    /// Given by prose ("the password is …").
    pub(crate) prose: bool,
}

/// The value after a provider's name, which may stand in prose or in the middle of a word.
pub(crate) fn near(mut cursor: Cursor<'_>) -> Result<Option<Place>, Open> {
    cursor.skip(NAME, |b| is_name(b) || matches!(b, b' ' | b'\t' | b'/'))?;
    let closing = cursor.skip(6, |b| {
        matches!(b, b'"' | b'\'' | b'`' | b']' | b')' | b'\\' | b' ' | b'\t' | b'\n')
    })?;
    let operator = operator(&mut cursor)?;
    if operator.is_empty() && closing.is_empty() {
        return Ok(None);
    }
    let space = cursor
        .skip(8, |b| b.is_ascii_whitespace() || matches!(b, b'"' | b'\'' | b'`' | b'=' | b'\\'))?;
    let quote = space.iter().rev().copied().find(|&b| is_quote(b));
    let place = Place { start: cursor.at, quote, prose: false };
    if !space.contains(&b'\n') {
        return Ok(Some(place));
    }
    // A YAML section: the value is that of its first key.
    let key = cursor.skip(NAME, is_name)?;
    let colon = cursor.skip(3, |b| matches!(b, b':' | b' ' | b'"'))?;
    let nested = !key.is_empty() && colon.starts_with(b": ");
    Ok(Some(if nested { Place { start: cursor.at, ..place } } else { place }))
}

/// The value that a name in code or configuration is given; with `prose`, in a sentence too.
pub(crate) fn value(mut cursor: Cursor<'_>, prose: bool) -> Result<Option<Place>, Open> {
    let name = cursor.skip(NAME, is_name)?;
    if name.len() == NAME {
        return Ok(None);
    }
    let closing =
        cursor.skip(6, |b| matches!(b, b'"' | b'\'' | b'`' | b']' | b'\\' | b' ' | b'\t'))?;
    let operator = operator(&mut cursor)?;
    if operator.is_empty() {
        return match prose && closing == b" " {
            true => sentence(cursor),
            false => attribute(cursor, closing),
        };
    }
    let space = cursor.skip(6, |b| matches!(b, b' ' | b'\t' | b'"' | b'\'' | b'`' | b'\\'))?;
    let quote = space.iter().rev().copied().find(|&b| is_quote(b));
    let call = operator.starts_with(b"(") || operator.starts_with(b",");
    if call && quote.is_none() || operator == b"!=" {
        return Ok(None);
    }
    Ok(Some(Place { start: cursor.at, quote, prose: false }))
}

/// `:`, `=`, `:=`, `=>`, `||=`, `>`, `,`, `(` and their like.
fn operator<'a>(cursor: &mut Cursor<'a>) -> Result<&'a [u8], Open> {
    let bytes =
        cursor.skip(5, |b| matches!(b, b':' | b'=' | b'>' | b'|' | b'?' | b'!' | b',' | b'('))?;
    Ok(if bytes.iter().all(|b| matches!(b, b'?' | b'!' | b'|')) && bytes != b"||" {
        b""
    } else {
        bytes
    })
}

/// `<add key="name" value="…">`.
fn attribute(mut cursor: Cursor<'_>, closing: &[u8]) -> Result<Option<Place>, Open> {
    if closing.last() != Some(&b' ') || !cursor.eat("value=")? {
        return Ok(None);
    }
    let quote = cursor.skip(1, is_quote)?.first().copied();
    Ok(Some(Place { start: cursor.at, quote, prose: false }))
}

/// "… is value", "… is: value".
fn sentence(mut cursor: Cursor<'_>) -> Result<Option<Place>, Open> {
    let mut verb = false;
    for word in ["is", "was", "to", "ist", "est", "es"] {
        let mut ahead = cursor;
        if ahead.eat(word)? && matches!(ahead.peek()?, b' ' | b':') {
            (cursor, verb) = (ahead, true);
            break;
        }
    }
    if !verb {
        return Ok(None);
    }
    let space = cursor.skip(4, |b| matches!(b, b':' | b' ' | b'"' | b'\'' | b'`'))?;
    let quote = space.iter().rev().copied().find(|&b| is_quote(b));
    Ok(Some(Place { start: cursor.at, quote, prose: true }))
}

pub(crate) fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}

pub(crate) fn is_quote(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'`')
}
