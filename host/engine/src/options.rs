//! How policies are run: how far exchanges are kept apart, and what each may cost.

use std::path::PathBuf;
use std::time::Duration;

/// How an [`Engine`](crate::Engine) runs policies.
#[derive(Debug, Clone)]
pub struct Options {
    /// How far one exchange is kept from the next.
    pub isolation: Isolation,
    /// The folder where compiled code is kept; without it every load compiles. It holds machine
    /// code that will be run: nobody else may be able to write to it.
    pub cache: Option<PathBuf>,
    /// What one call of a policy may cost.
    pub limits: Limits,
    /// How many instances there may be at a time, of all policies together. An exchange needs one
    /// for each policy from its opening until it is dropped.
    pub instances: u32,
}

/// How far one exchange is kept from the next.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Isolation {
    /// Instances are used again, by one exchange after the other. One that failed never is.
    #[default]
    Pooled,
    /// Each exchange has instances of its own, so that no memory survives from one to the next.
    Exchange,
}

/// What one call of a policy may cost; a call beyond it is a fault. Configuring may cost
/// [`Limits::CONFIGURE`] times the fuel and the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// WebAssembly instructions, more or less: the same on every machine.
    pub fuel: u64,
    /// Wall-clock time, for what instructions do not measure.
    pub time: Duration,
    /// Bytes of memory, of all memories of an instance together.
    pub memory: usize,
}

impl Limits {
    /// How many times the fuel and the time of a call the compiling of settings may cost.
    pub const CONFIGURE: u32 = 20;
}

impl Default for Options {
    fn default() -> Self {
        Self {
            isolation: Isolation::default(),
            cache: None,
            limits: Limits::default(),
            instances: 1000,
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self { fuel: 1_000_000_000, time: Duration::from_secs(2), memory: 64 << 20 }
    }
}
