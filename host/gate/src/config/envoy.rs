//! What only the filter in Envoy is told.

use schemars::JsonSchema;
use serde::Deserialize;

/// How the filter stands in Envoy. Other hosts skip it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct EnvoyConfig {
    /// What becomes of headers while a body is collected.
    pub headers: HeldHeaders,
}

/// What becomes of headers while a body is collected.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum HeldHeaders {
    /// They wait for it: a refusal has its own status, and lengths and encodings are right. The
    /// plugin has to have `allow_on_headers_stop_iteration: true`, or every request hangs.
    #[default]
    Hold,
    /// They go on at once, for control planes that cannot set that option. No text goes on
    /// unread here either, but a refused response has the status it came with.
    Pass,
}
