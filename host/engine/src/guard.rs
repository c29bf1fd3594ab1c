//! A configuration with its policies, ready to look at text.

use std::path::Path;
use std::sync::Arc;

use sandgate_gate::{
    Config, Context, Decision, Direction, Exchange, Key, Manifest, Part, Plan, PolicyConfig,
    Report, Restorer, Role, Session, Splicer,
};

use crate::engine::Engine;
use crate::error::Error;
use crate::files;
use crate::library::Library;
use crate::policy::{Configured, Policy};

/// A configuration with its policies. Cheap to clone, and used from as many threads as there are.
#[derive(Clone)]
pub struct Guard(Arc<Armed>);

struct Armed {
    plan: Plan,
    policies: Vec<GuardPolicy>,
    /// For each of the configuration's routes, its policies.
    routes: Vec<Guard>,
}

/// One of a guard's policies, under the name it has in the configuration.
#[derive(Debug, Clone)]
pub struct GuardPolicy {
    name: String,
    configured: Configured,
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

impl Guard {
    /// Loads and configures every policy of `config`: from its own file, relative to `base`, or
    /// else from `library`.
    ///
    /// # Errors
    /// The first thing that does not fit, with its place in the configuration.
    pub fn new(
        engine: &Engine,
        config: &Config,
        library: &Library,
        base: &Path,
    ) -> Result<Self, Error> {
        let key = files::key(config, base)?;
        let policies = config.policies.iter().map(|(name, policy)| {
            let component = files::component(config, (name, policy), library, base)?;
            let loaded = engine.load(&component).map_err(|e| {
                Error::from(config.error_at(format!("policies.{name}"), e.to_string()))
            })?;
            check_digest(config, (name, policy), &loaded)?;
            let assets = files::assets(config, (name, policy), base)?;
            let configured = loaded.fit(&policy.settings(), &assets).map_err(|misfit| {
                let place = format!("policies.{name}.{}", misfit.place);
                config.error_at(place.trim_end_matches('.'), misfit.problem)
            })?;
            Ok(GuardPolicy { name: name.clone(), configured })
        });
        let policies: Vec<GuardPolicy> = policies.collect::<Result<_, Error>>()?;
        let routes = config.routes.iter().map(|route| {
            let on_it = |policy: &&GuardPolicy| route.policies.contains(&policy.name);
            let policies = policies.iter().filter(on_it).cloned().collect();
            Self::with(config, policies, Vec::new(), key.clone())
        });
        let routes = routes.collect::<Result<_, _>>()?;
        Self::with(config, policies, routes, key)
    }

    fn with(
        config: &Config,
        policies: Vec<GuardPolicy>,
        routes: Vec<Guard>,
        key: Key,
    ) -> Result<Self, Error> {
        let manifests: Vec<_> = policies.iter().map(|p| (p.name.clone(), p.manifest())).collect();
        let plan = Plan::new(config, &manifests, key)?;
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
        let exchange = self.0.plan.open(self.0.sessions(context), scope);
        exchange.with_more(move || armed.sessions(&more))
    }

    /// Its policies, in the order of their names.
    pub fn policies(&self) -> impl Iterator<Item = &GuardPolicy> {
        self.0.policies.iter()
    }
}

impl Armed {
    fn sessions(&self, context: &Context) -> Vec<Box<dyn Session>> {
        let session = |policy: &GuardPolicy| -> Box<dyn Session> {
            Box::new(policy.configured.session(context))
        };
        self.policies.iter().map(session).collect()
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

impl GuardPolicy {
    /// Its name in the configuration.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What its component says of itself.
    pub fn manifest(&self) -> &Manifest {
        self.configured.policy().manifest()
    }

    /// `sha256:` and its component's SHA-256 in hex.
    pub fn digest(&self) -> &str {
        self.configured.policy().digest()
    }
}

impl Outcome {
    /// An answer to the text with the person's own words in place of the pseudonyms.
    pub fn restore(&self, answer: &str) -> String {
        self.restorer.clone().whole(answer)
    }
}

impl std::fmt::Debug for Guard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.policies()).finish()
    }
}

// The text is the user's: what is printed for debugging does not show it.
impl std::fmt::Debug for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outcome").field("report", &self.report).finish_non_exhaustive()
    }
}
