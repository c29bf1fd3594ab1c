//! A configuration and the policies it speaks of, made ready: what is done about which rule.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use sandgate_wit::{Action, Manifest};

use crate::config::nearest;
use crate::edit::label;
use crate::memory::{Memory, Recall};
use crate::session::Session;
use crate::{
    Config, Context, Error, Exchange, Key, Limits, Mode, OnFault, OnUnscannable, PolicyConfig,
};

/// What a rule that a policy's user wrote does unless `actions` says otherwise: nobody writes a
/// pattern for text that may pass, and a refusal should be asked for.
const OWN_RULE: Action = Action::Redact;

/// What is done about every rule of some policies. Cheap to clone.
#[derive(Clone)]
pub struct Plan(Arc<Ready>);

/// What an exchange looks up.
pub(crate) struct Ready {
    pub(crate) policies: Vec<PolicyPlan>,
    pub(crate) limits: Limits,
    pub(crate) on_unscannable: OnUnscannable,
    pub(crate) key: Key,
    pub(crate) memory: Memory,
}

/// What is done about one policy's findings and faults.
pub(crate) struct PolicyPlan {
    pub(crate) name: Arc<str>,
    pub(crate) rules: BTreeMap<Arc<str>, RulePlan>,
    pub(crate) threshold: u8,
    pub(crate) allow: BTreeSet<String>,
    pub(crate) on_fault: OnFault,
    /// Whether any of its findings changes text, so that text has to wait for it.
    pub(crate) enforces: bool,
}

/// What is done about one rule's findings.
pub(crate) struct RulePlan {
    pub(crate) action: Action,
    /// What stands in a text for the rule, without its brackets.
    pub(crate) label: Arc<str>,
}

impl Plan {
    /// The plan for these policies, by the names the configuration has for them; one that it does
    /// not name has every default.
    ///
    /// # Errors
    /// Where an action is for a rule that its policy does not have.
    pub fn new(config: &Config, policies: &[(String, &Manifest)], key: Key) -> Result<Self, Error> {
        let default = PolicyConfig::default();
        let ready = policies.iter().map(|(name, manifest)| {
            let policy = config.policies.get(name).unwrap_or(&default);
            PolicyPlan::new(name, policy, manifest).map_err(|e| config.locate(e))
        });
        Ok(Self(Arc::new(Ready {
            policies: ready.collect::<Result<_, _>>()?,
            limits: config.limits.clone(),
            on_unscannable: config.on_unscannable,
            key,
            memory: Memory::new(config.limits.remembered),
        })))
    }

    /// An exchange, with a session of each policy in the order they were planned in. `scope` is
    /// whose pseudonyms it makes: equal values of one person, or one tenant, get equal ones.
    pub fn open(&self, sessions: Vec<Box<dyn Session>>, scope: &str) -> Exchange {
        Exchange::new(Arc::clone(&self.0), scope).with(sessions)
    }

    /// An exchange whose sessions `more` opens with this context once somebody has to look, which
    /// nobody has where all its texts are known from earlier requests.
    pub fn open_with(
        &self,
        context: &Context,
        scope: &str,
        more: impl FnMut() -> Vec<Box<dyn Session>> + Send + 'static,
    ) -> Exchange {
        let recall = Recall::new(context, scope);
        Exchange::new(Arc::clone(&self.0), scope).with_recall(recall).with_more(more)
    }

    /// The names of the policies, in order.
    pub fn policies(&self) -> impl Iterator<Item = &str> {
        self.0.policies.iter().map(|policy| &*policy.name)
    }

    /// The rules of a policy, in the order of their names, and what is done about each.
    pub fn rules(&self, policy: &str) -> impl Iterator<Item = (&str, Action)> {
        let policy = self.0.policies.iter().find(|p| &*p.name == policy);
        let rules = policy.into_iter().flat_map(|policy| &policy.rules);
        rules.map(|(name, rule)| (&**name, rule.action))
    }

    /// The first policy and rule whose findings become something that is made with the key.
    pub fn keyed(&self) -> Option<(&str, &str)> {
        let is_keyed = |rule: &RulePlan| matches!(rule.action, Action::Hash | Action::Pseudonymize);
        self.0.policies.iter().find_map(|policy| {
            let mut rules = policy.rules.iter();
            rules.find(|(_, rule)| is_keyed(rule)).map(|(name, _)| (&*policy.name, &**name))
        })
    }

    /// What is done about a rule's findings, if the policy has the rule.
    pub fn action(&self, policy: &str, rule: &str) -> Option<Action> {
        let policy = self.0.policies.iter().find(|p| &*p.name == policy)?;
        Some(policy.rules.get(rule)?.action)
    }
}

impl PolicyPlan {
    fn new(name: &str, config: &PolicyConfig, manifest: &Manifest) -> Result<Self, Error> {
        let mut defaults: BTreeMap<String, Action> = own_rules(config, manifest);
        defaults.extend(manifest.rules.iter().map(|rule| (rule.name.clone(), rule.action)));
        check_names(name, config, &defaults)?;
        let rules = defaults.into_iter().map(|(rule, default)| {
            let action = action(config, &rule, default);
            let label = Arc::from(label(&rule));
            (Arc::from(rule), RulePlan { action, label })
        });
        let rules: BTreeMap<Arc<str>, RulePlan> = rules.collect();
        Ok(Self {
            name: Arc::from(name),
            enforces: rules.values().any(|rule| rule.action.enforces()),
            rules,
            threshold: config.threshold.get(),
            allow: config.allow.iter().cloned().collect(),
            on_fault: config.on_fault(),
        })
    }
}

/// The rules that the policy's user wrote into its settings.
fn own_rules(config: &PolicyConfig, manifest: &Manifest) -> BTreeMap<String, Action> {
    let settings = config.settings();
    let own = manifest.rules_from.as_deref().and_then(|pointer| settings.pointer(pointer));
    let names = own.and_then(|own| own.as_object()).into_iter().flat_map(|own| own.keys());
    names.map(|name| (name.clone(), OWN_RULE)).collect()
}

fn check_names(
    name: &str,
    config: &PolicyConfig,
    rules: &BTreeMap<String, Action>,
) -> Result<(), Error> {
    let unknown = config.actions.keys().find(|rule| *rule != "*" && !rules.contains_key(*rule));
    let Some(rule) = unknown else { return Ok(()) };
    let known: Vec<&str> = rules.keys().map(String::as_str).collect();
    let problem = format!("no rule `{rule}`{}", nearest(rule, &known));
    Err(Error::at(format!("policies.{name}.actions.{rule}"), problem))
}

fn action(config: &PolicyConfig, rule: &str, default: Action) -> Action {
    let actions = &config.actions;
    let action = *actions.get(rule).or_else(|| actions.get("*")).unwrap_or(&default);
    match config.mode {
        Mode::Observe => Action::Observe,
        Mode::Enforce => action,
    }
}
