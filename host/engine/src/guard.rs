//! A configuration with its policies, each in a sandbox.

use std::path::Path;

use sandgate_gate::{Config, PolicyConfig};

use crate::engine::Engine;
use crate::error::Error;
use crate::files;
use crate::library::Library;
use crate::policy::{Configured, Policy};

/// A configuration with its policies. Cheap to clone, and used from as many threads as there are.
pub type Guard = sandgate_gate::Guard<Configured>;

impl Engine {
    /// Loads and configures every policy of `config`: from its own file, relative to `base`, or
    /// else from `library`.
    ///
    /// # Errors
    /// The first thing that does not fit, with its place in the configuration.
    pub fn guard(&self, config: &Config, library: &Library, base: &Path) -> Result<Guard, Error> {
        let key = files::key(config, base)?;
        let policies = config.policies.iter().map(|(name, policy)| {
            let component = files::component(config, (name, policy), library, base)?;
            let loaded = self.load(&component).map_err(|e| {
                Error::from(config.error_at(format!("policies.{name}"), e.to_string()))
            })?;
            check_digest(config, (name, policy), &loaded)?;
            let assets = files::assets(config, (name, policy), base)?;
            let configured = loaded.fit(&policy.settings(), &assets).map_err(|misfit| {
                let place = format!("policies.{name}.{}", misfit.place);
                config.error_at(place.trim_end_matches('.'), misfit.problem)
            })?;
            Ok((name.clone(), configured))
        });
        let policies: Vec<_> = policies.collect::<Result<_, Error>>()?;
        Ok(Guard::new(config, policies, &key)?)
    }
}

fn check_digest(
    config: &Config,
    (name, policy): (&str, &PolicyConfig),
    loaded: &Policy,
) -> Result<(), Error> {
    match &policy.digest {
        Some(expected) if !expected.eq_ignore_ascii_case(loaded.digest()) => {
            let problem = format!("the component is {}, expected {expected}", loaded.digest());
            Err(config.error_at(format!("policies.{name}.digest"), problem).into())
        }
        _ => Ok(()),
    }
}
