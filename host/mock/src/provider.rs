//! Which provider answers: from an API to the file that knows its shapes.

use sandgate_wire::{Api, Event, Framing, Reply};
use serde::Serialize;
use serde_json::Value;

use crate::answer::Answer;
use crate::ask::{Ask, Conversation};
use crate::problem::Problem;
use crate::{anthropic, bedrock, cohere, gemini, mcp, ollama, openai};

/// When everything was created, in seconds; in words it is 2026-01-01T00:00:00Z.
pub(crate) const CREATED: u64 = 1_767_225_600;

/// What was said so far, from the body of a request.
///
/// # Errors
/// Where it is not as the API wants it.
pub(crate) fn read(api: Api, body: &Value) -> Result<Conversation, Problem> {
    match api {
        Api::OpenAiChat => openai::chat::read(body),
        Api::OpenAiCompletions => openai::completions::read(body),
        Api::OpenAiResponses => openai::responses::read(body),
        Api::OpenAiEmbeddings => openai::embeddings::read(body),
        Api::OpenAiModerations => openai::moderations::read(body),
        Api::OpenAiImages => openai::images::read(body),
        Api::OpenAiTranscripts => openai::transcripts::read(body),
        Api::AnthropicMessages => anthropic::read(body),
        Api::GeminiGenerate => gemini::read(body),
        Api::GeminiEmbed => gemini::read_embed(body),
        Api::BedrockConverse => bedrock::read(body),
        Api::CohereChat => cohere::read(body),
        Api::OllamaChat => ollama::read(body),
        Api::OllamaGenerate => ollama::read_generate(body),
        Api::OllamaEmbed => ollama::read_embed(body),
        Api::Mcp => Ok(Conversation::default()),
    }
}

/// The answer that comes whole.
///
/// # Errors
/// Where what is asked for is more than there can be.
pub(crate) fn whole(ask: &Ask, answer: &Answer) -> Result<Reply, Problem> {
    Ok(match ask.api {
        Api::OpenAiChat => json(&openai::chat::whole(ask, answer)),
        Api::OpenAiCompletions => json(&openai::completions::whole(ask, answer)),
        Api::OpenAiResponses => json(&openai::responses::whole(ask, answer)),
        Api::OpenAiEmbeddings => json(&openai::embeddings::whole(ask)?),
        Api::OpenAiModerations => json(&openai::moderations::whole(ask)?),
        Api::OpenAiImages => json(&openai::images::whole(ask, answer)),
        Api::OpenAiTranscripts => openai::transcripts::whole(ask, answer),
        Api::AnthropicMessages => json(&anthropic::whole(ask, answer)),
        Api::GeminiGenerate => json(&gemini::whole(ask, answer)),
        Api::GeminiEmbed => json(&gemini::embeddings(ask)?),
        Api::BedrockConverse => json(&bedrock::whole(ask, answer)),
        Api::CohereChat => json(&cohere::whole(ask, answer)),
        Api::OllamaChat | Api::OllamaGenerate => json(&ollama::whole(ask, answer)),
        Api::OllamaEmbed => json(&ollama::embeddings(ask)?),
        Api::Mcp => mcp::answer(&ask.body)?,
    })
}

/// The answer as the events of a stream; none where the API has no streams.
pub(crate) fn events(ask: &Ask, answer: &Answer) -> Vec<Event> {
    match ask.api {
        Api::OpenAiChat => openai::chat::events(ask, answer),
        Api::OpenAiCompletions => openai::completions::events(ask, answer),
        Api::OpenAiResponses => openai::responses::events(ask, answer),
        Api::OpenAiImages => openai::images::events(ask, answer),
        Api::OpenAiTranscripts => openai::transcripts::events(ask, answer),
        Api::AnthropicMessages => anthropic::events(ask, answer),
        Api::GeminiGenerate => gemini::events(ask, answer),
        Api::BedrockConverse => bedrock::events(ask, answer),
        Api::CohereChat => cohere::events(ask, answer),
        Api::OllamaChat | Api::OllamaGenerate => ollama::events(ask, answer),
        _ => Vec::new(),
    }
}

/// How an API frames its events, and what it calls that; `sse` says that the path asked for it.
pub(crate) fn framing(api: Api, sse: bool) -> (Framing, &'static str) {
    match api {
        Api::GeminiGenerate if !sse => (Framing::Array, "application/json"),
        Api::OllamaChat | Api::OllamaGenerate => (Framing::Lines, "application/x-ndjson"),
        Api::BedrockConverse => (Framing::EventStream, "application/vnd.amazon.eventstream"),
        _ => (Framing::Sse, "text/event-stream"),
    }
}

/// A 200 with this document.
pub(crate) fn json(document: &impl Serialize) -> Reply {
    let body = serde_json::to_vec(document).expect("its keys are strings and it fails nowhere");
    Reply { status: 200, content_type: "application/json", headers: Vec::new(), body }
}

/// An event without a name.
pub(crate) fn event(document: &Value) -> Event {
    Event { event: None, data: document.to_string().into_bytes() }
}

/// An event whose name is in its document as well, as `type`.
pub(crate) fn typed(name: &'static str, document: Value) -> Event {
    let mut typed = serde_json::Map::new();
    typed.insert("type".into(), name.into());
    if let Value::Object(document) = document {
        typed.extend(document);
    }
    Event { event: Some(name), data: Value::from(typed).to_string().into_bytes() }
}
