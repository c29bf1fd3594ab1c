//! The contract's calls on core WebAssembly, for hosts that have no component model.
//!
//! Envoy and browsers run core modules, and the contract is one fixed interface. So its calls are
//! lowered and lifted here by hand, as the component model's canonical ABI says
//! (<https://github.com/WebAssembly/component-model/blob/main/design/mvp/CanonicalABI.md>), over a
//! [`Core`] that each host brings: it calls a function by number, and copies in and out of a memory.
//! Handles are identities: what `resource.new` answers is the representation itself.
//!
//! All exchanges share one instance of a policy. What a fault leaves behind in its memory nobody can
//! know, so the instance is made new before it is asked again, and exchanges that were open in it
//! answer a fault from then on.
//!
//! Nothing here believes a policy: addresses, lengths, UTF-8 and tags are checked, and a
//! [`sandgate_gate::Exchange`] checks what they mean.

mod configured;
mod core;
mod lift;
mod lower;
mod session;

pub use configured::{Configured, Failure, Limits};
pub use core::{Core, Function};
