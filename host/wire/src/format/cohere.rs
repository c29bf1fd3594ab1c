//! Cohere chat, version 2.
//!
//! Its stream numbers contents, tool calls and citations from zero each; that they stand at
//! different places is what tells them apart. A plan has no number, and ends with its message.

use std::sync::LazyLock;

use super::{Line, Tables, error::ERROR_LINES, line, table};
use crate::{
    Kind::{
        Close, Delta, Id, Json, JsonDelta, Link, MaybeJson, Name, Opaque, Role, Shadow, Text,
        Token, Zone,
    },
    Role::{Assistant, Other, ToolCall, ToolResult},
};

pub(super) static TABLES: LazyLock<Tables> = LazyLock::new(|| Tables {
    request: table(&[("", REQUEST), ("messages[*]", MESSAGE), ("messages[*]", CITED)]),
    response: table(&[
        ("", RESPONSE),
        ("", ERROR_LINES),
        ("message", ANSWER),
        ("message", MESSAGE),
        ("message", CITED),
    ]),
    event: table(&[
        ("", EVENT),
        ("", ERROR_LINES),
        ("delta.message", DELTA),
        ("delta.message.citations", CITATION),
    ]),
});

const REQUEST: &[Line] = &[
    line(Token, &["model", "safety_mode", "tool_choice", "citation_options.mode"]),
    line(Token, &["response_format.type", "thinking.type", "reasoning_effort"]),
    line(Text, &["stop_sequences[*]", "documents[*]", "documents[*].id"]).by(Other),
    line(Zone, &["tools[*]", "documents[*].data"]).by(Other),
    line(Zone, &["response_format.json_schema", "response_format.schema"]).by(Other),
];

const MESSAGE: &[Line] = &[
    line(Role, &["role"]),
    line(Token, &["tool_call_id", "tool_calls[*].id", "tool_calls[*].type", "content[*].type"]),
    line(MaybeJson, &["content"]).when("role", &["tool"]),
    line(Zone, &["content[*].document.data"]).by(ToolResult),
    line(Text, &["content[*].document.id"]).by(ToolResult),
    line(Text, &["content[*].thinking", "tool_plan"]).by(Assistant),
    line(Link, &["content[*].image_url.url"]),
    line(Token, &["content[*].image_url.detail"]),
    line(Name, &["tool_calls[*].function.name"]).by(ToolCall),
    line(Json, &["tool_calls[*].function.arguments"]).by(ToolCall),
];

/// The citations of a message. They quote the model, and name what it read.
const CITED: &[Line] = &[
    line(Token, &["citations[*].type", "citations[*].sources[*].type"]),
    line(Text, &["citations[*].text"]).by(Assistant),
    line(Text, &["citations[*].sources[*].id"]).by(ToolResult),
    line(Zone, &["citations[*].sources[*].document"]).by(ToolResult),
    line(Zone, &["citations[*].sources[*].tool_output"]).by(ToolResult),
];

const ANSWER: &[Line] = &[line(Text, &["content[*].text"]).by(Assistant)];

const RESPONSE: &[Line] = &[
    line(Token, &["id", "finish_reason"]),
    line(Shadow, &["logprobs"]),
    line(Opaque, &["usage"]),
    line(Text, &["message"]).by(Other),
];

const EVENT: &[Line] = &[
    line(Close, &["type"]).when("type", &["content-end", "tool-call-end"]),
    line(Token, &["type", "id"]),
    line(Id, &["index"]),
    line(Shadow, &["logprobs"]),
    line(Close, &["delta.finish_reason"]),
    line(Opaque, &["delta.usage"]),
    line(Text, &["delta.error", "message"]).by(Other),
];

const DELTA: &[Line] = &[
    line(Role, &["role"]),
    line(Delta, &["content.text", "content.thinking", "tool_plan"]).by(Assistant),
    line(Token, &["content.type", "tool_calls.id", "tool_calls.type"]),
    line(Name, &["tool_calls.function.name"]).by(ToolCall),
    line(JsonDelta, &["tool_calls.function.arguments"]).by(ToolCall),
];

const CITATION: &[Line] = &[
    line(Token, &["type", "sources[*].type"]),
    line(Text, &["text"]).by(Assistant),
    line(Text, &["sources[*].id"]).by(ToolResult),
    line(Zone, &["sources[*].document", "sources[*].tool_output"]).by(ToolResult),
];
