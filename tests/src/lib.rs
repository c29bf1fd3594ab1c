//! What crosses rooms: the same cases on every host, who may name whom, tidiness.
//!
//! The tests themselves are under `tests/`; here is what several of them need.

pub mod bulky;
pub mod hostile;
pub mod policies;
pub mod texts;
