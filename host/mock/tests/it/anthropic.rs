//! Anthropic's messages.

use sandgate_wire::Framing;
use serde_json::json;

use crate::stage::{Stage, joined, saying};

const PATH: &str = "/v1/messages";

#[tokio::test]
async fn a_message_is_answered() {
    let stage = Stage::new().await;
    let body = stage.post(PATH, &saying("Hi", "max_tokens", json!(9))).await.json();
    let expected = json!({
        "id": "msg_mock1", "type": "message", "role": "assistant", "model": "m",
        "content": [{"type": "text", "text": "You said: Hi"}], "stop_reason": "end_turn",
        "stop_sequence": null,
        "usage": {
            "input_tokens": 1, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0,
            "output_tokens": 3,
        },
    });
    assert_eq!(body, expected);
    stage.leave().await;
}

#[tokio::test]
async fn a_message_is_streamed() {
    let stage = Stage::new().await;
    let reply = stage.post(PATH, &saying("Hi", "stream", true.into())).await;
    let events = reply.named(Framing::Sse);
    let names: Vec<&str> = events.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "message_start",
            "content_block_start",
            "ping",
            "content_block_delta",
            "content_block_delta",
            "content_block_delta",
            "content_block_stop",
            "message_delta",
            "message_stop",
        ]
    );
    assert!(events.iter().all(|(name, event)| event["type"] == name.as_str()));
    let events = reply.events(Framing::Sse);
    assert_eq!(joined(&events, "/delta/text"), "You said: Hi");
    assert_eq!(events[0]["message"]["content"], json!([]));
    assert_eq!(events[7]["delta"]["stop_reason"], "end_turn");
    stage.leave().await;
}

#[tokio::test]
async fn a_tool_is_used() {
    let stage = Stage::new().await;
    let order = "mock: say wait\nmock: tool mail {\"to\": \"Ana\"}";
    let body = stage.post(PATH, &saying(order, "max_tokens", json!(9))).await.json();
    let used =
        json!({"type": "tool_use", "id": "toolu_mock1_0", "name": "mail", "input": {"to": "Ana"}});
    assert_eq!(body["content"], json!([{"type": "text", "text": "wait"}, used]));
    assert_eq!(body["stop_reason"], "tool_use");

    let events = stage.post(PATH, &saying(order, "stream", true.into())).await.events(Framing::Sse);
    assert_eq!(joined(&events, "/delta/partial_json"), "{\"to\":\"Ana\"}");
    let block = json!({"type": "tool_use", "id": "toolu_mock2_0", "name": "mail", "input": {}});
    let start = json!({"type": "content_block_start", "index": 1, "content_block": block});
    assert!(events.contains(&start), "{events:?}");
    assert_eq!(joined(&events, "/delta/stop_reason"), "tool_use");
    stage.leave().await;
}

#[tokio::test]
async fn a_result_is_the_last_word_unless_more_is_said() {
    let stage = Stage::new().await;
    let mut request = saying("mock: tool f", "max_tokens", json!(9));
    let result = json!({"type": "tool_result", "tool_use_id": "t", "content": [
        {"type": "text", "text": "42"}]});
    let messages = request["messages"].as_array_mut().expect("a list");
    messages.push(json!({"role": "user", "content": [result]}));
    let body = stage.post(PATH, &request).await.json();
    assert_eq!(body["content"][0]["text"], "The tool said: 42");
    let content = request["messages"][1]["content"].as_array_mut().expect("a list");
    content.push(json!({"type": "text", "text": "and?"}));
    let body = stage.post(PATH, &request).await.json();
    assert_eq!(body["content"][0]["text"], "You said: and?");
    stage.leave().await;
}

#[tokio::test]
async fn tokens_are_words() {
    let stage = Stage::new().await;
    let request = saying("one two", "system", "Be brief.".into());
    let body = stage.post("/v1/messages/count_tokens", &request).await.json();
    assert_eq!(body, json!({"input_tokens": 4}));
    stage.leave().await;
}
