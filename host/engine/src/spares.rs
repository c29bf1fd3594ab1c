//! Fresh instances ahead of their exchange.
//!
//! Where every exchange has instances of its own, none has to wait until they are made: a thread
//! makes them beforehand, one for each that was used.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Weak};
use std::thread;

use crate::error::Error;
use crate::policy::Ready;

/// How many instances of a policy wait at most.
const MOST: usize = 16;

/// The way to that thread, which ends when this is dropped.
pub(crate) struct Spares(SyncSender<Weak<Ready>>);

impl Spares {
    pub(crate) fn new() -> Result<Self, Error> {
        let (sender, used) = sync_channel(MOST);
        let thread = thread::Builder::new().name("sandgate-spares".to_owned());
        thread.spawn(move || run(&used)).map_err(|e| Error::new(format!("a thread: {e}")))?;
        Ok(Self(sender))
    }

    /// One of the policy's instances was used. Where the thread does not keep up, exchanges make
    /// their own.
    pub(crate) fn used(&self, policy: &Arc<Ready>) {
        let _ = self.0.try_send(Arc::downgrade(policy));
    }
}

fn run(used: &Receiver<Weak<Ready>>) {
    for policy in used {
        if let Some(policy) = policy.upgrade() {
            policy.prepare(MOST);
        }
    }
}
