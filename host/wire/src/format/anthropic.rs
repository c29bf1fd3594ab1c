//! Anthropic messages: content blocks, and the events that bring them piece by piece.
//!
//! A block may hold blocks: a tool's result, a search result, a document made of text. They are
//! looked at three deep, as the API takes them; what is deeper is text without exception.

use std::sync::LazyLock;

use super::{Line, Tables, error::ERROR_LINES, line, table};
use crate::{
    Kind::{
        Blob, Close, Delta, Id, JsonDelta, Link, MaybeJson, Name, Opaque, Role, Text, Token, Zone,
    },
    Role::{Assistant, Other, System, ToolCall, ToolResult},
};

pub(super) static TABLES: LazyLock<Tables> = LazyLock::new(|| Tables {
    request: table(&[
        ("", REQUEST),
        ("messages[*].content[*]", BLOCK),
        ("messages[*].content[*].source.content[*]", INNER),
        ("messages[*].content[*].content[*]", RESULT),
        ("messages[*].content[*].content[*]", BLOCK),
        ("messages[*].content[*].content[*].source.content[*]", RESULT),
        ("messages[*].content[*].content[*].source.content[*]", INNER),
        ("messages[*].content[*].content[*].content[*]", RESULT),
        ("messages[*].content[*].content[*].content[*]", INNER),
    ]),
    response: table(&[
        ("", RESPONSE),
        ("", ERROR_LINES),
        ("content[*]", BLOCK),
        ("content[*].content[*]", RESULT),
        ("content[*].content[*]", BLOCK),
    ]),
    event: table(&[
        ("", EVENT),
        ("", ERROR_LINES),
        ("message", RESPONSE),
        ("message.content[*]", BLOCK),
        ("content_block", STARTED),
        ("content_block", BLOCK),
        ("content_block.content[*]", RESULT),
        ("content_block.content[*]", BLOCK),
        ("delta", DELTA),
    ]),
});

const REQUEST: &[Line] = &[
    line(Role, &["messages[*].role"]),
    line(Token, &["model", "service_tier", "container", "container.id", "inference_geo"]),
    line(Token, &["tool_choice.type", "thinking.type", "thinking.display", "output_config.effort"]),
    line(Token, &["cache_control.type", "cache_control.ttl", "speed"]),
    line(Token, &["anthropic_version", "anthropic_beta[*]", "betas[*]"]),
    line(Text, &["system", "system[*].text"]).by(System),
    line(Token, &["system[*].type", "system[*].cache_control.type"]),
    line(Token, &["system[*].cache_control.ttl"]),
    line(Text, &["stop_sequences[*]", "tool_choice.name"]).by(Other),
    line(Zone, &["metadata", "tools[*]", "mcp_servers[*]", "context_management"]).by(Other),
    line(Zone, &["output_format", "output_config.format"]).by(Other),
];

/// A content block of any type.
const BLOCK: &[Line] = &[
    line(Token, &["type", "id", "tool_use_id", "cache_control.type", "cache_control.ttl"]),
    line(Token, &["caller.type", "caller.tool_id"]),
    line(Name, &["name"]).by(ToolCall),
    line(Zone, &["input"]).by(ToolCall),
    line(Text, &["server_name"]).by(ToolCall),
    line(MaybeJson, &["content"]).by(ToolResult).when("type", &["tool_result", "mcp_tool_result"]),
    line(Text, &["thinking"]).by(Assistant),
    line(Opaque, &["signature"]).when("type", &["thinking"]),
    line(Opaque, &["data"]).when("type", &["redacted_thinking"]),
    line(Opaque, &["encrypted_content"]).when("type", &["web_search_result"]),
    line(Token, &["source.type", "source.media_type"]),
    line(Blob, &["source.data"]).when("type", &["base64"]),
    line(Link, &["source.url", "source.file_id"]),
    line(Link, &["file_id"]),
    line(Token, &["citations[*].type", "citations[*].file_id"]),
    line(Opaque, &["citations[*].encrypted_index"]).when("type", &["web_search_result_location"]),
    // The results of the provider's own tools are an object where others have blocks.
    line(Token, &["content.type", "content.error_code", "content.content.type"]),
    line(Token, &["content.content[*].type", "content.file_type"]),
    line(Text, &["content.stdout", "content.stderr", "content.url"]).by(ToolResult),
    line(Text, &["content.content", "content.content.title"]).by(ToolResult),
    line(Opaque, &["content.encrypted_stdout"]).when("type", &["encrypted_code_execution_result"]),
    line(Link, &["content.content[*].file_id"]).by(ToolResult),
    line(Token, &["content.content.source.type", "content.content.source.media_type"]),
    line(Blob, &["content.content.source.data"]).when("type", &["base64"]),
    line(MaybeJson, &["content.content.source.data"]).by(ToolResult),
];

/// A block that stands in another's source or result, where only plain ones may.
const INNER: &[Line] = &[
    line(Token, &["type", "cache_control.type", "cache_control.ttl"]),
    line(Token, &["source.type", "source.media_type"]),
    line(Blob, &["source.data"]).when("type", &["base64"]),
    line(Link, &["source.url", "source.file_id"]),
];

/// What a block is besides, where it stands in a tool's result.
const RESULT: &[Line] = &[
    line(MaybeJson, &["text"]).by(ToolResult),
    line(Text, &["title", "url", "page_age", "source", "tool_name"]).by(ToolResult),
    line(Text, &["source.data"]).by(ToolResult).when("type", &["text"]),
];

/// What a block is besides, when it starts: the model's, though no message around it says so.
const STARTED: &[Line] = &[line(Text, &["text"]).by(Assistant)];

const RESPONSE: &[Line] = &[
    line(Role, &["role"]),
    line(Token, &["id", "type", "model", "stop_reason", "container.id", "request_id"]),
    line(Text, &["stop_sequence", "content[*].text"]).by(Assistant),
    line(Token, &["context_management.applied_edits[*].type"]),
    line(Opaque, &["usage"]),
];

const EVENT: &[Line] = &[
    line(Close, &["type"]).when("type", &["content_block_stop", "message_stop", "error"]),
    line(Token, &["type", "request_id", "context_management.applied_edits[*].type"]),
    line(Id, &["index"]),
    line(Opaque, &["usage"]),
];

const DELTA: &[Line] = &[
    line(Token, &["type", "container.id"]),
    line(Delta, &["text", "thinking", "content"]).by(Assistant),
    line(JsonDelta, &["partial_json"]).by(ToolCall),
    line(Opaque, &["signature"]).when("type", &["signature_delta"]),
    line(Close, &["stop_reason"]),
    line(Text, &["stop_sequence"]).by(Assistant),
    line(Token, &["citation.type", "citation.file_id"]),
    line(Text, &["citation.cited_text", "citation.document_title"]).by(Assistant),
    line(Text, &["citation.title", "citation.url", "citation.source"]).by(Assistant),
    line(Opaque, &["citation.encrypted_index"]).when("type", &["web_search_result_location"]),
];
