//! What can go wrong with a policy. A fault names a kind and nothing else: it carries no text.

use std::fmt;

use serde::Serialize;

/// A policy trapped, used up a limit, or answered nonsense.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    kind: FaultKind,
}

/// Which way a policy failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum FaultKind {
    /// It trapped: unreachable code, a bad access, a panic.
    Trap,
    /// It used up its fuel.
    Fuel,
    /// It used up its wall-clock time.
    Time,
    /// It asked for more memory than it may have.
    Memory,
    /// It used up its call stack.
    Stack,
    /// It was not asked: every instance that the host has room for was in use.
    Busy,
    /// Its answer cannot be right.
    Answer(BadAnswer),
}

/// What was wrong with a policy's answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum BadAnswer {
    /// A finding is empty, backward, past the text, inside a character, or in settled text.
    Offsets,
    /// `settled` went back, past the text, or inside a character; or it is not the part's length
    /// at its end.
    Settled,
    /// A rule that neither the manifest nor the settings know.
    Rule,
    /// A confidence over 100 per cent.
    Confidence,
    /// A replacement that is far too long.
    Replacement,
    /// More findings in one part than the limit.
    Findings,
    /// Something that no type of the contract covers.
    Shape,
}

impl Fault {
    /// A fault of this kind.
    pub fn new(kind: FaultKind) -> Self {
        Self { kind }
    }

    /// Which way the policy failed.
    pub fn kind(&self) -> FaultKind {
        self.kind
    }
}

impl From<FaultKind> for Fault {
    fn from(kind: FaultKind) -> Self {
        Self { kind }
    }
}

impl From<BadAnswer> for Fault {
    fn from(answer: BadAnswer) -> Self {
        Self { kind: FaultKind::Answer(answer) }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)
    }
}

impl std::error::Error for Fault {}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            FaultKind::Trap => "the policy trapped",
            FaultKind::Fuel => "the policy used up its fuel",
            FaultKind::Time => "the policy used up its time",
            FaultKind::Memory => "the policy used up its memory",
            FaultKind::Stack => "the policy used up its stack",
            FaultKind::Busy => "the policy has no instance free",
            FaultKind::Answer(answer) => return answer.fmt(f),
        })
    }
}

impl fmt::Display for BadAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            BadAnswer::Offsets => "the policy answered a finding with impossible offsets",
            BadAnswer::Settled => "the policy answered an impossible settled offset",
            BadAnswer::Rule => "the policy answered a rule that it does not have",
            BadAnswer::Confidence => "the policy answered a confidence over 100",
            BadAnswer::Replacement => "the policy answered a replacement that is too long",
            BadAnswer::Findings => "the policy answered more findings than the limit",
            BadAnswer::Shape => "the policy answered something outside the contract",
        })
    }
}
