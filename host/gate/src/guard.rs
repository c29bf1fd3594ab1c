//! A configuration with its policies, ready to look at text, wherever the policies run.

use std::sync::Arc;

use sandgate_wit::Manifest;

use crate::{
    Action, Config, Context, Decision, Direction, Error, Exchange, Key, Part, Plan, Report,
    Restorer, Role, Session, Splicer,
};

/// A policy that was configured and opens sessions: a host has its own.
pub trait Policy: Send + Sync + 'static {
    /// What its component says of itself.
    fn manifest(&self) -> &Manifest;

    /// `sha256:` and its component's SHA-256 in hex.
    fn digest(&self) -> &str;

    /// A session for one exchange. Where there can be none, it answers the fault to every call.
    fn session(&self, context: &Context) -> Box<dyn Session>;
}

/// A configuration with its policies. Cheap to clone, and used from as many threads as there are.
pub struct Guard<P>(Arc<Armed<P>>);

struct Armed<P> {
    plan: Plan,
    policies: Vec<GuardPolicy<P>>,
    /// For each of the configuration's routes, its policies.
    routes: Vec<Guard<P>>,
}

/// One of a guard's policies, under the name it has in the configuration.
pub struct GuardPolicy<P> {
    name: Arc<str>,
    policy: Arc<P>,
}

/// What became of a text.
pub struct Outcome {
    /// Whether it goes on, edited or as it came.
    pub decision: Decision,
    /// The text as it leaves; nothing where it is refused.
    pub text: String,
    /// What happened. It has no field that could carry text.
    pub report: Report,
    restorer: Restorer,
}

impl<P: Policy> Guard<P> {
    /// The guard of these policies, by the names the configuration has for them, for every request
    /// and for each of its routes.
    ///
    /// # Errors
    /// Where an action is for a rule that its policy does not have.
    pub fn new(
        config: &Config,
        policies: impl IntoIterator<Item = (String, P)>,
        key: &Key,
    ) -> Result<Self, Error> {
        let policies = policies
            .into_iter()
            .map(|(name, policy)| GuardPolicy { name: Arc::from(name), policy: Arc::new(policy) });
        let policies: Vec<_> = policies.collect();
        let routes = config.routes.iter().map(|route| {
            let on_it =
                |policy: &&GuardPolicy<P>| route.policies.iter().any(|n| *n == *policy.name);
            let policies = policies.iter().filter(on_it).cloned().collect();
            Self::with(config, policies, Vec::new(), key)
        });
        let routes = routes.collect::<Result<_, _>>()?;
        Self::with(config, policies, routes, key)
    }

    fn with(
        config: &Config,
        policies: Vec<GuardPolicy<P>>,
        routes: Vec<Guard<P>>,
        key: &Key,
    ) -> Result<Self, Error> {
        let manifests: Vec<_> =
            policies.iter().map(|p| (p.name.to_string(), p.manifest())).collect();
        let plan = Plan::new(config, &manifests, key.clone())?;
        Ok(Self(Arc::new(Armed { plan, policies, routes })))
    }

    /// The same with the policies of one route only, as [`Config::route`] numbers them; with all of
    /// them where there is no such route.
    pub fn on_route(&self, route: Option<usize>) -> &Self {
        route.and_then(|route| self.0.routes.get(route)).unwrap_or(self)
    }

    /// What becomes of a whole text that a person wrote.
    pub fn check(&self, text: &str) -> Outcome {
        let mut exchange = self.open(&Context::default(), "");
        let (mut splicer, mut out) = (Splicer::new(), String::with_capacity(text.len()));
        exchange.begin(Part { direction: Direction::Request, role: Role::User, name: None });
        splicer.push(text);
        splicer.release(&exchange.feed(text), &mut out);
        splicer.release(&exchange.end(), &mut out);
        let report = exchange.report();
        if report.decision == Decision::Refused {
            out.clear();
        }
        Outcome { decision: report.decision, text: out, report, restorer: exchange.restorer() }
    }

    /// An exchange, for text that comes in parts and chunks. `scope` says whose pseudonyms it
    /// makes: a person's, a tenant's.
    pub fn open(&self, context: &Context, scope: &str) -> Exchange {
        let (armed, more) = (Arc::clone(&self.0), context.clone());
        self.0.plan.open_with(context, scope, move || armed.sessions(&more))
    }
}

impl<P> Guard<P> {
    /// Its policies, in the order of their names.
    pub fn policies(&self) -> impl Iterator<Item = &GuardPolicy<P>> {
        self.0.policies.iter()
    }
}

impl<P> Guard<P> {
    /// What a policy of this name can find, and what is done about it.
    pub fn rules(&self, policy: &str) -> impl Iterator<Item = (&str, Action)> {
        self.0.plan.rules(policy)
    }
}

impl<P: Policy> Armed<P> {
    fn sessions(&self, context: &Context) -> Vec<Box<dyn Session>> {
        self.policies.iter().map(|policy| policy.policy.session(context)).collect()
    }
}

impl<P> GuardPolicy<P> {
    /// Its name in the configuration.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The policy.
    pub fn policy(&self) -> &P {
        &self.policy
    }
}

impl<P: Policy> GuardPolicy<P> {
    /// What its component says of itself.
    pub fn manifest(&self) -> &Manifest {
        self.policy.manifest()
    }

    /// `sha256:` and its component's SHA-256 in hex.
    pub fn digest(&self) -> &str {
        self.policy.digest()
    }
}

impl Outcome {
    /// An answer to the text with the person's own words in place of the pseudonyms.
    pub fn restore(&self, answer: &str) -> String {
        self.restorer.clone().whole(answer)
    }
}

impl<P> Clone for Guard<P> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<P> Clone for GuardPolicy<P> {
    fn clone(&self) -> Self {
        Self { name: Arc::clone(&self.name), policy: Arc::clone(&self.policy) }
    }
}

impl<P> std::fmt::Debug for Guard<P> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.policies()).finish()
    }
}

impl<P> std::fmt::Debug for GuardPolicy<P> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "GuardPolicy({})", self.name)
    }
}

// The text is the user's: what is printed for debugging does not show it.
impl std::fmt::Debug for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outcome").field("report", &self.report).finish_non_exhaustive()
    }
}
