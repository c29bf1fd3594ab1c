//! `zstd`, RFC 8878 and for HTTP RFC 9659: frames that follow each other, some to be skipped.

use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use super::Sink;
use crate::coding::CodingError;

/// The largest window that HTTP has.
const MAX_WINDOW: u64 = 8 << 20;
const MAGIC: u32 = 0xFD2F_B528;
/// The last four bits are anybody's.
const SKIPPABLE: u32 = 0x184D_2A50;
/// The longest block, and what stands before one.
const MAX_BLOCK: usize = 128 << 10;
const BLOCK_HEAD: usize = 3;
const CHECKSUM: usize = 4;

#[derive(Default)]
pub(crate) struct Zstd {
    decoder: FrameDecoder,
    state: State,
    /// What is not decoded yet: less than a block.
    held: Vec<u8>,
    frames: usize,
}

#[derive(Default, Clone, Copy)]
enum State {
    /// Before a frame.
    #[default]
    Before,
    /// In a frame that has a checksum in the end, or none.
    Blocks { checked: bool },
    /// In one to be skipped, before so many bytes.
    Skip(usize),
}

/// What a frame's head says.
struct Head {
    length: usize,
    window: u64,
    checked: bool,
}

impl Zstd {
    pub(super) fn push(&mut self, bytes: &[u8], sink: &mut Sink) -> Result<(), CodingError> {
        let mut held = std::mem::take(&mut self.held);
        held.extend_from_slice(bytes);
        let mut at = 0;
        while let Some(read) = self.step(held.get(at..).unwrap_or_default(), sink)? {
            at += read;
        }
        held.drain(..at);
        self.held = held;
        Ok(())
    }

    pub(super) fn is_whole(&self) -> bool {
        matches!(self.state, State::Before) && self.held.is_empty() && self.frames > 0
    }

    /// Takes the next head or block; how many bytes that were, nothing where it is not all there.
    fn step(&mut self, bytes: &[u8], sink: &mut Sink) -> Result<Option<usize>, CodingError> {
        match self.state {
            State::Before => self.begin(bytes),
            State::Skip(length) => {
                let read = bytes.len().min(length);
                self.state =
                    if read == length { State::Before } else { State::Skip(length - read) };
                Ok((read > 0 || length == 0).then_some(read))
            }
            State::Blocks { checked } => self.block(bytes, checked, sink),
        }
    }

    fn begin(&mut self, bytes: &[u8]) -> Result<Option<usize>, CodingError> {
        let Some(magic) = number(bytes, 0) else { return Ok(None) };
        if magic & !0xf == SKIPPABLE {
            let Some(length) = number(bytes, 4) else { return Ok(None) };
            self.state = State::Skip(usize::try_from(length).map_err(|_| CodingError::Corrupt)?);
            self.frames += 1;
            return Ok(Some(8));
        }
        if magic != MAGIC {
            return Err(CodingError::Corrupt);
        }
        let Some(head) = Head::of(bytes)? else { return Ok(None) };
        if head.window > MAX_WINDOW {
            return Err(CodingError::TooLong);
        }
        let raw = bytes.get(..head.length).unwrap_or_default();
        self.decoder.reset(raw).map_err(|_| CodingError::Corrupt)?;
        self.state = State::Blocks { checked: head.checked };
        Ok(Some(head.length))
    }

    fn block(
        &mut self,
        bytes: &[u8],
        checked: bool,
        sink: &mut Sink,
    ) -> Result<Option<usize>, CodingError> {
        let Some([low, middle, high]) = bytes.get(..BLOCK_HEAD) else { return Ok(None) };
        let head = u32::from_le_bytes([*low, *middle, *high, 0]);
        let (is_last, kind) = (head & 1 == 1, head >> 1 & 3);
        let size = usize::try_from(head >> 3).map_err(|_| CodingError::Corrupt)?;
        if size > MAX_BLOCK {
            return Err(CodingError::Corrupt);
        }
        // One byte that is repeated, or as many as it says.
        let content = if kind == 1 { 1 } else { size };
        let tail = if is_last && checked { CHECKSUM } else { 0 };
        let Some(block) = bytes.get(..BLOCK_HEAD + content + tail) else { return Ok(None) };
        let decoded = self.decoder.decode_blocks(block, BlockDecodingStrategy::UptoBlocks(1));
        decoded.map_err(|_| CodingError::Corrupt)?;
        sink.write(&self.decoder.collect().unwrap_or_default())?;
        if is_last {
            let sums =
                (self.decoder.get_checksum_from_data(), self.decoder.get_calculated_checksum());
            if checked && sums.0 != sums.1 {
                return Err(CodingError::Corrupt);
            }
            self.state = State::Before;
            self.frames += 1;
        }
        Ok(Some(block.len()))
    }
}

impl Head {
    /// The head that the bytes begin with, if all of it is there.
    fn of(bytes: &[u8]) -> Result<Option<Self>, CodingError> {
        let Some(descriptor) = bytes.get(4) else { return Ok(None) };
        let is_single = descriptor & 0x20 != 0;
        if descriptor & 8 != 0 {
            return Err(CodingError::Corrupt);
        }
        let size = match (descriptor >> 6, is_single) {
            (0, false) => 0,
            (0, true) => 1,
            (1, _) => 2,
            (2, _) => 4,
            _ => 8,
        };
        let dictionary = match descriptor & 3 {
            3 => 4,
            length => usize::from(length),
        };
        // The window's byte is not there where the content is the window.
        let at = 5 + usize::from(!is_single) + dictionary;
        let (Some(window), Some(content)) = (bytes.get(5), bytes.get(at..at + size)) else {
            return Ok(None);
        };
        let base = 1_u64 << (10 + (window >> 3));
        let window = match is_single {
            false => base + base / 8 * u64::from(window & 7),
            true => content.iter().rev().fold(0, |size, byte| size << 8 | u64::from(*byte)),
        };
        Ok(Some(Self { length: at + size, window, checked: descriptor & 4 != 0 }))
    }
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}
