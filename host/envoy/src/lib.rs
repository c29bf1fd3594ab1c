//! The filter in Envoy: every request and every response passes the policies inside the proxy, with no
//! hop and no sidecar.
//!
//! What passes and how is the gate's business ([`sandgate_gate::Transit`]), as in the gateway; here
//! is what Envoy says and wants to hear. [`Filter`] takes the steps of one HTTP stream over a
//! [`Host`], which is Envoy, or a test. The policies are core modules that the linker fused with
//! this one, each with a memory of its own; a policy that fails is a fault of that policy.
//!
//! # Configuration
//! The plugin's configuration is the document that is `sandgate.yaml` elsewhere, as JSON, and a wrong
//! one is refused at load. What is different here:
//! - policies are those that were fused, by name; `digest` is checked, `use` is not looked at, and
//!   `assets` are refused, as there are no files;
//! - `key` has to be `{ value: … }`, the same on every replica. Without one nothing can be hashed
//!   or pseudonymized: there is no randomness either;
//! - `identity` may be a JWT's claim or a client certificate that Envoy checked;
//! - `limits.body` is at most Envoy's `per_connection_buffer_limit_bytes` (1 MiB unless it is set):
//!   beyond that Envoy answers 413 to a request and 500 to a response;
//! - `limits.held_ms` is looked at when more of a stream comes, as nothing can be sent in between;
//! - a stream that is refused has its last event at once and nothing after it, but is over when the
//!   upstream's is: a filter can break a response off, and not end it.
//!
//! The plugin needs `allow_on_headers_stop_iteration: true`. Where that cannot be set, `envoy: {
//! headers: pass }` lets heads go on at once, without `content-length`: bodies wait as before, a
//! request is refused as before, but a refused response has the status that it came with, and a
//! compressed body that has to be edited is refused (415) or broken off.
//!
//! # What is told
//! `x-sandgate` and `x-sandgate-policies` in responses; counters `sandgate.…` with their labels in
//! the name; and for access logs the filter state `wasm.sandgate.decision`, `.refused`,
//! `.findings`, `.faults` and `.unscannable`.

mod filter;
mod head;
mod host;
mod problem;
mod record;
mod setting;

#[cfg(target_arch = "wasm32")]
mod abi;
#[cfg(any(test, target_arch = "wasm32"))]
mod pairs;
#[cfg(any(test, target_arch = "wasm32"))]
mod tenancy;

pub use filter::Filter;
pub use head::Headers;
pub use host::{Answer, Declined, Host, Next};
pub use setting::{About, Fused, Misfit, Setting};
