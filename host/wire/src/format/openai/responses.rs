//! OpenAI responses: items of many types, in requests, in answers and in the events of a stream.
//!
//! An item is written once and put wherever items stand: `input`, `output`, `item`, and the
//! response that the last event repeats. Every text of a stream comes again in its `….done` event,
//! in the item's and in the response's, and each of these is a text of its own.

use std::sync::LazyLock;

use crate::{
    Kind::{
        Blob, Close, Delta, Id, Json, JsonDelta, Link, MaybeJson, Name, Opaque, Role, Serial,
        Shadow, Text, Token, Zone,
    },
    Role::{Assistant, Other, System, ToolCall, ToolResult, User},
    format::{Line, Tables, error::ERROR_LINES, line, table},
};

pub(in crate::format) static TABLES: LazyLock<Tables> = LazyLock::new(|| Tables {
    request: table(&[
        ("", SETTINGS),
        ("", REQUEST),
        ("input[*]", ITEM),
        ("input[*].content[*]", CONTENT),
        ("input[*].output[*]", OUTPUT),
        ("items[*]", ITEM),
        ("items[*].content[*]", CONTENT),
        ("items[*].output[*]", OUTPUT),
    ]),
    response: table(&[
        ("", SETTINGS),
        ("", RESPONSE),
        ("", ERROR_LINES),
        ("", LIST),
        ("output[*]", ITEM),
        ("output[*].content[*]", CONTENT),
        ("output[*].output[*]", OUTPUT),
        ("data[*]", ITEM),
        ("data[*].content[*]", CONTENT),
        ("data[*].output[*]", OUTPUT),
        ("instructions[*]", ITEM),
        ("instructions[*].content[*]", CONTENT),
    ]),
    event: table(&[
        ("", EVENT),
        ("", ERROR_LINES),
        ("part", CONTENT),
        ("part", PART),
        ("annotation", ANNOTATION),
        ("item", ITEM),
        ("item.content[*]", CONTENT),
        ("item.output[*]", OUTPUT),
        ("response", SETTINGS),
        ("response", RESPONSE),
        ("response", ERROR_LINES),
        ("response.output[*]", ITEM),
        ("response.output[*].content[*]", CONTENT),
        ("response.output[*].output[*]", OUTPUT),
        ("response.instructions[*]", ITEM),
        ("response.instructions[*].content[*]", CONTENT),
    ]),
});

/// What a request says and its response repeats.
const SETTINGS: &[Line] = &[
    line(Token, &["model", "service_tier", "truncation", "previous_response_id", "conversation"]),
    line(Token, &["conversation.id", "prompt_cache_retention", "reasoning.effort"]),
    line(Token, &["reasoning.summary", "reasoning.generate_summary", "text.verbosity"]),
    line(Token, &["text.format.type", "tool_choice", "tool_choice.type", "tool_choice.mode"]),
    line(Token, &["prompt.id", "prompt.version", "prompt.variables.*.type"]),
    line(Text, &["instructions"]).by(System),
    line(Text, &["prompt.variables.*", "prompt.variables.*.text"]).by(User),
    line(Link, &["prompt.variables.*.image_url", "prompt.variables.*.file_url"]).by(User),
    line(Link, &["prompt.variables.*.file_id"]).by(User),
    line(Blob, &["prompt.variables.*.file_data"]),
    line(Text, &["user", "safety_identifier", "prompt_cache_key"]).by(Other),
    line(Text, &["tool_choice.name", "tool_choice.server_label"]).by(Other),
    line(Text, &["text.format.name", "text.format.description"]).by(Other),
    line(Zone, &["metadata", "tools[*]", "text.format.schema", "tool_choice.tools[*]"]).by(Other),
];

const REQUEST: &[Line] = &[line(Text, &["input"]).by(User), line(Token, &["include[*]"])];

const RESPONSE: &[Line] = &[
    line(Token, &["id", "object", "status", "incomplete_details.reason"]),
    line(Text, &["output_text"]).by(Assistant),
    line(Opaque, &["usage"]),
];

/// Where a page of stored items begins and ends.
const LIST: &[Line] = &[line(Token, &["first_id", "last_id"])];

/// An item of any type, but for the parts of its content and of its output.
const ITEM: &[Line] = &[
    line(Role, &["role"]),
    line(Token, &["type", "id", "call_id", "status", "phase", "container_id"]),
    line(Token, &["approval_request_id", "execution"]),
    line(Opaque, &["encrypted_content"]).when("type", &["reasoning", "compaction"]),
    line(Text, &["summary[*].text"]).by(Assistant),
    line(Token, &["summary[*].type"]),
    line(Name, &["name"]).by(ToolCall),
    line(Json, &["arguments"]).by(ToolCall),
    line(Text, &["input", "code", "namespace", "server_label", "queries[*]"]).by(ToolCall),
    line(Zone, &["action", "actions[*]", "operation"]).by(ToolCall),
    line(Token, &["pending_safety_checks[*].id", "pending_safety_checks[*].code"]),
    line(Token, &["acknowledged_safety_checks[*].id", "acknowledged_safety_checks[*].code"]),
    line(Text, &["pending_safety_checks[*].message"]).by(Other),
    line(Text, &["acknowledged_safety_checks[*].message"]).by(Other),
    line(MaybeJson, &["output"]).by(ToolResult),
    line(Token, &["output.type"]),
    line(Link, &["output.image_url", "output.file_id"]).by(ToolResult),
    line(Text, &["error", "error.message"]).by(ToolResult),
    line(Token, &["error.type"]),
    line(Text, &["results[*].text", "results[*].filename"]).by(ToolResult),
    line(Zone, &["results[*].attributes"]).by(ToolResult),
    line(Token, &["results[*].file_id"]),
    line(Text, &["outputs[*].logs"]).by(ToolResult),
    line(Link, &["outputs[*].url"]).by(ToolResult),
    line(Token, &["outputs[*].type"]),
    line(Blob, &["result"]).when("type", &["image_generation_call"]),
    line(Text, &["revised_prompt"]).by(Assistant),
    line(Token, &["background", "output_format", "quality", "size"]),
    line(Zone, &["tools[*]"]).by(Other),
    line(Text, &["reason"]).by(User),
];

/// One part of a message's content, or of a reasoning's.
const CONTENT: &[Line] = &[
    line(Token, &["type", "detail", "input_audio.format", "format"]),
    line(Text, &["text"]).by(Assistant).when("type", &["output_text", "reasoning_text"]),
    line(Text, &["refusal", "transcript"]).by(Assistant),
    line(Link, &["image_url", "file_url", "file_id"]),
    line(Blob, &["data", "audio"]).when("type", &["input_audio", "output_audio"]),
    line(Blob, &["file_data", "input_audio.data"]),
    line(Token, &["annotations[*].type", "annotations[*].file_id", "annotations[*].container_id"]),
    line(Text, &["annotations[*].url", "annotations[*].title"]).by(Assistant),
    line(Text, &["annotations[*].filename"]).by(Assistant),
    line(Shadow, &["logprobs"]),
];

/// One part of what a tool answered.
const OUTPUT: &[Line] = &[
    line(Token, &["type", "detail", "outcome.type"]),
    line(MaybeJson, &["text"]).by(ToolResult),
    line(Text, &["stdout", "stderr", "filename"]).by(ToolResult),
    line(Link, &["image_url", "file_url", "file_id"]).by(ToolResult),
    line(Blob, &["file_data"]),
];

/// A part that an event brings by itself: the model's, whatever its type.
const PART: &[Line] = &[line(Text, &["text"]).by(Assistant)];

const ANNOTATION: &[Line] = &[
    line(Token, &["type", "file_id", "container_id"]),
    line(Text, &["url", "title", "filename"]).by(Assistant),
];

const EVENT: &[Line] = &[
    line(Close, &["type"]).when("type", LAST),
    line(Text, &["code"]).by(ToolCall).when("type", &["response.code_interpreter_call_code.done"]),
    line(Token, &["type", "obfuscation", "code", "response_id", "event_id"]),
    line(Id, &["item_id", "output_index", "content_index", "summary_index"]),
    line(Serial, &["sequence_number"]),
    line(JsonDelta, &["delta"]).by(ToolCall).when("type", ARGUMENTS),
    line(Delta, &["delta"]).by(ToolCall).when("type", CODE),
    line(Blob, &["delta"]).when("type", &["response.audio.delta", "response.output_audio.delta"]),
    line(Delta, &["delta"]).by(Assistant).when("type", &["response.refusal.delta"]),
    line(Delta, &["delta"]).by(Assistant).when("type", TRANSCRIPT),
    line(Delta, &["delta"]).by(Assistant),
    line(Text, &["text", "refusal", "transcript"]).by(Assistant),
    line(Name, &["name"]).by(ToolCall),
    line(Json, &["arguments"]).by(ToolCall),
    line(Text, &["input"]).by(ToolCall),
    line(Text, &["message", "param"]).by(Other),
    line(Blob, &["partial_image_b64"]),
    line(Token, &["background", "output_format", "quality", "size"]),
    line(Shadow, &["logprobs"]),
];

const ARGUMENTS: &[&str] = &[
    "response.function_call_arguments.delta",
    "response.mcp_call_arguments.delta",
    "response.mcp_call.arguments.delta",
];

const CODE: &[&str] =
    &["response.code_interpreter_call_code.delta", "response.custom_tool_call_input.delta"];

const TRANSCRIPT: &[&str] =
    &["response.audio.transcript.delta", "response.output_audio_transcript.delta"];

/// After these nothing is added to what they name, or to anything where they name nothing. A
/// transcript's end is not among them: it names nothing, and other texts go on.
const LAST: &[&str] = &[
    "response.output_text.done",
    "response.refusal.done",
    "response.reasoning_text.done",
    "response.reasoning_summary_text.done",
    "response.reasoning_summary_part.done",
    "response.content_part.done",
    "response.output_item.done",
    "response.function_call_arguments.done",
    "response.mcp_call_arguments.done",
    "response.mcp_call.arguments.done",
    "response.code_interpreter_call_code.done",
    "response.custom_tool_call_input.done",
    "response.completed",
    "response.incomplete",
    "response.failed",
    "response.cancelled",
    "error",
];
