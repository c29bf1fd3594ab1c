//! A policy, and a policy that was configured.

use std::sync::{Arc, Mutex, PoisonError};

use sandgate_gate::{Context, Fault, FaultKind, Session};
use sandgate_inspect::{Inspection, foreign, inspect};
use sandgate_wit::Manifest;
use serde_json::Value;
use wasmtime::component::Linker;

use crate::contract::{Asset, GuardrailPre};
use crate::engine::Engine;
use crate::error::Error;
use crate::instance::{Budget, Failure, Instance};
use crate::options::Isolation;
use crate::session::PolicySession;
use crate::settings;

/// A checked and compiled component. Cheap to clone.
#[derive(Clone)]
pub struct Policy(Arc<Compiled>);

struct Compiled {
    engine: Engine,
    inspection: Inspection,
    pre: GuardrailPre<Budget>,
}

/// A policy with its settings, ready for exchanges. Cheap to clone; clones share instances.
#[derive(Clone)]
pub struct Configured(Arc<Ready>);

pub(crate) struct Ready {
    policy: Policy,
    settings: String,
    assets: Vec<Asset>,
    idle: Arc<Idle>,
}

/// Instances that wait for an exchange.
#[derive(Default)]
pub(crate) struct Idle(Mutex<Vec<Instance>>);

/// What is wrong, and with which of the things a policy is configured with.
pub(crate) struct Misfit {
    /// `settings.regions[0]`, `assets.words`, or nothing where the policy itself is at fault.
    pub(crate) place: String,
    pub(crate) problem: String,
}

impl Policy {
    pub(crate) fn load(engine: &Engine, bytes: &[u8]) -> Result<Self, Error> {
        let inspection = inspect(bytes)?;
        let failed = |e: wasmtime::Error| Error::new(foreign(&format!("{e:#}")));
        let component = engine
            .compile(&inspection.digest, bytes)
            .map_err(|e| failed(e).at("the component cannot be compiled"))?;
        // Nothing is in the linker, and nothing ever will be: this is the sandbox's wall.
        let pre = Linker::new(engine.wasmtime())
            .instantiate_pre(&component)
            .and_then(GuardrailPre::new)
            .map_err(|e| failed(e).at("the component is not of the world `guardrail`"))?;
        Ok(Self(Arc::new(Compiled { engine: engine.clone(), inspection, pre })))
    }

    /// What it says of itself.
    pub fn manifest(&self) -> &Manifest {
        &self.0.inspection.manifest
    }

    /// `sha256:` and the component's SHA-256 in hex.
    pub fn digest(&self) -> &str {
        &self.0.inspection.digest
    }

    /// The policy with these settings and assets, by the names it knows them by. One instance is
    /// made, to see that it works.
    ///
    /// # Errors
    /// Where the settings do not fit the manifest's schema, the policy declines them, or it fails.
    pub fn configure(
        &self,
        settings: &Value,
        assets: &[(String, Vec<u8>)],
    ) -> Result<Configured, Error> {
        let configured = self.fit(settings, assets);
        configured.map_err(|misfit| match misfit.place.as_str() {
            "" => Error::new(misfit.problem),
            place => Error::new(misfit.problem).at(place),
        })
    }

    pub(crate) fn fit(
        &self,
        settings: &Value,
        assets: &[(String, Vec<u8>)],
    ) -> Result<Configured, Misfit> {
        settings::check(&self.manifest().settings, settings)?;
        let assets = assets.iter().map(|(name, bytes)| {
            let (name, bytes) = (name.clone(), bytes.clone());
            Asset { name, bytes }
        });
        let idle = Arc::new(Idle::default());
        let (settings, assets) = (settings.to_string(), assets.collect());
        let ready = Ready { policy: self.clone(), settings, assets, idle };
        let first = ready.instance().map_err(|failure| match failure {
            Failure::Declined(words) => {
                Misfit { place: "settings".into(), problem: foreign(&words) }
            }
            Failure::Fault(fault) => Misfit::of_policy(format!("{fault} while it was configured")),
            Failure::Full => Misfit::of_policy(FaultKind::Busy.to_string()),
        })?;
        ready.idle.put(first);
        self.0.engine.keeps(&ready.idle);
        Ok(Configured(Arc::new(ready)))
    }
}

impl Misfit {
    fn of_policy(problem: String) -> Self {
        Self { place: String::new(), problem }
    }
}

impl sandgate_gate::Policy for Configured {
    fn manifest(&self) -> &Manifest {
        self.0.policy.manifest()
    }

    fn digest(&self) -> &str {
        self.0.policy.digest()
    }

    fn session(&self, context: &Context) -> Box<dyn Session> {
        Box::new(PolicySession::open(self.clone(), context))
    }
}

impl Configured {
    /// The policy.
    pub fn policy(&self) -> &Policy {
        &self.0.policy
    }

    /// An instance for an exchange: one that waits, or else a new one.
    pub(crate) fn take(&self) -> Result<Instance, Fault> {
        if let Some(instance) = self.0.idle.take() {
            return Ok(instance);
        }
        self.0.instance().map_err(|failure| match failure {
            Failure::Fault(fault) => fault,
            // It was configured with the same before.
            Failure::Declined(_) => FaultKind::Trap.into(),
            Failure::Full => FaultKind::Busy.into(),
        })
    }

    /// Whether an instance serves one exchange after the other.
    pub(crate) fn is_pooled(&self) -> bool {
        self.0.policy.0.engine.options().isolation == Isolation::Pooled
    }

    /// An instance is back from an exchange that went well, and can serve the next.
    pub(crate) fn put_back(&self, instance: Instance) {
        self.0.idle.put(instance);
    }

    /// An instance was used that serves no other exchange.
    pub(crate) fn used(&self) {
        self.0.policy.0.engine.spares().used(&self.0);
    }
}

impl Ready {
    /// Makes an instance that waits, unless so many do, or there is no room.
    pub(crate) fn prepare(&self, most: usize) {
        let compiled = &self.policy.0;
        let limits = &compiled.engine.options().limits;
        if self.idle.lock().len() < most {
            let new = Instance::new(&compiled.pre, limits, &self.settings, &self.assets);
            let _ = new.map(|instance| self.idle.put(instance));
        }
    }

    fn instance(&self) -> Result<Instance, Failure> {
        let compiled = &self.policy.0;
        let limits = &compiled.engine.options().limits;
        let new = || Instance::new(&compiled.pre, limits, &self.settings, &self.assets);
        match new() {
            Err(Failure::Full) => {
                compiled.engine.make_room();
                new()
            }
            result => result,
        }
    }
}

impl Idle {
    /// Called with others' instances alive: what is dropped is dropped outside the lock.
    pub(crate) fn clear(&self) {
        let instances = std::mem::take(&mut *self.lock());
        drop(instances);
    }

    fn take(&self) -> Option<Instance> {
        self.lock().pop()
    }

    fn put(&self, instance: Instance) {
        self.lock().push(instance);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Instance>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Policy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Policy({} {})", self.manifest().name, self.digest())
    }
}

impl std::fmt::Debug for Configured {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Configured({})", self.policy().manifest().name)
    }
}
