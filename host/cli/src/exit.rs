//! What the process says of itself when it ends.

use std::process::ExitCode;

/// An exit code. Every subcommand's help says what its codes mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Everything went as asked.
    Clean,
    /// It worked, and the answer is no: a text is refused, a golden case fails.
    Blocked,
    /// Something could not be read, loaded or written.
    Error,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Clean => Self::SUCCESS,
            Exit::Blocked => Self::from(1),
            Exit::Error => Self::from(2),
        }
    }
}
