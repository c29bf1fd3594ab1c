//! The encodings that are known, behind one name.

mod brotli;
mod deflate;
mod gzip;
mod zstd;

use super::CodingError;

/// How much is decoded at a time.
const CHUNK: usize = 16 << 10;

/// One encoding.
pub(super) enum Codec {
    Gzip(gzip::Gzip),
    Deflate(deflate::Deflate),
    Brotli(brotli::Brotli),
    Zstd(Box<zstd::Zstd>),
}

/// What a codec writes to.
struct Sink<'a> {
    out: &'a mut Vec<u8>,
    room: &'a mut u64,
}

impl Codec {
    /// The encoding of this name.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "gzip" | "x-gzip" => Self::Gzip(gzip::Gzip::default()),
            "deflate" => Self::Deflate(deflate::Deflate::default()),
            "br" => Self::Brotli(brotli::Brotli::default()),
            "zstd" => Self::Zstd(Box::default()),
            _ => return None,
        })
    }

    /// Takes more bytes and appends what they decode to, for which there is so much room.
    pub(super) fn push(
        &mut self,
        bytes: &[u8],
        out: &mut Vec<u8>,
        room: &mut u64,
    ) -> Result<(), CodingError> {
        let mut sink = Sink { out, room };
        match self {
            Self::Gzip(codec) => codec.push(bytes, &mut sink),
            Self::Deflate(codec) => codec.push(bytes, &mut sink),
            Self::Brotli(codec) => codec.push(bytes, &mut sink),
            Self::Zstd(codec) => codec.push(bytes, &mut sink),
        }
    }

    /// Whether the body may end here.
    pub(super) fn is_whole(&self) -> bool {
        match self {
            Self::Gzip(codec) => codec.is_whole(),
            Self::Deflate(codec) => codec.is_whole(),
            Self::Brotli(codec) => codec.is_whole(),
            Self::Zstd(codec) => codec.is_whole(),
        }
    }
}

impl Sink<'_> {
    fn write(&mut self, bytes: &[u8]) -> Result<(), CodingError> {
        *self.room = self.room.checked_sub(bytes.len() as u64).ok_or(CodingError::TooLong)?;
        self.out.extend_from_slice(bytes);
        Ok(())
    }
}
