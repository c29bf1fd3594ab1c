//! What configuration does with a rule's findings.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What happens to the text of a finding, weakest first: where spans overlap, the greater wins.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// Leave the text alone and say nothing.
    Allow,
    /// Leave the text alone and report the finding.
    Observe,
    /// Put the policy's own replacement in its place, or `<RULE>` where it gave none.
    Replace,
    /// Keep the shape and hide the content: `****-****-****-1111`, `j***@acme.com`.
    Mask,
    /// Put a stable stand-in in its place that the answer can be restored from: `<RULE_k7f2>`.
    Pseudonymize,
    /// Put a keyed HMAC in its place: equal values stay comparable.
    Hash,
    /// Put the rule's name in its place: `<RULE>`.
    Redact,
    /// Refuse the whole request or response.
    Block,
}

impl Action {
    /// Whether text under this action leaves changed, or not at all.
    pub fn enforces(self) -> bool {
        self > Action::Observe
    }
}
