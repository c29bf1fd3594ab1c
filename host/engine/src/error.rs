//! What keeps a policy from being used, and where.

use std::fmt;

/// A component, a file, settings or an option that cannot be used. Its text is one line: the thing,
/// what is wrong with it, what was expected. Of prompts and answers it knows nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error(String);

impl Error {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The same at `place`.
    pub(crate) fn at(self, place: impl fmt::Display) -> Self {
        Self(format!("{place}: {}", self.0))
    }
}

impl fmt::Display for Error {
    /// Control characters are escaped: an error tells a terminal nothing.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        sandgate_inspect::Error::new(self.0.as_str()).fmt(f)
    }
}

impl std::error::Error for Error {}

impl From<sandgate_gate::Error> for Error {
    fn from(error: sandgate_gate::Error) -> Self {
        Self(error.to_string())
    }
}

impl From<sandgate_inspect::Error> for Error {
    fn from(error: sandgate_inspect::Error) -> Self {
        Self(error.to_string())
    }
}
