//! OpenAI's embeddings: texts in, vectors out.
//!
//! A vector comes as numbers or as base64 of the same, and is nobody's text. An input of token ids
//! is somebody's, and cannot be read.

use std::sync::LazyLock;

use crate::{
    Kind::{Blob, Link, Opaque, Text, Token},
    Role::{Other, User},
    format::{Line, Tables, error::ERROR_LINES, line, table},
};

pub(in crate::format) static TABLES: LazyLock<Tables> = LazyLock::new(|| Tables {
    request: table(&[("", REQUEST)]),
    response: table(&[("", RESPONSE), ("", ERROR_LINES)]),
    event: table(&[("", RESPONSE), ("", ERROR_LINES)]),
});

const REQUEST: &[Line] = &[
    line(Token, &["model", "encoding_format", "input_type", "truncate", "input[*].type"]),
    line(Text, &["input", "input[*]", "input[*].text"]).by(User),
    line(Link, &["input[*].image_url.url"]).by(User),
    line(Blob, &["input[*][*]"]),
    line(Text, &["user"]).by(Other),
];

const RESPONSE: &[Line] = &[
    line(Token, &["id", "object", "model", "data[*].object"]),
    line(Opaque, &["data[*].embedding", "usage"]),
];
