//! Every candidate of a window, and which of them are told.
//!
//! A candidate reaches from its literal to the end of its secret. What is settled never cuts one
//! in two, so each is judged, together with all that overlap it, in one and the same window.

use std::ops::Range;

use sandgate_guest::{Attempt, Found, Window};

use crate::cursor::{Cursor, Open};
use crate::generic::{self, Secret};
use crate::rules::{Code, DETECTORS, Detector, How, LONGEST, Literal, Patterns, RULES, find};
use crate::{Secrets, assignment, checks, credentials, entropy, prefilter, private_key};

/// The farthest that a token begins before its literal.
const FARTHEST: usize = 76;

/// How specific a rule is: where candidates overlap, the most specific one wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Exact,
    Named,
    Credentials,
    Generic,
}

/// A secret that some detector sees.
#[derive(Debug)]
struct Candidate {
    /// Where the text begins that it was found by.
    anchor: usize,
    secret: Range<usize>,
    rule: usize,
    rank: Rank,
    /// The length of its literal: the longer, the more specific.
    told_by: usize,
    confidence: u8,
}

/// All candidates of one window.
struct Scan<'a> {
    policy: &'a Secrets,
    window: Window<'a>,
    candidates: Vec<Candidate>,
    settled: usize,
    /// The length of the literal at hand.
    told_by: usize,
}

/// Reports the window's secrets and returns what is settled.
pub(crate) fn scan(policy: &Secrets, window: Window<'_>, found: &mut Found) -> usize {
    let text = window.text.as_bytes();
    let settled = match window.last {
        true => text.len(),
        false => text.len().saturating_sub(LONGEST + FARTHEST).max(window.from),
    };
    let mut scan = Scan { policy, window, candidates: Vec::new(), settled, told_by: 0 };
    prefilter::each(text, window.from, |literal, at| scan.literal(literal, at));
    scan.finish(found)
}

impl Scan<'_> {
    fn literal(&mut self, literal: &'static Literal, at: usize) {
        self.told_by = literal.text.len();
        for &idx in literal.detectors {
            let detector = &DETECTORS[usize::from(idx)];
            if self.policy.is_off(usize::from(detector.rule)) {
                continue;
            }
            let end = at + literal.text.len();
            match detector.how {
                How::Token(pattern) => self.token(detector, pattern, at),
                How::Near(pattern) => {
                    let outcome = self.near(detector, pattern, at, end);
                    self.settle(at, outcome);
                }
                How::Code(code) => {
                    let outcome = self.code(detector, code, at, end);
                    self.settle(at, outcome);
                }
            }
        }
    }

    /// Keeps a candidate, or holds back the text from `anchor` on.
    fn settle(&mut self, anchor: usize, outcome: Result<Option<Candidate>, Open>) {
        match outcome {
            Ok(candidate) => self.candidates.extend(candidate),
            Err(Open) => self.settled = self.settled.min(anchor),
        }
    }

    fn token(&mut self, detector: &Detector, pattern: u16, at: usize) {
        for &back in detector.back {
            let Some(start) = at.checked_sub(usize::from(back)) else { continue };
            if start < self.window.from || !self.window.text.is_char_boundary(start) {
                continue;
            }
            if !detector.free && !begins(self.window, start) {
                continue;
            }
            let outcome = self.exact(detector, pattern, start, start, Rank::Exact);
            self.settle(start, outcome);
        }
    }

    fn near(
        &self,
        detector: &Detector,
        pattern: u16,
        at: usize,
        end: usize,
    ) -> Result<Option<Candidate>, Open> {
        if straddles(&self.window.text.as_bytes()[at..end]) {
            return Ok(None);
        }
        match assignment::near(Cursor::new(self.window, end))? {
            Some(place) => self.exact(detector, pattern, at, place.start, Rank::Named),
            None => Ok(None),
        }
    }

    /// A match of a pattern at `start` that is entropic and passes its check.
    fn exact(
        &self,
        detector: &Detector,
        pattern: u16,
        anchor: usize,
        start: usize,
        rank: Rank,
    ) -> Result<Option<Candidate>, Open> {
        let patterns: &Patterns = &self.policy.patterns;
        let end = match patterns.get(pattern).attempt(self.window, start) {
            Attempt::Match(end) => end,
            Attempt::Miss => return Ok(None),
            Attempt::Open => return Err(Open),
        };
        let bytes = self.window.text.as_bytes();
        let secret = &bytes[start..end];
        let cut = bytes.get(end).is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_')
            && bytes[end - 1].is_ascii_alphanumeric();
        if cut || entropy::of(secret) < detector.entropy {
            return Ok(None);
        }
        let Some(confidence) = checks::confidence(detector.check, secret) else { return Ok(None) };
        let rule = usize::from(detector.rule);
        let (secret, told_by) = (start..end, self.told_by);
        Ok(Some(Candidate { anchor, secret, rule, rank, told_by, confidence }))
    }

    fn code(
        &self,
        detector: &Detector,
        code: Code,
        at: usize,
        end: usize,
    ) -> Result<Option<Candidate>, Open> {
        let (window, rule) = (self.window, usize::from(detector.rule));
        let key = |range: Option<(usize, usize)>| {
            range.map(|(start, end)| (rule, Rank::Exact, Secret { start, end, confidence: 95 }))
        };
        let pair = |secret: Option<Secret>| secret.map(|s| (rule, Rank::Credentials, s));
        let general = |secret: Option<Secret>| secret.map(|s| (rule, Rank::Generic, s));
        let seen = match code {
            Code::Pem => key(private_key::pem(window, at)?),
            Code::Putty => key(private_key::putty(window, at)?),
            Code::Url => credentials::url(window, at)?
                .map(|(name, s)| (find(name).unwrap_or(rule), Rank::Credentials, s))
                .filter(|(rule, ..)| !self.policy.is_off(*rule)),
            Code::Authorization => pair(credentials::authorization(window, end)?),
            Code::Command => pair(credentials::command(window, at, end)?),
            Code::Password => general(generic::password(window, at, end)?),
            Code::Secret => general(generic::secret(window, at, end, self.policy.min_entropy)?),
        };
        Ok(seen.map(|(rule, rank, secret)| Candidate {
            anchor: at.min(secret.start),
            secret: secret.start..secret.end,
            rule,
            rank,
            told_by: self.told_by,
            confidence: secret.confidence,
        }))
    }

    /// Reports the candidates that are settled, the best of those that overlap.
    fn finish(mut self, found: &mut Found) -> usize {
        let settled = self.uncut();
        let text = self.window.text;
        self.candidates.retain(|c| c.secret.end <= settled);
        self.candidates.retain(|c| !self.policy.is_allowed(&text[c.secret.clone()]));
        self.candidates.sort_by_key(|c| {
            let longest = usize::MAX - c.secret.len();
            (c.rank, longest, usize::MAX - c.told_by, c.secret.start, c.rule)
        });
        let mut told: Vec<Candidate> = Vec::new();
        for candidate in self.candidates {
            let (start, end) = (candidate.secret.start, candidate.secret.end);
            if !told.iter().any(|t| t.secret.start < end && start < t.secret.end) {
                told.push(candidate);
            }
        }
        for Candidate { secret, rule, confidence, .. } in told {
            found.push(RULES[rule].name, secret, confidence);
        }
        settled
    }

    /// What is settled, moved back before every candidate that it would cut in two.
    fn uncut(&mut self) -> usize {
        self.candidates.sort_by_key(|c| usize::MAX - c.anchor);
        let cut = |settled: usize, c: &Candidate| match c.anchor < settled && c.secret.end > settled
        {
            true => c.anchor,
            false => settled,
        };
        self.candidates.iter().fold(self.settled, cut)
    }
}

/// Whether a short word straddles two: `merakI` of `CameraKit` is no Meraki.
fn straddles(word: &[u8]) -> bool {
    word.len() <= 6 && word[0].is_ascii_lowercase() && word.iter().any(u8::is_ascii_uppercase)
}

/// Whether a token may begin at `start`: no word goes on there, but for an escape before it.
fn begins(window: Window<'_>, start: usize) -> bool {
    let before = window.before(start).as_bytes();
    match before {
        [.., b'\\', b'n' | b'r' | b't'] => true,
        [.., b'%', high, low] => high.is_ascii_hexdigit() && low.is_ascii_hexdigit(),
        [.., last] => !last.is_ascii_alphanumeric() && *last != b'_',
        [] => true,
    }
}
