//! The gate for browsers: what the npm package's JavaScript calls, through wasm-bindgen.
//!
//! The gate is compiled to WebAssembly once; the policies are modules beside it, which JavaScript
//! instantiates and keeps by number (`core`). JavaScript also brings everything that is
//! the environment's: bytes from the network, randomness, time, streams. A [`Draft`] becomes a
//! [`Gate`], which opens an [`Exchange`] for text and a [`Passage`] for a request with its response.
//!
//! Text comes in and never goes out: an [`Exchange`] answers offsets and what stands there instead,
//! and JavaScript cuts its own string. So what UTF-8 cannot say, a lone surrogate, is not lost where
//! nobody asked for an edit. Offsets are counted in UTF-16 on the way out, by a `ruler`.
//!
//! What it leaves out on purpose are types for JavaScript: the package's own modules wrap these
//! and are the interface.

mod core;
mod draft;
mod exchange;
mod gate;
mod passage;
mod ruler;

pub use draft::Draft;
pub use exchange::{Exchange, Restorer};
pub use gate::Gate;
pub use passage::Passage;
