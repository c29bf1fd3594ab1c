//! The policies beside the filter: core modules with memories of their own, which only these calls
//! reach. The linker makes them when it fuses the modules.
#![expect(unsafe_code, reason = "the seam's functions take addresses")]

use std::cell::RefCell;
use std::collections::BTreeMap;

use sandgate_canon::{Core, Function};
use sandgate_gate::{Fault, FaultKind};

use crate::setting::About;
use crate::tenancy::{Instance, Tenancy};

#[link(wasm_import_module = "sandgate")]
unsafe extern "C" {
    fn call(policy: i32, function: i32, arguments: *const u32, fuel: i64) -> i32;
    fn fault() -> i32;
    fn read(policy: i32, from: u32, to: *mut u8, len: usize) -> i32;
    fn write(policy: i32, to: u32, from: *const u8, len: usize) -> i32;
    fn reset(policy: i32) -> i32;
    fn about_len() -> i32;
    fn about(to: *mut u8);
}

/// The most arguments that a function has.
const ARGUMENTS: usize = 6;

thread_local! {
    static INSTANCES: RefCell<BTreeMap<i32, Instance>> = const { RefCell::new(BTreeMap::new()) };
}

/// A policy's instance, as one configuration uses it.
pub(super) struct Fused {
    policy: i32,
    tenancy: Tenancy,
}

/// What the module says of its policies.
pub(super) fn about_policies() -> Result<About, String> {
    // SAFETY: it takes nothing.
    let len = usize::try_from(unsafe { about_len() }).unwrap_or_default();
    let mut json = vec![0; len];
    // SAFETY: there is room for as much as it said.
    unsafe { about(json.as_mut_ptr()) };
    serde_json::from_slice(&json).map_err(|e| format!("what the module says of its policies: {e}"))
}

impl Fused {
    /// The policy of this number.
    pub(super) fn new(number: usize) -> Self {
        let policy = i32::try_from(number).unwrap_or(-1);
        Self { policy, tenancy: Tenancy::of(instance(policy)) }
    }

    /// The same, in an instance that did not fail.
    pub(super) fn ready(number: usize) -> Result<Self, Fault> {
        let fused = Self::new(number);
        match instance(fused.policy).failed {
            true => fused.reset().map(|()| fused),
            false => Ok(fused),
        }
    }
}

impl Core for Fused {
    fn call(&self, function: Function, arguments: &[u32], fuel: u64) -> Result<u32, Fault> {
        if !self.holds() {
            return Err(FaultKind::Trap.into());
        }
        let mut room = [0; ARGUMENTS];
        for (place, argument) in room.iter_mut().zip(arguments) {
            *place = *argument;
        }
        let fuel = i64::try_from(fuel).unwrap_or(i64::MAX);
        // SAFETY: there is room for as many arguments as any function has.
        let result = unsafe { call(self.policy, function as i32, room.as_ptr(), fuel) };
        ended().inspect_err(|_| update(self.policy, |instance| instance.failed = true))?;
        Ok(result.cast_unsigned())
    }

    fn read(&self, at: u32, into: &mut [u8]) -> Result<(), Fault> {
        // SAFETY: the address and the length are a slice's; the other ones are checked there.
        within(unsafe { read(self.policy, at, into.as_mut_ptr(), into.len()) })
    }

    fn write(&self, at: u32, bytes: &[u8]) -> Result<(), Fault> {
        // SAFETY: the address and the length are a slice's; the other ones are checked there.
        within(unsafe { write(self.policy, at, bytes.as_ptr(), bytes.len()) })
    }

    fn holds(&self) -> bool {
        self.tenancy.is_good(instance(self.policy))
    }

    fn reset(&self) -> Result<(), Fault> {
        if !update(self.policy, |instance| self.tenancy.renew(instance)) {
            return Ok(());
        }
        // SAFETY: it takes a number.
        unsafe { reset(self.policy) };
        ended().inspect_err(|_| update(self.policy, |instance| instance.failed = true))
    }
}

/// How the last call ended.
fn ended() -> Result<(), Fault> {
    // SAFETY: it takes nothing.
    let kind = match unsafe { fault() } {
        0 => return Ok(()),
        2 => FaultKind::Fuel,
        3 => FaultKind::Memory,
        4 => FaultKind::Stack,
        _ => FaultKind::Trap,
    };
    Err(kind.into())
}

fn within(outside: i32) -> Result<(), Fault> {
    if outside == 0 { Ok(()) } else { Err(FaultKind::Trap.into()) }
}

fn instance(policy: i32) -> Instance {
    INSTANCES.with_borrow(|instances| instances.get(&policy).copied().unwrap_or_default())
}

fn update<R>(policy: i32, change: impl FnOnce(&mut Instance) -> R) -> R {
    INSTANCES.with_borrow_mut(|instances| change(instances.entry(policy).or_default()))
}
