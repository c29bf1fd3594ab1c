//! How much one exchange may cost the gate.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::Error;

/// Limits on one exchange, each with what is done on reaching it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// How many bytes of a part may be held back while policies make up their minds.
    #[schemars(range(min = 1))]
    pub held: u64,
    /// What is done about text that would have to be held beyond that.
    pub on_held: OnHeld,
    /// How many milliseconds text may be held back; the host has the clock and looks at it.
    pub held_ms: Option<u64>,
    /// How many bytes a body that is collected may have, and one event of a stream. The host
    /// refuses a longer request.
    #[schemars(range(min = 1))]
    pub body: u64,
    /// How many findings a policy may answer in one part. More is a fault.
    #[schemars(range(min = 1))]
    pub findings: u32,
    /// What was found in so many texts of requests is remembered by a keyed hash of each, without
    /// the text, so that a conversation that is sent again is not scanned again. 0 for none.
    pub remembered: u32,
}

/// What is done about text that would have to be held back beyond a limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum OnHeld {
    /// The exchange is refused.
    #[default]
    Block,
    /// The oldest text leaves, whatever might still be found in it.
    Release,
}

impl Limits {
    pub(super) fn check(&self) -> Result<(), Error> {
        let zero =
            [("held", self.held == 0), ("body", self.body == 0), ("findings", self.findings == 0)];
        match zero.iter().find(|(_, is_zero)| *is_zero) {
            Some((name, _)) => Err(Error::at(format!("limits.{name}"), "0, expected at least 1")),
            None => Ok(()),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            held: 1 << 20,
            on_held: OnHeld::Block,
            held_ms: None,
            body: 16 << 20,
            findings: 100_000,
            remembered: 16_384,
        }
    }
}
