//! A configuration whose policies are still on their way.

use std::collections::BTreeMap;

use sandgate_canon::{Configured, Failure, Limits};
use sandgate_gate::{Config, Guard, Key, KeySource, Manifest};
use wasm_bindgen::JsError;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::core::Instance;
use crate::gate::Gate;

/// A configuration, and what JavaScript brought for it so far.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Draft {
    config: Config,
    files: BTreeMap<String, Vec<u8>>,
    policies: Vec<(String, Configured<Instance>)>,
    limits: Limits,
}

#[wasm_bindgen]
impl Draft {
    /// Reads a configuration, which is JSON here; `name` is what its errors call it.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    #[wasm_bindgen(constructor)]
    pub fn new(config: &str, name: &str) -> Result<Self, JsError> {
        Ok(Self {
            config: Config::from_json(config, name)?,
            files: BTreeMap::new(),
            policies: Vec::new(),
            limits: Limits::default(),
        })
    }

    /// The names of its policies, in order.
    pub fn policies(&self) -> Vec<String> {
        self.config.policies.keys().cloned().collect()
    }

    /// The component that the configuration names for a policy, where it names one.
    pub fn file_of(&self, policy: &str) -> Option<String> {
        self.config.policies.get(policy)?.file.clone()
    }

    /// How much one call of a policy may cost.
    pub fn fuel(&mut self, fuel: f64) {
        self.limits.fuel = fuel as u64;
    }

    /// A file that the configuration may name.
    pub fn file(&mut self, path: String, bytes: Vec<u8>) {
        self.files.insert(path, bytes);
    }

    /// Configures the policy of this name in an instance that was not used yet.
    ///
    /// # Errors
    /// Where it is not the policy that the configuration asks for, or does not take its settings.
    pub fn policy(
        &mut self,
        name: &str,
        instance: u32,
        manifest: &str,
        digest: String,
    ) -> Result<(), JsError> {
        let instance = Instance::new(instance);
        let Some(policy) = self.config.policies.get(name) else {
            return Err(self.error(format!("policies.{name}"), "no policy of this name"));
        };
        let place = |key: &str| format!("policies.{name}{key}");
        let manifest: Manifest = serde_json::from_str(manifest)
            .map_err(|e| self.error(place(""), format!("its manifest: {e}")))?;
        if let Some(expected) = policy.digest.as_ref().filter(|d| !d.eq_ignore_ascii_case(&digest))
        {
            let problem = format!("the component is {digest}, expected {expected}");
            return Err(self.error(place(".digest"), problem));
        }
        let asset = |(asset, path): (&String, &String)| match self.files.get(path) {
            Some(bytes) => Ok((asset.clone(), bytes.clone())),
            None => Err(self.error(
                place(&format!(".assets.{asset}")),
                format!("`{path}` was not given, expected its bytes in `files`"),
            )),
        };
        let assets = policy.assets.iter().map(asset).collect::<Result<_, JsError>>()?;
        let (settings, about) = (policy.settings(), (manifest, digest));
        let configured = Configured::new(instance, about, &settings, assets, self.limits);
        let configured = configured.map_err(|failure| match failure {
            Failure::Declined(_) => self.error(place(".settings"), failure.to_string()),
            Failure::Fault(_) => self.error(place(""), failure.to_string()),
        })?;
        self.policies.push((name.to_owned(), configured));
        Ok(())
    }

    /// The guard, with a secret for its hashes and pseudonyms: this one, or the configuration's
    /// own, or else `random` bytes. What a server has in its files and environment no page has.
    ///
    /// # Errors
    /// Where an action is for a rule that its policy does not have, or the secret is too short.
    pub fn finish(
        self,
        secret: Option<Vec<u8>>,
        random: &[u8],
        scope: String,
    ) -> Result<Gate, JsError> {
        let key = match (secret, &self.config.key) {
            (Some(secret), _) => {
                Key::of_secret(&secret).map_err(|e| JsError::new(&format!("key: {e}")))?
            }
            (None, Some(KeySource::Value(secret))) => {
                let key = Key::of_secret(secret.as_bytes());
                key.map_err(|problem| self.error("key.value".to_owned(), problem))?
            }
            (None, _) => Key::derive(random),
        };
        let guard = Guard::new(&self.config, self.policies, &key)?;
        Ok(Gate::new(guard, self.config, scope))
    }

    fn error(&self, place: String, problem: impl Into<String>) -> JsError {
        JsError::from(self.config.error_at(place, problem.into()))
    }
}
