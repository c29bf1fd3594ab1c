//! Ollama.

use sandgate_wire::Framing;
use serde_json::json;

use crate::stage::{Stage, joined, saying};

const CHAT: &str = "/api/chat";

#[tokio::test]
async fn a_chat_is_streamed_unless_it_says_no() {
    let stage = Stage::new().await;
    let body = stage.post(CHAT, &saying("Hi", "stream", false.into())).await.json();
    assert_eq!(body["message"], json!({"role": "assistant", "content": "You said: Hi"}));
    assert_eq!((&body["done"], &body["eval_count"]), (&json!(true), &json!(3)));

    let lines = stage.post(CHAT, &saying("Hi", "options", json!({}))).await.events(Framing::Lines);
    assert_eq!((joined(&lines, "/message/content").as_str(), lines.len()), ("You said: Hi", 4));
    let done: Vec<bool> = lines.iter().map(|line| line["done"] == true).collect();
    assert_eq!(done, [false, false, false, true]);
    stage.leave().await;
}

#[tokio::test]
async fn tools_are_called_and_answer() {
    let stage = Stage::new().await;
    let mut request = saying("mock: tool mail {\"to\": \"Ana\"}", "stream", true.into());
    let lines = stage.post(CHAT, &request).await.events(Framing::Lines);
    let calls = json!([{"function": {"name": "mail", "arguments": {"to": "Ana"}}}]);
    assert_eq!(lines[0]["message"]["tool_calls"], calls);
    let messages = request["messages"].as_array_mut().expect("a list");
    messages.push(json!({"role": "tool", "tool_name": "mail", "content": "sent"}));
    let lines = stage.post(CHAT, &request).await.events(Framing::Lines);
    assert_eq!(joined(&lines, "/message/content"), "The tool said: sent");
    stage.leave().await;
}

#[tokio::test]
async fn generate_goes_on() {
    let stage = Stage::new().await;
    let lines = stage.post("/api/generate", &json!({"prompt": "Hi"})).await.events(Framing::Lines);
    assert_eq!(joined(&lines, "/response"), "You said: Hi");
    let body = stage.post("/api/generate", &json!({"prompt": "Hi", "stream": false})).await.json();
    assert_eq!((&body["response"], &body["done"]), (&json!("You said: Hi"), &json!(true)));
    stage.leave().await;
}

#[tokio::test]
async fn texts_are_embedded_in_both_ways() {
    let stage = Stage::new().await;
    let body = stage.post("/api/embed", &json!({"model": "e", "input": ["a", "b"]})).await.json();
    assert_eq!(body["embeddings"].as_array().map(Vec::len), Some(2));
    let body = stage.post("/api/embeddings", &json!({"prompt": "a"})).await.json();
    assert_eq!(body["embedding"].as_array().map(Vec::len), Some(768));
    stage.leave().await;
}
