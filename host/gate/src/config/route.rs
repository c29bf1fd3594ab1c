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
    /// The host it is for, as the request says it: `api.example.org`.
    pub authority: Option<String>,
    /// Its path; a `*` at the end stands for anything.
    pub path: Option<String>,
    /// Headers, by their lower-case names, and their exact values.
    pub headers: BTreeMap<String, String>,
    /// The name of the proxy's own route. Only Envoy has any: elsewhere nothing matches.
    pub route: Option<String>,
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
    fn accepts<H: AsRef<str>>(&self, path: &str, header: impl Fn(&str) -> Option<H>) -> bool {
        let on_path = self.path.as_ref().is_none_or(|wanted| fits(wanted, path));
        let has = |name: &str, value: &str| header(name).is_some_and(|f| f.as_ref() == value);
        let is_for = |authority: &String| {
            header(":authority").is_some_and(|found| found.as_ref().eq_ignore_ascii_case(authority))
        };
        on_path
            && self.authority.as_ref().is_none_or(is_for)
            && self.route.as_ref().is_none_or(|route| has(":route", route))
            && self.headers.iter().all(|(name, value)| has(name, value))
    }

    fn check(&self, place: &str) -> Result<(), Error> {
        if let Some(path) = &self.path {
            check_path(&format!("{place}.path"), path)?;
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

/// Which of the routes a request takes; nothing where none matches, and where its path is spelled
/// so that an upstream may take it for another one.
pub(super) fn taken<H: AsRef<str>>(
    routes: &[Route],
    path: &str,
    header: impl Fn(&str) -> Option<H>,
) -> Option<usize> {
    let path = plain(path)?;
    routes.iter().position(|route| route.matches.accepts(path, &header))
}

/// The path without its query, if nobody can read it as another one.
pub(super) fn plain(path: &str) -> Option<&str> {
    let path = path.split('?').next().unwrap_or_default();
    let is_odd = |part: &str| matches!(part, "" | "." | "..") || part.contains(['%', '\\', ';']);
    let parts = path.strip_prefix('/')?;
    let parts = parts.strip_suffix('/').unwrap_or(parts);
    (parts.is_empty() && path == "/" || !parts.split('/').any(is_odd)).then_some(path)
}

/// Whether it is what is wanted, where a `*` at the end stands for anything.
pub(super) fn fits(wanted: &str, found: &str) -> bool {
    match wanted.strip_suffix('*') {
        Some(start) => found.starts_with(start),
        None => found == wanted,
    }
}

/// Whether a path that is wanted can be one.
pub(super) fn check_path(place: &str, path: &str) -> Result<(), Error> {
    let fixed = path.strip_suffix('*').unwrap_or(path);
    if path.starts_with('/') && !fixed.contains('*') {
        return Ok(());
    }
    let problem = format!("`{path}`, expected a path from `/` with a `*` only at its end");
    Err(Error::at(place, problem))
}

/// The routes; nothing is none.
pub(super) fn list<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Route>, D::Error> {
    let routes = Option::<Vec<Mapping<Route>>>::deserialize(deserializer)?;
    Ok(routes.unwrap_or_default().into_iter().map(|route| route.0).collect())
}
