//! The tables of every format: what the values of its bodies mean.
//!
//! A table lists what is not plainly text: structure, words of the protocol, what nobody can read,
//! strings that hold JSON or go on in later events, and who speaks where no message says so. All
//! the rest is text because nobody spoke of it. Objects that stand at several places of a format
//! (a message, a content block, an output item) are written once and put [`under`](table) each.
//!
//! It leaves out on purpose what could be guessed from a value: a table never says that something
//! is opaque at any place whatever, since that is where a secret would be put next.

mod anthropic;
mod bedrock;
mod cohere;
mod detect;
mod error;
mod gemini;
mod line;
mod mcp;
mod ollama;
mod openai;

use std::sync::LazyLock;

use line::{Line, line, table};

use crate::{Api, Rule};

/// What one API's bodies look like.
struct Tables {
    request: Vec<Rule>,
    response: Vec<Rule>,
    event: Vec<Rule>,
}

impl Api {
    /// What the values of a request's body mean.
    pub fn request(self) -> &'static [Rule] {
        &self.tables().request
    }

    /// What the values of a response mean that comes whole.
    pub fn response(self) -> &'static [Rule] {
        &self.tables().response
    }

    /// What the values mean of one document of a streamed response: the data of an SSE event, a
    /// line of NDJSON, an element of an array, the payload of a binary event.
    pub fn event(self) -> &'static [Rule] {
        &self.tables().event
    }

    /// What the values of a body mean that comes with a status of 400 and above.
    pub fn error(self) -> &'static [Rule] {
        &error::ERROR
    }

    fn tables(self) -> &'static LazyLock<Tables> {
        match self {
            Self::OpenAiChat => &openai::chat::TABLES,
            Self::OpenAiCompletions => &openai::completions::TABLES,
            Self::OpenAiResponses => &openai::responses::TABLES,
            Self::OpenAiEmbeddings => &openai::embeddings::TABLES,
            Self::OpenAiModerations => &openai::moderations::TABLES,
            Self::OpenAiImages => &openai::images::TABLES,
            Self::OpenAiTranscripts => &openai::transcripts::TABLES,
            Self::AnthropicMessages => &anthropic::TABLES,
            Self::GeminiGenerate => &gemini::GENERATE,
            Self::GeminiEmbed => &gemini::EMBED,
            Self::BedrockConverse => &bedrock::TABLES,
            Self::CohereChat => &cohere::TABLES,
            Self::OllamaChat => &ollama::CHAT,
            Self::OllamaGenerate => &ollama::GENERATE,
            Self::OllamaEmbed => &ollama::EMBED,
            Self::Mcp => &mcp::TABLES,
        }
    }
}

#[cfg(test)]
mod tests;
