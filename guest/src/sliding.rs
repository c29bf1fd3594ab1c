//! A window that slides over a streamed part: what is not settled yet, and a little before it.
//!
//! Findings are independent of the cuts between chunks as long as a detector decides on a match
//! by nothing but its text, at most [`CONTEXT`] bytes before it (see [`Window::before`]), and what
//! follows it below the offset it calls settled.

use std::ops::Range;
use std::rc::Rc;

use crate::{Finding, Scanner, Step};

/// How many bytes before a match a detector may look at.
pub const CONTEXT: usize = 128;

/// A detector whose matches are local.
pub trait Detect {
    /// Reports every match it sees in the window, in any order, and returns the offset in the
    /// window below which no match can start any more, whatever text follows.
    ///
    /// Matches that start before [`Window::from`] (reported before) or end after the returned
    /// offset (seen again with more text) are dropped by the caller. With [`Window::last`] the
    /// returned offset does not matter: everything is settled.
    fn detect(&self, window: Window<'_>, found: &mut Found) -> usize;
}

/// The text a detector sees.
#[derive(Debug, Clone, Copy)]
pub struct Window<'a> {
    /// Up to some context before [`Window::from`], then all text that is not settled.
    pub text: &'a str,
    /// Where the unsettled text begins.
    pub from: usize,
    /// Whether the part ends here.
    pub last: bool,
}

impl<'a> Window<'a> {
    /// The text before `offset` that may be looked at: [`CONTEXT`] bytes at most, the same however
    /// the stream was cut.
    pub fn before(&self, offset: usize) -> &'a str {
        let start = self.text.ceil_char_boundary(offset.saturating_sub(CONTEXT));
        &self.text[start..offset]
    }
}

/// The matches of one call of [`Detect::detect`], as offsets in the window.
#[derive(Debug, Default)]
pub struct Found(Vec<Finding>);

impl Found {
    /// Reports a match: a rule, where, and how sure in per cent.
    pub fn push(&mut self, rule: &str, range: Range<usize>, confidence: u8) {
        self.push_with(rule, range, confidence, None);
    }

    /// Reports a match together with the text that `replace` puts in its place.
    pub fn push_with(
        &mut self,
        rule: &str,
        range: Range<usize>,
        confidence: u8,
        replacement: Option<String>,
    ) {
        self.0.push(Finding {
            rule: rule.to_owned(),
            start: range.start as u64,
            end: range.end as u64,
            confidence,
            replacement,
        });
    }

    /// What lies within `range` of the window, in order, as offsets in the part.
    pub(crate) fn into_findings(self, range: Range<usize>, base: usize) -> Vec<Finding> {
        let within = |f: &Finding| {
            range.start as u64 <= f.start && f.start < f.end && f.end <= range.end as u64
        };
        let mut findings: Vec<_> = self.0.into_iter().filter(within).collect();
        findings.sort_by(|a, b| (a.start, a.end, &a.rule).cmp(&(b.start, b.end, &b.rule)));
        for finding in &mut findings {
            finding.start += base as u64;
            finding.end += base as u64;
        }
        findings
    }
}

/// A [`Scanner`] that runs a [`Detect`] over a sliding window.
pub struct Sliding<D> {
    detector: Rc<D>,
    buffer: String,
    /// Offset of the buffer's first byte in the part.
    base: usize,
    /// Where the unsettled text begins in the buffer.
    from: usize,
}

impl<D: Detect> Sliding<D> {
    /// A window before the first byte of a part.
    pub fn new(detector: Rc<D>) -> Self {
        Self { detector, buffer: String::new(), base: 0, from: 0 }
    }

    fn step(&mut self, last: bool) -> Step {
        let window = Window { text: &self.buffer, from: self.from, last };
        let mut found = Found::default();
        let settled = self.detector.detect(window, &mut found);
        let settled = if last { self.buffer.len() } else { self.certain(settled, &found) };
        let findings = found.into_findings(self.from..settled, self.base);
        self.from = settled;
        self.forget();
        Step { findings, settled: (self.base + self.from) as u64 }
    }

    /// `settled`, kept within the unsettled text and before every match that crosses it.
    fn certain(&self, settled: usize, found: &Found) -> usize {
        let mut settled = self.buffer.floor_char_boundary(settled.max(self.from));
        // A match moved back over may cross in its turn, so the latest start is looked at first.
        let mut crossing: Vec<_> =
            found.0.iter().map(|f| (f.start as usize, f.end as usize)).collect();
        crossing.sort_unstable_by(|a, b| b.cmp(a));
        for (start, end) in crossing {
            if start >= self.from && start < settled && end > settled {
                settled = start;
            }
        }
        settled
    }

    /// Drops what is settled, but for the context of what comes.
    fn forget(&mut self) {
        let keep = self.buffer.floor_char_boundary(self.from.saturating_sub(CONTEXT));
        self.buffer.drain(..keep);
        self.base += keep;
        self.from -= keep;
    }
}

impl<D: Detect> Scanner for Sliding<D> {
    fn feed(&mut self, chunk: &str) -> Step {
        self.buffer.push_str(chunk);
        self.step(false)
    }

    fn end(&mut self) -> Step {
        self.step(true)
    }
}
