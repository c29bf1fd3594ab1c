//! AWS's event streams: binary messages of headers and a payload, each with its checksums.
//! Source: the Smithy specification's `application/vnd.amazon.eventstream`.
//!
//! A message is `total length, headers' length, CRC-32 of these two` as big-endian 32-bit numbers,
//! then headers, payload, and the CRC-32 of all that was before.

use std::ops::Range;

use super::{Data, Frame, FrameError, Framing};

/// The two lengths and their checksum.
const PRELUDE: usize = 12;
/// The checksum of the message.
const CRC: usize = 4;
/// The longest word that a header says.
const MAX_WORD: usize = 256;
/// The type of a header's value that is a string.
const STRING: u8 = 7;

/// How long the message is that the bytes start with, if all of it is there.
pub(super) fn length(bytes: &[u8], limit: usize, last: bool) -> Result<Option<usize>, FrameError> {
    let Some(prelude) = bytes.get(..PRELUDE) else {
        return if last && !bytes.is_empty() { Err(FrameError::Truncated) } else { Ok(None) };
    };
    let (lengths, crc) = prelude.split_at(PRELUDE - CRC);
    if number(crc) != Some(crc32fast::hash(lengths)) {
        return Err(FrameError::Malformed);
    }
    let total = at(bytes, 0).ok_or(FrameError::Malformed)?;
    let headers = at(bytes, 4).ok_or(FrameError::Malformed)?;
    if total.checked_sub(PRELUDE + CRC).is_none_or(|room| headers > room) {
        return Err(FrameError::Malformed);
    }
    let Some(message) = bytes.get(..total).filter(|_| total <= limit) else {
        return match (total > limit, last) {
            (true, _) => Err(FrameError::TooLong),
            (false, true) => Err(FrameError::Truncated),
            (false, false) => Ok(None),
        };
    };
    let (message, crc) = message.split_at(total - CRC);
    match number(crc) == Some(crc32fast::hash(message)) {
        true => Ok(Some(total)),
        false => Err(FrameError::Malformed),
    }
}

/// The frame of a message's bytes, which are as long as it says.
pub(super) fn frame(raw: Vec<u8>) -> Result<Frame, FrameError> {
    let payload = payload(&raw).ok_or(FrameError::Malformed)?;
    let headers = raw.get(PRELUDE..payload.start).unwrap_or_default();
    let event = event(headers).ok_or(FrameError::Malformed)?;
    let data = if payload.is_empty() { Data::None } else { Data::Span(payload) };
    Ok(Frame { framing: Framing::EventStream, raw, data, event })
}

/// A message with another payload.
pub(super) fn rewritten(raw: &[u8], data: &[u8]) -> Vec<u8> {
    let headers = payload(raw).and_then(|payload| raw.get(PRELUDE..payload.start));
    message(headers.unwrap_or_default(), data)
}

/// A message of our own.
pub(super) fn made(event: Option<&str>, data: &[u8]) -> Vec<u8> {
    let mut headers = Vec::with_capacity(96);
    let said = [
        (":event-type", event),
        (":content-type", Some("application/json")),
        (TYPE, Some("event")),
    ];
    for (name, value) in said {
        let Some(value) = value.filter(|value| value.len() <= MAX_WORD) else { continue };
        headers.push(u8::try_from(name.len()).unwrap_or_default());
        headers.extend_from_slice(name.as_bytes());
        headers.push(STRING);
        headers.extend_from_slice(&u16::try_from(value.len()).unwrap_or_default().to_be_bytes());
        headers.extend_from_slice(value.as_bytes());
    }
    message(&headers, data)
}

const TYPE: &str = ":message-type";

fn message(headers: &[u8], data: &[u8]) -> Vec<u8> {
    let length = |length: usize| u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes();
    let total = PRELUDE + headers.len() + data.len() + CRC;
    let mut out = Vec::with_capacity(total);
    out.extend(length(total));
    out.extend(length(headers.len()));
    out.extend(crc32fast::hash(&out).to_be_bytes());
    out.extend_from_slice(headers);
    out.extend_from_slice(data);
    out.extend(crc32fast::hash(&out).to_be_bytes());
    out
}

/// Where the payload of a message stands.
fn payload(raw: &[u8]) -> Option<Range<usize>> {
    Some(PRELUDE + at(raw, 4)?..raw.len().checked_sub(CRC)?)
}

/// What a message's headers call it. None where they cannot be read, or say more than words: that
/// would be text, where nobody looks for any.
fn event(mut headers: &[u8]) -> Option<Option<String>> {
    let mut event = None;
    while let Some((length, rest)) = headers.split_first() {
        let (name, rest) = rest.split_at_checked(usize::from(*length))?;
        let (kind, rest) = rest.split_first()?;
        let (size, rest) = match *kind {
            0 | 1 => (0, rest),
            2 => (1, rest),
            3 => (2, rest),
            4 => (4, rest),
            5 | 8 => (8, rest),
            9 => (16, rest),
            6 | STRING => {
                let (size, rest) = rest.split_at_checked(2)?;
                (size.iter().fold(0, |size, byte| size << 8 | usize::from(*byte)), rest)
            }
            _ => return None,
        };
        let (value, rest) = rest.split_at_checked(size)?;
        headers = rest;
        if !is_word(name) || matches!(*kind, 6 | STRING) && !is_word(value) {
            return None;
        }
        if matches!(name, b":event-type" | b":exception-type" | b":error-code") {
            event = String::from_utf8(value.to_vec()).ok();
        }
    }
    Some(event)
}

fn is_word(value: &[u8]) -> bool {
    value.len() <= MAX_WORD && value.iter().all(|byte| byte.is_ascii_graphic())
}

fn number(bytes: &[u8]) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.try_into().ok()?))
}

/// The length that stands there.
fn at(bytes: &[u8], from: usize) -> Option<usize> {
    usize::try_from(number(bytes.get(from..from + 4)?)?).ok()
}
