//! Server-sent events: lines up to a blank one. Source: the WHATWG's HTML standard, §9.2.

use std::ops::Range;

use super::{Frame, FrameError, Framing};

/// How long the event is that the bytes start with, its blank line included, if all of it is
/// there. `at` is the start of the first line not looked at.
pub(super) fn length(
    bytes: &[u8],
    at: &mut usize,
    last: bool,
) -> Result<Option<usize>, FrameError> {
    while let Some(rest) = bytes.get(*at..) {
        let Some((line, length)) = line(rest, last) else { break };
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

/// The length of the line that the bytes start with, without and with its end.
fn line(bytes: &[u8], last: bool) -> Option<(usize, usize)> {
    let end = memchr::memchr2(b'\r', b'\n', bytes)?;
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
        let (length, next) = line(rest, true).unwrap_or((rest.len(), rest.len()));
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
    let joined = data.iter().map(value).collect::<Vec<_>>().join(b"\n".as_slice());
    let span = if let [span] = data.as_slice() { Some(span.clone()) } else { None };
    let data = (!data.is_empty()).then_some(joined);
    Frame { framing: Framing::Sse, raw, data, span, event }
}

/// An event with other data: a line for each of its lines where the first one stood.
pub(super) fn rewritten(raw: &[u8], data: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len() + data.len());
    let (mut at, mut written) = (0, false);
    for (name, value) in fields(raw) {
        let rest = raw.get(value.end..).unwrap_or_default();
        let next = value.end + line(rest, true).map_or(rest.len(), |(_, length)| length);
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
