//! Ollama's chat, generate and embeddings.
//!
//! Whole or streamed, its documents have the same shape; only how texts go on differs. The
//! `context` of an answer is the text once more, as numbers that the next request brings back: it
//! may not leave where the text may not, and nobody can read it when it comes.

use std::sync::LazyLock;

use super::{Line, Tables, error::ERROR_LINES, line, table};
use crate::{
    Kind::{Blob, Close, Delta, MaybeJson, Name, Opaque, Role, Shadow, Text, Token, Zone},
    Role::{Assistant, Other, System, ToolCall, ToolResult, User},
};

pub(super) static CHAT: LazyLock<Tables> = LazyLock::new(|| Tables {
    request: table(&[("", SETTINGS), ("messages[*]", ASKED), ("messages[*]", MESSAGE)]),
    response: table(&[
        ("", ENVELOPE),
        ("", ERROR_LINES),
        ("message", ANSWER),
        ("message", MESSAGE),
    ]),
    event: table(&[
        ("", CLOSING),
        ("", ENVELOPE),
        ("", ERROR_LINES),
        ("message", DELTA),
        ("message", MESSAGE),
    ]),
});

pub(super) static GENERATE: LazyLock<Tables> = LazyLock::new(|| Tables {
    request: table(&[("", SETTINGS), ("", PROMPT)]),
    response: table(&[("", ENVELOPE), ("", ERROR_LINES), ("", GENERATED)]),
    event: table(&[("", CLOSING), ("", ENVELOPE), ("", ERROR_LINES), ("", GENERATED_DELTA)]),
});

pub(super) static EMBED: LazyLock<Tables> = LazyLock::new(|| Tables {
    request: table(&[("", SETTINGS), ("", EMBEDDED)]),
    response: table(&[("", ENVELOPE), ("", ERROR_LINES), ("", VECTORS)]),
    event: table(&[("", ENVELOPE), ("", ERROR_LINES), ("", VECTORS)]),
});

const SETTINGS: &[Line] = &[
    line(Token, &["model", "keep_alive", "think"]),
    line(Zone, &["tools[*]", "format"]).by(Other),
    line(Text, &["options.stop", "options.stop[*]"]).by(Other),
];

const ASKED: &[Line] = &[
    line(MaybeJson, &["content"]).when("role", &["tool"]),
    line(Text, &["thinking"]).by(Assistant),
];

/// What asked and answered messages have alike.
const MESSAGE: &[Line] = &[
    line(Role, &["role"]),
    line(Token, &["tool_call_id", "tool_calls[*].id", "tool_calls[*].type"]),
    line(Name, &["tool_name", "name"]).by(ToolResult),
    line(Name, &["tool_calls[*].function.name"]).by(ToolCall),
    line(Zone, &["tool_calls[*].function.arguments"]).by(ToolCall),
    line(Blob, &["images[*]"]),
];

const ANSWER: &[Line] = &[line(Text, &["content", "thinking"]).by(Assistant)];

const DELTA: &[Line] = &[line(Delta, &["content", "thinking"]).by(Assistant)];

const CLOSING: &[Line] = &[line(Close, &["done"])];

const ENVELOPE: &[Line] = &[
    line(Token, &["model", "remote_model", "created_at", "done_reason"]),
    line(Text, &["remote_host"]).by(Other),
    line(Shadow, &["logprobs"]),
];

const PROMPT: &[Line] = &[
    line(Text, &["prompt", "suffix"]).by(User),
    line(Text, &["system", "template"]).by(System),
    line(Blob, &["images[*]", "context"]),
];

const GENERATED: &[Line] = &[
    line(Text, &["response", "thinking"]).by(Assistant),
    line(Shadow, &["context"]),
    line(Blob, &["image"]),
];

const GENERATED_DELTA: &[Line] = &[
    line(Delta, &["response", "thinking"]).by(Assistant),
    line(Shadow, &["context"]),
    line(Blob, &["image"]),
];

const EMBEDDED: &[Line] = &[line(Text, &["input", "input[*]", "prompt"]).by(User)];

const VECTORS: &[Line] = &[line(Opaque, &["embedding", "embeddings"])];
