//! JSON as it is spelled: where its strings stand, and what their escapes say.

mod escape;
mod lexer;

pub(crate) use escape::{Unescaper, escape_into};
pub(crate) use lexer::{Lexer, Mark, is_number};
