//! OpenAI's moderations: texts and images in, verdicts out.
//!
//! An answer has no text of its own.

use std::sync::LazyLock;

use crate::{
    Kind::{Link, Text, Token},
    Role::User,
    format::{Line, Tables, error::ERROR_LINES, line, table},
};

pub(in crate::format) static TABLES: LazyLock<Tables> = LazyLock::new(|| Tables {
    request: table(&[("", REQUEST)]),
    response: table(&[("", RESPONSE), ("", ERROR_LINES)]),
    event: table(&[("", RESPONSE), ("", ERROR_LINES)]),
});

const REQUEST: &[Line] = &[
    line(Token, &["model", "input[*].type"]),
    line(Text, &["input", "input[*]", "input[*].text"]).by(User),
    line(Link, &["input[*].image_url.url"]).by(User),
];

const RESPONSE: &[Line] =
    &[line(Token, &["id", "model", "results[*].category_applied_input_types.*[*]"])];
