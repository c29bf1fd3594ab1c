//! A buffer for classifiers, which judge a text as a whole.
//!
//! Memory and hold-back are bounded: a part longer than the cap is judged in pieces of that size,
//! cut at the same places however the stream was cut. No piece sees another.

use std::rc::Rc;

use crate::{Finding, Found, Scanner, Step};

/// A judge of whole texts.
pub trait Classify {
    /// The most bytes judged at once, and so the most held back.
    const CAP: usize;

    /// Judges one text of at most [`Classify::CAP`] bytes.
    fn classify(&self, text: &str, found: &mut Found);
}

/// A [`Scanner`] that gathers a part for a [`Classify`].
pub struct Whole<C> {
    classifier: Rc<C>,
    buffer: String,
    /// Offset of the buffer's first byte in the part.
    base: usize,
}

impl<C: Classify> Whole<C> {
    /// An empty buffer.
    pub fn new(classifier: Rc<C>) -> Self {
        Self { classifier, buffer: String::new(), base: 0 }
    }

    /// Judges the buffer's first `len` bytes and drops them.
    fn judge(&mut self, len: usize) -> Vec<Finding> {
        let mut found = Found::default();
        self.classifier.classify(&self.buffer[..len], &mut found);
        let findings = found.into_findings(0..len, self.base);
        self.buffer.drain(..len);
        self.base += len;
        findings
    }
}

impl<C: Classify> Scanner for Whole<C> {
    fn feed(&mut self, chunk: &str) -> Step {
        let mut findings = Vec::new();
        self.buffer.push_str(chunk);
        while self.buffer.len() > C::CAP {
            findings.extend(self.judge(self.buffer.floor_char_boundary(C::CAP)));
        }
        Step { findings, settled: self.base as u64 }
    }

    fn end(&mut self) -> Step {
        let findings = if self.buffer.is_empty() { vec![] } else { self.judge(self.buffer.len()) };
        Step { findings, settled: self.base as u64 }
    }
}
