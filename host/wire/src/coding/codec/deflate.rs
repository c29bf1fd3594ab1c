//! `deflate`: zlib's format, RFC 1950, and the bare one, RFC 1951, that many servers send by that
//! name. Which of them it is the first two bytes tell.

use flate2::{Decompress, FlushDecompress, Status};

use super::{CHUNK, Sink};
use crate::coding::CodingError;

#[derive(Default)]
pub(crate) struct Deflate {
    /// The first byte, until the second is there.
    first: Option<u8>,
    inflate: Option<Inflate>,
}

/// A stream of compressed blocks up to its last one.
pub(crate) struct Inflate {
    inner: Decompress,
    pub(super) done: bool,
}

impl Deflate {
    pub(super) fn push(&mut self, bytes: &[u8], sink: &mut Sink) -> Result<(), CodingError> {
        let mut rest = bytes;
        while self.inflate.is_none() {
            let Some((byte, after)) = rest.split_first() else { return Ok(()) };
            match self.first {
                None => self.first = Some(*byte),
                Some(first) => {
                    let check = u16::from_be_bytes([first, *byte]);
                    let is_zlib = first & 0xf == 8 && check.is_multiple_of(31);
                    let inflate = self.inflate.insert(Inflate::new(is_zlib));
                    inflate.push(&[first, *byte], |out| sink.write(out))?;
                }
            }
            rest = after;
        }
        let Some(inflate) = &mut self.inflate else { return Ok(()) };
        let read = inflate.push(rest, |out| sink.write(out))?;
        if read < rest.len() { Err(CodingError::Corrupt) } else { Ok(()) }
    }

    pub(super) fn is_whole(&self) -> bool {
        self.inflate.as_ref().is_some_and(|inflate| inflate.done)
    }
}

impl Inflate {
    pub(super) fn new(is_zlib: bool) -> Self {
        Self { inner: Decompress::new(is_zlib), done: false }
    }

    /// Takes bytes up to the end of the stream; how many that were.
    pub(super) fn push(
        &mut self,
        bytes: &[u8],
        mut write: impl FnMut(&[u8]) -> Result<(), CodingError>,
    ) -> Result<usize, CodingError> {
        let (mut at, mut chunk) = (0, [0; CHUNK]);
        while !self.done {
            let rest = bytes.get(at..).unwrap_or_default();
            let (read, written) = (self.inner.total_in(), self.inner.total_out());
            let status = self.inner.decompress(rest, &mut chunk, FlushDecompress::None);
            let status = status.map_err(|_| CodingError::Corrupt)?;
            let moved = |now: u64, before: u64| usize::try_from(now - before).unwrap_or_default();
            let (read, written) =
                (moved(self.inner.total_in(), read), moved(self.inner.total_out(), written));
            write(chunk.get(..written).unwrap_or_default())?;
            at += read;
            self.done = status == Status::StreamEnd;
            if !self.done && (read, written) == (0, 0) {
                break;
            }
        }
        Ok(at)
    }
}
