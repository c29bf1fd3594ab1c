//! OpenAI chat completions, as OpenAI, Azure and compatible servers speak it.
//!
//! The text of a tool's message may be JSON, and is read as such where it is a string. Tools and
//! schemas are seen as the JSON they are, since their keys are somebody's words as well.

use std::sync::LazyLock;

use crate::{
    Kind::{
        Blob, Close, Delta, Id, Json, JsonDelta, Link, MaybeJson, Name, Opaque, Role, Shadow, Text,
        Token, Zone,
    },
    Role::{Assistant, Other, ToolCall},
    format::{Line, Tables, error::ERROR_LINES, line, table},
};

pub(in crate::format) static TABLES: LazyLock<Tables> = LazyLock::new(|| Tables {
    request: table(&[
        ("", REQUEST),
        ("messages[*]", ASKED),
        ("messages[*]", MESSAGE),
        ("messages[*].content[*]", CONTENT),
        ("prediction.content[*]", PREDICTION),
    ]),
    response: table(&[
        ("", ENVELOPE),
        ("", ERROR_LINES),
        ("choices[*]", CHOICE),
        ("choices[*].message", ANSWER),
        ("choices[*].message", MESSAGE),
        ("choices[*].message.content[*]", CONTENT),
    ]),
    event: table(&[
        ("", ENVELOPE),
        ("", ERROR_LINES),
        ("choices[*]", STREAMED_CHOICE),
        ("choices[*].delta", DELTA),
        ("choices[*].message", ANSWER),
        ("choices[*].message", MESSAGE),
        ("choices[*].message.content[*]", CONTENT),
    ]),
});

const REQUEST: &[Line] = &[
    line(Token, &["model", "service_tier", "reasoning_effort", "verbosity", "modalities[*]"]),
    line(Token, &["prompt_cache_retention", "audio.voice", "audio.format"]),
    line(Token, &["tool_choice", "tool_choice.type", "tool_choice.allowed_tools.mode"]),
    line(Token, &["function_call", "response_format.type", "prediction.type"]),
    line(Token, &["web_search_options.search_context_size"]),
    line(Text, &["user", "safety_identifier", "prompt_cache_key", "stop", "stop[*]"]).by(Other),
    line(Text, &["tool_choice.function.name", "tool_choice.custom.name"]).by(Other),
    line(Text, &["function_call.name", "prediction.content"]).by(Other),
    line(Zone, &["metadata", "tools[*]", "functions[*]", "response_format.json_schema"]).by(Other),
    line(Zone, &["response_format.schema", "tool_choice.allowed_tools.tools[*]"]).by(Other),
    line(Zone, &["web_search_options.user_location", "data_sources[*]"]).by(Other),
    line(Zone, &["guided_json", "structured_outputs"]).by(Other),
];

const PREDICTION: &[Line] = &[line(Token, &["type"]), line(Text, &["text"]).by(Other)];

/// What a tool answered.
const ASKED: &[Line] = &[line(MaybeJson, &["content"]).when("role", &["tool", "function"])];

/// A message, asked or answered.
const MESSAGE: &[Line] = &[
    line(Role, &["role"]),
    line(Name, &["name"]),
    line(Token, &["tool_call_id", "tool_calls[*].id", "tool_calls[*].type", "audio.id"]),
    line(Text, &["refusal", "reasoning_content", "reasoning"]).by(Assistant),
    line(Text, &["reasoning_details[*].text", "reasoning_details[*].summary"]).by(Assistant),
    line(Token, &["reasoning_details[*].type", "reasoning_details[*].id"]),
    line(Token, &["reasoning_details[*].format"]),
    line(Opaque, &["reasoning_details[*].data"]).when("type", &["reasoning.encrypted"]),
    line(Opaque, &["reasoning_details[*].signature"]).when("type", &["reasoning.text"]),
    line(Name, &["tool_calls[*].function.name", "tool_calls[*].custom.name"]).by(ToolCall),
    line(Json, &["tool_calls[*].function.arguments", "function_call.arguments"]).by(ToolCall),
    line(Text, &["tool_calls[*].custom.input"]).by(ToolCall),
    line(Name, &["function_call.name"]).by(ToolCall),
    line(Token, &["annotations[*].type", "images[*].type", "images[*].image_url.detail"]),
    line(Link, &["images[*].image_url.url"]),
    line(Blob, &["audio.data"]),
];

/// One part of a message's content.
const CONTENT: &[Line] = &[
    line(Token, &["type", "image_url.detail", "input_audio.format"]),
    line(Token, &["cache_control.type", "cache_control.ttl"]),
    line(Link, &["image_url", "image_url.url", "video_url", "video_url.url"]),
    line(Link, &["audio_url", "audio_url.url", "file.file_id"]),
    line(Blob, &["input_audio.data", "file.file_data"]),
    line(Text, &["refusal"]).by(Assistant),
];

/// What holds for the message of an answer, whether or not it says its role.
const ANSWER: &[Line] = &[
    line(Text, &["content", "content[*].text", "audio.transcript"]).by(Assistant),
    line(Text, &["annotations[*].url_citation.url", "annotations[*].url_citation.title"])
        .by(Assistant),
];

/// What stands around the choices.
const ENVELOPE: &[Line] = &[
    line(Token, &["id", "object", "model", "system_fingerprint", "service_tier", "provider"]),
    line(Token, &["obfuscation"]),
    line(Opaque, &["usage"]),
    line(Text, &["citations[*]", "search_results[*].title", "search_results[*].url"]).by(Assistant),
    line(Token, &["prompt_filter_results[*].content_filter_results.*.severity"]),
    line(Zone, &["metadata"]).by(Other),
];

const CHOICE: &[Line] = &[
    line(Id, &["index"]),
    line(Token, &["finish_reason", "native_finish_reason"]),
    line(Token, &["content_filter_results.*.severity"]),
    line(Shadow, &["logprobs"]),
];

const STREAMED_CHOICE: &[Line] = &[
    line(Id, &["index"]),
    line(Close, &["finish_reason"]),
    line(Token, &["native_finish_reason", "content_filter_results.*.severity"]),
    line(Shadow, &["logprobs"]),
];

/// What an event adds to a message.
const DELTA: &[Line] = &[
    line(Role, &["role"]),
    line(Delta, &["content", "content[*].text", "content[*].thinking[*].text"]).by(Assistant),
    line(Token, &["content[*].type", "content[*].thinking[*].type"]),
    line(Delta, &["refusal", "reasoning_content", "reasoning", "reasoning_text"]).by(Assistant),
    line(Delta, &["thinking", "audio.transcript"]).by(Assistant),
    line(Id, &["reasoning_details[*].index", "tool_calls[*].index"]),
    line(Delta, &["reasoning_details[*].text", "reasoning_details[*].summary"]).by(Assistant),
    line(Token, &["reasoning_details[*].type", "reasoning_details[*].id"]),
    line(Token, &["reasoning_details[*].format"]),
    line(Opaque, &["reasoning_details[*].data"]).when("type", &["reasoning.encrypted"]),
    line(Opaque, &["reasoning_details[*].signature"]).when("type", &["reasoning.text"]),
    line(Token, &["tool_calls[*].id", "tool_calls[*].type", "tool_call_id", "audio.id"]),
    line(Name, &["tool_calls[*].function.name", "tool_calls[*].custom.name"]).by(ToolCall),
    line(JsonDelta, &["tool_calls[*].function.arguments"]).by(ToolCall),
    line(Delta, &["tool_calls[*].custom.input"]).by(ToolCall),
    line(Name, &["function_call.name"]).by(ToolCall),
    line(JsonDelta, &["function_call.arguments"]).by(ToolCall),
    line(Blob, &["audio.data"]),
    line(Token, &["annotations[*].type", "images[*].type"]),
    line(Text, &["annotations[*].url_citation.url", "annotations[*].url_citation.title"])
        .by(Assistant),
    line(Link, &["images[*].image_url.url"]).by(Assistant),
];
