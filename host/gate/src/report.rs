//! What happened, without content. Every name in it comes from a closed set that was fixed before
//! any text was seen, and every other field is a number or a word of ours.

use std::sync::Arc;

use sandgate_wit::Action;
use serde::Serialize;

use crate::FaultKind;

/// What becomes of an exchange. Its order is how much was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Decision {
    /// Goes on byte for byte as it came.
    Forward,
    /// Goes on with edits.
    Edited,
    /// Does not go on.
    Refused,
}

/// What happened in an exchange so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// What becomes of it.
    pub decision: Decision,
    /// Why it was refused, if it was: the first reason in the order of the variants.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<Refusal>,
    /// Every finding but those allowed or under their policy's threshold, in the order of the text.
    pub findings: Vec<Reported>,
    /// Every fault, in the order they came; a policy has one at most.
    pub faults: Vec<PolicyFault>,
    /// How many things nobody could read.
    pub unscannable: u64,
    /// How many parts were begun.
    pub parts: u32,
    /// How many bytes of text were fed.
    pub bytes: u64,
    /// How many bytes were let go unsettled because `limits.held` was reached.
    pub unsettled: u64,
    /// How many pseudonyms of the response became a person's own words again.
    #[serde(skip_serializing_if = "is_none")]
    pub restored: u64,
}

/// Why an exchange was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Refusal {
    /// A finding whose action is `block`.
    Finding,
    /// A fault of a policy with `on_fault: block`.
    Fault,
    /// Something unscannable, under `on_unscannable: block`.
    Unscannable,
    /// More text held back than `limits.held`.
    Held,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Reported {
    /// The part's number in the exchange, from 0.
    pub part: u32,
    /// Where it starts: bytes of UTF-8 from the start of the part.
    pub start: u64,
    /// Where it ends, after its last byte.
    pub end: u64,
    /// The policy's name.
    pub policy: Arc<str>,
    /// The rule's name.
    pub rule: Arc<str>,
    /// How sure, in per cent.
    pub confidence: u8,
    /// What configuration does with this rule. Where an edit covers several findings, the
    /// strongest of their actions was done.
    pub action: Action,
}

/// A policy that failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PolicyFault {
    /// The policy's name.
    pub policy: Arc<str>,
    /// Which way it failed.
    pub kind: FaultKind,
    /// Whether the exchange was refused for it.
    pub refused: bool,
}

fn is_none(count: &u64) -> bool {
    *count == 0
}
