//! No encoding is known: what `fetch` gives a page is decoded already.

use super::CodingError;

/// One encoding, of none.
pub(super) enum Codec {}

impl Codec {
    /// The encoding of this name.
    pub(super) fn named(_: &str) -> Option<Self> {
        None
    }

    pub(super) fn push(
        &mut self,
        _: &[u8],
        _: &mut Vec<u8>,
        _: &mut u64,
    ) -> Result<(), CodingError> {
        match *self {}
    }

    pub(super) fn is_whole(&self) -> bool {
        match *self {}
    }
}
