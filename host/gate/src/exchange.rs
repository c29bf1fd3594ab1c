//! One request with its response: text in, and what may leave of it.
//!
//! Everything that becomes of a text is decided span by span in the order of the text, and only
//! once every enforcing policy has settled it. So nothing depends on how the text was cut: not
//! the edits, not the decision, not the report, as long as no limit is reached.
//!
//! A refusal stops the text and not the looking: policies see what the host still feeds, so that
//! the report says everything that was wrong.

use std::fmt;
use std::sync::Arc;

use sandgate_wit::Action;

use crate::config::OnHeld;
use crate::edit;
use crate::hold::Hold;
use crate::lane::Lane;
use crate::merge::{Found, clusters};
use crate::plan::Ready;
use crate::pseudonym::{Pseudonyms, Restorer};
use crate::{
    BadAnswer, Decision, Direction, Edit, Fault, Finding, OnFault, OnUnscannable, Part,
    PolicyFault, Refusal, Release, Report, Reported, Session,
};

/// The most text that a policy is given at a time, in bytes.
const SLICE: usize = 64 << 10;

/// The life of a policy session: parts one after the other, each of them `begin`, any number of
/// `feed`s, `end`. Text without a `begin` before it goes nowhere.
pub struct Exchange {
    plan: Arc<Ready>,
    lanes: Vec<Lane>,
    pseudonyms: Pseudonyms,
    live: Option<Live>,
    /// Whether the text has ended for good where it was refused.
    stopped: bool,
    edited: bool,
    refused: Option<Refusal>,
    findings: Vec<Reported>,
    faults: Vec<PolicyFault>,
    unscannable: u64,
    parts: u32,
    bytes: u64,
    unsettled: u64,
}

/// The part that is being fed.
struct Live {
    direction: Direction,
    hold: Hold,
    /// Findings that change text, above `released`.
    found: Vec<Found>,
    released: u64,
}

impl Exchange {
    pub(crate) fn new(plan: Arc<Ready>, sessions: Vec<Box<dyn Session>>, scope: &str) -> Self {
        let sessions = sessions.into_iter().map(Some).chain(std::iter::repeat_with(|| None));
        let lanes: Vec<Lane> = sessions.take(plan.policies.len()).map(Lane::new).collect();
        let missing: Vec<usize> = lanes
            .iter()
            .enumerate()
            .filter(|(_, l)| l.settled().is_none())
            .map(|(i, _)| i)
            .collect();
        let mut exchange = Self {
            plan,
            lanes,
            pseudonyms: Pseudonyms::new(scope),
            live: None,
            stopped: false,
            edited: false,
            refused: None,
            findings: Vec::new(),
            faults: Vec::new(),
            unscannable: 0,
            parts: 0,
            bytes: 0,
            unsettled: 0,
        };
        for idx in missing {
            exchange.fail(idx, BadAnswer::Shape.into());
        }
        exchange
    }

    /// A part begins. Whatever was not released of one before it never will be.
    pub fn begin(&mut self, part: Part) {
        self.parts = self.parts.saturating_add(1);
        for idx in 0..self.lanes.len() {
            if let Some(Err(fault)) = self.lanes.get_mut(idx).map(|lane| lane.begin(&part)) {
                self.fail(idx, fault);
            }
        }
        let Part { direction, .. } = part;
        self.live = Some(Live { direction, hold: Hold::default(), found: Vec::new(), released: 0 });
    }

    /// More text of the part, and what may leave of it now. A chunk never ends inside a character.
    /// Policies see a long one in slices, so that no call of theirs costs more than so much.
    pub fn feed(&mut self, chunk: &str) -> Release {
        self.bytes = self.bytes.saturating_add(chunk.len() as u64);
        let (slice, mut rest) = chunk.split_at(chunk.floor_char_boundary(SLICE));
        let mut release = self.step(Some(slice));
        while !rest.is_empty() {
            let slice;
            (slice, rest) = rest.split_at(rest.floor_char_boundary(SLICE));
            let more = self.step(Some(slice));
            release.upto = more.upto;
            release.edits.extend(more.edits);
        }
        release
    }

    /// The part ends, and the rest of it may leave.
    pub fn end(&mut self) -> Release {
        let release = self.step(None);
        self.live = None;
        release
    }

    /// How many bytes of the part are held back. Who has a clock looks at it, and calls
    /// [`Exchange::overdue`] when they have been for longer than `limits.held_ms`.
    pub fn held(&self) -> u64 {
        self.live.as_ref().map_or(0, |live| live.hold.fed() - live.released)
    }

    /// Text was held back for too long: it is refused, or all of it leaves, as `limits.on_held`
    /// says.
    pub fn overdue(&mut self) -> Release {
        let Some(live) = self.live.take() else { return Release::default() };
        let release = self.over_limit(live, 0);
        release.unwrap_or_default()
    }

    /// So many things of the body could not be read by anybody.
    pub fn unscannable(&mut self, count: u64) {
        self.unscannable = self.unscannable.saturating_add(count);
        if count > 0 && self.plan.on_unscannable == OnUnscannable::Block {
            self.refuse(Refusal::Unscannable);
        }
    }

    /// What becomes of the exchange, so far.
    pub fn decision(&self) -> Decision {
        match (self.refused, self.edited) {
            (Some(_), _) => Decision::Refused,
            (None, true) => Decision::Edited,
            (None, false) => Decision::Forward,
        }
    }

    /// What happened, so far.
    pub fn report(&self) -> Report {
        let mut findings = self.findings.clone();
        findings.sort();
        Report {
            decision: self.decision(),
            refused: self.refused,
            findings,
            faults: self.faults.clone(),
            unscannable: self.unscannable,
            parts: self.parts,
            bytes: self.bytes,
            unsettled: self.unsettled,
        }
    }

    /// A text of the response with the person's own words in place of the pseudonyms that this
    /// exchange made of its request.
    pub fn restore(&self, text: &str) -> String {
        self.restorer().whole(text)
    }

    /// [`Exchange::restore`] for a text that comes in chunks.
    pub fn restorer(&self) -> Restorer {
        self.pseudonyms.restorer()
    }

    fn step(&mut self, chunk: Option<&str>) -> Release {
        let Some(mut live) = self.live.take() else { return Release::default() };
        live.hold.push(chunk.unwrap_or_default());
        let plan = Arc::clone(&self.plan);
        for (idx, policy) in plan.policies.iter().enumerate() {
            let Some(lane) = self.lanes.get_mut(idx) else { continue };
            match lane.step(chunk, &live.hold, policy, plan.limits.findings) {
                Ok(findings) => findings.into_iter().for_each(|f| self.accept(&mut live, idx, f)),
                Err(fault) => self.fail(idx, fault),
            }
        }
        let settled = self.settled(&live);
        let mut release = self.release(&mut live, settled);
        if !self.stopped && live.hold.fed() - live.released > plan.limits.held {
            let more = self.over_limit(live, plan.limits.held);
            if let Some(more) = more {
                release.upto = more.upto;
                release.edits.extend(more.edits);
            }
        } else {
            self.forget(&mut live);
            self.live = Some(live);
        }
        release
    }

    /// Notes a finding that was checked.
    fn accept(&mut self, live: &mut Live, policy_idx: usize, finding: Finding) {
        let plan = Arc::clone(&self.plan);
        let Some(policy) = plan.policies.get(policy_idx) else { return };
        let Some((name, rule)) = policy.rules.get_key_value(finding.rule.as_str()) else { return };
        let allowed = |text: &str| policy.allow.contains(text);
        if finding.confidence < policy.threshold
            || rule.action == Action::Allow
            || live.hold.get(finding.start, finding.end).is_some_and(allowed)
        {
            return;
        }
        self.findings.push(Reported {
            part: self.parts - 1,
            start: finding.start,
            end: finding.end,
            policy: Arc::clone(&policy.name),
            rule: Arc::clone(name),
            confidence: finding.confidence,
            action: rule.action,
        });
        if rule.action == Action::Block {
            self.refused = Some(self.refused.map_or(Refusal::Finding, |r| r.min(Refusal::Finding)));
        }
        if rule.action.enforces() && !self.stopped && finding.end > live.released {
            // Where the limit let the first half of it go, the rest is no value of its own.
            let cut = finding.start < live.released;
            live.found.push(Found {
                start: finding.start.max(live.released),
                end: finding.end,
                action: if cut { rule.action.max(Action::Redact) } else { rule.action },
                policy: Arc::clone(&policy.name),
                label: Arc::clone(&rule.label),
                replacement: finding.replacement,
            });
        }
    }

    /// A policy failed: it is not asked again.
    fn fail(&mut self, policy_idx: usize, fault: Fault) {
        let plan = Arc::clone(&self.plan);
        let Some(policy) = plan.policies.get(policy_idx) else { return };
        if let Some(lane) = self.lanes.get_mut(policy_idx) {
            lane.close();
        }
        let refused = policy.on_fault == OnFault::Block;
        let name = Arc::clone(&policy.name);
        self.faults.push(PolicyFault { policy: name, kind: fault.kind(), refused });
        if refused {
            self.refuse(Refusal::Fault);
        }
    }

    fn refuse(&mut self, why: Refusal) {
        self.refused = Some(self.refused.map_or(why, |before| before.min(why)));
        self.stopped = true;
    }

    /// The offset that no enforcing policy reports anything below any more.
    fn settled(&self, live: &Live) -> u64 {
        let lanes = self.lanes.iter().zip(&self.plan.policies);
        let enforcing = lanes.filter(|(_, policy)| policy.enforces);
        let settled = enforcing.filter_map(|(lane, _)| lane.settled()).min();
        settled.unwrap_or(u64::MAX).min(live.hold.fed())
    }

    /// Lets go of the text below `settled`, but for a cluster that could still grow.
    fn release(&mut self, live: &mut Live, settled: u64) -> Release {
        let mut upto = settled.max(live.released);
        let mut edits = Vec::new();
        if self.stopped {
            live.found.clear();
            return Release { upto: live.released, edits };
        }
        live.found.sort_by_key(|found| found.start);
        let found = std::mem::take(&mut live.found);
        for cluster in clusters(&found).take_while(|cluster| cluster.start < settled) {
            let blocks = cluster.first.action == Action::Block;
            if blocks || cluster.end > settled {
                upto = cluster.start;
                self.stopped = blocks;
                break;
            }
            let span = (cluster.start, cluster.end);
            edits.push(self.edit(live, span, cluster.first));
        }
        self.edited |= !edits.is_empty();
        live.found = found;
        live.found.retain(|found| found.start >= upto && !self.stopped);
        live.released = upto;
        Release { upto, edits }
    }

    fn edit(&mut self, live: &Live, (start, end): (u64, u64), found: &Found) -> Edit {
        let label = &found.label;
        // What is edited was not released, so it is held.
        let value = live.hold.get(start, end).unwrap_or_default();
        let key = &self.plan.key;
        let text = match found.action {
            Action::Mask => edit::mask(label, value),
            Action::Hash => edit::hash(key, label, value),
            Action::Pseudonymize => self.pseudonyms.stand_in(key, label, value, live.direction),
            Action::Replace => found.replacement.clone().unwrap_or_else(|| edit::redact(label)),
            Action::Allow | Action::Observe | Action::Redact | Action::Block => edit::redact(label),
        };
        Edit { start, end, text }
    }

    /// More than `limit` bytes are held: refuses, or lets the oldest go.
    fn over_limit(&mut self, mut live: Live, limit: u64) -> Option<Release> {
        let release = match self.plan.limits.on_held {
            OnHeld::Block => {
                self.refuse(Refusal::Held);
                None
            }
            OnHeld::Release => {
                let before = live.released;
                let mut upto = live.hold.floor(live.hold.fed().saturating_sub(limit));
                live.found.sort_by_key(|found| found.start);
                for cluster in clusters(&live.found) {
                    // The clusters are in order and disjoint: the last one to begin in time counts.
                    upto = if cluster.start < upto { upto.max(cluster.end) } else { upto };
                }
                let release = self.release(&mut live, upto);
                self.unsettled += live.released - before;
                Some(release)
            }
        };
        self.forget(&mut live);
        self.live = Some(live);
        release
    }

    /// Keeps the text that an edit or an allow-list still needs. Who only observes, or looks on
    /// after a refusal, is waited for only as long as the limit on held text.
    fn forget(&self, live: &mut Live) {
        let asked = self.lanes.iter().filter_map(Lane::settled).min();
        let needed = asked.unwrap_or(u64::MAX).min(live.released);
        let bound = live.hold.fed().saturating_sub(self.plan.limits.held);
        live.hold.forget(needed.max(bound).min(live.hold.fed()));
    }
}

impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange")
            .field("decision", &self.decision())
            .field("findings", &self.findings.len())
            .field("parts", &self.parts)
            .field("held", &self.held())
            .finish_non_exhaustive()
    }
}
