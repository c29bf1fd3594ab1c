//! Which API a path speaks, however it is spelled.
//!
//! Servers read the same path from many spellings: escapes, doubled slashes, dots, capitals,
//! parameters after a semicolon. All of them lead to the same API here, and one that no server
//! would take costs nothing. What stands before the part that names the API is anybody's prefix.
//!
//! It leaves out hosts and headers: a route that knows better than the path says so itself.

use percent_encoding::percent_decode_str;

use crate::Api;

/// Escapes of escapes are looked through this often.
const ESCAPES: usize = 4;

impl Api {
    /// The API of a request, told by its path. Methods that bring no body to a model have none.
    pub fn detect(method: &str, path: &str) -> Option<Self> {
        if ["OPTIONS", "HEAD", "TRACE", "CONNECT"].iter().any(|m| m.eq_ignore_ascii_case(method)) {
            return None;
        }
        let segments = segments(path);
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        let verb = segments.last().and_then(|last| last.rsplit_once(':')).map(|(_, verb)| verb);
        verb.and_then(|verb| by_verb(verb, &segments))
            .or_else(|| by_end(&segments))
            .or_else(|| by_collection(&segments))
    }

    /// The model that a path names, as Gemini's, Bedrock's and Azure's do.
    pub fn model_in(path: &str) -> Option<String> {
        let path = path.split(['?', '#']).next().unwrap_or_default();
        let mut segments = path.split('/').skip_while(|segment| {
            !["models", "model", "deployments"]
                .iter()
                .any(|name| segment.eq_ignore_ascii_case(name))
        });
        let named = percent_decode_str(segments.nth(1)?).decode_utf8().ok()?;
        // Bedrock's names hold colons, but none before a verb of Google's.
        let verb =
            named.rsplit_once(':').filter(|(_, verb)| by_verb(&verb.to_lowercase(), &[]).is_some());
        let model = verb.map_or(&*named, |(model, _)| model);
        Some(model.to_owned()).filter(|model| !model.is_empty())
    }

    /// Whether the answer will be a stream, told by the path and what the body says of `stream`.
    pub fn asks_stream(self, path: &str, stream: Option<bool>) -> bool {
        let segments = segments(path);
        let last = segments.last().map(String::as_str).unwrap_or_default();
        match self {
            Self::GeminiGenerate => last.ends_with(":streamgeneratecontent"),
            Self::BedrockConverse => last == "converse-stream",
            Self::OllamaChat | Self::OllamaGenerate => stream.unwrap_or(true),
            Self::AnthropicMessages if last.ends_with(":streamrawpredict") => true,
            Self::GeminiEmbed | Self::OllamaEmbed | Self::OpenAiEmbeddings => false,
            Self::OpenAiModerations | Self::Mcp => false,
            _ => stream.unwrap_or(false),
        }
    }
}

/// The verbs of Google's paths: `models/m:generateContent`.
fn by_verb(verb: &str, segments: &[&str]) -> Option<Api> {
    match verb {
        "generatecontent" | "streamgeneratecontent" | "counttokens" => Some(Api::GeminiGenerate),
        "embedcontent" | "batchembedcontents" => Some(Api::GeminiEmbed),
        "rawpredict" | "streamrawpredict" => {
            let published = segments.iter().skip_while(|s| **s != "publishers").nth(1);
            Some(if published == Some(&"anthropic") {
                Api::AnthropicMessages
            } else {
                Api::OpenAiChat
            })
        }
        _ => None,
    }
}

/// What the last segments say.
fn by_end(segments: &[&str]) -> Option<Api> {
    Some(match segments {
        [.., "chat", "completions"] => Api::OpenAiChat,
        [.., "completions"] => Api::OpenAiCompletions,
        [.., "images", "generations" | "edits" | "variations"] => Api::OpenAiImages,
        [.., "audio", "transcriptions" | "translations"] => Api::OpenAiTranscripts,
        [.., "moderations"] => Api::OpenAiModerations,
        [before @ .., _, "converse" | "converse-stream"] if before.contains(&"model") => {
            Api::BedrockConverse
        }
        [.., "v2", "chat"] => Api::CohereChat,
        [.., "api", "chat"] => Api::OllamaChat,
        [.., "api", "generate"] => Api::OllamaGenerate,
        [.., "api", "embed" | "embeddings"] => Api::OllamaEmbed,
        [.., "embeddings"] => Api::OpenAiEmbeddings,
        [.., "responses"] => Api::OpenAiResponses,
        [.., "chat", "completions", _] | [.., "chat", "completions", _, "messages"] => {
            Api::OpenAiChat
        }
        // OpenAI's assistants.
        [.., "threads", _, "messages"] => return None,
        [.., "messages"] | [.., "messages", "count_tokens"] => Api::AnthropicMessages,
        [.., "mcp"] => Api::Mcp,
        _ => return None,
    })
}

/// What stands below a collection: stored responses and conversations, and a host's own names for
/// its tool servers.
fn by_collection(segments: &[&str]) -> Option<Api> {
    match segments {
        [.., "responses", _]
        | [.., "responses", _, "cancel" | "input_items"]
        | [.., "conversations", _]
        | [.., "conversations", _, "items"]
        | [.., "conversations", _, "items", _]
        | [.., "conversations"] => Some(Api::OpenAiResponses),
        _ => segments.contains(&"mcp").then_some(Api::Mcp),
    }
}

/// The segments of a path as servers come to see them.
fn segments(path: &str) -> Vec<String> {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let mut path = path.to_owned();
    for _ in 0..ESCAPES {
        if !path.contains('%') {
            break;
        }
        path = percent_decode_str(&path).decode_utf8_lossy().into_owned();
    }
    let mut segments = Vec::new();
    for segment in path.to_ascii_lowercase().split(['/', '\\']) {
        let segment = segment.split(';').next().unwrap_or_default();
        match segment.trim_matches(|c: char| c.is_whitespace() || c.is_control()) {
            "" | "." => {}
            ".." => drop(segments.pop()),
            segment => segments.push(segment.to_owned()),
        }
    }
    segments
}
