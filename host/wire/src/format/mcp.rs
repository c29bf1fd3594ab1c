//! The Model Context Protocol over HTTP: JSON-RPC, one message or a list of them.
//!
//! Requests, answers and notifications travel both ways, so one table holds for all bodies. What a
//! message is about stands in its `method`, which its answer does not repeat: the table goes by
//! the names of the fields, which the protocol uses for one thing each.

use std::sync::LazyLock;

use super::{Line, Tables, line, table};
use crate::{
    Kind::{Blob, Link, MaybeJson, Name, Role, Text, Token, Zone},
    Role::{Other, System, ToolCall, ToolResult},
    Rule,
};

pub(super) static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    let both = || [message(""), message("[*]")].concat();
    Tables { request: both(), response: both(), event: both() }
});

/// Where content blocks stand that are somebody's message.
const SPOKEN: [&str; 5] = [
    "params.messages[*].content",
    "params.messages[*].content[*]",
    "result.messages[*].content",
    "result.messages[*].content[*]",
    "result.content",
];

/// Where those of a tool stand.
const ANSWERED: &str = "result.content[*]";

/// A message at this place: at the root, or in a list.
fn message(place: &str) -> Vec<Rule> {
    let at = |path: &str| if place.is_empty() { path.into() } else { format!("{place}.{path}") };
    let mut rules = table(&[(place, MESSAGE), (&at(ANSWERED), RESULT)]);
    for path in SPOKEN.into_iter().chain([ANSWERED]) {
        let inner = format!("{}.content[*]", at(path));
        rules.extend(table(&[(&at(path), CONTENT), (&inner, RESULT), (&inner, CONTENT)]));
    }
    rules
}

const MESSAGE: &[Line] = &[
    line(Token, &["jsonrpc", "id", "method"]),
    // Asked.
    line(Name, &["params.name"]).by(ToolCall),
    line(Zone, &["params.arguments", "params.argument", "params.context"]).by(ToolCall),
    line(Text, &["params.uri", "params.ref.name", "params.ref.uri"]).by(ToolCall),
    line(Token, &["params.ref.type", "params.cursor", "params.protocolVersion"]),
    line(Zone, &["params.clientInfo", "params.capabilities", "params._meta"]).by(Other),
    line(Role, &["params.messages[*].role"]),
    line(Text, &["params.systemPrompt"]).by(System),
    line(Zone, &["params.modelPreferences", "params.metadata", "params.tools[*]"]).by(Other),
    line(Token, &["params.includeContext", "params.toolChoice.mode", "params.mode"]),
    line(Text, &["params.stopSequences[*]", "params.message", "params.reason"]).by(Other),
    line(Zone, &["params.requestedSchema"]).by(Other),
    line(Link, &["params.url"]).by(Other),
    line(Token, &["params.elicitationId", "params.taskId", "params.status"]),
    line(Token, &["params.level", "params.progressToken", "params.requestId"]),
    line(Text, &["params.logger"]).by(Other),
    line(Zone, &["params.data"]).by(Other),
    // Answered.
    line(Token, &["result.protocolVersion", "result.nextCursor", "result.model"]),
    line(Token, &["result.stopReason", "result.action", "result.task.taskId"]),
    line(Token, &["result.task.status", "result.task.createdAt", "result.task.lastUpdatedAt"]),
    line(Zone, &["result.serverInfo", "result.capabilities", "result._meta"]).by(Other),
    line(Text, &["result.instructions", "result.description"]).by(Other),
    line(Zone, &["result.tools[*]", "result.prompts[*]", "result.resources[*]"]).by(Other),
    line(Zone, &["result.resourceTemplates[*]", "result.roots[*]"]).by(Other),
    line(Zone, &["result.structuredContent"]).by(ToolResult),
    line(Role, &["result.role", "result.messages[*].role"]),
    line(Text, &["result.contents[*].uri", "result.completion.values[*]"]).by(ToolResult),
    line(Token, &["result.contents[*].mimeType"]),
    line(MaybeJson, &["result.contents[*].text"]).by(ToolResult),
    line(Blob, &["result.contents[*].blob"]),
    line(Zone, &["result.contents[*]._meta"]).by(Other),
    // Refused.
    line(Text, &["error.message"]).by(Other),
    line(Zone, &["error.data"]).by(Other),
];

/// A content block of any type.
const CONTENT: &[Line] = &[
    line(Token, &["type", "mimeType", "id", "toolUseId"]).when("type", TYPES),
    line(Token, &["resource.mimeType"]),
    line(Blob, &["data"]).when("type", &["image", "audio"]),
    line(Blob, &["resource.blob"]),
    line(MaybeJson, &["resource.text"]).by(ToolResult),
    line(Text, &["resource.uri"]).by(ToolResult),
    line(Link, &["uri"]).by(ToolResult).when("type", &["resource_link"]),
    line(Name, &["name"]).by(ToolCall).when("type", &["tool_use"]),
    line(Zone, &["input"]).by(ToolCall).when("type", &["tool_use"]),
    line(Zone, &["structuredContent"]).by(ToolResult).when("type", &["tool_result"]),
    line(Token, &["annotations.audience[*]", "annotations.lastModified"]),
    line(Zone, &["_meta", "resource._meta"]).by(Other),
];

/// The types of content blocks. An answer may hold a person's own fields at the same place.
const TYPES: &[&str] =
    &["text", "image", "audio", "resource", "resource_link", "tool_use", "tool_result"];

/// What a block is besides, where it stands in a tool's result.
const RESULT: &[Line] = &[
    line(MaybeJson, &["text"]).by(ToolResult),
    line(Text, &["name", "title", "description"]).by(ToolResult).when("type", &["resource_link"]),
];
