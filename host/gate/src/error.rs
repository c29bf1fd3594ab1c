//! What is wrong with a configuration, and where.

use std::fmt::{self, Write};

/// A configuration that cannot be used. Its text names the file, the line, the key, the value and
/// what was expected; of prompts and answers it knows nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    file: Option<String>,
    line: Option<u64>,
    place: String,
    problem: String,
}

impl Error {
    pub(crate) fn at(place: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { file: None, line: None, place: place.into(), problem: problem.into() }
    }

    pub(crate) fn in_file(mut self, name: &str) -> Self {
        self.file = Some(name.to_owned());
        self
    }

    pub(crate) fn on_line(mut self, line: Option<u64>) -> Self {
        self.line = line;
        self
    }

    /// The key that is wrong, as `policies.pii.threshold`; empty where the document is no
    /// document at all.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// The line it stands on, from 1, where that is known.
    pub fn line(&self) -> Option<u64> {
        self.line
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(file) = &self.file {
            write!(f, "{file}:")?;
            if let Some(line) = self.line {
                write!(f, "{line}:")?;
            }
            f.write_str(" ")?;
        }
        if !self.place.is_empty() {
            visible(f, &self.place)?;
            f.write_str(": ")?;
        }
        visible(f, &self.problem)
    }
}

/// Keys and values are whatever somebody typed: an error of theirs stays one line, and tells a
/// terminal nothing.
fn visible(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    text.chars().try_for_each(|char| match char.is_control() {
        true => write!(f, "{}", char.escape_default()),
        false => f.write_char(char),
    })
}

impl std::error::Error for Error {}
