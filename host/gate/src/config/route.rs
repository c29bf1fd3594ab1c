//! Which policies look at which requests.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};

use super::document::{Mapping, mapping};
use super::nearest;
use crate::Error;

/// One route: requests that match it are looked at by its policies.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// What a request must have. Without it every request matches.
    #[serde(default, rename = "match", deserialize_with = "mapping")]
    pub matches: Match,
    /// The policies' names.
    pub policies: Vec<String>,
}

/// What a request must have, all of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Match {
    /// Its path; a `*` at the end stands for anything.
    pub path: Option<String>,
    /// Headers, by their lower-case names, and their exact values.
    pub headers: BTreeMap<String, String>,
}

impl Route {
    pub(super) fn check(&self, place: &str, policies: &[&str]) -> Result<(), Error> {
        self.matches.check(&format!("{place}.match"))?;
        for (idx, name) in self.policies.iter().enumerate() {
            if !policies.contains(&name.as_str()) {
                return Err(Error::at(
                    format!("{place}.policies[{idx}]"),
                    format!("no policy `{name}`{}", nearest(name, policies)),
                ));
            }
        }
        Ok(())
    }
}

impl Match {
    fn check(&self, place: &str) -> Result<(), Error> {
        if let Some(path) = &self.path {
            let fixed = path.strip_suffix('*').unwrap_or(path);
            if !path.starts_with('/') || fixed.contains('*') {
                let problem =
                    format!("`{path}`, expected a path from `/` with a `*` only at its end");
                return Err(Error::at(format!("{place}.path"), problem));
            }
        }
        for name in self.headers.keys() {
            if name.is_empty() || name.bytes().any(|b| b.is_ascii_uppercase() || b <= b' ') {
                let problem = format!("`{name}` is no header, expected a name in lower case");
                return Err(Error::at(format!("{place}.headers"), problem));
            }
        }
        Ok(())
    }
}

/// The routes; nothing is none.
pub(super) fn list<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Route>, D::Error> {
    let routes = Option::<Vec<Mapping<Route>>>::deserialize(deserializer)?;
    Ok(routes.unwrap_or_default().into_iter().map(|route| route.0).collect())
}
