//! Bodies that say no: every provider's, in one table.
//!
//! They differ in where the sentence stands and agree in what it is. Details that are not listed
//! are text, as everywhere.

use std::sync::LazyLock;

use super::{Line, line, table};
use crate::{
    Kind::{Text, Token},
    Role::Other,
    Rule,
};

/// An error by itself, or as the event of a stream.
pub(super) const ERROR_LINES: &[Line] = &[
    line(Text, &["error", "error.message", "error.param"]).by(Other),
    line(Token, &["error.type", "error.code", "error.status"]),
];

const BODY: &[Line] = &[
    line(Text, &["message", "detail", "param"]).by(Other),
    line(Token, &["type", "code", "object", "id", "request_id", "requestId", "event_id"]),
];

/// The table of all of them. Gemini answers a stream's request with an array.
pub(super) static ERROR: LazyLock<Vec<Rule>> =
    LazyLock::new(|| table(&[("", ERROR_LINES), ("", BODY), ("[*]", ERROR_LINES), ("[*]", BODY)]));
