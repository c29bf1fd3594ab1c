//! How each provider says no.
//!
//! A client that is refused should learn it in words it knows: its provider's error, so that the
//! right exception is raised, or its provider's message, for chat pages that break on errors, or,
//! in the middle of a stream, the events that the provider itself would end it with. The words
//! come from the gate, and nothing that was found is among them.
//!
//! It frames nothing: events are named documents, and whoever sends them knows whether they become
//! SSE, lines or frames. It reads no clock and draws no lots either, so what it says by itself was
//! created at 0 and has the id `sandgate`, under its provider's prefix.

mod anthropic;
mod bedrock;
mod cohere;
mod gemini;
mod id;
mod mcp;
mod ollama;
mod openai;
mod responses;
mod seen;
#[cfg(test)]
mod tests;

use serde_json::Value;

use crate::Api;

pub use id::RawId;
pub use seen::Seen;

/// A refusal: what there is to say, to be said in the words of the API that was asked.
#[derive(Debug, Clone, Copy)]
pub struct Refusal<'a> {
    /// The API that was asked; without one it is said as OpenAI would.
    pub api: Option<Api>,
    /// What a person reads. Never the text that was refused.
    pub message: &'a str,
    /// The model that was asked for; may be empty.
    pub model: &'a str,
    /// The id of the JSON-RPC request that is answered.
    pub id: Option<&'a RawId>,
    /// What a machine reads: `content_policy_violation`, `policy_fault`, ….
    pub code: &'a str,
}

/// What is answered instead of a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The body's `content-type`.
    pub content_type: &'static str,
    /// Headers besides: names in lower case, and values.
    pub headers: Vec<(&'static str, &'static str)>,
    /// The body.
    pub body: Vec<u8>,
}

/// One event of a stream, not framed yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its name, where the API names its events: `event:` in SSE, `:event-type` in AWS's frames.
    pub event: Option<&'static str>,
    /// Its document. JSON, but for OpenAI's last word, `[DONE]`.
    pub data: Vec<u8>,
}

impl Refusal<'_> {
    /// The provider's error. The status is `status`, unless it is JSON-RPC that is answered, where
    /// errors are a 200.
    pub fn error(&self, status: u16) -> Reply {
        let body = match self.api {
            Some(Api::AnthropicMessages) => anthropic::error(self, status),
            Some(Api::GeminiGenerate | Api::GeminiEmbed) => gemini::error(self, status),
            Some(Api::BedrockConverse) => return bedrock::error(self, status),
            Some(Api::CohereChat) => cohere::error(self),
            Some(Api::OllamaChat | Api::OllamaGenerate | Api::OllamaEmbed) => ollama::error(self),
            Some(Api::Mcp) => return mcp::error(self, status),
            _ => openai::error(self, status),
        };
        Reply::json(status, &body)
    }

    /// A 200 that says the message as the model's answer, stopped by a filter; in MCP, as the
    /// failed result of a tool. Where nobody answers in words (vectors, images, an unknown API) it
    /// is the error with status 400.
    ///
    /// An [`Api`] does not tell which method was called: to a request that counts tokens, or one of
    /// MCP that is no `tools/call`, only [`error`](Self::error) fits.
    pub fn message(&self) -> Reply {
        let body = match self.api {
            Some(Api::OpenAiChat | Api::OpenAiCompletions) => openai::message(self),
            Some(Api::OpenAiResponses) => responses::message(self),
            Some(Api::AnthropicMessages) => anthropic::message(self),
            Some(Api::GeminiGenerate) => gemini::message(self),
            Some(Api::BedrockConverse) => bedrock::message(self),
            Some(Api::CohereChat) => cohere::message(self),
            Some(Api::OllamaChat | Api::OllamaGenerate) => ollama::message(self),
            Some(Api::Mcp) => return mcp::message(self).unwrap_or_else(|| self.error(400)),
            _ => return self.error(400),
        };
        Reply::json(200, &body)
    }

    /// The same as the complete stream that a client asked for; empty where the API does not
    /// stream messages and [`message`](Self::message) is the answer to streaming clients too.
    pub fn message_events(&self) -> Vec<Event> {
        match self.api {
            Some(Api::OpenAiChat | Api::OpenAiCompletions) => openai::message_events(self),
            Some(Api::OpenAiResponses) => responses::message_events(self),
            Some(Api::AnthropicMessages) => anthropic::message_events(self),
            Some(Api::GeminiGenerate) => vec![Event::new(None, &gemini::message(self))],
            Some(Api::BedrockConverse) => bedrock::message_events(self),
            Some(Api::CohereChat) => cohere::message_events(self),
            Some(Api::OllamaChat | Api::OllamaGenerate) => {
                vec![Event::new(None, &ollama::message(self))]
            }
            Some(Api::Mcp) => mcp::message_events(self),
            _ => Vec::new(),
        }
    }

    /// The last events of a stream that is stopped in the middle; empty where what was seen of it
    /// is its end already.
    pub fn ending(&self, seen: &Seen) -> Vec<Event> {
        if seen.over {
            return Vec::new();
        }
        match self.api {
            Some(Api::OpenAiChat | Api::OpenAiCompletions) => openai::ending(self, seen),
            Some(Api::OpenAiResponses) => responses::ending(self, seen),
            Some(Api::AnthropicMessages) => anthropic::ending(self),
            Some(Api::GeminiGenerate) => gemini::ending(self, seen),
            Some(Api::BedrockConverse) => bedrock::ending(seen),
            Some(Api::CohereChat) => cohere::ending(self, seen),
            Some(Api::OllamaChat | Api::OllamaGenerate) => ollama::ending(self, seen),
            Some(Api::Mcp) => mcp::ending(self),
            Some(Api::GeminiEmbed) => vec![Event::new(None, &gemini::error(self, 400))],
            Some(Api::OllamaEmbed) => vec![Event::new(None, &ollama::error(self))],
            _ => vec![Event::new(None, &openai::error(self, 400))],
        }
    }

    /// The model's name: as the stream said it, or else as it was asked for.
    fn model<'a>(&'a self, seen: &'a Seen) -> &'a str {
        seen.model.as_deref().unwrap_or(self.model)
    }
}

impl Reply {
    fn json(status: u16, body: &Value) -> Self {
        let body = body.to_string().into_bytes();
        Self { status, content_type: "application/json", headers: Vec::new(), body }
    }
}

impl Event {
    fn new(event: Option<&'static str>, document: &Value) -> Self {
        Self { event, data: document.to_string().into_bytes() }
    }

    /// For APIs whose events repeat their names in the document, as `type`.
    fn typed(name: &'static str, mut document: Value) -> Self {
        if let Some(object) = document.as_object_mut() {
            object.insert("type".into(), name.into());
        }
        Self::new(Some(name), &document)
    }
}
