//! Spans of a text, and what stands there instead.

/// What may leave of a part: the text below `upto`, with these edits spliced in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Release {
    /// An offset in the part, on a character boundary. It never goes back.
    pub upto: u64,
    /// The edits between the last release's `upto` and this one's, in order, not overlapping.
    pub edits: Vec<Edit>,
}

/// Text to put in place of a span of the part.
#[derive(Clone, PartialEq, Eq)]
pub struct Edit {
    /// Where the span starts: bytes of UTF-8 from the start of the part.
    pub start: u64,
    /// Where it ends, after its last byte.
    pub end: u64,
    /// What stands there instead.
    pub text: String,
}

// An edit may hold most of what it hides: a mask shows the last four digits.
impl std::fmt::Debug for Edit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Edit({}..{}, {} bytes)", self.start, self.end, self.text.len())
    }
}
