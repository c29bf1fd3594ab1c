//! The real Envoy with the fused filter, over real sockets: the tests are the model and the client.
//!
//! Envoy is started once, and each test has a listener of its own, which Envoy takes up from a file
//! while it runs. `ENVOY` names the binary, or else it is the one that `scripts/envoy` installs.

mod bodies;
mod exchanges;
mod golden;
mod hostile;
mod hosts;
mod identity;
mod proxy;
mod resources;
mod stage;

#[path = "../gateway/claims.rs"]
mod claims;

#[path = "../gateway/stage.rs"]
#[allow(dead_code, reason = "the gateway's tests use more of it")]
mod gateway;

claims::claims! { stage::Stage, stage::run }
