//! What holds for all tables, and which API a path speaks.

use std::collections::HashSet;

use crate::{Api, Kind, Rule};

fn tables(api: Api) -> [(&'static str, &'static [Rule]); 4] {
    [
        ("request", api.request()),
        ("response", api.response()),
        ("event", api.event()),
        ("error", api.error()),
    ]
}

fn every(check: impl Fn(&Rule) -> bool) {
    for api in Api::ALL {
        for (body, rules) in tables(api) {
            for rule in rules {
                assert!(check(rule), "{} {body}: {rule:?}", api.name());
            }
        }
    }
}

/// One segment: a key, `*` or `**`, or nothing at the very start, and then any number of `[*]`.
fn is_segment(segment: &str, first: bool) -> bool {
    let key = segment.find('[').map_or(segment, |at| &segment[..at]);
    let elements = segment[key.len()..].replace("[*]", "");
    let named = key.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c));
    let wild = matches!(key, "*" | "**");
    elements.is_empty() && (wild || named) && (!key.is_empty() || first && segment != key)
}

#[test]
fn every_path_is_in_the_grammar() {
    every(|rule| rule.path.split('.').enumerate().all(|(n, s)| is_segment(s, n == 0)));
}

#[test]
fn no_path_means_two_things() {
    for api in Api::ALL {
        for (body, rules) in tables(api) {
            let mut seen = HashSet::new();
            for rule in rules {
                let new = seen.insert((rule.path, rule.when));
                assert!(new, "{} {body}: {} twice", api.name(), rule.path);
            }
        }
    }
}

#[test]
fn a_rule_that_always_holds_is_the_last_of_its_path() {
    for api in Api::ALL {
        for (body, rules) in tables(api) {
            let mut always = HashSet::new();
            for rule in rules {
                assert!(!always.contains(rule.path), "{} {body}: {}", api.name(), rule.path);
                if rule.when.is_none() {
                    always.insert(rule.path);
                }
            }
        }
    }
}

#[test]
fn no_rule_holds_at_any_place_whatever() {
    every(|rule| !rule.path.contains("**"));
}

#[test]
fn nothing_is_listed_below_what_is_taken_whole() {
    let whole = [Kind::Zone, Kind::Blob, Kind::Opaque, Kind::Shadow];
    for api in Api::ALL {
        for (body, rules) in tables(api) {
            for taken in rules.iter().filter(|r| whole.contains(&r.kind) && r.when.is_none()) {
                let below = [format!("{}.", taken.path), format!("{}[", taken.path)];
                let lost = rules.iter().find(|r| below.iter().any(|b| r.path.starts_with(b)));
                assert!(lost.is_none(), "{} {body}: {lost:?}", api.name());
            }
        }
    }
}

#[test]
fn a_key_is_known_in_either_spelling_to_gemini() {
    let known = |path| Api::GeminiGenerate.request().iter().any(|r| r.path == path);
    assert!(known("contents[*].parts[*].inlineData.mimeType"));
    assert!(known("contents[*].parts[*].inline_data.mime_type"));
    assert!(known("contents[*].parts[*].inlineData.mime_type"));
    assert!(known("contents.parts.inline_data.data"));
    assert!(known("system_instruction.parts[*].text"));
    assert!(known("generate_content_request.contents[*].role"));
}

#[test]
fn a_path_tells_its_api() {
    for (path, api) in PATHS {
        assert_eq!(Api::detect("POST", path), *api, "{path}");
    }
}

const PATHS: &[(&str, Option<Api>)] = &[
    ("/v1/chat/completions", Some(Api::OpenAiChat)),
    ("/openai/deployments/x/chat/completions?api-version=2024-10-21", Some(Api::OpenAiChat)),
    ("/v1/projects/p/locations/l/endpoints/openapi/chat/completions", Some(Api::OpenAiChat)),
    ("/v1/chat/completions/chatcmpl-1", Some(Api::OpenAiChat)),
    ("/v1/chat/completions/chatcmpl-1/messages", Some(Api::OpenAiChat)),
    ("/v1/projects/p/locations/l/publishers/mistralai/models/m:rawPredict", Some(Api::OpenAiChat)),
    ("/v1/completions", Some(Api::OpenAiCompletions)),
    ("/v1/fim/completions", Some(Api::OpenAiCompletions)),
    ("/v1/responses", Some(Api::OpenAiResponses)),
    ("/openai/v1/responses", Some(Api::OpenAiResponses)),
    ("/v1/responses/resp_1", Some(Api::OpenAiResponses)),
    ("/v1/responses/resp_1/input_items", Some(Api::OpenAiResponses)),
    ("/v1/responses/compact", Some(Api::OpenAiResponses)),
    ("/v1/conversations/conv_1/items", Some(Api::OpenAiResponses)),
    ("/v1/embeddings", Some(Api::OpenAiEmbeddings)),
    ("/v1/moderations", Some(Api::OpenAiModerations)),
    ("/v1/images/generations", Some(Api::OpenAiImages)),
    ("/v1/images/edits", Some(Api::OpenAiImages)),
    ("/v1/audio/transcriptions", Some(Api::OpenAiTranscripts)),
    ("/v1/audio/translations", Some(Api::OpenAiTranscripts)),
    ("/v1/messages", Some(Api::AnthropicMessages)),
    ("/openai/threads/thread_1/messages", None),
    ("/v1/messages/count_tokens?beta=true", Some(Api::AnthropicMessages)),
    ("/anthropic/v1/messages", Some(Api::AnthropicMessages)),
    (
        "/v1/projects/p/locations/l/publishers/anthropic/models/m:streamRawPredict",
        Some(Api::AnthropicMessages),
    ),
    ("/v1beta/models/gemini-x:streamGenerateContent?alt=sse", Some(Api::GeminiGenerate)),
    ("/v1beta/models/gemini-x:countTokens", Some(Api::GeminiGenerate)),
    (
        "/v1/projects/p/locations/l/publishers/google/models/m:generateContent",
        Some(Api::GeminiGenerate),
    ),
    ("/v1beta/models/e:embedContent", Some(Api::GeminiEmbed)),
    ("/v1beta/models/e:batchEmbedContents", Some(Api::GeminiEmbed)),
    ("/model/anthropic.claude-v1:0/converse", Some(Api::BedrockConverse)),
    (
        "/model/arn%3Aaws%3Abedrock%3Ainference-profile%2Fx/converse-stream",
        Some(Api::BedrockConverse),
    ),
    ("/v2/chat", Some(Api::CohereChat)),
    ("/api/chat", Some(Api::OllamaChat)),
    ("/api/generate", Some(Api::OllamaGenerate)),
    ("/api/embed", Some(Api::OllamaEmbed)),
    ("/api/embeddings", Some(Api::OllamaEmbed)),
    ("/mcp", Some(Api::Mcp)),
    ("/tools/mcp/", Some(Api::Mcp)),
    ("/mcp/files", Some(Api::Mcp)),
    // However it is spelled.
    ("//v1//chat///completions", Some(Api::OpenAiChat)),
    ("/v1/chat/completions/", Some(Api::OpenAiChat)),
    ("/v1/Chat/COMPLETIONS", Some(Api::OpenAiChat)),
    ("/v1/%63hat/completion%73", Some(Api::OpenAiChat)),
    ("/v1/%2563hat/completions", Some(Api::OpenAiChat)),
    ("/v1/chat%2fcompletions", Some(Api::OpenAiChat)),
    ("/v1/chat%5Ccompletions", Some(Api::OpenAiChat)),
    ("/v1/./chat/x/../completions", Some(Api::OpenAiChat)),
    ("/v1/chat;a=b/completions;jsessionid=1", Some(Api::OpenAiChat)),
    ("/v1/chat/completions%20", Some(Api::OpenAiChat)),
    ("/v1/chat/completions%00", Some(Api::OpenAiChat)),
    ("/v1/messages#/v1/models", Some(Api::AnthropicMessages)),
    ("/v1beta/models/m%3AgenerateContent", Some(Api::GeminiGenerate)),
    ("https://api.example.com/v1/messages", Some(Api::AnthropicMessages)),
    // Not ours.
    ("/v1/models", None),
    ("/api/tags", None),
    ("/v1/audio/speech", None),
    ("/", None),
    ("", None),
    ("/%", None),
    ("/../..", None),
    ("/v1/models?x=/v1/chat/completions", None),
];

#[test]
fn a_path_may_name_the_model() {
    for (path, model) in [
        ("/v1beta/models/gemini-x:streamGenerateContent?alt=sse", Some("gemini-x")),
        ("/v1beta/models/m%3AgenerateContent", Some("m")),
        ("/v1/projects/p/locations/l/publishers/anthropic/models/c@1:rawPredict", Some("c@1")),
        ("/model/anthropic.claude-v1:0/converse", Some("anthropic.claude-v1:0")),
        (
            "/model/arn%3Aaws%3Abedrock%3Ainference-profile%2Fx/converse",
            Some("arn:aws:bedrock:inference-profile/x"),
        ),
        ("/openai/deployments/gpt/chat/completions?api-version=1", Some("gpt")),
        ("/v1/chat/completions", None),
        ("/v1/models", None),
        ("/v1/models/", None),
        ("/model/%ff/converse", None),
    ] {
        assert_eq!(Api::model_in(path).as_deref(), model, "{path}");
    }
}

#[test]
fn a_method_without_a_body_asks_no_model() {
    assert_eq!(Api::detect("OPTIONS", "/v1/messages"), None);
    assert_eq!(Api::detect("get", "/mcp"), Some(Api::Mcp));
    assert_eq!(Api::detect("DELETE", "/v1/responses/r"), Some(Api::OpenAiResponses));
}

#[test]
fn a_stream_is_asked_for_by_the_path_or_the_body() {
    let gemini = |path| Api::GeminiGenerate.asks_stream(path, Some(true));
    assert!(gemini("/v1beta/models/m:streamGenerateContent?alt=sse"));
    assert!(gemini("/v1beta/models/m%3AStreamGenerateContent/"));
    assert!(!gemini("/v1beta/models/m:generateContent"));
    assert!(Api::BedrockConverse.asks_stream("/model/m/converse-stream", None));
    assert!(!Api::BedrockConverse.asks_stream("/model/m/converse", None));
    assert!(Api::OllamaChat.asks_stream("/api/chat", None));
    assert!(!Api::OllamaChat.asks_stream("/api/chat", Some(false)));
    assert!(Api::OpenAiChat.asks_stream("/v1/chat/completions", Some(true)));
    assert!(!Api::OpenAiChat.asks_stream("/v1/chat/completions", None));
    assert!(!Api::OpenAiEmbeddings.asks_stream("/v1/embeddings", Some(true)));
}
