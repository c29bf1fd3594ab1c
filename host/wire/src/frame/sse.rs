//! Server-sent events: lines up to a blank one. Source: the WHATWG's HTML standard, §9.2.

use std::ops::Range;

use super::{Cursor, Data, Frame, FrameError, Framing};

/// How long the event is that the bytes start with, its blank line included, if all of it is
/// there.
pub(super) fn length(
    bytes: &[u8],
    cursor: &mut Cursor,
    last: bool,
) -> Result<Option<usize>, FrameError> {
    let Cursor { at, searched, .. } = cursor;
    while let Some(rest) = bytes.get(*at..) {
        let Some((line, length)) = line(rest, searched.saturating_sub(*at), last) else {
            // A carriage return at the end is looked at again, once it is known what follows.
            *searched = bytes.len() - usize::from(bytes.ends_with(b"\r"));
            break;
        };
        let is_blank = line == 0 || *at == 0 && rest.get(..line) == Some(BOM);
        *at += length;
        if is_blank {
            return Ok(Some(*at));
        }
    }
    if !last || bytes.is_empty() {
        return Ok(None);
    }
    // Many servers leave the last blank line out, and no client minds; but half a line is no line.
    let whole = *at == bytes.len() || bytes.get(*at..).is_some_and(is_done);
    if whole { Ok(Some(bytes.len())) } else { Err(FrameError::Truncated) }
}

const BOM: &[u8] = "\u{feff}".as_bytes();

fn is_done(line: &[u8]) -> bool {
    line.strip_prefix(b"data:").is_some_and(|data| data.trim_ascii() == b"[DONE]")
}

/// The length of the line that the bytes start with, without and with its end, which is not
/// before `from`.
fn line(bytes: &[u8], from: usize, last: bool) -> Option<(usize, usize)> {
    let end = from + memchr::memchr2(b'\r', b'\n', bytes.get(from..)?)?;
    match (bytes.get(end), bytes.get(end + 1)) {
        (Some(b'\r'), Some(b'\n')) => Some((end, end + 2)),
        // The line feed that belongs to it may still come.
        (Some(b'\r'), None) if !last => None,
        _ => Some((end, end + 1)),
    }
}

/// The lines of an event: name of the field, and where its value stands.
fn fields(raw: &[u8]) -> impl Iterator<Item = (&[u8], Range<usize>)> {
    let mut at = if raw.starts_with(BOM) { BOM.len() } else { 0 };
    std::iter::from_fn(move || {
        let rest = raw.get(at..).filter(|rest| !rest.is_empty())?;
        let (length, next) = line(rest, 0, true).unwrap_or((rest.len(), rest.len()));
        let colon = memchr::memchr(b':', rest.get(..length)?).unwrap_or(length);
        let space = usize::from(rest.get(colon + 1) == Some(&b' ') && colon + 1 < length);
        let value = (at + colon + 1 + space).min(at + length)..at + length;
        let name = rest.get(..colon)?;
        at += next;
        Some((name, value))
    })
}

/// The frame of an event's bytes.
pub(super) fn frame(raw: Vec<u8>) -> Frame {
    let value = |span: &Range<usize>| raw.get(span.clone()).unwrap_or_default();
    let mut data: Vec<Range<usize>> = Vec::new();
    let mut event = None;
    for (name, span) in fields(&raw) {
        match name {
            b"data" => data.push(span),
            b"event" => event = String::from_utf8(value(&span).to_vec()).ok(),
            _ => {}
        }
    }
    let data = match data.as_slice() {
        [] => Data::None,
        [span] => Data::Span(span.clone()),
        lines => Data::Joined(lines.iter().map(value).collect::<Vec<_>>().join(b"\n".as_slice())),
    };
    Frame { framing: Framing::Sse, raw, data, event }
}

/// An event with other data: a line for each of its lines where the first one stood.
pub(super) fn rewritten(raw: &[u8], data: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len() + data.len());
    let (mut at, mut written) = (0, false);
    for (name, value) in fields(raw) {
        let rest = raw.get(value.end..).unwrap_or_default();
        let next = value.end + line(rest, 0, true).map_or(rest.len(), |(_, length)| length);
        if name != b"data" {
            out.extend_from_slice(raw.get(at..next).unwrap_or_default());
        } else if !written {
            written = true;
            data_lines(data, &mut out);
        }
        at = next;
    }
    out
}

/// An event of our own.
pub(super) fn made(event: Option<&str>, data: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(data.len() + 32);
    if let Some(event) = event {
        out.extend_from_slice(b"event: ");
        out.extend(event.bytes().filter(|byte| !matches!(byte, b'\r' | b'\n')));
        out.push(b'\n');
    }
    data_lines(data, &mut out);
    out.push(b'\n');
    out
}

fn data_lines(data: &[u8], out: &mut Vec<u8>) {
    for line in data.split(|byte| matches!(byte, b'\r' | b'\n')) {
        out.extend_from_slice(b"data: ");
        out.extend_from_slice(line);
        out.push(b'\n');
    }
}
