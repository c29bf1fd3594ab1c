//! One policy in one exchange.

use std::sync::Arc;

use sandgate_gate::{Context, Fault, FaultKind, Part, Session, Step};

use crate::configured::Ready;
use crate::core::{Core, Function};
use crate::lift::Lift;

/// A session in the shared instance.
pub(crate) struct PolicySession<C: Core> {
    ready: Arc<Ready<C>>,
    state: Result<Open, Fault>,
}

#[derive(Clone, Copy)]
struct Open {
    exchange: u32,
    generation: u64,
}

impl<C: Core> PolicySession<C> {
    pub(crate) fn open(ready: Arc<Ready<C>>, context: &Context) -> Self {
        let open = || {
            let (policy, generation) = ready.policy()?;
            let [tag, model, model_len, labels, labels_len] = ready.lower().context(context)?;
            let arguments = [policy, tag, model, model_len, labels, labels_len];
            let exchange = ready.call(Function::Open, &arguments)?;
            Ok(Open { exchange, generation })
        };
        let state = open().inspect_err(|_| ready.lose());
        Self { ready, state }
    }

    /// Makes calls; the last ones where they fail.
    fn calls<R>(
        &mut self,
        calls: impl FnOnce(&Ready<C>, u32) -> Result<R, Fault>,
    ) -> Result<R, Fault> {
        let result = match self.state {
            Err(fault) => return Err(fault),
            // Another exchange's fault took this one's state with it.
            Ok(open) if !self.ready.is_now(open.generation) => Err(FaultKind::Trap.into()),
            Ok(open) => calls(&self.ready, open.exchange).inspect_err(|_| self.ready.lose()),
        };
        result.inspect_err(|fault| self.state = Err(*fault))
    }
}

impl<C: Core> Session for PolicySession<C> {
    fn begin(&mut self, part: &Part) -> Result<(), Fault> {
        self.calls(|ready, exchange| {
            let [direction, role, tag, name, name_len] = ready.lower().part(part)?;
            let arguments = [exchange, direction, role, tag, name, name_len];
            ready.call(Function::Begin, &arguments).map(|_| ())
        })
    }

    fn feed(&mut self, chunk: &str) -> Result<Step, Fault> {
        self.calls(|ready, exchange| {
            let [at, len] = ready.lower().bytes(chunk.as_bytes())?;
            let answer = ready.call(Function::Feed, &[exchange, at, len])?;
            let step = Lift::new(&ready.core).step(answer)?;
            ready.call(Function::FeedPost, &[answer])?;
            Ok(step)
        })
    }

    fn end(&mut self) -> Result<Step, Fault> {
        self.calls(|ready, exchange| {
            let answer = ready.call(Function::End, &[exchange])?;
            let step = Lift::new(&ready.core).step(answer)?;
            ready.call(Function::EndPost, &[answer])?;
            Ok(step)
        })
    }
}

/// Lets go of the exchange.
impl<C: Core> Drop for PolicySession<C> {
    fn drop(&mut self) {
        // A fault here loses the instance, and there is nobody left to tell.
        let _ = self.calls(|ready, exchange| ready.call(Function::DropExchange, &[exchange]));
    }
}
