//! `br`, RFC 7932.

use brotli_decompressor::{BrotliDecompressStream, BrotliResult, BrotliState, StandardAlloc};

use super::{CHUNK, Sink};
use crate::coding::CodingError;

pub(crate) struct Brotli {
    state: Box<BrotliState<StandardAlloc, StandardAlloc, StandardAlloc>>,
    done: bool,
}

impl Default for Brotli {
    fn default() -> Self {
        let alloc = StandardAlloc::default;
        // Without the large windows, which HTTP does not have.
        Self { state: Box::new(BrotliState::new_strict(alloc(), alloc(), alloc())), done: false }
    }
}

impl Brotli {
    pub(super) fn push(&mut self, bytes: &[u8], sink: &mut Sink) -> Result<(), CodingError> {
        let (mut left, mut at, mut total, mut chunk) = (bytes.len(), 0, 0, [0; CHUNK]);
        while !self.done {
            let (mut room, mut written) = (chunk.len(), 0);
            let result = BrotliDecompressStream(
                &mut left,
                &mut at,
                bytes,
                &mut room,
                &mut written,
                &mut chunk,
                &mut total,
                &mut self.state,
            );
            sink.write(chunk.get(..written).unwrap_or_default())?;
            match result {
                BrotliResult::ResultSuccess => self.done = true,
                BrotliResult::NeedsMoreOutput => {}
                BrotliResult::NeedsMoreInput => return Ok(()),
                BrotliResult::ResultFailure => return Err(CodingError::Corrupt),
            }
        }
        if left > 0 { Err(CodingError::Corrupt) } else { Ok(()) }
    }

    pub(super) fn is_whole(&self) -> bool {
        self.done
    }
}
