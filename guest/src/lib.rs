//! The SDK that a policy's author sees.
//!
//! A policy is a struct that implements [`Policy`]: settings in, findings out. It is compiled once
//! per configuration and then shared by all exchanges; per part of text it makes a [`Scanner`].
//! Streaming comes from helpers: [`Sliding`] for detectors that need only what is near a match,
//! [`Whole`] for classifiers that need all of it. Both make findings independent of where chunks
//! were cut.
//!
//! ```
//! use sandgate_guest::prelude::*;
//!
//! /// Project names that are not public.
//! #[derive(Default)]
//! pub struct Codenames(Vec<String>);
//!
//! /// What is kept secret.
//! #[derive(Default, Deserialize, JsonSchema)]
//! #[serde(crate = "sandgate_guest::serde", default, deny_unknown_fields)]
//! #[schemars(crate = "sandgate_guest::schemars")]
//! pub struct Settings {
//!     /// The names, as they are written.
//!     names: Vec<String>,
//! }
//!
//! impl Policy for Codenames {
//!     type Settings = Settings;
//!     type Scanner = Sliding<Self>;
//!     fn rules() -> Vec<Rule> {
//!         vec![rule("CODENAME", Action::Redact, "A project name that is not public.")]
//!     }
//!     fn configure(settings: Settings, _assets: Vec<Asset>) -> Result<Self, String> {
//!         Ok(Self(settings.names))
//!     }
//!     fn scanner(self: Rc<Self>, _context: &Context, _part: &Part) -> Sliding<Self> {
//!         Sliding::new(self)
//!     }
//! }
//!
//! impl Detect for Codenames {
//!     fn detect(&self, window: Window<'_>, found: &mut Found) -> usize {
//!         for name in &self.0 {
//!             for (start, hit) in window.text.match_indices(name.as_str()) {
//!                 found.push("CODENAME", start..start + hit.len(), 100);
//!             }
//!         }
//!         // A name may have begun in the last bytes.
//!         let longest = self.0.iter().map(String::len).max().unwrap_or(0);
//!         window.text.len().saturating_sub(longest)
//!     }
//! }
//!
//! sandgate_guest::export!(Codenames, "Names of projects that are not public.");
//! # fn main() {}
//! ```

#[cfg(feature = "compile")]
pub mod compile;
mod dfa;
#[cfg(feature = "component")]
#[doc(hidden)]
pub mod glue;
#[cfg(not(target_arch = "wasm32"))]
pub mod native;
#[cfg(not(target_arch = "wasm32"))]
mod oracle;
mod policy;
mod sliding;
mod whole;

pub use dfa::{Attempt, Pattern};
pub use policy::{NoSettings, Policy, Scanner, manifest, rule};
pub use sliding::{CONTEXT, Detect, Found, Sliding, Window};
pub use whole::{Classify, Whole};

// Named by `export!` and by policies' derives.
pub use {schemars, serde, serde_json};

pub use bindings::exports::sandgate::guardrail::inspector::{
    Asset, Context, Direction, Finding, Part, Role, Step,
};
pub use sandgate_wit::{Action, Manifest, Rule};

/// What nearly every policy names.
pub mod prelude {
    pub use crate::{
        Action, Asset, Classify, Context, Detect, Direction, Found, NoSettings, Part, Policy, Role,
        Rule, Scanner, Sliding, Whole, Window, rule,
    };
    pub use schemars::JsonSchema;
    pub use serde::Deserialize;
    pub use std::rc::Rc;
}

#[allow(missing_docs, unsafe_code, unreachable_pub, clippy::all)]
#[doc(hidden)]
pub mod bindings {
    wit_bindgen::generate!({
        path: "../wit/v0.1.0",
        world: "guardrail",
        pub_export_macro: true,
        export_macro_name: "export_component",
        default_bindings_module: "sandgate_guest::bindings",
    });
}

/// Makes a crate a policy: exports the component where the feature `component` of this crate is
/// on, and gives the crate its `manifest()` and, in tests, its golden cases.
///
/// `export!(Type, "what it looks for")`, optionally followed by `rules_from: "/json/pointer"` to
/// the settings object whose keys are further rule names.
#[macro_export]
macro_rules! export {
    ($policy:ty, $description:literal $(, rules_from: $pointer:literal)?) => {
        /// What the component says of itself; the packer adds the golden cases' digest.
        pub fn manifest() -> $crate::Manifest {
            #[allow(unused_mut)]
            let mut manifest = $crate::manifest::<$policy>(
                env!("CARGO_PKG_NAME"),
                env!("CARGO_PKG_VERSION"),
                $description,
            );
            $(manifest.rules_from = Some($pointer.to_owned());)?
            manifest
        }

        #[cfg(test)]
        mod golden {
            #[allow(unused_imports)]
            use super::*;

            #[test]
            fn cases_hold_for_every_split() {
                let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
                $crate::native::check_cases::<$policy>(&folder.join("cases.yaml"));
            }
        }

        $crate::export_glue!($policy);
    };
}

/// The part of [`export!`] that only a component has.
#[cfg(feature = "component")]
#[doc(hidden)]
#[macro_export]
macro_rules! export_glue {
    ($policy:ty) => {
        #[allow(unsafe_code)]
        mod component {
            #[allow(unused_imports)]
            use super::*;

            type Glue = $crate::glue::Glue<$policy>;
            $crate::bindings::export_component!(Glue);
        }
    };
}

/// The part of [`export!`] that only a component has.
#[cfg(not(feature = "component"))]
#[doc(hidden)]
#[macro_export]
macro_rules! export_glue {
    ($policy:ty) => {};
}
