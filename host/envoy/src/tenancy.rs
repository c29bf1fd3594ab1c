//! Who may use a policy's one instance.
//!
//! Envoy gives an updated configuration to the same VM, while exchanges of the one before go on. So
//! an instance may serve several configurations, and what makes it new for one of them takes it
//! away from the others: each of them learns that here before it calls with handles of before.

use std::sync::atomic::{AtomicU64, Ordering};

/// An instance that several configurations use.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Instance {
    /// How often it was made new.
    times: u64,
    /// It failed since.
    pub(crate) failed: bool,
}

/// One configuration's place in an instance.
#[derive(Debug)]
pub(crate) struct Tenancy {
    /// How often the instance had been made new when this one came in.
    since: AtomicU64,
}

impl Tenancy {
    /// Comes into an instance.
    pub(crate) fn of(instance: Instance) -> Self {
        Self { since: AtomicU64::new(instance.times) }
    }

    /// Whether handles are good: nothing failed and nothing was made new.
    pub(crate) fn is_good(&self, instance: Instance) -> bool {
        !instance.failed && self.since.load(Ordering::Relaxed) == instance.times
    }

    /// Comes in again after a fault. Says whether the instance has to be made new for that: not
    /// where another configuration has just had it made so.
    pub(crate) fn renew(&self, instance: &mut Instance) -> bool {
        let renews = instance.failed || self.is_good(*instance);
        if renews {
            *instance = Instance { times: instance.times.wrapping_add(1), failed: false };
        }
        self.since.store(instance.times, Ordering::Relaxed);
        renews
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_of_one_is_a_new_instance_for_all() {
        let mut instance = Instance::default();
        let (old, new) = (Tenancy::of(instance), Tenancy::of(instance));
        assert!(old.is_good(instance) && new.is_good(instance));
        instance.failed = true;
        assert!(!old.is_good(instance) && !new.is_good(instance));
        assert!(new.renew(&mut instance), "it has failed");
        assert!(new.is_good(instance) && !old.is_good(instance));
        assert!(!old.renew(&mut instance), "it is new already");
        assert!(new.is_good(instance) && old.is_good(instance));
    }

    #[test]
    fn whoever_got_nonsense_has_it_made_new_for_all() {
        let mut instance = Instance::default();
        let (old, new) = (Tenancy::of(instance), Tenancy::of(instance));
        assert!(old.renew(&mut instance));
        assert!(old.is_good(instance) && !new.is_good(instance));
    }
}
