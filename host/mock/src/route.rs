//! What is at a path.

use sandgate_wire::Api;
use serde_json::{Value, json};

use crate::problem::Problem;
use crate::provider::CREATED;

/// What a request is for.
#[derive(Debug, PartialEq)]
pub(crate) enum Route {
    /// A model, or a tool server.
    Api(Api),
    /// A document that is always the same.
    Fixed(Value),
    /// The requests that were seen.
    Seen,
}

impl Route {
    /// What is there.
    ///
    /// # Errors
    /// Where there is nothing.
    pub(crate) fn of(method: &str, path: &str) -> Result<Self, Problem> {
        let api = Api::detect(method, path);
        match method {
            "POST" => api.filter(|api| answers(*api, path)).map(Self::Api),
            "GET" if path == "/mock/seen" => Some(Self::Seen),
            "GET" => fixed(path).map(Self::Fixed),
            _ => None,
        }
        .ok_or_else(|| match api {
            // Clients look whether there is a stream to listen to, and mind a 404.
            Some(Api::Mcp) => Problem::method(method, path),
            _ => Problem::nothing_there(method, path),
        })
    }
}

/// The model that a path names: `models/m:generateContent`, `deployments/m/…`, `model/m/converse`.
pub(crate) fn model(path: &str) -> Option<&str> {
    let mut segments = path.split('/');
    let before = segments.find(|segment| matches!(*segment, "models" | "deployments" | "model"))?;
    let named = segments.next()?;
    let verb = if before == "models" { named.rfind(':') } else { None };
    named.get(..verb.unwrap_or(named.len())).filter(|model| !model.is_empty())
}

/// Whether it is a new answer that is asked for, and not a stored one.
fn answers(api: Api, path: &str) -> bool {
    let last = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    match api {
        Api::OpenAiChat => last == "completions" || last.to_lowercase().ends_with("rawpredict"),
        Api::OpenAiResponses => last == "responses",
        _ => true,
    }
}

fn fixed(path: &str) -> Option<Value> {
    let segments: Vec<&str> = path.split('/').skip(1).collect();
    match segments.as_slice() {
        ["api", "version"] => Some(json!({"version": env!("CARGO_PKG_VERSION")})),
        ["api", "tags"] => Some(json!({"models": [{
            "name": "mock", "model": "mock", "modified_at": "2026-01-01T00:00:00Z", "size": 0,
            "digest": "0".repeat(64),
            "details": {
                "parent_model": "", "format": "mock", "family": "mock", "families": ["mock"],
                "parameter_size": "0B", "quantization_level": "F32",
            },
        }]})),
        // OpenAI and Anthropic look for `data`, Google and Cohere for `models`.
        [.., "models"] => Some(json!({
            "object": "list", "data": [described("mock")], "has_more": false, "first_id": "mock",
            "last_id": "mock", "models": [described("mock")],
        })),
        [.., "models", model] => Some(described(model)),
        _ => None,
    }
}

/// A model, with what the clients of every provider look for.
fn described(model: &str) -> Value {
    json!({
        "id": model, "object": "model", "created": CREATED, "owned_by": "sandgate",
        "type": "model", "display_name": "Mock", "created_at": "2026-01-01T00:00:00Z",
        "name": format!("models/{model}"), "version": "1", "displayName": "Mock",
        "inputTokenLimit": 1_048_576, "outputTokenLimit": 1_048_576,
        "supportedGenerationMethods": ["generateContent", "countTokens", "embedContent"],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stored_answers_are_not_there() {
        for (method, path) in [
            ("GET", "/v1/responses/resp_1"),
            ("POST", "/v1/responses/resp_1/cancel"),
            ("POST", "/v1/chat/completions/c1"),
            ("GET", "/v1/chat/completions"),
            ("GET", "/"),
        ] {
            assert_eq!(Route::of(method, path), Err(Problem::nothing_there(method, path)));
        }
        assert_eq!(Route::of("GET", "/mcp"), Err(Problem::method("GET", "/mcp")));
    }

    #[test]
    fn paths_name_models() {
        assert_eq!(model("/v1beta/models/gemini-3:generateContent"), Some("gemini-3"));
        assert_eq!(model("/openai/deployments/gpt-5/chat/completions"), Some("gpt-5"));
        assert_eq!(model("/model/anthropic.claude-v1:0/converse"), Some("anthropic.claude-v1:0"));
        assert_eq!(model("/v1/chat/completions"), None);
    }
}
