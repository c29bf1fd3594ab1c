//! Between the generated bindings and [`Policy`]: what `export!` puts into a component.

use std::cell::RefCell;
use std::marker::PhantomData;
use std::rc::Rc;

use crate::bindings::exports::sandgate::guardrail::inspector;
use crate::{Asset, Context, Part, Policy, Scanner, Step};

/// The component's exports for `P`.
pub struct Glue<P>(PhantomData<P>);

/// A configured policy behind its handle.
pub struct PolicyHandle<P>(Rc<P>);

/// An exchange behind its handle.
pub struct ExchangeHandle<P: Policy> {
    policy: Rc<P>,
    context: Context,
    scanner: RefCell<Option<P::Scanner>>,
}

impl<P: Policy> inspector::Guest for Glue<P> {
    type Policy = PolicyHandle<P>;
    type Exchange = ExchangeHandle<P>;
}

impl<P: Policy> inspector::GuestPolicy for PolicyHandle<P> {
    fn configure(settings: String, assets: Vec<Asset>) -> Result<inspector::Policy, String> {
        let settings = serde_json::from_str(&settings).map_err(|e| format!("settings: {e}"))?;
        let policy = P::configure(settings, assets)?;
        Ok(inspector::Policy::new(Self(Rc::new(policy))))
    }

    fn open(&self, context: Context) -> inspector::Exchange {
        inspector::Exchange::new(ExchangeHandle::<P> {
            policy: self.0.clone(),
            context,
            scanner: RefCell::new(None),
        })
    }
}

impl<P: Policy> inspector::GuestExchange for ExchangeHandle<P> {
    fn begin(&self, part: Part) {
        let scanner = self.policy.clone().scanner(&self.context, &part);
        self.scanner.replace(Some(scanner));
    }

    fn feed(&self, chunk: String) -> Step {
        let mut scanner = self.scanner.borrow_mut();
        scanner.as_mut().expect("a host calls `begin` before `feed`").feed(&chunk)
    }

    fn end(&self) -> Step {
        let mut scanner = self.scanner.borrow_mut();
        scanner.take().expect("a host calls `begin` before `end`").end()
    }
}
