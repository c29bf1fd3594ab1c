//! Runs policy components on wasmtime, under hard limits.
//!
//! A policy comes from somebody else, and looks at text that nobody else may see. So it runs
//! without a single import, on a budget of fuel, memory and time for each call, and whatever it
//! answers is checked. One that traps, loops or answers nonsense is a fault of its own: the
//! program around it and the other exchanges go on.
//!
//! ```
//! use std::path::Path;
//! use sandgate_engine::{Engine, Library, Options};
//! use sandgate_gate::Config;
//!
//! let engine = Engine::new(Options::default())?;
//! let config = Config::from_yaml("policies: {}", "sandgate.yaml")?;
//! let guard = engine.guard(&config, &Library::new(), Path::new("."))?;
//! let outcome = guard.check("my card is 4111 1111 1111 1111");
//! println!("{:?}: {}", outcome.decision, outcome.text);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A policy's file is named in the configuration (`codenames: { use: ./codenames.wasm }`), or put
//! into the [`Library`] by name. [`Guard::open`] is for text that comes in chunks; the crate
//! `sandgate-gate` has its words.
//!
//! This is the only crate that names wasmtime. It reads files where configuration names them, and
//! keeps compiled code in a folder where [`Options::cache`] says so.

mod cache;
mod contract;
mod engine;
mod error;
mod files;
mod guard;
mod instance;
mod library;
mod options;
mod plain;
mod policy;
mod session;
mod settings;
mod spares;

pub use engine::Engine;
pub use error::Error;
pub use files::secret;
pub use guard::Guard;
pub use library::Library;
pub use options::{Isolation, Limits, Options};
pub use plain::{Extracted, Fused, Tenant};
pub use policy::{Configured, Policy};
pub use sandgate_gate::{GuardPolicy, Outcome};
pub use sandgate_inspect::{Inspection, digest, inspect};
