//! OpenAI's image generations and edits: a prompt in, images out.
//!
//! Forms that are sent as `multipart/form-data` have the same fields under the same names.

use std::sync::LazyLock;

use crate::{
    Kind::{Blob, Link, Opaque, Text, Token},
    Role::{Assistant, Other, User},
    format::{Line, Tables, error::ERROR_LINES, line, table},
};

pub(in crate::format) static TABLES: LazyLock<Tables> = LazyLock::new(|| Tables {
    request: table(&[("", REQUEST), ("", SETTINGS)]),
    response: table(&[("", RESPONSE), ("", SETTINGS), ("", ERROR_LINES)]),
    event: table(&[("", EVENT), ("", SETTINGS), ("", ERROR_LINES)]),
});

/// What an image looks like, which answers repeat.
const SETTINGS: &[Line] = &[
    line(Token, &["model", "size", "quality", "style", "background", "output_format"]),
    line(Token, &["response_format", "moderation", "input_fidelity"]),
];

const REQUEST: &[Line] = &[
    line(Text, &["prompt", "negative_prompt"]).by(User),
    line(Text, &["user"]).by(Other),
    line(Blob, &["image", "mask"]),
    line(Link, &["images[*].image_url", "images[*].file_id"]),
];

const RESPONSE: &[Line] = &[
    line(Text, &["data[*].revised_prompt"]).by(Assistant),
    line(Blob, &["data[*].b64_json"]),
    line(Link, &["data[*].url"]).by(Assistant),
    line(Opaque, &["usage"]),
];

const EVENT: &[Line] = &[
    line(Token, &["type"]),
    line(Blob, &["b64_json"]),
    line(Text, &["revised_prompt"]).by(Assistant),
    line(Link, &["url"]).by(Assistant),
    line(Opaque, &["usage"]),
];
