//! Orders of the last user message.

use sandgate_wire::Framing;
use serde_json::{Value, json};

use crate::stage::{Stage, joined, saying};

const CHAT: &str = "/v1/chat/completions";

#[tokio::test]
async fn orders_are_no_text() {
    let stage = Stage::new().await;
    let request = saying("one\nmock: chunk 3\nmock: delay 1\ntwo", "stream", true.into());
    let events = stage.post(CHAT, &request).await.events(Framing::Sse);
    let deltas: Vec<&str> =
        events.iter().filter_map(|e| e["choices"][0]["delta"]["content"].as_str()).collect();
    assert_eq!(deltas, ["", "You", " sa", "id:", " on", "e\nt", "wo"]);
    stage.leave().await;
}

#[tokio::test]
async fn only_the_last_user_message_orders() {
    let stage = Stage::new().await;
    let message = |role: &str, content: &str| json!({"role": role, "content": content});
    let messages = json!([
        message("system", "mock: status 500"),
        message("user", "mock: status 501"),
        message("assistant", "mock: status 502"),
        message("user", "mock: say yes\nmock: say no"),
        message("assistant", "mock: status 503")
    ]);
    let body = stage.post(CHAT, &json!({"messages": messages})).await.json();
    assert_eq!(body["choices"][0]["message"]["content"], "yes\nno");
    stage.leave().await;
}

#[tokio::test]
async fn choices_are_ordered_or_asked_for() {
    let stage = Stage::new().await;
    let body = stage.post(CHAT, &saying("mock: choices 3", "n", json!(2))).await.json();
    assert_eq!(body["choices"].as_array().map(Vec::len), Some(3));
    let events = stage
        .post(CHAT, &saying("mock: choices 2\nhi", "stream", true.into()))
        .await
        .events(Framing::Sse);
    let second: Vec<Value> =
        events.into_iter().filter(|event| event["choices"][0]["index"] == 1).collect();
    assert_eq!(joined(&second, "/choices/0/delta/content"), "You said: hi");
    let (status, error) = stage.post(CHAT, &saying("hi", "n", json!(17))).await.error();
    let expected = "choices: expected a number from 1 to 16: 17";
    assert_eq!((status, &error["error"]["message"]), (400, &json!(expected)));
    let body = stage.post("/v2/chat", &saying("mock: choices 3\nhi", "n", json!(1))).await.json();
    assert_eq!(body["message"]["content"][0]["text"], "You said: hi");
    stage.leave().await;
}

#[tokio::test]
async fn errors_are_the_providers_own() {
    let stage = Stage::new().await;
    let text = "mock: status 429";
    let openai = saying(text, "stream", true.into());
    let gemini = json!({"contents": [{"parts": [{"text": text}]}]});
    let bedrock = json!({"messages": [{"role": "user", "content": [{"text": text}]}]});
    let input = json!({"input": text, "prompt": text, "content": {"parts": [{"text": text}]}});
    for (path, body, place, expected) in [
        (CHAT, &openai, "/error/type", "rate_limit_error"),
        ("/v1/responses", &input, "/error/code", "mock_status"),
        ("/v1/embeddings", &input, "/error/type", "rate_limit_error"),
        ("/v1/moderations", &input, "/error/type", "rate_limit_error"),
        ("/v1/images/edits", &input, "/error/type", "rate_limit_error"),
        ("/v1/messages", &openai, "/error/type", "rate_limit_error"),
        ("/v1beta/models/g:streamGenerateContent", &gemini, "/error/status", "RESOURCE_EXHAUSTED"),
        ("/v1beta/models/g:embedContent", &input, "/error/status", "RESOURCE_EXHAUSTED"),
        ("/model/m/converse-stream", &bedrock, "/message", ""),
        ("/v2/chat", &openai, "/message", ""),
        ("/api/chat", &openai, "/error", ""),
        ("/api/embed", &input, "/error", ""),
    ] {
        let (status, error) = stage.post(path, body).await.error();
        let said = error.pointer(place).and_then(Value::as_str).unwrap_or_default();
        assert_eq!(status, 429, "{path}");
        let message = "mock: status: answered with 429 as it was told to";
        assert_eq!(said, if expected.is_empty() { message } else { expected }, "{path}");
    }
    stage.leave().await;
}

#[tokio::test]
async fn bad_orders_are_errors() {
    let stage = Stage::new().await;
    let (status, error) =
        stage.post("/v1/messages", &saying("mock: cut x", "a", json!(1))).await.error();
    let message = "mock: cut: not a number from 0 to 1000000: x";
    let expected =
        json!({"type": "error", "error": {"type": "invalid_request_error", "message": message}});
    assert_eq!((status, error), (400, expected));
    stage.leave().await;
}

#[tokio::test]
async fn streams_break_off_in_the_middle_of_an_event() {
    for http2 in [false, true] {
        let stage = Stage::speaking(http2).await;
        let whole = stage.post("/api/chat", &saying("one two", "a", json!(1))).await;
        let lines: Vec<&str> = whole.body.lines().collect();
        for cut in 0..lines.len() + 2 {
            let text = format!("one two\nmock: cut {cut}");
            let reply = stage.post("/api/chat", &saying(&text, "a", json!(1))).await;
            let is_cut = cut < lines.len();
            assert_eq!(reply.broken, is_cut, "{cut} {reply:?}");
            assert_eq!(reply.body.lines().count(), lines.len().min(cut + 1), "{cut} {reply:?}");
            assert_eq!(reply.body.ends_with('\n'), !is_cut, "{cut} {reply:?}");
        }
        stage.leave().await;
    }
}

#[tokio::test]
async fn arrays_and_whole_answers_break_off_too() {
    let stage = Stage::new().await;
    let contents =
        |cut: u8| json!({"contents": [{"parts": [{"text": format!("mock: cut {cut}")}]}]});
    let path = "/v1beta/models/g:streamGenerateContent";
    let reply = stage.post(path, &contents(1)).await;
    assert!(reply.broken && serde_json::from_str::<Value>(&reply.body).is_err(), "{reply:?}");
    let reply = stage.post(path, &contents(9)).await;
    assert!(!reply.broken && serde_json::from_str::<Value>(&reply.body).is_ok(), "{reply:?}");
    let reply = stage.post("/v1beta/models/g:generateContent", &contents(0)).await;
    assert!(reply.broken && reply.body.starts_with('{'), "{reply:?}");
    let reply = stage.post("/v1beta/models/g:generateContent", &contents(1)).await;
    assert_eq!(reply.json()["candidates"][0]["finishReason"], "STOP");
    stage.leave().await;
}
