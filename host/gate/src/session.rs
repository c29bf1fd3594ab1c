//! What the gate asks of a policy. The engine answers from a sandbox, other hosts from theirs;
//! the gate believes none of them and checks every answer.

use crate::{Fault, Part};

/// A rule's match as a policy answers it, unchecked.
#[derive(Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule's name.
    pub rule: String,
    /// Where it starts: bytes of UTF-8 from the start of the part.
    pub start: u64,
    /// Where it ends, after its last byte.
    pub end: u64,
    /// How sure, in per cent.
    pub confidence: u8,
    /// What the policy would put in its place.
    pub replacement: Option<String>,
}

/// What a policy answers to a chunk.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Step {
    /// Findings that became certain with it.
    pub findings: Vec<Finding>,
    /// The offset in the part below which no later step reports another.
    pub settled: u64,
}

/// One policy in one exchange. Parts come one after the other: `begin`, any number of `feed`s,
/// `end`. After a fault it is not asked again.
pub trait Session: Send {
    /// A part begins.
    ///
    /// # Errors
    /// A [`Fault`] where the policy trapped or used up a limit; so for the other two.
    fn begin(&mut self, part: &Part) -> Result<(), Fault>;

    /// More text of the part; a chunk never ends inside a character.
    ///
    /// # Errors
    /// As [`Session::begin`].
    fn feed(&mut self, chunk: &str) -> Result<Step, Fault>;

    /// No more text comes: everything is settled.
    ///
    /// # Errors
    /// As [`Session::begin`].
    fn end(&mut self) -> Result<Step, Fault>;
}

// A rule's name or a replacement that nobody has checked yet may be anything, the text of the
// part included, so `Debug` shows neither.
impl std::fmt::Debug for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Finding({}..{}, {} %)", self.start, self.end, self.confidence)
    }
}

impl std::fmt::Debug for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Step({:?}, settled {})", self.findings, self.settled)
    }
}
