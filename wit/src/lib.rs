//! The contract between policies and hosts: everything that both sides must read alike.
//!
//! The calls are WIT, in `wit/v0.1.0/`, and each side generates its own bindings from it. What is
//! data is here: the [`Manifest`] that travels in a component's custom section, the [`Action`]s
//! it may propose, and the golden [`Cases`] that every host must answer alike.
//! Nothing here reads a file or runs a component.

mod action;
mod cases;
mod manifest;

pub use action::Action;
pub use cases::{Case, Cases, Expected};
pub use manifest::{MANIFEST_SECTION, Manifest, Rule};

/// The contract's version: a component exports `sandgate:guardrail/inspector@` this.
pub const VERSION: &str = "0.1.0";
