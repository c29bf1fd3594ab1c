//! What keeps a component from being used, and where.

use std::fmt::{self, Write};

/// A component that cannot be used. Its text is one line: the thing, what is wrong with it, what
/// was expected. Of prompts and answers it knows nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error(String);

/// As long as an error of a policy's own making may be.
const MAX_FOREIGN: usize = 300;

impl Error {
    /// An error of this text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The same at `place`.
    #[must_use]
    pub fn at(self, place: impl fmt::Display) -> Self {
        Self(format!("{place}: {}", self.0))
    }
}

/// Text that somebody else wrote, shortened.
pub fn foreign(text: &str) -> String {
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
