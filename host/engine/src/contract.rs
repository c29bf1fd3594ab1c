//! The contract as wasmtime calls it, and the gate's words for the same things.

use sandgate_gate as gate;

mod bindings {
    wasmtime::component::bindgen!({ path: "../../wit/v0.1.0", world: "guardrail" });
}

pub(crate) use bindings::exports::sandgate::guardrail::inspector::{Asset, Context, Part};
pub(crate) use bindings::{Guardrail, GuardrailPre};

use bindings::exports::sandgate::guardrail::inspector as contract;

impl From<&gate::Context> for Context {
    fn from(context: &gate::Context) -> Self {
        Self { model: context.model.clone(), labels: context.labels.clone() }
    }
}

impl From<&gate::Part> for Part {
    fn from(part: &gate::Part) -> Self {
        let direction = match part.direction {
            gate::Direction::Request => contract::Direction::Request,
            gate::Direction::Response => contract::Direction::Response,
        };
        let role = match part.role {
            gate::Role::System => contract::Role::System,
            gate::Role::User => contract::Role::User,
            gate::Role::Assistant => contract::Role::Assistant,
            gate::Role::ToolCall => contract::Role::ToolCall,
            gate::Role::ToolResult => contract::Role::ToolResult,
            gate::Role::Other => contract::Role::Other,
        };
        Self { direction, role, name: part.name.clone() }
    }
}

impl From<contract::Step> for gate::Step {
    fn from(step: contract::Step) -> Self {
        let findings = step.findings.into_iter().map(|found| {
            let contract::Finding { rule, start, end, confidence, replacement } = found;
            gate::Finding { rule, start, end, confidence, replacement }
        });
        Self { findings: findings.collect(), settled: step.settled }
    }
}
