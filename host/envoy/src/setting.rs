//! A configuration with the policies that were fused with the filter.

use sandgate_gate::{Config, Error, Guard, Key, KeySource, Manifest, Plan, Policy, PolicyConfig};
use serde::Deserialize;

/// What errors call the configuration.
const NAME: &str = "plugin configuration";

/// What a fused module says of the policies in it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct About {
    /// The policies, each at its number.
    pub policies: Vec<Fused>,
}

/// A policy that was fused with the filter.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fused {
    /// What a configuration calls it.
    pub name: String,
    /// `sha256:` and its component's SHA-256 in hex.
    pub digest: String,
    /// What its component says of itself.
    pub manifest: Manifest,
}

/// A configuration with its policies, ready for exchanges.
#[derive(Debug)]
pub struct Setting<P> {
    pub(crate) config: Config,
    pub(crate) guard: Guard<P>,
}

/// Why a policy cannot be configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Misfit {
    /// It declines its settings, in these words.
    Settings(String),
    /// It failed.
    Policy(String),
}

impl<P: Policy> Setting<P> {
    /// Reads a configuration as JSON; without one, every policy of the module runs with the
    /// actions it proposes. `configure` makes a policy, by its number, with its settings.
    ///
    /// # Errors
    /// The first thing that does not fit, with its place.
    pub fn read(
        json: &str,
        about: &About,
        mut configure: impl FnMut(usize, &PolicyConfig) -> Result<P, Misfit>,
    ) -> Result<Self, Error> {
        let config = match json.trim() {
            "" => Config::with_policies(about.policies.iter().map(|policy| policy.name.as_str())),
            json => Config::from_json(json, NAME)?,
        };
        let picked = picked(&config, about)?;
        let key = key(&config, about, &picked)?;
        let policies = picked.into_iter().map(|(name, policy, number)| {
            let made = configure(number, policy).map_err(|misfit| {
                let (at, problem) = match misfit {
                    Misfit::Settings(problem) => (".settings", problem),
                    Misfit::Policy(problem) => ("", problem),
                };
                config.error_at(format!("policies.{name}{at}"), problem)
            });
            Ok((name.to_owned(), made?))
        });
        let policies: Vec<_> = policies.collect::<Result<_, Error>>()?;
        let guard = Guard::new(&config, policies, &key)?;
        Ok(Self { config, guard })
    }

    /// The policies whose file the configuration names, which is not what runs.
    pub fn unused_files(&self) -> impl Iterator<Item = &str> {
        let policies = self.config.policies.iter();
        policies.filter(|(_, policy)| policy.file.is_some()).map(|(name, _)| name.as_str())
    }

    /// The policies on a route, `pii@0123456789ab, …`: each with the start of its digest.
    pub(crate) fn policies(&self, route: Option<usize>) -> String {
        let policies = self.guard.on_route(route).policies().map(|policy| {
            let digest = policy.digest().trim_start_matches("sha256:");
            format!("{}@{}", policy.name(), digest.get(..12).unwrap_or(digest))
        });
        policies.collect::<Vec<_>>().join(", ")
    }
}

/// A policy's name, its configuration, and its number in the module.
type Picked<'a> = (&'a str, &'a PolicyConfig, usize);

/// The policies that a configuration names.
fn picked<'a>(config: &'a Config, about: &About) -> Result<Vec<Picked<'a>>, Error> {
    let pick = |(name, policy): (&'a String, &'a PolicyConfig)| {
        let number = about.policies.iter().position(|fused| fused.name == *name);
        let Some((number, fused)) = number.and_then(|n| Some((n, about.policies.get(n)?))) else {
            let known: Vec<_> = about.policies.iter().map(|p| format!("`{}`", p.name)).collect();
            let problem = format!(
                "no policy of this name was fused into the module, expected one of {}",
                known.join(", ")
            );
            return Err(config.error_at(format!("policies.{name}"), problem));
        };
        if let Some(expected) = &policy.digest
            && !expected.eq_ignore_ascii_case(&fused.digest)
        {
            let problem = format!("the component is {}, expected {expected}", fused.digest);
            return Err(config.error_at(format!("policies.{name}.digest"), problem));
        }
        if let Some(asset) = policy.assets.keys().next() {
            let problem = "a file, which Envoy's sandbox has none of, expected it in `settings`";
            return Err(config.error_at(format!("policies.{name}.assets.{asset}"), problem));
        }
        Ok((name.as_str(), policy, number))
    };
    config.policies.iter().map(pick).collect()
}

/// The key of hashes and pseudonyms. There is no randomness to make one of, and other workers and
/// replicas could not know it: without one, nothing may need one.
fn key(config: &Config, about: &About, picked: &[Picked<'_>]) -> Result<Key, Error> {
    let there_is_none = |what: &str| format!("Envoy's sandbox has no {what}, expected `value`");
    match &config.key {
        Some(KeySource::Value(secret)) => Key::of_secret(secret.as_bytes())
            .map_err(|problem| config.error_at("key.value", problem)),
        Some(KeySource::Env(_)) => Err(config.error_at("key.env", there_is_none("environment"))),
        Some(KeySource::File(_)) => Err(config.error_at("key.file", there_is_none("files"))),
        None => {
            let fused = picked.iter().filter_map(|(name, _, number)| {
                Some(((*name).to_owned(), &about.policies.get(*number)?.manifest))
            });
            // Nothing that leaves is made with it. Texts are remembered by a hash with it, in here.
            let key = Key::new([0; 32]);
            let plan = Plan::new(config, &fused.collect::<Vec<_>>(), key.clone())?;
            let Some((policy, rule)) = plan.keyed() else { return Ok(key) };
            let problem = format!(
                "`{rule}` is hashed or pseudonymized and there is no secret to do it with, expected \
                 `key: {{ value: … }}`"
            );
            Err(config.error_at(format!("policies.{policy}.actions"), problem))
        }
    }
}
