//! A configured policy in a store of its own. Every call into it is made here, under limits.

use sandgate_gate::{BadAnswer, Fault, FaultKind};
use wasmtime::component::ResourceAny;
use wasmtime::{PoolConcurrencyLimitError, ResourceLimiter, Store, Trap};

use crate::contract::{Asset, Guardrail, GuardrailPre};
use crate::engine::TABLE_ELEMENTS;
use crate::options::Limits;

/// The most bytes an answer may make the host copy.
const MAX_ANSWER: usize = 32 << 20;

/// A policy that was configured and can open exchanges.
pub(crate) struct Instance {
    store: Store<Budget>,
    guardrail: Guardrail,
    policy: ResourceAny,
    limits: Limits,
}

/// Why there is no instance.
pub(crate) enum Failure {
    /// It trapped or used up a limit.
    Fault(Fault),
    /// The policy itself said no, in these words.
    Declined(String),
    /// The host has no more room.
    Full,
}

/// What is left of the memory that an instance may have.
pub(crate) struct Budget {
    used: usize,
    allowed: usize,
}

/// A memory or a table was to grow beyond its limit.
#[derive(Debug)]
struct OverLimit;

impl Instance {
    pub(crate) fn new(
        pre: &GuardrailPre<Budget>,
        limits: &Limits,
        settings: &str,
        assets: &[Asset],
    ) -> Result<Self, Failure> {
        let mut store = Store::new(pre.engine(), Budget { used: 0, allowed: limits.memory });
        store.limiter(|budget| budget);
        store.set_hostcall_fuel(MAX_ANSWER.max(limits.memory));
        refuel(&mut store, limits, Limits::CONFIGURE)?;
        let guardrail = pre.instantiate(&mut store)?;
        let policy = guardrail.sandgate_guardrail_inspector().policy();
        let configured = policy.call_configure(&mut store, settings, assets)?;
        let policy = configured.map_err(Failure::Declined)?;
        store.set_hostcall_fuel(MAX_ANSWER);
        Ok(Self { store, guardrail, policy, limits: *limits })
    }

    /// Makes a call. After a fault the instance is not to be used again.
    pub(crate) fn call<R>(
        &mut self,
        call: impl FnOnce(&Guardrail, &mut Store<Budget>, ResourceAny) -> wasmtime::Result<R>,
    ) -> Result<R, Fault> {
        refuel(&mut self.store, &self.limits, 1)
            .and_then(|()| call(&self.guardrail, &mut self.store, self.policy))
            .map_err(|error| fault(&error))
    }
}

fn refuel(store: &mut Store<Budget>, limits: &Limits, times: u32) -> wasmtime::Result<()> {
    store.set_epoch_deadline(limits.ticks().saturating_mul(times.into()));
    store.set_fuel(limits.fuel.saturating_mul(times.into()))
}

/// What kind of fault an error of wasmtime's is. Its text may hold what the policy made of the
/// user's, and goes nowhere.
fn fault(error: &wasmtime::Error) -> Fault {
    if error.is::<OverLimit>() {
        return FaultKind::Memory.into();
    }
    match error.downcast_ref::<Trap>() {
        Some(Trap::OutOfFuel) => FaultKind::Fuel.into(),
        Some(Trap::Interrupt) => FaultKind::Time.into(),
        Some(Trap::StackOverflow) => FaultKind::Stack.into(),
        Some(_) => FaultKind::Trap.into(),
        // It came back, with something that is no value of the contract's types.
        None => BadAnswer::Shape.into(),
    }
}

impl From<wasmtime::Error> for Failure {
    fn from(error: wasmtime::Error) -> Self {
        match error.is::<PoolConcurrencyLimitError>() {
            true => Self::Full,
            false => Self::Fault(fault(&error)),
        }
    }
}

impl ResourceLimiter for Budget {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let used = self.used.saturating_sub(current).saturating_add(desired);
        if used > self.allowed {
            return Err(OverLimit.into());
        }
        self.used = used;
        Ok(true)
    }

    fn memory_grow_failed(&mut self, _error: wasmtime::Error) -> wasmtime::Result<()> {
        Err(OverLimit.into())
    }

    fn table_growing(
        &mut self,
        _current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        if desired > TABLE_ELEMENTS { Err(OverLimit.into()) } else { Ok(true) }
    }
}

impl std::fmt::Display for OverLimit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("over the memory limit")
    }
}

impl std::error::Error for OverLimit {}
