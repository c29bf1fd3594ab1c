//! What keeps a policy from being used, and where.

use std::fmt::{self, Write};

/// A component, a file, settings or an option that cannot be used. Its text is one line: the thing,
/// what is wrong with it, what was expected. Of prompts and answers it knows nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error(String);

/// As long as an error of a policy's own making may be.
const MAX_FOREIGN: usize = 300;

impl Error {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The same at `place`.
    pub(crate) fn at(self, place: impl fmt::Display) -> Self {
        Self(format!("{place}: {}", self.0))
    }
}

/// Text that somebody else wrote, shortened.
pub(crate) fn foreign(text: &str) -> String {
    match text.char_indices().nth(MAX_FOREIGN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

impl fmt::Display for Error {
    /// Control characters are escaped: an error tells a terminal nothing.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|char| match char.is_control() {
            true => write!(f, "{}", char.escape_default()),
            false => f.write_char(char),
        })
    }
}

impl std::error::Error for Error {}

impl From<sandgate_gate::Error> for Error {
    fn from(error: sandgate_gate::Error) -> Self {
        Self(error.to_string())
    }
}
