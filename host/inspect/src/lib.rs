//! What a component says of itself, read without running or compiling anything.
//!
//! Whoever takes a policy begins here: the engine that runs it, and the fuser that makes a plain
//! module of it. So a file is a policy for both of them or for neither.

mod error;
mod inspect;

pub use error::{Error, foreign};
pub use inspect::{EXPORT, Inspection, digest, inspect};
