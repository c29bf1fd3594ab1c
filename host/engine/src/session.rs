//! One policy in one exchange, in an instance that it has to itself until the exchange is over.

use sandgate_gate::{Context, Fault, Part, Session, Step};
use wasmtime::component::ResourceAny;

use crate::contract;
use crate::instance::Instance;
use crate::policy::Configured;

/// A session in the sandbox.
pub(crate) struct PolicySession {
    configured: Configured,
    state: Result<Open, Fault>,
}

struct Open {
    instance: Instance,
    exchange: ResourceAny,
}

impl PolicySession {
    pub(crate) fn open(configured: Configured, context: &Context) -> Self {
        let state = configured.take().and_then(|mut instance| {
            let context = contract::Context::from(context);
            let exchange = instance.call(|guardrail, store, policy| {
                let policies = guardrail.sandgate_guardrail_inspector().policy();
                policies.call_open(store, policy, &context)
            })?;
            Ok(Open { instance, exchange })
        });
        Self { configured, state }
    }

    /// Makes a call, the last one where it fails.
    fn call<R>(&mut self, call: impl FnOnce(&mut Open) -> Result<R, Fault>) -> Result<R, Fault> {
        let result = match &mut self.state {
            Ok(open) => call(open),
            Err(fault) => Err(*fault),
        };
        result.inspect_err(|fault| self.state = Err(*fault))
    }
}

impl Session for PolicySession {
    fn begin(&mut self, part: &Part) -> Result<(), Fault> {
        let part = contract::Part::from(part);
        self.call(|Open { instance, exchange }| {
            instance.call(|guardrail, store, _| {
                let exchanges = guardrail.sandgate_guardrail_inspector().exchange();
                exchanges.call_begin(store, *exchange, &part)
            })
        })
    }

    fn feed(&mut self, chunk: &str) -> Result<Step, Fault> {
        self.call(|Open { instance, exchange }| {
            let step = instance.call(|guardrail, store, _| {
                let exchanges = guardrail.sandgate_guardrail_inspector().exchange();
                exchanges.call_feed(store, *exchange, chunk)
            });
            step.map(Step::from)
        })
    }

    fn end(&mut self) -> Result<Step, Fault> {
        self.call(|Open { instance, exchange }| {
            let step = instance.call(|guardrail, store, _| {
                let exchanges = guardrail.sandgate_guardrail_inspector().exchange();
                exchanges.call_end(store, *exchange)
            });
            step.map(Step::from)
        })
    }
}

/// Gives the instance back, unless it failed or fails to let go of the exchange.
impl Drop for PolicySession {
    fn drop(&mut self) {
        let closed = Err(sandgate_gate::FaultKind::Trap.into());
        let Ok(Open { mut instance, exchange }) = std::mem::replace(&mut self.state, closed) else {
            return;
        };
        if !self.configured.is_pooled() {
            drop(instance);
            self.configured.used();
        } else if instance.call(|_, store, _| exchange.resource_drop(store)).is_ok() {
            self.configured.put_back(instance);
        }
    }
}
