//! Why an exchange was refused, in words: by which rules, and never what they found.

use sandgate_wire::Refusal as Saying;

use super::Asked;
use crate::{Action, Exchange, FaultKind, Refusal, Report};

/// A reason for a machine and for a person.
pub(super) struct Words {
    code: &'static str,
    message: String,
    /// It may go better next time: a client should try again, whatever refusals look like.
    pub(super) is_passing: bool,
}

impl Words {
    /// Why this exchange was refused.
    pub(super) fn of(exchange: &Exchange) -> Self {
        let report = exchange.report();
        let is_passing = report.refused == Some(Refusal::Fault) && is_busy(&report);
        let (code, message) = match report.refused {
            Some(Refusal::Finding) | None => {
                ("content_policy_violation", format!("blocked by policy: {}", rules(&report)))
            }
            Some(Refusal::Fault) if is_passing => {
                ("overloaded", "nothing is free to look at the text, try again later".to_owned())
            }
            Some(Refusal::Fault) => {
                ("policy_fault", "blocked: a policy failed to look at the text".to_owned())
            }
            Some(Refusal::Unscannable) => {
                let message = "blocked: part of the content cannot be inspected";
                ("unscannable_content", message.to_owned())
            }
            Some(Refusal::Held) => {
                let message = "blocked: text could not be settled within its limits";
                ("held_too_long", message.to_owned())
            }
        };
        Self { code, message, is_passing }
    }

    /// The same, to be said to whoever asked.
    pub(super) fn refusal<'a>(&'a self, asked: &'a Asked) -> Saying<'a> {
        Saying {
            api: asked.api,
            message: &self.message,
            model: &asked.model,
            id: asked.id.as_ref(),
            code: self.code,
        }
    }
}

/// Whether a policy that had no instance free is all that stands in the way.
fn is_busy(report: &Report) -> bool {
    report.faults.iter().filter(|fault| fault.refused).all(|fault| fault.kind == FaultKind::Busy)
}

/// The rules that block, as `policy/rule`.
fn rules(report: &Report) -> String {
    let blocking = report.findings.iter().filter(|found| found.action == Action::Block);
    let mut rules: Vec<String> =
        blocking.map(|found| format!("{}/{}", found.policy, found.rule)).collect();
    rules.sort();
    rules.dedup();
    rules.join(", ")
}
