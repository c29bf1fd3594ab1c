//! Policies by name, for configurations that give a name and no file.

use std::borrow::Cow;
use std::collections::BTreeMap;

/// Components by name: what a program carries with it, or found in a folder.
#[derive(Clone, Default)]
pub struct Library(BTreeMap<String, Cow<'static, [u8]>>);

impl Library {
    /// A library of nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts a component in, in place of one of the same name.
    pub fn insert(&mut self, name: impl Into<String>, component: impl Into<Cow<'static, [u8]>>) {
        self.0.insert(name.into(), component.into());
    }

    /// The names, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The component of this name.
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        self.0.get(name).map(AsRef::as_ref)
    }
}

impl std::fmt::Debug for Library {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.names()).finish()
    }
}
