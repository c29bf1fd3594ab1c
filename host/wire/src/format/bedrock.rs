//! Bedrock's `Converse` and `ConverseStream`.
//!
//! What an event is stands in its binary frame's header, not in the payload: a payload that holds
//! nothing but `contentBlockIndex` begins a block or ends it.

use std::sync::LazyLock;

use super::{Line, Tables, error::ERROR_LINES, line, table};
use crate::{
    Kind::{
        Blob, Close, CloseId, Delta, Id, JsonDelta, Link, MaybeJson, Name, Opaque, Role, Text,
        Token, Zone,
    },
    Role::{Assistant, Other, System, ToolCall, ToolResult, User},
};

pub(super) static TABLES: LazyLock<Tables> = LazyLock::new(|| Tables {
    request: table(&[
        ("", REQUEST),
        ("messages[*].content[*]", BLOCK),
        ("messages[*].content[*]", MEDIA),
        ("messages[*].content[*].toolResult.content[*]", RESULT),
        ("messages[*].content[*].toolResult.content[*]", MEDIA),
    ]),
    response: table(&[
        ("", RESPONSE),
        ("", ERROR_LINES),
        ("output.message.content[*]", ANSWER),
        ("output.message.content[*]", BLOCK),
        ("output.message.content[*]", MEDIA),
        ("output.message.content[*].toolResult.content[*]", RESULT),
        ("output.message.content[*].toolResult.content[*]", MEDIA),
    ]),
    event: table(&[("", EVENT), ("delta", DELTA), ("", ERROR_LINES)]),
});

const REQUEST: &[Line] = &[
    line(Role, &["messages[*].role"]),
    line(Text, &["system[*].text", "system[*].guardContent.text.text"]).by(System),
    line(Token, &["system[*].cachePoint.type", "system[*].cachePoint.ttl"]),
    line(Token, &["system[*].guardContent.text.qualifiers[*]"]),
    line(Zone, &["toolConfig.tools[*]", "additionalModelRequestFields"]).by(Other),
    line(Zone, &["requestMetadata", "outputConfig"]).by(Other),
    line(Text, &["toolConfig.toolChoice.tool.name"]).by(Other),
    line(Text, &["inferenceConfig.stopSequences[*]"]).by(Other),
    line(Text, &["additionalModelResponseFieldPaths[*]"]).by(Other),
    line(Text, &["promptVariables.*.text"]).by(User),
    line(Token, &["modelId", "guardrailConfig.guardrailIdentifier", "guardrailConfig.trace"]),
    line(Token, &["guardrailConfig.guardrailVersion", "guardrailConfig.streamProcessingMode"]),
    line(Token, &["performanceConfig.latency", "serviceTier.type"]),
];

/// A content block of any type, but for images and their like.
const BLOCK: &[Line] = &[
    line(Token, &["cachePoint.type", "cachePoint.ttl", "toolUse.toolUseId", "toolUse.type"]),
    line(Name, &["toolUse.name"]).by(ToolCall),
    line(Zone, &["toolUse.input"]).by(ToolCall),
    line(Token, &["toolResult.toolUseId", "toolResult.status", "toolResult.type"]),
    line(Token, &["guardContent.text.qualifiers[*]", "guardContent.image.format"]),
    line(Blob, &["guardContent.image.source.bytes"]),
    line(Text, &["reasoningContent.reasoningText.text"]).by(Assistant),
    line(Opaque, &["reasoningContent.reasoningText.signature"]),
    line(Opaque, &["reasoningContent.redactedContent"]),
];

const MEDIA: &[Line] = &[
    line(Token, &["image.format", "document.format", "video.format", "audio.format"]),
    line(Blob, &["image.source.bytes", "document.source.bytes"]),
    line(Blob, &["video.source.bytes", "audio.source.bytes"]),
    line(Link, &["image.source.s3Location.uri", "document.source.s3Location.uri"]),
    line(Link, &["video.source.s3Location.uri", "audio.source.s3Location.uri"]),
    line(Token, &["image.source.s3Location.bucketOwner"]),
    line(Token, &["document.source.s3Location.bucketOwner"]),
    line(Token, &["video.source.s3Location.bucketOwner"]),
    line(Token, &["audio.source.s3Location.bucketOwner"]),
];

const RESULT: &[Line] = &[
    line(MaybeJson, &["text"]).by(ToolResult),
    line(Zone, &["json"]).by(ToolResult),
    line(Text, &["document.name", "document.context", "document.source.text"]).by(ToolResult),
    line(Text, &["document.source.content[*].text", "searchResult.source"]).by(ToolResult),
    line(Text, &["searchResult.title", "searchResult.content[*].text"]).by(ToolResult),
];

const ANSWER: &[Line] = &[line(Text, &["text", "citationsContent.content[*].text"]).by(Assistant)];

const RESPONSE: &[Line] = &[
    line(Role, &["output.message.role"]),
    line(Token, &["stopReason", "performanceConfig.latency", "serviceTier.type"]),
    line(Zone, &["additionalModelResponseFields", "trace"]).by(Other),
    line(Opaque, &["usage", "metrics"]),
    line(Text, &["message"]).by(Other),
];

const EVENT: &[Line] = &[
    line(Role, &["role"]),
    line(CloseId, &["contentBlockIndex"]).when("@event", &["contentBlockStop"]),
    line(Id, &["contentBlockIndex"]),
    line(Name, &["start.toolUse.name"]).by(ToolCall),
    line(Token, &["start.toolUse.toolUseId", "start.toolUse.type"]),
    line(Token, &["start.toolResult.toolUseId", "start.toolResult.status"]),
    line(Token, &["start.toolResult.type", "start.image.format"]),
    line(Close, &["stopReason"]),
    line(Token, &["p", "performanceConfig.latency", "serviceTier.type"]),
    line(Zone, &["additionalModelResponseFields", "trace"]).by(Other),
    line(Opaque, &["usage", "metrics"]),
    line(Text, &["message", "originalMessage"]).by(Other),
];

const DELTA: &[Line] = &[
    line(Delta, &["text", "reasoningContent.text"]).by(Assistant),
    line(Opaque, &["reasoningContent.signature", "reasoningContent.redactedContent"]),
    line(JsonDelta, &["toolUse.input"]).by(ToolCall),
    line(Delta, &["toolResult[*].text"]).by(ToolResult),
    line(Zone, &["toolResult[*].json"]).by(ToolResult),
    line(Text, &["citation.title", "citation.source"]).by(Assistant),
    line(Text, &["citation.sourceContent[*].text"]).by(Assistant),
    line(Blob, &["image.source.bytes"]),
];
