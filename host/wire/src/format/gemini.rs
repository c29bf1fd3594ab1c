//! Gemini, as Google AI and Vertex speak it.
//!
//! Its reader takes every key in camel case and in snake case, and one object where a list of them
//! belongs. So the tables are written in camel case, for both, and multiplied.

use std::sync::LazyLock;

use super::{Line, Tables, error::ERROR_LINES, line, line::with_snake_case, table};
use crate::{
    Kind::{Blob, Close, Delta, Id, Link, Name, Opaque, Role as RoleOf, Shadow, Text, Token, Zone},
    Role::{Assistant, Other, System, ToolCall, ToolResult, User},
    Rule,
};

pub(super) static GENERATE: LazyLock<Tables> = LazyLock::new(|| Tables {
    request: with_snake_case([request(""), request("generateContentRequest")].concat()),
    response: with_snake_case(table(&[
        ("", ENVELOPE),
        ("", ERROR_LINES),
        ("candidates[*]", CANDIDATE),
        ("candidates[*]", WHOLE),
        ("candidates[*].groundingMetadata", GROUNDING),
        ("candidates[*].content", CONTENT),
        ("candidates[*].content.parts[*]", ANSWER),
        ("candidates[*].content.parts[*]", PART),
    ])),
    event: with_snake_case(table(&[
        ("", ENVELOPE),
        ("", ERROR_LINES),
        ("[*]", ERROR_LINES),
        ("candidates[*]", CANDIDATE),
        ("candidates[*]", STREAMED),
        ("candidates[*].groundingMetadata", GROUNDING),
        ("candidates[*].content", CONTENT),
        ("candidates[*].content.parts[*]", DELTA),
        ("candidates[*].content.parts[*]", PART),
    ])),
});

pub(super) static EMBED: LazyLock<Tables> = LazyLock::new(|| {
    let response = || with_snake_case(table(&[("", VECTORS), ("", ERROR_LINES)]));
    Tables {
        request: with_snake_case([embed(""), embed("requests[*]")].concat()),
        response: response(),
        event: response(),
    }
});

/// A request at this place: at the root, or in the one whose tokens are to be counted.
fn request(place: &str) -> Vec<Rule> {
    let at =
        |path: &str| if place.is_empty() { path.to_owned() } else { format!("{place}.{path}") };
    let mut rules = table(&[(place, REQUEST)]);
    for content in ["contents", "contents[*]"] {
        rules.extend(table(&[(&at(content), CONTENT)]));
        for part in ["parts", "parts[*]"] {
            rules.extend(table(&[(&at(&format!("{content}.{part}")), PART)]));
        }
    }
    for part in ["systemInstruction.parts", "systemInstruction.parts[*]"] {
        rules.extend(table(&[(&at(part), INSTRUCTION), (&at(part), PART)]));
    }
    rules
}

/// A request for an embedding at this place: at the root, or in a batch.
fn embed(place: &str) -> Vec<Rule> {
    let content = if place.is_empty() { "content".to_owned() } else { format!("{place}.content") };
    let mut rules = table(&[(place, EMBEDDED), (&content, CONTENT)]);
    for part in ["parts", "parts[*]"] {
        let part = format!("{content}.{part}");
        rules.extend(table(&[(&part, EMBEDDED_PART), (&part, PART)]));
    }
    rules
}

const REQUEST: &[Line] = &[
    line(Token, &["model", "cachedContent", "serviceTier", "safetySettings[*].category"]),
    line(Token, &["safetySettings[*].threshold", "safetySettings[*].method"]),
    line(Token, &["systemInstruction.role", "toolConfig.functionCallingConfig.mode"]),
    line(Token, &["generationConfig.responseMimeType", "generationConfig.mediaResolution"]),
    line(Token, &["generationConfig.responseModalities[*]"]),
    line(Token, &["generationConfig.thinkingConfig.thinkingLevel"]),
    line(Token, &["generationConfig.speechConfig.languageCode"]),
    line(Token, &["generationConfig.imageConfig.aspectRatio"]),
    line(Token, &["generationConfig.imageConfig.imageSize"]),
    line(Text, &["systemInstruction"]).by(System),
    line(Text, &["generationConfig.stopSequences[*]"]).by(Other),
    line(Text, &["toolConfig.functionCallingConfig.allowedFunctionNames[*]"]).by(Other),
    line(Zone, &["tools[*]", "labels", "toolConfig.retrievalConfig"]).by(Other),
    line(Zone, &["generationConfig.responseSchema", "generationConfig.responseJsonSchema"])
        .by(Other),
    line(Zone, &["generationConfig._responseJsonSchema"]).by(Other),
];

const CONTENT: &[Line] = &[line(RoleOf, &["role"])];

/// A part of a content, but for its text.
const PART: &[Line] = &[
    line(Token, &["inlineData.mimeType", "fileData.mimeType", "mediaResolution.level"]),
    line(Blob, &["inlineData.data"]),
    line(Link, &["fileData.fileUri"]),
    line(Opaque, &["thoughtSignature"]),
    line(Token, &["videoMetadata.startOffset", "videoMetadata.endOffset"]),
    line(Token, &["functionCall.id", "functionResponse.id", "functionResponse.scheduling"]),
    line(Name, &["functionCall.name"]).by(ToolCall),
    line(Zone, &["functionCall.args", "toolCall"]).by(ToolCall),
    line(Name, &["functionResponse.name"]).by(ToolResult),
    line(Zone, &["functionResponse.response", "toolResponse"]).by(ToolResult),
    line(Token, &["functionResponse.parts[*].inlineData.mimeType"]),
    line(Token, &["functionResponse.parts[*].fileData.mimeType"]),
    line(Blob, &["functionResponse.parts[*].inlineData.data"]),
    line(Link, &["functionResponse.parts[*].fileData.fileUri"]).by(ToolResult),
    line(Token, &["executableCode.id", "executableCode.language"]),
    line(Text, &["executableCode.code"]).by(ToolCall),
    line(Token, &["codeExecutionResult.id", "codeExecutionResult.outcome"]),
    line(Text, &["codeExecutionResult.output"]).by(ToolResult),
    line(Zone, &["partMetadata"]).by(Other),
];

const INSTRUCTION: &[Line] = &[line(Text, &["text"]).by(System)];

const ANSWER: &[Line] = &[line(Text, &["text"]).by(Assistant)];

/// A part that an event brings. Thoughts and answers have no number of their own, so what tells
/// them apart is whether they are thoughts.
const DELTA: &[Line] = &[
    line(Delta, &["text"]).by(Assistant),
    line(Id, &["thought", "functionCall.partialArgs[*].jsonPath"]),
    line(Delta, &["functionCall.partialArgs[*].stringValue"]).by(ToolCall),
];

const ENVELOPE: &[Line] = &[
    line(Token, &["modelVersion", "responseId", "createTime", "promptFeedback.blockReason"]),
    line(Token, &["promptFeedback.safetyRatings[*].category"]),
    line(Token, &["promptFeedback.safetyRatings[*].probability"]),
    line(Token, &["promptTokensDetails[*].modality", "cacheTokensDetails[*].modality"]),
    line(Text, &["promptFeedback.blockReasonMessage"]).by(Other),
    line(Opaque, &["usageMetadata"]),
];

const CANDIDATE: &[Line] = &[
    line(Id, &["index"]),
    line(Token, &["safetyRatings[*].category", "safetyRatings[*].probability"]),
    line(
        Token,
        &["safetyRatings[*].severity", "urlContextMetadata.urlMetadata[*].urlRetrievalStatus"],
    ),
    line(Text, &["finishMessage", "urlContextMetadata.urlMetadata[*].retrievedUrl"]).by(Assistant),
    line(Text, &["citationMetadata.citationSources[*].uri", "citationMetadata.citations[*].uri"])
        .by(Assistant),
    line(Text, &["citationMetadata.citationSources[*].license"]).by(Assistant),
    line(Text, &["citationMetadata.citations[*].title", "citationMetadata.citations[*].license"])
        .by(Assistant),
    line(Shadow, &["logprobsResult"]),
];

/// What the answer was found in.
const GROUNDING: &[Line] = &[
    line(Text, &["webSearchQueries[*]", "imageSearchQueries[*]", "retrievalQueries[*]"])
        .by(Assistant),
    line(Text, &["groundingChunks[*].web.uri", "groundingChunks[*].web.title"]).by(Assistant),
    line(Text, &["groundingChunks[*].web.domain"]).by(Assistant),
    line(Text, &["groundingChunks[*].retrievedContext.uri"]).by(ToolResult),
    line(Text, &["groundingChunks[*].retrievedContext.title"]).by(ToolResult),
    line(Text, &["groundingChunks[*].retrievedContext.text"]).by(ToolResult),
    line(Text, &["groundingChunks[*].maps.uri", "groundingChunks[*].maps.title"]).by(ToolResult),
    line(Text, &["groundingChunks[*].maps.text"]).by(ToolResult),
    line(Text, &["groundingSupports[*].segment.text"]).by(Assistant),
    line(Text, &["searchEntryPoint.renderedContent"]).by(Assistant),
];

const WHOLE: &[Line] = &[line(Token, &["finishReason"])];

const STREAMED: &[Line] = &[line(Close, &["finishReason"])];

const EMBEDDED: &[Line] = &[
    line(Token, &["model", "taskType", "embedContentConfig.taskType"]),
    line(Text, &["title", "embedContentConfig.title"]).by(User),
];

const EMBEDDED_PART: &[Line] = &[line(Text, &["text"]).by(User)];

const VECTORS: &[Line] =
    &[line(Opaque, &["embedding.values", "embeddings[*].values", "usageMetadata"])];
