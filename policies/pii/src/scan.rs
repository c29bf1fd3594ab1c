//! From text to findings: words around anchors are tried against every form, left to right.
//!
//! What is decided at a place depends on the text up to the end of the match, two bytes behind it,
//! and [`sandgate_guest::CONTEXT`] before it. A place whose decision needs text that has not come
//! is where the settled text ends. No match is longer than a few hundred bytes, and words longer
//! than [`MAX_WORD`] match nothing, so an endless run settles too.

mod starts;

use sandgate_guest::{Attempt, Found, Window};
use starts::{MAX_CHAIN, MAX_LEAD, escape, is_chain, sign};

use crate::Pii;
use crate::anchor;
use crate::context::Words;
use crate::form::{COUNT, Form, Lead, Peek, Reader, Text, form};
use crate::kinds::DECOY;
use crate::parse::{email, url};
use crate::shape::{self, Class};

/// The longest word of ASCII letters and digits that is looked at.
const MAX_WORD: usize = 100;
/// The longest local part of an e-mail address (RFC 5321, 4.5.3.1.1).
const MAX_LOCAL: usize = 64;
/// Below this confidence nothing is reported, so that not each number makes a finding.
const MIN_CONFIDENCE: u8 = 20;
/// From this confidence on a match is not given up for a better one within it.
const SURE: u8 = 85;

/// Goes through a window once. Returns the offset below which everything is decided.
pub(crate) fn scan(window: Window<'_>, policy: &Pii, found: &mut Found) -> usize {
    let reader = Reader { bytes: window.text.as_bytes(), last: window.last };
    let words = Words::new(window.text, &policy.words);
    let mut scan = Scan { reader, policy, words, found, floor: window.from, local: (0, 0) };
    let mut at = window.from;
    while let Some(anchor) = anchor::next(reader, at) {
        match scan.at_anchor(anchor) {
            Ok(past) => at = past,
            Err(Open(start)) => return start,
        }
    }
    scan.tail()
}

/// The text that follows decides; everything before this offset is decided.
struct Open(usize);

struct Scan<'a> {
    reader: Reader<'a>,
    policy: &'a Pii,
    words: Words<'a>,
    found: &'a mut Found,
    /// No match starts before.
    floor: usize,
    /// The last run of an e-mail address's characters, so that none is walked twice.
    local: (usize, usize),
}

/// A match that passed its form's check.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Candidate {
    confidence: u8,
    /// How near its context word is; the nearest wins among equals.
    nearness: usize,
    len: usize,
    /// Forms earlier in the tables win.
    rank: usize,
    start: usize,
}

impl Candidate {
    fn end(&self) -> usize {
        self.start + self.len
    }

    fn rule(&self) -> &'static str {
        form(COUNT - self.rank).rule
    }
}

/// How many kinds of leads there are.
const LEADS: usize = 7;

/// The forms that are parsed, by the bit of the lead they start with, and how many each has.
static PARSED: [([u8; COUNT], usize); LEADS] = {
    let mut parsed = [([0; COUNT], 0); LEADS];
    let mut idx = 0;
    while idx < COUNT {
        let mut lead = 0;
        while lead < LEADS {
            if let Text::Parsed(leads, _) = form(idx).text
                && leads.meets(Lead(1 << lead))
            {
                parsed[lead].0[parsed[lead].1] = idx as u8;
                parsed[lead].1 += 1;
            }
            lead += 1;
        }
        idx += 1;
    }
    parsed
};

impl Scan<'_> {
    /// Decides about what is around an anchor; returns where to go on.
    fn at_anchor(&mut self, at: usize) -> Result<usize, Open> {
        match self.reader.bytes[at] {
            b'@' => Ok(self.email(at)?.unwrap_or(at + 1)),
            b':' => self.url(at),
            _ => self.word(at),
        }
    }

    /// An e-mail address around the `@` at `at`: where it ends.
    fn email(&mut self, at: usize) -> Result<Option<usize>, Open> {
        let Some(run) = self.reader.run_back(at, self.floor, MAX_LOCAL, email::is_local) else {
            return Ok(None);
        };
        let start = email::start(self.reader, run, at);
        match email::attempt(self.reader, start, at) {
            Attempt::Open => Err(Open(self.earliest(run))),
            Attempt::Miss => Ok(None),
            Attempt::Match(end) => {
                if self.policy.emails {
                    self.report(email::RULE, start, end, 95);
                }
                self.floor = end;
                Ok(Some(end))
            }
        }
    }

    /// A URL around the `://` at `at`. What it contains is looked at all the same.
    fn url(&mut self, at: usize) -> Result<usize, Open> {
        let past = at + "://".len();
        let Some(start) = self.reader.run_back(at, self.floor, url::MAX_SCHEME, url::is_scheme)
        else {
            return Ok(past);
        };
        match url::attempt(self.reader, start, at) {
            Attempt::Open => return Err(Open(self.earliest(start))),
            Attempt::Miss => (),
            Attempt::Match(end) if self.policy.urls => self.report(url::RULE, start, end, 90),
            Attempt::Match(_) => (),
        }
        Ok(past)
    }

    /// The word that contains `at`, with what may belong to it before and behind.
    fn word(&mut self, at: usize) -> Result<usize, Open> {
        let start = self.reader.run_back(at, self.floor, MAX_WORD, is_word);
        let end = self.reader.run(at, usize::MAX, is_word);
        let Some(start) = start.filter(|start| end - start <= MAX_WORD) else { return Ok(end) };
        if self.reader.undecided(end) {
            return Err(Open(self.earliest(start)));
        }
        let open = |scan: &Self| Open(scan.earliest(start));
        if let Some(at) = self.local_part(start, end).map_err(|()| open(self))?
            && let Some(end) = self.email(at)?
        {
            return Ok(end);
        }
        let best = self.best_around(start, end).map_err(|()| open(self))?;
        let Some(best) = best.filter(|best| best.end() >= end) else { return Ok(end) };
        if self.better_within(best, end).map_err(|()| open(self))? {
            return Ok(end);
        }
        self.report(best.rule(), best.start, best.end(), best.confidence);
        self.floor = best.end();
        Ok(best.end())
    }

    /// The `@` behind the word, if it is part of an e-mail address's local part.
    fn local_part(&mut self, start: usize, end: usize) -> Result<Option<usize>, ()> {
        if self.local.1 <= end {
            self.local = (start, self.reader.run(end, MAX_LOCAL, email::is_local));
        }
        let (from, end) = self.local;
        match self.reader.peek(end) {
            Peek::Byte(b'@') => Ok(Some(end)),
            Peek::Unknown if end - from <= MAX_LOCAL => Err(()),
            _ => Ok(None),
        }
    }

    /// The best match that starts at the word or with what stands directly before it.
    fn best_around(&mut self, start: usize, end: usize) -> Result<Option<Candidate>, ()> {
        let mut best = None;
        let word = start + escape(self.reader, start, end);
        let joined = self.joined(word);
        let class = class(&self.reader.bytes[word..end]);
        let lead = match class {
            Some(Class::Digits) => Lead::DIGITS,
            Some(Class::Letters) => Lead::CAPITALS,
            _ => Lead::MIXED,
        };
        if !joined {
            best = best.max(self.best_at(word, end, class, lead)?);
            if let Some(sign) = sign(self.reader, word, self.floor) {
                best = best.max(self.best_at(sign, sign, None, Lead::SIGN)?);
            }
            for lead in self.lead_words(word).into_iter().flatten() {
                let end = self.reader.run(lead, MAX_LEAD, is_word);
                // No shape starts with a lone word of small letters.
                let capital = self.reader.bytes[lead].is_ascii_uppercase();
                let class = capital.then_some(Class::Letters);
                best = best.max(self.best_at(lead, end, class, Lead::LETTERS)?);
            }
        }
        if let Some(name) = self.name(word) {
            best = best.max(self.best_at(name, name, None, Lead::NAME)?);
        }
        let linked = |byte: Option<u8>| matches!(byte, Some(b':' | b'-'));
        if (linked(self.reader.prior(word)) || linked(self.reader.bytes.get(end).copied()))
            && let Some(chain) = self.reader.run_back(word, self.floor, MAX_CHAIN, is_chain)
        {
            best = best.max(self.best_at(chain, chain, None, Lead::CHAIN)?);
        }
        Ok(best)
    }

    /// Whether a better match starts within `best`, behind the word that ends at `end`.
    fn better_within(&mut self, best: Candidate, end: usize) -> Result<bool, ()> {
        let mut at = end;
        while best.confidence < SURE && at < best.end() {
            let start = self.reader.run(at, usize::MAX, |byte| !is_word(byte));
            let end = self.reader.run(start, MAX_WORD, is_word);
            if start >= best.end() {
                break;
            }
            let class = class(&self.reader.bytes[start..end]);
            if matches!(class, Some(Class::Digits | Class::Mixed))
                && !self.joined(start)
                && let Some(within) = self.best_at(start, end, class, Lead::DIGITS)?
                && within.confidence > best.confidence
            {
                return Ok(true);
            }
            at = end.max(start + 1);
        }
        Ok(false)
    }

    /// The best match that starts at `start`, with a first word up to `end`.
    fn best_at(
        &mut self,
        start: usize,
        end: usize,
        class: Option<Class>,
        lead: Lead,
    ) -> Result<Option<Candidate>, ()> {
        let mut best = None;
        for entry in class.map_or(&[][..], |class| shape::starting_with(class, end - start)) {
            if self.policy.forms.has(entry.form) {
                match entry.attempt(self.reader, start) {
                    Attempt::Miss => (),
                    attempt => best = best.max(self.candidate(entry.form, start, attempt)?),
                }
            }
        }
        let (parsed, count) = &PARSED[lead.0.trailing_zeros() as usize];
        for &idx in &parsed[..*count] {
            let idx = usize::from(idx);
            if let Text::Parsed(_, parser) = form(idx).text
                && self.policy.forms.has(idx)
            {
                match parser(self.reader, start) {
                    Attempt::Miss => (),
                    attempt => best = best.max(self.candidate(idx, start, attempt)?),
                }
            }
        }
        Ok(best)
    }

    /// What an attempt comes to, once the text behind it and the form's check are looked at.
    fn candidate(
        &mut self,
        idx: usize,
        start: usize,
        attempt: Attempt,
    ) -> Result<Option<Candidate>, ()> {
        let end = match attempt {
            Attempt::Open => return Err(()),
            Attempt::Miss => return Ok(None),
            Attempt::Match(end) => end,
        };
        let form = form(idx);
        if !passes(form, &self.reader.bytes[start..end]) || !self.ends(end)? {
            return Ok(None);
        }
        let distance =
            if self.words.before(start).has(idx) { self.words.distance(idx, start) } else { None };
        let confidence = confidence(form, distance);
        let nearness = usize::MAX - distance.unwrap_or(usize::MAX);
        let candidate =
            Candidate { confidence, nearness, len: end - start, rank: COUNT - idx, start };
        Ok((confidence >= MIN_CONFIDENCE).then_some(candidate))
    }

    /// Whether a match may end at `end`: no word goes on, nor a number with its next group.
    fn ends(&self, end: usize) -> Result<bool, ()> {
        if !self.reader.prior(end).is_some_and(is_word) {
            return Ok(true);
        }
        let next = match self.reader.peek(end) {
            Peek::Unknown => return Err(()),
            Peek::End => return Ok(true),
            Peek::Byte(next) => next,
        };
        if !matches!(next, b'-' | b'.') {
            return Ok(!is_word(next));
        }
        match self.reader.peek(end + 1) {
            Peek::Unknown => Err(()),
            Peek::End => Ok(true),
            Peek::Byte(next) => Ok(!next.is_ascii_digit()),
        }
    }

    fn report(&mut self, rule: &'static str, start: usize, end: usize, confidence: u8) {
        if rule != DECOY {
            self.found.push(rule, start..end, confidence);
        }
    }
}

/// The confidence of a form's match, its context word being `distance` bytes away.
fn confidence(form: &Form, distance: Option<usize>) -> u8 {
    match distance {
        Some(distance) => {
            let farther = (distance / 4).min(25) as u8;
            form.near.saturating_sub(farther).max(form.alone)
        }
        None => form.alone,
    }
}

/// Runs the form's check on the match's letters, as capitals, and digits.
fn passes(form: &Form, text: &[u8]) -> bool {
    let mut compact = [0; 64];
    let mut len = 0;
    for byte in text.iter().filter(|byte| byte.is_ascii_alphanumeric()) {
        let Some(slot) = compact.get_mut(len) else { break };
        *slot = byte.to_ascii_uppercase();
        len += 1;
    }
    (form.check)(&compact[..len])
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
}

fn class(word: &[u8]) -> Option<Class> {
    let digits = word.iter().filter(|byte| byte.is_ascii_digit()).count();
    match digits {
        _ if word.is_empty() => None,
        0 => Some(Class::Letters),
        _ if digits == word.len() => Some(Class::Digits),
        _ => Some(Class::Mixed),
    }
}
