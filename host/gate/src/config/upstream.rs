//! Where a gateway sends requests on to. Hosts that do not send them on leave it alone.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};

use super::KeySource;
use super::document::{Mapping, mapping};
use super::route::{check_path, fits, plain};
use crate::Error;

/// A provider, or a server that speaks like one; the first that matches gets a request.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UpstreamConfig {
    /// `https://host`, `http://host:port`, or one of these with a path that is put before those of
    /// the requests.
    pub url: String,
    /// What a request must have. Without it every request matches.
    #[serde(default, rename = "match", deserialize_with = "mapping")]
    pub matches: UpstreamMatch,
    /// Where the provider's key comes from, which is sent in place of whatever the client brought.
    /// Without it the client's own goes on.
    #[serde(default)]
    pub key: Option<KeySource>,
    /// The header for the key, if it is not the one of the request's API.
    #[serde(default)]
    pub key_header: Option<String>,
}

/// What a request must have, all of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct UpstreamMatch {
    /// Its path; a `*` at the end stands for anything.
    pub path: Option<String>,
    /// The model it asks for; a `*` at the end stands for anything.
    pub model: Option<String>,
}

impl UpstreamConfig {
    /// For every request, with the client's own key.
    pub fn at(url: impl Into<String>) -> Self {
        let matches = UpstreamMatch::default();
        Self { url: url.into(), matches, key: None, key_header: None }
    }

    pub(super) fn check(&self, place: &str) -> Result<(), Error> {
        let model = self.matches.model.as_deref().unwrap_or_default();
        if model.strip_suffix('*').unwrap_or(model).contains('*') {
            let problem = format!("`{model}`, expected a model with a `*` only at its end");
            return Err(Error::at(format!("{place}.match.model"), problem));
        }
        if self.key_header.is_some() && self.key.is_none() {
            let problem = "a header for a key, expected `key` as well";
            return Err(Error::at(format!("{place}.key_header"), problem));
        }
        let path = self.matches.path.as_deref();
        path.map_or(Ok(()), |path| check_path(&format!("{place}.match.path"), path))
    }
}

/// The first upstream that takes a request; nothing where none does, and for a path that can be
/// read as another one where paths count.
pub(super) fn taken(upstreams: &[UpstreamConfig], path: &str, model: &str) -> Option<usize> {
    let by_path = upstreams.iter().any(|upstream| upstream.matches.path.is_some());
    let path = match plain(path) {
        None if by_path => return None,
        path => path.unwrap_or_default(),
    };
    upstreams.iter().position(|upstream| {
        let matches = &upstream.matches;
        matches.path.as_ref().is_none_or(|wanted| fits(wanted, path))
            && matches.model.as_ref().is_none_or(|wanted| fits(wanted, model))
    })
}

/// The upstreams; nothing is none.
pub(super) fn list<'de, D>(deserializer: D) -> Result<Vec<UpstreamConfig>, D::Error>
where
    D: Deserializer<'de>,
{
    let upstreams = Option::<Vec<Mapping<UpstreamConfig>>>::deserialize(deserializer)?;
    Ok(upstreams.unwrap_or_default().into_iter().map(|upstream| upstream.0).collect())
}
