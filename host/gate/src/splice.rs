//! Text that waits for its release, for those who want text rather than spans.

use crate::Release;

/// Holds the text of one part until it is released, for those who want text rather than spans.
#[derive(Default)]
pub struct Splicer {
    held: String,
    /// Offset in the part of the first byte held.
    base: u64,
}

impl Splicer {
    /// Before the first byte of a part.
    pub fn new() -> Self {
        Self::default()
    }

    /// Text that was fed to the exchange.
    pub fn push(&mut self, chunk: &str) {
        self.held.push_str(chunk);
    }

    /// Appends what `release` lets go to `out`.
    pub fn release(&mut self, release: &Release, out: &mut String) {
        let mut at = 0;
        for edit in &release.edits {
            out.push_str(self.slice(at, self.index(edit.start)));
            out.push_str(&edit.text);
            at = self.index(edit.end);
        }
        let upto = self.index(release.upto);
        out.push_str(self.slice(at, upto));
        self.held.replace_range(..upto, "");
        self.base += upto as u64;
    }

    /// How many bytes are held.
    pub fn held(&self) -> usize {
        self.held.len()
    }

    /// A part offset as an index into the held text, for offsets of this part's own releases the
    /// exact one.
    fn index(&self, offset: u64) -> usize {
        let index = usize::try_from(offset.saturating_sub(self.base)).unwrap_or(usize::MAX);
        self.held.floor_char_boundary(index)
    }

    fn slice(&self, start: usize, end: usize) -> &str {
        self.held.get(start..end).unwrap_or_default()
    }
}

// It holds the text itself.
impl std::fmt::Debug for Splicer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Splicer({} bytes from {})", self.held.len(), self.base)
    }
}
