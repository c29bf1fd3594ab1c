//! A policy with its settings, in the one instance that all exchanges share.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sandgate_gate::{Context, Fault, Manifest, Policy, Session};
use serde_json::Value;

use crate::core::{Core, Function};
use crate::lift::Lift;
use crate::lower::Lower;
use crate::session::PolicySession;

/// What a call of a policy may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// WebAssembly instructions, more or less. Configuring may cost [`Limits::CONFIGURE`] times as
    /// much.
    pub fuel: u64,
}

/// A policy with its settings, ready for exchanges. Cheap to clone.
pub struct Configured<C: Core>(Arc<Ready<C>>);

pub(crate) struct Ready<C: Core> {
    pub(crate) core: C,
    limits: Limits,
    manifest: Manifest,
    digest: String,
    settings: String,
    assets: Vec<(String, Vec<u8>)>,
    state: Mutex<State>,
}

/// What is known of the instance.
struct State {
    /// The configured policy's handle; nothing after a fault.
    policy: Option<u32>,
    /// How often the instance was made new: handles of before are void.
    generation: u64,
}

/// Why a policy cannot be configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// It failed.
    Fault(Fault),
    /// It said no, in these words.
    Declined(String),
}

impl Limits {
    /// How many times the fuel of a call the compiling of settings may cost.
    pub const CONFIGURE: u64 = 20;
}

impl Default for Limits {
    /// What a sandbox with a clock gives too, so that the same texts fit: a tenth of a second of
    /// one processor.
    fn default() -> Self {
        Self { fuel: 1_000_000_000 }
    }
}

impl<C: Core> Configured<C> {
    /// Configures a policy in an instance that was not used yet. `digest` is its component's, and
    /// assets go by the names that the policy knows them by.
    ///
    /// # Errors
    /// Where the policy declines its settings, or fails.
    pub fn new(
        core: C,
        (manifest, digest): (Manifest, String),
        settings: &Value,
        assets: Vec<(String, Vec<u8>)>,
        limits: Limits,
    ) -> Result<Self, Failure> {
        let settings = settings.to_string();
        let state = Mutex::new(State { policy: None, generation: 0 });
        let ready = Ready { core, limits, manifest, digest, settings, assets, state };
        let policy = ready.configure()?;
        ready.state().policy = Some(policy);
        Ok(Self(Arc::new(ready)))
    }
}

impl<C: Core> Ready<C> {
    /// Whether handles of this generation are good.
    pub(crate) fn is_now(&self, generation: u64) -> bool {
        let state = self.state();
        state.policy.is_some() && state.generation == generation
    }

    /// The policy's handle and the generation it is of, in a new instance where the last one is
    /// lost.
    pub(crate) fn policy(&self) -> Result<(u32, u64), Fault> {
        let (policy, generation) = {
            let state = self.state();
            (state.policy, state.generation)
        };
        if let Some(policy) = policy.filter(|_| self.core.holds()) {
            return Ok((policy, generation));
        }
        self.core.reset()?;
        let policy = self.configure().map_err(|failure| match failure {
            Failure::Fault(fault) => fault,
            // It was configured with the same before.
            Failure::Declined(_) => sandgate_gate::FaultKind::Trap.into(),
        })?;
        let mut state = self.state();
        *state = State { policy: Some(policy), generation: generation.wrapping_add(1) };
        Ok((policy, state.generation))
    }

    /// Calls a function. After a fault the caller says that the instance is lost.
    pub(crate) fn call(&self, function: Function, arguments: &[u32]) -> Result<u32, Fault> {
        self.core.call(function, arguments, self.limits.fuel)
    }

    /// The instance is not asked again before it is made new.
    pub(crate) fn lose(&self) {
        self.state().policy = None;
    }

    pub(crate) fn lower(&self) -> Lower<'_, C> {
        Lower { core: &self.core, fuel: self.limits.fuel }
    }

    fn configure(&self) -> Result<u32, Failure> {
        let fuel = self.limits.fuel.saturating_mul(Limits::CONFIGURE);
        let lower = Lower { core: &self.core, fuel };
        let [settings, settings_len] = lower.bytes(self.settings.as_bytes())?;
        let assets = self.assets.iter().map(|(name, bytes)| (name.as_bytes(), bytes.as_slice()));
        let [assets, assets_len] = lower.pairs(assets)?;
        let arguments = [settings, settings_len, assets, assets_len];
        let answer = self.core.call(Function::Configure, &arguments, fuel)?;
        let outcome = Lift::new(&self.core).outcome(answer)?;
        self.core.call(Function::ConfigurePost, &[answer], fuel)?;
        outcome.map_err(Failure::Declined)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Lets go of the policy: its instance may go on, with other settings.
impl<C: Core> Drop for Ready<C> {
    fn drop(&mut self) {
        let policy = self.state().policy;
        // Nobody is left to tell of a fault.
        let _ = policy
            .filter(|_| self.core.holds())
            .map(|policy| self.call(Function::DropPolicy, &[policy]));
    }
}

impl<C: Core> Policy for Configured<C> {
    fn manifest(&self) -> &Manifest {
        &self.0.manifest
    }

    fn digest(&self) -> &str {
        &self.0.digest
    }

    fn session(&self, context: &Context) -> Box<dyn Session> {
        Box::new(PolicySession::open(Arc::clone(&self.0), context))
    }
}

impl<C: Core> Clone for Configured<C> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<C: Core> std::fmt::Debug for Configured<C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Configured({})", self.0.manifest.name)
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Fault(fault) => write!(f, "{fault} while it was configured"),
            Self::Declined(words) => f.write_str(words),
        }
    }
}

impl std::error::Error for Failure {}
