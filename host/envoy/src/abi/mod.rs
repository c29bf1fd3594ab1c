//! The border with Envoy: what it calls, what is called of it, and the policies beside.
//!
//! This is proxy-wasm's ABI 0.2.1 written out, and not its SDK, for three things that the SDK
//! cannot do. It panics on every status that it does not expect, and a panic takes the VM with all
//! exchanges of its worker. It holds a borrow while a filter runs, and panics where Envoy answers
//! a request from inside of a call, as it does when an edited body outgrows Envoy's buffer. And it
//! believes that every number is a status that it knows.

mod calls;
mod entry;
mod seam;
