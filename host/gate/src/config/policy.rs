//! What configuration says about one policy.

use std::collections::BTreeMap;
use std::fmt;

use sandgate_wit::Action;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::{self, Deserializer};
use serde_json::Value;

use super::document::Mapping;
use crate::Error;

/// One policy's part of the configuration.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PolicyConfig {
    /// The component's file, relative to the configuration; without it, the policy of this name
    /// that came with the host.
    #[serde(rename = "use")]
    pub file: Option<String>,
    /// The component's SHA-256, `sha256:` and 64 hex digits: another file is refused.
    pub digest: Option<String>,
    /// The policy's own settings, of the shape its manifest says.
    pub settings: Value,
    /// Files the policy is configured with, by the name it knows them by.
    pub assets: BTreeMap<String, String>,
    /// What is done about a rule's findings; `"*"` is every rule not named here. Without either it
    /// is what the policy's manifest says.
    pub actions: BTreeMap<String, Action>,
    /// Whether the actions are done at all.
    pub mode: Mode,
    /// Findings of less confidence, in per cent, are neither acted on nor reported.
    pub threshold: Percent,
    /// Exact texts that are no findings of this policy.
    pub allow: Vec<String>,
    /// What is done when the policy fails. `block` unless the mode is `observe`.
    pub on_fault: Option<OnFault>,
}

/// Whether a policy's actions are done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// They are.
    #[default]
    Enforce,
    /// Every finding is reported and no text changes.
    Observe,
}

/// What is done when a policy fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum OnFault {
    /// The exchange is refused.
    Block,
    /// The exchange goes on without the policy; what it found before stays found.
    Allow,
}

/// A whole number from 0 to 100. By default 50.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, JsonSchema)]
#[schemars(transparent)]
pub struct Percent(#[schemars(range(max = 100))] u8);

impl PolicyConfig {
    /// The policy's settings as it gets them: an empty object where none were given.
    pub fn settings(&self) -> Value {
        match &self.settings {
            Value::Null => Value::Object(serde_json::Map::new()),
            settings => settings.clone(),
        }
    }

    /// What is done when the policy fails. Who only observes has said that no text may suffer.
    pub fn on_fault(&self) -> OnFault {
        self.on_fault.unwrap_or(match self.mode {
            Mode::Enforce => OnFault::Block,
            Mode::Observe => OnFault::Allow,
        })
    }

    pub(crate) fn check(&self, place: &str) -> Result<(), Error> {
        let hex =
            |digest: &str| digest.len() == 64 && digest.bytes().all(|b| b.is_ascii_hexdigit());
        match &self.digest {
            Some(digest) if !digest.strip_prefix("sha256:").is_some_and(hex) => Err(Error::at(
                format!("{place}.digest"),
                format!("`{digest}` is no digest, expected `sha256:` and 64 hex digits"),
            )),
            _ if self.allow.iter().any(String::is_empty) => {
                Err(Error::at(format!("{place}.allow"), "an empty text, expected texts to allow"))
            }
            _ => Ok(()),
        }
    }
}

impl Percent {
    /// `value` per cent, where that is at most 100.
    pub fn new(value: u8) -> Option<Self> {
        (value <= 100).then_some(Self(value))
    }

    /// The number.
    pub fn get(self) -> u8 {
        self.0
    }
}

impl Default for Percent {
    fn default() -> Self {
        Self(50)
    }
}

impl<'de> Deserialize<'de> for Percent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_u64(PercentVisitor)
    }
}

struct PercentVisitor;

impl de::Visitor<'_> for PercentVisitor {
    type Value = Percent;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number from 0 to 100")
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Percent, E> {
        let percent = u8::try_from(value).ok().and_then(Percent::new);
        percent.ok_or_else(|| E::invalid_value(de::Unexpected::Unsigned(value), &self))
    }
}

/// The policies by name, where nothing after a name means every default.
pub(super) fn map<'de, D>(deserializer: D) -> Result<BTreeMap<String, PolicyConfig>, D::Error>
where
    D: Deserializer<'de>,
{
    let policies =
        Option::<BTreeMap<String, Option<Mapping<PolicyConfig>>>>::deserialize(deserializer)?;
    let or_default =
        |policy: Option<Mapping<PolicyConfig>>| policy.map(|p| p.0).unwrap_or_default();
    let policies = policies.unwrap_or_default().into_iter();
    Ok(policies.map(|(name, policy)| (name, or_default(policy))).collect())
}
