//! Why an exchange was refused, in words: by which rules, and never what they found.

use sandgate_wire::Refusal as Saying;

use super::Asked;
use crate::{Action, Exchange, Refusal, Report};

/// A reason for a machine and for a person.
pub(super) struct Words {
    code: &'static str,
    message: String,
}

impl Words {
    /// Why this exchange was refused.
    pub(super) fn of(exchange: &Exchange) -> Self {
        let report = exchange.report();
        let (code, message) = match report.refused {
            Some(Refusal::Finding) | None => {
                ("content_policy_violation", format!("blocked by policy: {}", rules(&report)))
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
        Self { code, message }
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

/// The rules that block, as `policy/rule`.
fn rules(report: &Report) -> String {
    let blocking = report.findings.iter().filter(|found| found.action == Action::Block);
    let mut rules: Vec<String> =
        blocking.map(|found| format!("{}/{}", found.policy, found.rule)).collect();
    rules.sort();
    rules.dedup();
    rules.join(", ")
}
