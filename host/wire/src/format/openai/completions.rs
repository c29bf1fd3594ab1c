//! OpenAI's legacy completions, and Mistral's fill-in-the-middle, which answers with a message.
//!
//! A prompt may be a list of token ids: numbers that nobody can read, where a text was expected.

use std::sync::LazyLock;

use crate::{
    Kind::{Blob, Close, Delta, Id, Opaque, Role, Shadow, Text, Token, Zone},
    Role::{Assistant, Other, User},
    format::{Line, Tables, error::ERROR_LINES, line, table},
};

pub(in crate::format) static TABLES: LazyLock<Tables> = LazyLock::new(|| Tables {
    request: table(&[("", REQUEST)]),
    response: table(&[("", ENVELOPE), ("", ERROR_LINES), ("choices[*]", CHOICE)]),
    event: table(&[("", ENVELOPE), ("", ERROR_LINES), ("choices[*]", STREAMED_CHOICE)]),
});

const REQUEST: &[Line] = &[
    line(Token, &["model", "service_tier"]),
    line(Text, &["prompt", "prompt[*]", "suffix"]).by(User),
    line(Blob, &["prompt[*][*]"]),
    line(Text, &["user", "stop", "stop[*]"]).by(Other),
    line(Zone, &["metadata", "guided_json", "structured_outputs"]).by(Other),
];

const ENVELOPE: &[Line] = &[
    line(Token, &["id", "object", "model", "system_fingerprint", "service_tier", "obfuscation"]),
    line(Token, &["prompt_filter_results[*].content_filter_results.*.severity"]),
    line(Opaque, &["usage"]),
];

const CHOICE: &[Line] = &[
    line(Id, &["index"]),
    line(Text, &["text", "reasoning", "message.content"]).by(Assistant),
    line(Role, &["message.role"]),
    line(Token, &["finish_reason", "content_filter_results.*.severity"]),
    line(Shadow, &["logprobs", "prompt_logprobs"]),
];

const STREAMED_CHOICE: &[Line] = &[
    line(Id, &["index"]),
    line(Delta, &["text", "reasoning", "delta.content"]).by(Assistant),
    line(Role, &["delta.role"]),
    line(Close, &["finish_reason"]),
    line(Token, &["content_filter_results.*.severity"]),
    line(Shadow, &["logprobs", "prompt_logprobs"]),
];
