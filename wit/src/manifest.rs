//! What a component says of itself without being run.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Action;

/// The custom section, at the component's top level, that holds the manifest as JSON.
pub const MANIFEST_SECTION: &str = "sandgate:manifest";

/// A policy's description: what `sandgate inspect` shows and what a host configures it by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The contract's version that the component exports.
    pub contract: String,
    /// The policy's name: lower case, digits and hyphens.
    pub name: String,
    /// The policy's own version.
    pub version: String,
    /// One line on what it looks for.
    pub description: String,
    /// Every rule it can report, with what is done about it unless configuration says otherwise.
    /// A host takes a finding of any other rule for a fault: names are no channel for text.
    pub rules: Vec<Rule>,
    /// A JSON pointer to the object in the settings whose keys are rule names too, for policies
    /// whose rules their users write.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rules_from: Option<String>,
    /// The settings' JSON schema.
    pub settings: Value,
    /// SHA-256 of the golden cases it was packed with, in hex.
    pub cases: String,
}

/// One thing a policy can find.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Presidio's entity name where one exists.
    pub name: String,
    /// What it is, in one line.
    pub description: String,
    /// What is done about it by default.
    pub action: Action,
}
