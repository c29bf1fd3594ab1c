//! What a fused policy may take.

use crate::link::PAGE;

/// What each policy of a fused module may take. Its fuel is said with each call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of memory, of a policy.
    pub memory: u64,
    /// Bytes of memory, of the filter around them.
    pub filter_memory: u64,
    /// Entries of a table.
    pub table: u64,
    /// Bytes of stack that functions which call themselves may take, as estimated from their
    /// locals.
    pub stack: u32,
    /// Fuel for what runs when a policy is instantiated, where nobody says how much.
    pub start: u64,
}

impl Limits {
    /// So many pages, and fewer than there are addresses for.
    pub(crate) fn pages(bytes: u64) -> u64 {
        (bytes / PAGE).min(u16::MAX.into())
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            memory: 64 << 20,
            filter_memory: 256 << 20,
            table: 20_000,
            stack: 512 << 10,
            start: 1_000_000_000,
        }
    }
}
