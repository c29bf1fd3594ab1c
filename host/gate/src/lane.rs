//! One policy in one exchange, and what makes its answers believable.

use crate::hold::Hold;
use crate::plan::PolicyPlan;
use crate::{BadAnswer, Fault, Finding, Part, Session, Step};

/// A replacement that is longer than this, and than eight times the text it stands for, hides
/// nothing any more.
const MAX_REPLACEMENT: u64 = 4096;

/// A policy's session, as long as it is sane.
pub(crate) struct Lane {
    session: Option<Box<dyn Session>>,
    settled: u64,
    findings: u64,
}

impl Lane {
    pub(crate) fn new(session: Option<Box<dyn Session>>) -> Self {
        Self { session, settled: 0, findings: 0 }
    }

    /// The offset below which it reports nothing more; nothing where it is not asked any more.
    pub(crate) fn settled(&self) -> Option<u64> {
        self.session.as_ref().map(|_| self.settled)
    }

    /// Never asks it again.
    pub(crate) fn close(&mut self) {
        self.session = None;
    }

    pub(crate) fn begin(&mut self, part: &Part) -> Result<(), Fault> {
        self.settled = 0;
        self.findings = 0;
        self.session.as_mut().map_or(Ok(()), |session| session.begin(part))
    }

    /// The findings in answer to a chunk, or to the end of the part: `hold` has its text.
    pub(crate) fn step(
        &mut self,
        chunk: Option<&str>,
        hold: &Hold,
        plan: &PolicyPlan,
        limit: u32,
    ) -> Result<Vec<Finding>, Fault> {
        let Some(session) = &mut self.session else { return Ok(Vec::new()) };
        let step = match chunk {
            Some(chunk) => session.feed(chunk)?,
            None => session.end()?,
        };
        self.findings = self.findings.saturating_add(step.findings.len() as u64);
        if self.findings > u64::from(limit) {
            return Err(BadAnswer::Findings.into());
        }
        self.check(&step, hold, plan, chunk.is_none())?;
        self.settled = step.settled;
        Ok(step.findings)
    }

    fn check(&self, step: &Step, hold: &Hold, plan: &PolicyPlan, last: bool) -> Result<(), Fault> {
        for finding in &step.findings {
            self.check_finding(finding, hold, plan)?;
        }
        let fed = hold.fed();
        let possible = match last {
            true => step.settled == fed,
            false => (self.settled..=fed).contains(&step.settled) && hold.is_boundary(step.settled),
        };
        if possible { Ok(()) } else { Err(BadAnswer::Settled.into()) }
    }

    fn check_finding(
        &self,
        finding: &Finding,
        hold: &Hold,
        plan: &PolicyPlan,
    ) -> Result<(), Fault> {
        let Finding { rule, start, end, confidence, replacement } = finding;
        let within = self.settled <= *start && start < end && *end <= hold.fed();
        if !within || !hold.is_boundary(*start) || !hold.is_boundary(*end) {
            return Err(BadAnswer::Offsets.into());
        }
        if !plan.rules.contains_key(rule.as_str()) {
            return Err(BadAnswer::Rule.into());
        }
        if *confidence > 100 {
            return Err(BadAnswer::Confidence.into());
        }
        let longest = MAX_REPLACEMENT.max((end - start).saturating_mul(8));
        match replacement {
            Some(text) if text.len() as u64 > longest => Err(BadAnswer::Replacement.into()),
            _ => Ok(()),
        }
    }
}
