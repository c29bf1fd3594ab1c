//! From policy components to plain WebAssembly modules, for hosts that run nothing else.
//!
//! Envoy takes one core module, and browsers know no components. A policy's component holds core
//! modules, and what wires them together is a table of who is whose import: so it can be linked
//! into a plain module, of the very same code, and the host speaks the canonical ABI by hand.
//!
//! [`fuse`] links a filter and many policies into one module, for Envoy. Each policy keeps a memory
//! of its own, and the filter calls them through a few functions that are made here:
//!
//! | import of the filter | |
//! |---|---|
//! | `call(policy, function, arguments, fuel: i64) -> i32` | calls a function of the seam with the i32s that lie at `arguments` of the filter's memory |
//! | `fault() -> i32` | how the last call ended: 0 well, 1 trap, 2 fuel, 3 memory, 4 stack |
//! | `read(policy, from, to, len) -> i32` | from the policy's memory to the filter's; 1 where that is out of bounds |
//! | `write(policy, to, from, len) -> i32` | from the filter's memory to the policy's |
//! | `reset(policy) -> i32` | makes it as new: memory, globals, tables |
//! | `about_len() -> i32`, `about(to)` | a JSON document of the policies and their manifests |
//!
//! [`extract`] makes a module of one policy, for the browser: it imports nothing and exports
//! `memory`, the global `fuel`, and the functions of the seam by name.
//!
//! Neither engine limits what code may cost. So fuel is counted in the code itself; a policy that
//! uses it up, panics, or recurses without end is stopped where it is, and in the filter's module
//! that is an exception caught at its border: the fault of that policy alone. What the engine itself
//! traps on, like an access out of bounds, still ends the whole instance.

mod bridge;
mod browser;
mod component;
mod divide;
mod envoy;
mod equip;
mod limits;
mod link;
mod meter;
mod module;
mod output;
mod policy;
mod probe;
mod remap;
mod revive;
mod stack;
mod switch;

pub use browser::{SOURCE_SECTION, extract};
pub use envoy::{FUSED_SECTION, capabilities, fuse};
pub use limits::Limits;
pub use policy::Policy;
pub use probe::probe;
pub use sandgate_inspect::Error;
