//! What a policy is: settings in, one scanner for each part of text.

use std::rc::Rc;

use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::{Action, Asset, Context, Manifest, Part, Rule, Step};

/// A policy: compiled once for its settings, then shared by all exchanges.
///
/// It reads no clock and draws no random number, so that the same text gives the same findings on
/// every host.
pub trait Policy: Sized + 'static {
    /// What configuration may say; its JSON schema goes into the manifest.
    type Settings: DeserializeOwned + JsonSchema;
    /// What looks at one part.
    type Scanner: Scanner + 'static;

    /// Every rule this policy can report, but for those its users name in the settings.
    fn rules() -> Vec<Rule>;

    /// Compiles settings and assets.
    ///
    /// # Errors
    /// Names the setting or asset, its value and what was expected.
    fn configure(settings: Self::Settings, assets: Vec<Asset>) -> Result<Self, String>;

    /// Starts on a new part.
    fn scanner(self: Rc<Self>, context: &Context, part: &Part) -> Self::Scanner;
}

/// The settings of a policy that has none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NoSettings {}

/// Looks at one part, chunk by chunk. Offsets count bytes from the part's start.
pub trait Scanner {
    /// Takes the next chunk. The findings of all steps together do not depend on where the chunks
    /// were cut, and none starts below what an earlier step called settled.
    fn feed(&mut self, chunk: &str) -> Step;

    /// No more text comes: what is left is reported, and everything is settled.
    fn end(&mut self) -> Step;
}

/// A rule, with what is done about it by default.
pub fn rule(name: &str, action: Action, description: &str) -> Rule {
    Rule { name: name.to_owned(), description: description.to_owned(), action }
}

/// The manifest of `P`, before the packer adds the golden cases' digest.
pub fn manifest<P: Policy>(name: &str, version: &str, description: &str) -> Manifest {
    Manifest {
        contract: sandgate_wit::VERSION.to_owned(),
        name: name.to_owned(),
        version: version.to_owned(),
        description: description.to_owned(),
        rules: P::rules(),
        rules_from: None,
        settings: schemars::schema_for!(P::Settings).to_value(),
        cases: String::new(),
    }
}
