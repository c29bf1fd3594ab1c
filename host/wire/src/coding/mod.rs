//! Taking HTTP's content encodings off a body that comes in chunks.
//!
//! What the bytes so far decode to is given at once, so that an event that was flushed does not
//! wait for the next one; zstd alone keeps back as much as its window. A body is read to its end:
//! several members follow each other, checksums are checked, and what is left over is an error,
//! because another reader may find text in it.
//!
//! Without the feature `encodings` none is known.

#[cfg(feature = "encodings")]
mod codec;
#[cfg(not(feature = "encodings"))]
#[path = "no_codec.rs"]
mod codec;

use codec::Codec;

/// More encodings than this on top of each other are no body of a language model's.
const MAX_LAYERS: usize = 4;

/// Decodes a body.
pub struct Decoder {
    /// The encodings, outermost first.
    layers: Vec<Layer>,
    /// How many bytes may still come where there is none.
    room: u64,
    limit: u64,
}

/// One encoding, and what it may still give.
struct Layer {
    codec: Codec,
    room: u64,
}

/// A body that cannot be decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodingError {
    /// An encoding that nobody here knows, or too many of them.
    Unknown,
    /// The body decodes to more than the limit.
    TooLong,
    /// The body ends too early.
    Truncated,
    /// The body is not what its encoding says.
    Corrupt,
}

impl Decoder {
    /// For a body with this `content-encoding` that decodes to at most `limit` bytes.
    ///
    /// # Errors
    /// Where the header names an encoding that is not known, or too many.
    pub fn new(content_encoding: &str, limit: u64) -> Result<Self, CodingError> {
        let names = content_encoding.split(',').map(|name| name.trim().to_ascii_lowercase());
        let mut layers = Vec::new();
        for name in names.filter(|name| !matches!(name.as_str(), "" | "identity")) {
            let codec = Codec::named(&name).ok_or(CodingError::Unknown)?;
            layers.push(Layer { codec, room: limit });
        }
        // They are named in the order in which they were put on.
        layers.reverse();
        match layers.len() {
            0..=MAX_LAYERS => Ok(Self { layers, room: limit, limit }),
            _ => Err(CodingError::Unknown),
        }
    }

    /// Whether bytes leave it as they came.
    pub fn is_identity(&self) -> bool {
        self.layers.is_empty()
    }

    /// Lets it give as many bytes again as its limit, for a stream whose bytes leave while it comes.
    pub fn renew(&mut self) {
        self.room = self.limit;
        self.layers.iter_mut().for_each(|layer| layer.room = self.limit);
    }

    /// Takes more of the body and appends what it decodes to.
    ///
    /// # Errors
    /// Where it cannot be decoded any further.
    pub fn push(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Result<(), CodingError> {
        self.run(bytes, false, out)
    }

    /// The body is over. Appends what is left of it.
    ///
    /// # Errors
    /// Where it is not whole.
    pub fn end(&mut self, out: &mut Vec<u8>) -> Result<(), CodingError> {
        self.run(&[], true, out)
    }

    fn run(&mut self, bytes: &[u8], last: bool, out: &mut Vec<u8>) -> Result<(), CodingError> {
        let Some((innermost, before)) = self.layers.split_last_mut() else {
            let length = bytes.len() as u64;
            self.room = self.room.checked_sub(length).ok_or(CodingError::TooLong)?;
            out.extend_from_slice(bytes);
            return Ok(());
        };
        let mut decoded: Option<Vec<u8>> = None;
        for layer in before {
            let mut next = Vec::new();
            layer.run(decoded.as_deref().unwrap_or(bytes), last, &mut next)?;
            decoded = Some(next);
        }
        innermost.run(decoded.as_deref().unwrap_or(bytes), last, out)
    }
}

impl Layer {
    fn run(&mut self, bytes: &[u8], last: bool, out: &mut Vec<u8>) -> Result<(), CodingError> {
        self.codec.push(bytes, out, &mut self.room)?;
        if last && !self.codec.is_whole() { Err(CodingError::Truncated) } else { Ok(()) }
    }
}

impl std::fmt::Debug for Decoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "a decoder of {} layers", self.layers.len())
    }
}

impl std::fmt::Display for CodingError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Unknown => "the body has an encoding that is not known",
            Self::TooLong => "the body decodes to more than the limit",
            Self::Truncated => "the body ends in the middle of its encoding",
            Self::Corrupt => "the body is not encoded as its header says",
        })
    }
}

impl std::error::Error for CodingError {}
