//! A policy's answers out of its memory.

use sandgate_gate::{BadAnswer, Fault, Finding, Step};

use crate::core::Core;

/// The most bytes of an answer that are copied. The gate's own limits are far below.
const MAX_ANSWER: usize = 8 << 20;
const STEP: usize = 16;
const FINDING: usize = 40;
const OUTCOME: usize = 12;

/// Reads values that a policy answered, so many bytes of them at most.
pub(crate) struct Lift<'a, C> {
    core: &'a C,
    left: usize,
}

impl<'a, C: Core> Lift<'a, C> {
    pub(crate) fn new(core: &'a C) -> Self {
        Self { core, left: MAX_ANSWER }
    }

    /// `result<policy, string>`: a handle, or why there is none.
    pub(crate) fn outcome(&mut self, at: u32) -> Result<Result<u32, String>, Fault> {
        let bytes = self.record::<OUTCOME>(at, 4)?;
        match bytes[0] {
            0 => Ok(Ok(word(&bytes, 4))),
            1 => self.text(word(&bytes, 4), word(&bytes, 8)).map(Err),
            _ => Err(BadAnswer::Shape.into()),
        }
    }

    /// `step`.
    pub(crate) fn step(&mut self, at: u32) -> Result<Step, Fault> {
        let bytes = self.record::<STEP>(at, 8)?;
        let (list, count) = (word(&bytes, 0), word(&bytes, 4));
        let settled = long(&bytes, 8);
        if count == 0 {
            return Ok(Step { findings: Vec::new(), settled });
        }
        let size = (count as usize).checked_mul(FINDING).ok_or(BadAnswer::Shape)?;
        let list = self.bytes(list, size, 8)?;
        let findings = list.chunks_exact(FINDING).map(|finding| self.finding(finding));
        Ok(Step { findings: findings.collect::<Result<_, _>>()?, settled })
    }

    fn finding(&mut self, bytes: &[u8]) -> Result<Finding, Fault> {
        let replacement = match bytes[28] {
            0 => None,
            1 => Some(self.text(word(bytes, 32), word(bytes, 36))?),
            _ => return Err(BadAnswer::Shape.into()),
        };
        Ok(Finding {
            rule: self.text(word(bytes, 0), word(bytes, 4))?,
            start: long(bytes, 8),
            end: long(bytes, 16),
            confidence: bytes[24],
            replacement,
        })
    }

    fn text(&mut self, at: u32, len: u32) -> Result<String, Fault> {
        let bytes = self.bytes(at, len as usize, 1)?;
        String::from_utf8(bytes).map_err(|_| BadAnswer::Shape.into())
    }

    fn record<const N: usize>(&mut self, at: u32, align: u32) -> Result<[u8; N], Fault> {
        let mut record = [0; N];
        self.copy(at, &mut record, align)?;
        Ok(record)
    }

    fn bytes(&mut self, at: u32, len: usize, align: u32) -> Result<Vec<u8>, Fault> {
        // Nothing is allocated before it is known to be little.
        if len > self.left {
            return Err(BadAnswer::Shape.into());
        }
        let mut bytes = vec![0; len];
        self.copy(at, &mut bytes, align)?;
        Ok(bytes)
    }

    fn copy(&mut self, at: u32, into: &mut [u8], align: u32) -> Result<(), Fault> {
        let left = self.left.checked_sub(into.len());
        self.left = left.filter(|_| at.is_multiple_of(align)).ok_or(BadAnswer::Shape)?;
        self.core.read(at, into).map_err(|_| BadAnswer::Shape.into())
    }
}

fn word(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(array(bytes, at))
}

fn long(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(array(bytes, at))
}

/// Some bytes of a record whose size is fixed.
fn array<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    bytes[at..].first_chunk().copied().expect("records are as long as their fields")
}
