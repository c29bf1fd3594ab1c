//! A configuration with its policies, ready to look at text.

use sandgate_canon::Configured;
use sandgate_gate::{Action, Config, Context, Guard, GuardPolicy};
use serde::Serialize;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::core::Instance;
use crate::exchange::Exchange;
use crate::passage::Passage;

/// A guard with its configuration.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Gate {
    guard: Guard<Configured<Instance>>,
    config: Config,
    scope: String,
}

/// A policy as JavaScript sees it.
#[derive(Serialize)]
struct About<'a> {
    name: &'a str,
    digest: &'a str,
    version: &'a str,
    description: &'a str,
    rules: Vec<AboutRule<'a>>,
}

#[derive(Serialize)]
struct AboutRule<'a> {
    name: &'a str,
    description: &'a str,
    action: Action,
}

impl Gate {
    pub(crate) fn new(guard: Guard<Configured<Instance>>, config: Config, scope: String) -> Self {
        Self { guard, config, scope }
    }
}

#[wasm_bindgen]
impl Gate {
    /// What its policies are, as JSON.
    pub fn policies(&self) -> String {
        let about: Vec<_> = self.guard.policies().map(|policy| self.about(policy)).collect();
        serde_json::to_string(&about).unwrap_or_default()
    }

    /// An exchange for text, with labels as names and values in turn.
    pub fn open(
        &self,
        scope: Option<String>,
        model: Option<String>,
        labels: Vec<String>,
    ) -> Exchange {
        let labels = labels.chunks_exact(2).map(|pair| (pair[0].clone(), pair[1].clone()));
        let context = Context { model, labels: labels.collect() };
        Exchange::new(self.guard.open(&context, scope.as_ref().unwrap_or(&self.scope)))
    }

    /// A request on its way, with its headers as lower-case names and values in turn.
    pub fn pass(
        &self,
        method: &str,
        path: &str,
        headers: Vec<String>,
        body: &[u8],
        scope: Option<String>,
    ) -> Passage {
        let header = |name: &str| {
            let mut pairs = headers.chunks_exact(2);
            pairs.find(|pair| pair[0] == name).map(|pair| pair[1].as_str())
        };
        let guard = self.guard.on_route(self.config.route(path, header));
        let head = sandgate_gate::RequestHead {
            method,
            path,
            content_type: header("content-type"),
            content_encoding: header("content-encoding"),
        };
        let request = sandgate_gate::Request::new(&self.config, &head, body);
        let exchange = guard.open(&request.context(), scope.as_ref().unwrap_or(&self.scope));
        Passage::new(exchange, &self.config, request)
    }

    /// For how many milliseconds text may be held back.
    pub fn held_ms(&self) -> Option<f64> {
        self.config.limits.held_ms.map(|ms| ms as f64)
    }
}

impl Gate {
    fn about<'a>(&'a self, policy: &'a GuardPolicy<Configured<Instance>>) -> About<'a> {
        let manifest = policy.manifest();
        let description = |name: &str| {
            let rule = manifest.rules.iter().find(|rule| rule.name == name);
            rule.map_or("", |rule| rule.description.as_str())
        };
        let rules = self.guard.rules(policy.name());
        About {
            name: policy.name(),
            digest: policy.digest(),
            version: &manifest.version,
            description: &manifest.description,
            rules: rules
                .map(|(name, action)| AboutRule { name, description: description(name), action })
                .collect(),
        }
    }
}
