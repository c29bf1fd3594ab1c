//! Bedrock's Converse.

use serde_json::{Value, json};

use crate::stage::Stage;

const PATH: &str = "/model/anthropic.claude-v1:0/converse";

fn saying(text: &str) -> Value {
    json!({"messages": [{"role": "user", "content": [{"text": text}]}]})
}

#[tokio::test]
async fn a_message_is_answered() {
    let stage = Stage::new().await;
    let body = stage.post(PATH, &saying("Hi")).await.json();
    let message = json!({"role": "assistant", "content": [{"text": "You said: Hi"}]});
    assert_eq!(
        body,
        json!({
            "usage": {"inputTokens": 1, "outputTokens": 3, "totalTokens": 4},
            "metrics": {"latencyMs": 0},
            "output": {"message": message},
            "stopReason": "end_turn",
        })
    );
    stage.leave().await;
}

#[tokio::test]
async fn tools_are_forced_and_answer() {
    let stage = Stage::new().await;
    let mut request = saying("Hi");
    let schema = json!({"type": "object", "properties": {"q": {"type": "string"}}});
    let tool = json!({"toolSpec": {"name": "look", "inputSchema": {"json": schema}}});
    request["toolConfig"] = json!({"tools": [tool], "toolChoice": {"any": {}}});
    let body = stage.post(PATH, &request).await.json();
    let used = json!({"toolUse": {
        "toolUseId": "tooluse_mock1_0", "name": "look", "input": {"q": "You said: Hi"}}});
    assert_eq!(body["output"]["message"]["content"], json!([used]));
    assert_eq!(body["stopReason"], "tool_use");

    let result =
        json!({"toolResult": {"toolUseId": "t", "content": [{"json": {"a": 1}}, {"text": "b"}]}});
    let messages = request["messages"].as_array_mut().expect("a list");
    messages.push(json!({"role": "user", "content": [result]}));
    let body = stage.post(PATH, &request).await.json();
    assert_eq!(body["output"]["message"]["content"][0]["text"], "The tool said: {\"a\":1}\nb");
    stage.leave().await;
}

#[tokio::test]
async fn streams_are_not_there_yet() {
    let stage = Stage::new().await;
    let (status, error) = stage.post("/model/m/converse-stream", &saying("Hi")).await.error();
    let message = "the mock does not stream this API yet, ask for the answer as a whole";
    assert_eq!((status, error), (501, json!({"message": message})));
    stage.leave().await;
}
