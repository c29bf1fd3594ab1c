//! How a streamed body is cut into documents, and how a document is put back where it stood.
//!
//! A frame keeps the bytes it came in, so that one nobody changes leaves as it was. It is given
//! only once it is whole: half an event is nobody's to read.

mod array;
mod aws;
mod lines;
mod sse;

use std::ops::Range;

/// How documents follow each other in a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Framing {
    /// The body is one document.
    Whole,
    /// `text/event-stream`.
    Sse,
    /// One a line: NDJSON.
    Lines,
    /// The elements of a JSON array.
    Array,
    /// `application/vnd.amazon.eventstream`: binary messages with checksums.
    EventStream,
}

/// Cuts a body that comes in chunks.
#[derive(Debug)]
pub struct Framer {
    framing: Framing,
    /// The most bytes that one frame may have.
    limit: usize,
    held: Vec<u8>,
    /// How far `held` was looked through.
    cursor: Cursor,
}

/// Where the search for the end of a frame goes on.
#[derive(Debug, Default)]
struct Cursor {
    at: usize,
    /// How far the line was searched for its end.
    searched: usize,
    array: array::State,
}

/// The bytes of a body that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    framing: Framing,
    raw: Vec<u8>,
    data: Data,
    event: Option<String>,
}

/// The document of a frame.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Data {
    None,
    /// It stands there in one piece.
    Span(Range<usize>),
    /// It stood in several lines.
    Joined(Vec<u8>),
}

/// A body that cannot be cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameError {
    /// A frame is longer than the limit.
    TooLong,
    /// The body ended in the middle of a frame.
    Truncated,
    /// The body is not what its framing says.
    Malformed,
}

impl Framer {
    /// Before the first byte of a body whose frames have at most `limit` bytes.
    pub fn new(framing: Framing, limit: usize) -> Self {
        Self { framing, limit, held: Vec::new(), cursor: Cursor::default() }
    }

    /// Takes more bytes and adds the frames that became whole.
    ///
    /// # Errors
    /// Where the body cannot be cut any further: after the frames that were added.
    pub fn push(&mut self, bytes: &[u8], frames: &mut Vec<Frame>) -> Result<(), FrameError> {
        self.held.extend_from_slice(bytes);
        self.cut(false, frames)?;
        if self.held.len() > self.limit { Err(FrameError::TooLong) } else { Ok(()) }
    }

    /// No more bytes come: adds the last frame.
    ///
    /// # Errors
    /// As [`Framer::push`], and where the last frame is not whole.
    pub fn end(&mut self, frames: &mut Vec<Frame>) -> Result<(), FrameError> {
        self.cut(true, frames)
    }

    /// How many bytes wait for the end of their frame.
    pub fn held(&self) -> usize {
        self.held.len()
    }

    fn cut(&mut self, last: bool, frames: &mut Vec<Frame>) -> Result<(), FrameError> {
        let mut from = 0;
        let cut = loop {
            let rest = self.held.get(from..).unwrap_or_default();
            let length = match self.framing {
                Framing::Whole => Ok((last && !rest.is_empty()).then_some(rest.len())),
                Framing::Sse => sse::length(rest, &mut self.cursor, last),
                Framing::Lines => Ok(lines::length(rest, &mut self.cursor.at, last)),
                Framing::Array => array::length(rest, &mut self.cursor, last),
                Framing::EventStream => aws::length(rest, self.limit, last),
            };
            let length = match length {
                Ok(Some(length)) => length,
                Ok(None) => break Ok(()),
                Err(error) => break Err(error),
            };
            match self.frame(rest.get(..length).unwrap_or_default().to_vec()) {
                Ok(frame) => frames.push(frame),
                Err(error) => break Err(error),
            }
            from += length;
            self.cursor = Cursor { array: self.cursor.array, ..Cursor::default() };
        };
        self.held.drain(..from);
        cut
    }

    /// The frame of these bytes.
    fn frame(&self, raw: Vec<u8>) -> Result<Frame, FrameError> {
        Ok(match self.framing {
            Framing::Whole => Frame::of(self.framing, raw, |raw| Some(0..raw.len())),
            Framing::Sse => sse::frame(raw),
            Framing::Lines => Frame::of(self.framing, raw, lines::document),
            Framing::Array => Frame::of(self.framing, raw, array::document),
            Framing::EventStream => aws::frame(raw)?,
        })
    }
}

impl Frame {
    fn of(
        framing: Framing,
        raw: Vec<u8>,
        document: impl FnOnce(&[u8]) -> Option<Range<usize>>,
    ) -> Self {
        let data = document(&raw).map_or(Data::None, Data::Span);
        Self { framing, raw, data, event: None }
    }

    /// The bytes as they came. Those of all frames are those of the body.
    pub fn raw(&self) -> &[u8] {
        &self.raw
    }

    /// The document, if there is one: a comment has none, a bracket neither.
    pub fn data(&self) -> Option<&[u8]> {
        match &self.data {
            Data::None => None,
            Data::Span(span) => self.raw.get(span.clone()),
            Data::Joined(data) => Some(data),
        }
    }

    /// What the frame calls its document.
    pub fn event(&self) -> Option<&str> {
        self.event.as_deref()
    }

    /// The frame with another document in it.
    pub fn with_data(&self, data: &[u8]) -> Vec<u8> {
        let is_lines = data.iter().any(|byte| matches!(byte, b'\r' | b'\n'));
        let span = match &self.data {
            Data::Span(span) if self.framing != Framing::Sse || !is_lines => span,
            _ if self.framing == Framing::Sse => return sse::rewritten(&self.raw, data),
            _ => return self.raw.clone(),
        };
        if self.framing == Framing::EventStream {
            return aws::rewritten(&self.raw, data);
        }
        let before = self.raw.get(..span.start).unwrap_or_default();
        [before, data, self.raw.get(span.end..).unwrap_or_default()].concat()
    }

    /// A further frame like this one, with another document, to come after it or before it.
    pub fn another(&self, data: &[u8]) -> Vec<u8> {
        make(self.framing, self.event(), data, false)
    }
}

/// A frame of our own. `first` says that no document was before it.
pub fn make(framing: Framing, event: Option<&str>, data: &[u8], first: bool) -> Vec<u8> {
    match framing {
        Framing::Whole => data.to_vec(),
        Framing::Sse => sse::made(event, data),
        Framing::Lines => [data, b"\n"].concat(),
        Framing::Array => [if first { b"[" } else { b",".as_slice() }, data].concat(),
        Framing::EventStream => aws::made(event, data),
    }
}

/// What ends a stream that stops between two documents.
pub fn close(framing: Framing, first: bool) -> Vec<u8> {
    match (framing, first) {
        (Framing::Array, true) => b"[]".to_vec(),
        (Framing::Array, false) => b"]".to_vec(),
        _ => Vec::new(),
    }
}

impl std::fmt::Display for FrameError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::TooLong => "an event is longer than the limit",
            Self::Truncated => "the body ends in the middle of an event",
            Self::Malformed => "the body is not framed as its content type says",
        })
    }
}

impl std::error::Error for FrameError {}

#[cfg(test)]
mod tests;
