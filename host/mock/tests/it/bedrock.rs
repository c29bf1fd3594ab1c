//! Bedrock's Converse.

use sandgate_wire::Framing;
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
async fn a_message_is_streamed() {
    let stage = Stage::new().await;
    let reply = stage.post("/model/m/converse-stream", &saying("Hi")).await;
    let events = reply.named(Framing::EventStream);
    let names: Vec<&str> = events.iter().map(|(name, _)| name.as_str()).collect();
    let deltas = ["contentBlockDelta"; 3];
    let around = (["messageStart"], ["contentBlockStop", "messageStop", "metadata"]);
    assert_eq!(names, [&around.0[..], &deltas, &around.1].concat());
    let said = events.iter().filter_map(|(_, event)| event["delta"]["text"].as_str());
    assert_eq!(said.collect::<String>(), "You said: Hi");
    stage.leave().await;
}
