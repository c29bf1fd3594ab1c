//! Cohere's chat.

use sandgate_wire::Framing;
use serde_json::json;

use crate::stage::{Stage, joined, saying};

const PATH: &str = "/v2/chat";

#[tokio::test]
async fn a_chat_is_whole_or_streamed() {
    let stage = Stage::new().await;
    let body = stage.post(PATH, &saying("Hi", "stream", false.into())).await.json();
    let text = json!([{"type": "text", "text": "You said: Hi"}]);
    assert_eq!(body["message"], json!({"role": "assistant", "content": text}));
    assert_eq!(body["finish_reason"], "COMPLETE");

    let reply = stage.post(PATH, &saying("Hi", "stream", true.into())).await;
    let events = reply.named(Framing::Sse);
    assert!(events.iter().all(|(name, event)| event["type"] == name.as_str()));
    let mut names: Vec<String> = events.into_iter().map(|(name, _)| name).collect();
    names.dedup();
    assert_eq!(
        names,
        ["message-start", "content-start", "content-delta", "content-end", "message-end"]
    );
    let events = reply.events(Framing::Sse);
    assert_eq!(joined(&events, "/delta/message/content/text"), "You said: Hi");
    stage.leave().await;
}

#[tokio::test]
async fn tools_are_planned_and_called() {
    let stage = Stage::new().await;
    let order = "mock: say I will mail\nmock: tool mail {\"to\": \"Ana\"}";
    let body = stage.post(PATH, &saying(order, "stream", false.into())).await.json();
    let function = json!({"name": "mail", "arguments": "{\"to\":\"Ana\"}"});
    let call = json!({"id": "mail_mock1_0", "type": "function", "function": function});
    let message = json!({"role": "assistant", "tool_plan": "I will mail", "tool_calls": [call]});
    assert_eq!((&body["message"], &body["finish_reason"]), (&message, &json!("TOOL_CALL")));

    let events = stage.post(PATH, &saying(order, "stream", true.into())).await.events(Framing::Sse);
    assert_eq!(joined(&events, "/delta/message/tool_plan"), "I will mail");
    assert_eq!(joined(&events, "/delta/message/tool_calls/function/arguments"), "{\"to\":\"Ana\"}");
    stage.leave().await;
}
