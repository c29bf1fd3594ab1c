//! One request with its response: text in, and what may leave of it.
//!
//! Everything that becomes of a text is decided span by span in the order of the text, and only
//! once every enforcing policy has settled it. So nothing depends on how the text was cut: not
//! the edits, not the decision, not the report, as long as no limit is reached.
//!
//! Parts that come at the same time, as the choices of a streamed answer do, are each in a strand
//! of their own, with sessions of their own: no policy ever sees two of them mixed.
//!
//! A refusal stops the text and not the looking: policies see what the host still feeds, so that
//! the report says everything that was wrong.

mod whole;

use std::fmt;
use std::sync::Arc;

use sandgate_wit::Action;

use crate::config::OnHeld;
use crate::edit;
use crate::lane::Lane;
use crate::live::Live;
use crate::memory::Recall;
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
    strands: Vec<Strand>,
    /// Brings sessions for another strand.
    more: Option<More>,
    /// What tells its texts, where policies' answers are remembered.
    recall: Option<Recall>,
    pseudonyms: Pseudonyms,
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
    restored: u64,
}

/// Brings a session of each policy, in the order they were planned in.
type More = Box<dyn FnMut() -> Vec<Box<dyn Session>> + Send>;

/// Where parts come one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct StrandId(usize);

/// The sessions that see one part after the other, and the part that is being fed.
struct Strand {
    lanes: Vec<Lane>,
    live: Option<Live>,
}

/// The strand of parts that come alone.
const FIRST: StrandId = StrandId(0);

impl Exchange {
    pub(crate) fn new(plan: Arc<Ready>, scope: &str) -> Self {
        Self {
            plan,
            strands: Vec::new(),
            more: None,
            recall: None,
            pseudonyms: Pseudonyms::new(scope),
            stopped: false,
            edited: false,
            refused: None,
            findings: Vec::new(),
            faults: Vec::new(),
            unscannable: 0,
            parts: 0,
            bytes: 0,
            unsettled: 0,
            restored: 0,
        }
    }

    /// With these sessions for its first strand.
    pub(crate) fn with(mut self, sessions: Vec<Box<dyn Session>>) -> Self {
        self.add_strand(sessions);
        self
    }

    /// Remembers what policies say of whole texts.
    pub(crate) fn with_recall(mut self, recall: Recall) -> Self {
        self.recall = Some(recall);
        self
    }

    /// With sessions from `more` where parts come at the same time; without them such parts are
    /// a fault of every policy.
    #[must_use]
    pub fn with_more(
        mut self,
        more: impl FnMut() -> Vec<Box<dyn Session>> + Send + 'static,
    ) -> Self {
        self.more = Some(Box::new(more));
        self
    }

    /// A part begins. Whatever was not released of one before it never will be.
    pub fn begin(&mut self, part: Part) {
        if self.strands.is_empty() {
            self.add_strand_of_more();
        }
        self.begin_in(FIRST, part);
    }

    /// A part begins beside those that did not end yet.
    pub fn begin_beside(&mut self, part: Part) -> StrandId {
        let free = self.strands.iter().position(|strand| strand.live.is_none());
        let id = StrandId(free.unwrap_or_else(|| self.add_strand_of_more()));
        self.begin_in(id, part);
        id
    }

    fn begin_in(&mut self, StrandId(strand): StrandId, part: Part) {
        let number = self.parts;
        self.parts = self.parts.saturating_add(1);
        for idx in 0..self.plan.policies.len() {
            let lane = self.strands.get_mut(strand).and_then(|strand| strand.lanes.get_mut(idx));
            if let Some(Err(fault)) = lane.map(|lane| lane.begin(&part)) {
                self.fail(idx, fault);
            }
        }
        let restores = part.direction == Direction::Response && !self.pseudonyms.is_empty();
        let restorer = restores.then(|| self.pseudonyms.restorer());
        if let Some(strand) = self.strands.get_mut(strand) {
            strand.live = Some(Live::new(number, part.direction, restorer));
        }
    }

    fn add_strand_of_more(&mut self) -> usize {
        let sessions = self.more.as_mut().map(|more| more()).unwrap_or_default();
        self.add_strand(sessions)
    }

    fn add_strand(&mut self, sessions: Vec<Box<dyn Session>>) -> usize {
        let sessions = sessions.into_iter().map(Some).chain(std::iter::repeat_with(|| None));
        let lanes: Vec<Lane> = sessions.take(self.plan.policies.len()).map(Lane::new).collect();
        let missing = lanes.iter().enumerate().filter(|(_, lane)| lane.settled().is_none());
        let missing: Vec<usize> = missing.map(|(idx, _)| idx).collect();
        self.strands.push(Strand { lanes, live: None });
        for idx in missing {
            self.fail(idx, BadAnswer::Shape.into());
        }
        // A policy that failed before is not asked here either.
        for fault in &self.faults {
            let policy = self.plan.policies.iter().position(|policy| policy.name == fault.policy);
            let lane = self.strands.last_mut().zip(policy).and_then(|(s, p)| s.lanes.get_mut(p));
            lane.into_iter().for_each(Lane::close);
        }
        self.strands.len() - 1
    }

    /// More text of the part, and what may leave of it now. A chunk never ends inside a character.
    /// Policies see a long one in slices, so that no call of theirs costs more than so much.
    pub fn feed(&mut self, chunk: &str) -> Release {
        self.feed_in(FIRST, chunk)
    }

    /// [`Exchange::feed`] for a part that began beside others.
    pub fn feed_in(&mut self, strand: StrandId, chunk: &str) -> Release {
        self.bytes = self.bytes.saturating_add(chunk.len() as u64);
        let (slice, mut rest) = chunk.split_at(chunk.floor_char_boundary(SLICE));
        let mut release = self.step(strand, Some(slice));
        while !rest.is_empty() {
            let slice;
            (slice, rest) = rest.split_at(rest.floor_char_boundary(SLICE));
            let more = self.step(strand, Some(slice));
            release.upto = more.upto;
            release.edits.extend(more.edits);
        }
        release
    }

    /// The part ends, and the rest of it may leave.
    pub fn end(&mut self) -> Release {
        self.end_in(FIRST)
    }

    /// [`Exchange::end`] for a part that began beside others.
    pub fn end_in(&mut self, strand: StrandId) -> Release {
        let release = self.step(strand, None);
        self.strands.get_mut(strand.0).into_iter().for_each(|strand| strand.live = None);
        release
    }

    /// How many bytes are held back, of all parts together. Who has a clock looks at it, and calls
    /// [`Exchange::overdue`] when some have been for longer than `limits.held_ms`.
    pub fn held(&self) -> u64 {
        self.strands.iter().filter_map(|strand| strand.live.as_ref()).map(Live::held).sum()
    }

    /// Text was held back for too long: it is refused, or all of it leaves, as `limits.on_held`
    /// says.
    pub fn overdue(&mut self) -> Release {
        self.overdue_in(FIRST)
    }

    /// [`Exchange::overdue`] for a part that began beside others.
    pub fn overdue_in(&mut self, strand: StrandId) -> Release {
        let Some(live) = self.take(strand) else { return Release::default() };
        if live.held() == 0 {
            let upto = live.released;
            self.put(strand, live);
            return Release { upto, edits: Vec::new() };
        }
        self.over_limit(strand, live, 0).unwrap_or_default()
    }

    /// Nothing comes for a while: sessions are closed, and opened anew where more text comes. Does
    /// nothing while a part goes on.
    pub fn rest(&mut self) {
        if self.more.is_some() && self.strands.iter().all(|strand| strand.live.is_none()) {
            self.strands.clear();
        }
    }

    /// Whether text may leave otherwise than it came: some policy enforces, or a pseudonym is to
    /// be restored.
    pub fn may_change(&self) -> bool {
        self.plan.policies.iter().any(|policy| policy.enforces) || !self.pseudonyms.is_empty()
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
            restored: self.restored,
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

    fn take(&mut self, StrandId(strand): StrandId) -> Option<Live> {
        self.strands.get_mut(strand)?.live.take()
    }

    fn put(&mut self, StrandId(strand): StrandId, live: Live) {
        if let Some(strand) = self.strands.get_mut(strand) {
            strand.live = Some(live);
        }
    }

    fn step(&mut self, id: StrandId, chunk: Option<&str>) -> Release {
        let Some(mut live) = self.take(id) else { return Release::default() };
        live.push(chunk);
        let plan = Arc::clone(&self.plan);
        for (idx, policy) in plan.policies.iter().enumerate() {
            let lane = self.strands.get_mut(id.0).and_then(|strand| strand.lanes.get_mut(idx));
            let Some(lane) = lane else { continue };
            match lane.step(chunk, &live.hold, policy, plan.limits.findings) {
                Ok(findings) => findings.into_iter().for_each(|f| self.accept(&mut live, idx, f)),
                Err(fault) => self.fail(idx, fault),
            }
        }
        let settled = self.settled(id, &live);
        let mut release = self.release(&mut live, settled);
        if !self.stopped && live.held() > plan.limits.held {
            let more = self.over_limit(id, live, plan.limits.held);
            if let Some(more) = more {
                release.upto = more.upto;
                release.edits.extend(more.edits);
            }
        } else {
            self.forget(id, &mut live);
            self.put(id, live);
        }
        release
    }

    /// Notes a finding that was checked.
    fn accept(&mut self, live: &mut Live, policy_idx: usize, finding: Finding) {
        if let Some(said) = &mut live.said {
            said.push((policy_idx, finding.clone()));
        }
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
            part: live.number,
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
        let lanes = self.strands.iter_mut().filter_map(|strand| strand.lanes.get_mut(policy_idx));
        lanes.for_each(Lane::close);
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

    fn lanes(&self, StrandId(strand): StrandId) -> &[Lane] {
        self.strands.get(strand).map_or(&[], |strand| &strand.lanes)
    }

    /// The offset that no enforcing policy reports anything below any more, and no pseudonym is
    /// restored.
    fn settled(&self, strand: StrandId, live: &Live) -> u64 {
        let lanes = self.lanes(strand).iter().zip(&self.plan.policies);
        let enforcing = lanes.filter(|(_, policy)| policy.enforces);
        let settled = enforcing.filter_map(|(lane, _)| lane.settled()).min();
        settled.unwrap_or(u64::MAX).min(live.settled())
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
        let before = edits.len();
        let upto = live.restore(upto, &mut edits);
        self.restored += (edits.len() - before) as u64;
        edits.sort_by_key(|edit| edit.start);
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
    fn over_limit(&mut self, id: StrandId, mut live: Live, limit: u64) -> Option<Release> {
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
        self.forget(id, &mut live);
        self.put(id, live);
        release
    }

    /// Keeps the text that an edit or an allow-list still needs. Who only observes, or looks on
    /// after a refusal, is waited for only as long as the limit on held text.
    fn forget(&self, strand: StrandId, live: &mut Live) {
        let asked = self.lanes(strand).iter().filter_map(Lane::settled).min();
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
