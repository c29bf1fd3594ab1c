//! Many rules over one streamed part.
//!
//! Each rule walks through the part on its own. At each place, from left to right, it is asked for
//! the match that starts there; after a match it goes on at the match's end. Since that answer
//! depends only on the text around the place, the walk is the same however the text was cut: where
//! the answer needs text that has not come, the rule waits there, and all before it is settled.

use std::ops::Range;
use std::rc::Rc;

use sandgate_guest::{Attempt, CONTEXT, Finding, Scanner, Step, Window};

use crate::Patterns;

/// Something that finds matches by what is near them.
pub(crate) trait Local {
    /// The first places from `at` on where a match may start; none starts before them. An empty
    /// range at the text's end where there are none.
    fn candidates(&self, text: &str, at: usize) -> Range<usize>;

    /// The match that starts at `at`.
    fn attempt(&self, window: Window<'_>, at: usize) -> Attempt;
}

/// A part on its way through all rules.
pub struct Stream {
    patterns: Rc<Patterns>,
    buffer: String,
    /// Offset of the buffer's first byte in the part.
    base: usize,
    /// Where each rule is in the buffer.
    places: Vec<usize>,
    /// Where the unsettled text begins in the buffer.
    settled: usize,
    /// Found, but not settled yet; offsets in the part.
    pending: Vec<Finding>,
}

impl Stream {
    pub(crate) fn new(patterns: Rc<Patterns>) -> Self {
        let places = vec![0; patterns.rules.len()];
        let (buffer, pending) = (String::new(), Vec::new());
        Self { patterns, buffer, base: 0, places, settled: 0, pending }
    }

    fn step(&mut self, last: bool) -> Step {
        let window = Window { text: &self.buffer, from: self.settled, last };
        for (rule, place) in self.patterns.rules.iter().zip(&mut self.places) {
            let mut report = |range: Range<usize>| {
                if !self.patterns.allow.holds(&window.text[range.clone()]) {
                    self.pending.push(Finding {
                        rule: rule.name.clone(),
                        start: (self.base + range.start) as u64,
                        end: (self.base + range.end) as u64,
                        confidence: rule.confidence,
                        replacement: None,
                    });
                }
            };
            *place = walk(&*rule.matcher, window, *place, &mut report);
        }
        let settled = self.places.iter().copied().min().unwrap_or(self.buffer.len());
        let findings = self.release(self.base + settled);
        Step { findings, settled: (self.base + self.settled) as u64 }
    }

    /// Settles what lies before `upto`, an offset in the part, and before the findings across it.
    fn release(&mut self, upto: usize) -> Vec<Finding> {
        let order =
            |f: &Finding, g: &Finding| (f.start, f.end, &f.rule).cmp(&(g.start, g.end, &g.rule));
        self.pending.sort_by(order);
        let mut upto = upto as u64;
        // A finding that now lies across may put an earlier one across, so the last comes first.
        for finding in self.pending.iter().rev() {
            if finding.start < upto && upto < finding.end {
                upto = finding.start;
            }
        }
        let n_settled = self.pending.partition_point(|finding| finding.start < upto);
        self.settled = upto as usize - self.base;
        self.forget();
        self.pending.drain(..n_settled).collect()
    }

    /// Drops what is settled, but for the context of what comes. One character more is kept, so
    /// that a context which begins where the buffer does begins where the part does.
    fn forget(&mut self) {
        let keep = self.settled.saturating_sub(CONTEXT + 1);
        let keep = self.buffer.floor_char_boundary(keep);
        self.buffer.drain(..keep);
        self.base += keep;
        self.settled -= keep;
        for place in &mut self.places {
            *place -= keep;
        }
    }
}

impl Scanner for Stream {
    fn feed(&mut self, chunk: &str) -> Step {
        self.buffer.push_str(chunk);
        self.step(false)
    }

    fn end(&mut self) -> Step {
        self.step(true)
    }
}

/// Goes from `place` to the first place that text to come decides on, or to the end.
fn walk(
    matcher: &dyn Local,
    window: Window<'_>,
    place: usize,
    report: &mut dyn FnMut(Range<usize>),
) -> usize {
    let mut at = place;
    'search: while at < window.text.len() {
        let places = matcher.candidates(window.text, at);
        at = places.start;
        while at < places.end {
            match matcher.attempt(window, at) {
                Attempt::Match(end) => {
                    report(at..end);
                    at = end;
                    continue 'search;
                }
                Attempt::Miss => at = window.text.ceil_char_boundary(at + 1),
                Attempt::Open => return at,
            }
        }
    }
    at
}
