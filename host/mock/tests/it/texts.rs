//! What the mock says is what the gateway reads in it: the texts, and nothing that is none.

use sandgate_wire::{Api, Framing, Role, StreamKey, Table, View, walk};
use serde_json::{Value, json};

use crate::stage::{Stage, saying};

/// The texts of documents, each with who speaks; what goes on in later documents is one.
#[track_caller]
fn texts(api: Api, stream: bool, documents: &[Value]) -> Vec<(Role, String)> {
    let table = Table::new(if stream { api.event() } else { api.response() });
    let mut found: Vec<(Option<StreamKey>, Role, View, String)> = Vec::new();
    for document in documents.iter().map(Value::to_string) {
        let walk = walk(&document, &table, None, Role::Assistant).expect("it is JSON");
        assert_eq!(walk.unscannable, 0, "{document}");
        for text in walk.texts {
            let goes_on = |found: &&mut (Option<StreamKey>, Role, View, String)| {
                found.0.is_some() && found.0 == text.stream
            };
            let said = document.get(text.span).expect("it is there");
            if let Some((.., view, heard)) = found.iter_mut().find(goes_on) {
                heard.push_str(&view.push(said));
                continue;
            }
            let mut view = View::new(text.spelling);
            let heard = view.push(said);
            found.push((text.stream, text.role, view, heard));
        }
    }
    let texts = found.into_iter().map(|(_, role, mut view, heard)| (role, heard + &view.end()));
    texts.filter(|(_, text)| !text.is_empty() && text != "{}").collect()
}

/// Asks for a text with a call, and looks who is heard to say what.
async fn check(api: Api, path: &str, body: Value, framing: Option<Framing>) {
    let stage = Stage::new().await;
    let reply = stage.post(path, &body).await;
    let documents = framing.map_or_else(|| vec![reply.json()], |framing| reply.events(framing));
    let documents: Vec<Value> = documents.into_iter().filter(|d| !d.is_null()).collect();
    let mut texts = texts(api, framing.is_some(), &documents);
    let place = |(role, text): &(Role, String)| (*role == Role::ToolCall, text.starts_with('{'));
    texts.sort_by_key(place);
    texts.dedup();
    let expected = [
        (Role::Assistant, "I will mail"),
        (Role::ToolCall, "mail"),
        (Role::ToolCall, "{\"to\":\"Ana Lee\"}"),
    ];
    let expected = expected.map(|(role, text)| (role, text.to_owned()));
    assert_eq!(texts, expected, "{path}");
    stage.leave().await;
}

const ORDER: &str = "mock: say I will mail\nmock: tool mail {\"to\": \"Ana Lee\"}";

#[tokio::test]
async fn of_answers_that_come_whole() {
    let messages = saying(ORDER, "stream", false.into());
    let contents = json!({"contents": [{"parts": [{"text": ORDER}]}]});
    let bedrock = json!({"messages": [{"role": "user", "content": [{"text": ORDER}]}]});
    for (api, path, body) in [
        (Api::OpenAiChat, "/v1/chat/completions", &messages),
        (Api::OpenAiResponses, "/v1/responses", &json!({"input": ORDER})),
        (Api::AnthropicMessages, "/v1/messages", &messages),
        (Api::GeminiGenerate, "/v1beta/models/g:generateContent", &contents),
        (Api::BedrockConverse, "/model/m/converse", &bedrock),
        (Api::CohereChat, "/v2/chat", &messages),
        (Api::OllamaChat, "/api/chat", &messages),
    ] {
        check(api, path, body.clone(), None).await;
    }
}

#[tokio::test]
async fn of_answers_that_are_streamed() {
    let messages = saying(ORDER, "stream", true.into());
    let contents = json!({"contents": [{"parts": [{"text": ORDER}]}]});
    let input = json!({"input": ORDER, "stream": true});
    let gemini = "/v1beta/models/g:streamGenerateContent";
    for (api, path, body, framing) in [
        (Api::OpenAiChat, "/v1/chat/completions", &messages, Framing::Sse),
        (Api::OpenAiResponses, "/v1/responses", &input, Framing::Sse),
        (Api::AnthropicMessages, "/v1/messages", &messages, Framing::Sse),
        (Api::GeminiGenerate, &format!("{gemini}?alt=sse"), &contents, Framing::Sse),
        (Api::GeminiGenerate, gemini, &contents, Framing::Array),
        (Api::CohereChat, "/v2/chat", &messages, Framing::Sse),
        (Api::OllamaChat, "/api/chat", &messages, Framing::Lines),
    ] {
        check(api, path, body.clone(), Some(framing)).await;
    }
}
