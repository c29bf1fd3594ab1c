//! OpenAI's responses.

use sandgate_wire::Framing;
use serde_json::{Value, json};

use crate::stage::{Reply, Stage, joined};

const PATH: &str = "/v1/responses";

#[track_caller]
fn types(reply: &Reply) -> Vec<String> {
    let events = reply.named(Framing::Sse);
    for (idx, (name, event)) in events.iter().enumerate() {
        assert_eq!(event["type"], name.as_str());
        assert_eq!(event["sequence_number"], idx);
    }
    events.into_iter().map(|(name, _)| name.replace("response.", "")).collect()
}

#[tokio::test]
async fn a_response_repeats_its_request() {
    let stage = Stage::new().await;
    let request = json!({"model": "m", "input": "Hi", "instructions": "Be brief.", "store": false});
    let body = stage.post(PATH, &request).await.json();
    let text = json!({
        "type": "output_text", "text": "You said: Hi", "annotations": [], "logprobs": [],
    });
    let message = json!({
        "id": "msg_mock1", "type": "message", "status": "completed", "role": "assistant",
        "content": [text],
    });
    assert_eq!(body["output"], json!([message]));
    assert_eq!((&body["instructions"], &body["store"]), (&json!("Be brief."), &json!(false)));
    assert_eq!((&body["status"], &body["usage"]["input_tokens"]), (&json!("completed"), &json!(3)));
    stage.leave().await;
}

#[tokio::test]
async fn a_message_is_streamed_in_order() {
    let stage = Stage::new().await;
    let reply = stage.post(PATH, &json!({"input": "Hi Ana", "stream": true})).await;
    assert_eq!(
        types(&reply),
        [
            "created",
            "in_progress",
            "output_item.added",
            "content_part.added",
            "output_text.delta",
            "output_text.delta",
            "output_text.delta",
            "output_text.delta",
            "output_text.done",
            "content_part.done",
            "output_item.done",
            "completed",
        ]
    );
    let events = reply.events(Framing::Sse);
    assert_eq!(joined(&events, "/delta"), "You said: Hi Ana");
    assert_eq!(joined(&events, "/text"), "You said: Hi Ana");
    let whole = stage.post(PATH, &json!({"input": "Hi Ana"})).await.json();
    let last = &events.last().expect("it ends")["response"];
    assert_eq!(last["output"][0]["content"], whole["output"][0]["content"]);
    assert_eq!(last["usage"], whole["usage"]);
    stage.leave().await;
}

#[tokio::test]
async fn a_call_is_streamed_in_order() {
    let stage = Stage::new().await;
    let input = json!([{"role": "user", "content": [
        {"type": "input_text", "text": "mock: say wait\nmock: tool mail {\"to\": \"Ana\"}"}]}]);
    let reply = stage.post(PATH, &json!({"input": input, "stream": true})).await;
    let types = types(&reply);
    let call = types.get(8..12).unwrap_or_default();
    assert_eq!(
        call,
        [
            "output_item.added",
            "function_call_arguments.delta",
            "function_call_arguments.done",
            "output_item.done",
        ]
    );
    let events = reply.events(Framing::Sse);
    assert_eq!(joined(&events, "/arguments"), "{\"to\":\"Ana\"}");
    let item = json!({
        "id": "fc_mock1_0", "type": "function_call", "status": "completed",
        "call_id": "call_mock1_0", "name": "mail", "arguments": "{\"to\":\"Ana\"}",
    });
    assert_eq!(
        events[11],
        json!({
            "type": "response.output_item.done", "output_index": 1, "item": item, "sequence_number": 11,
        })
    );
    assert_eq!(events[12]["response"]["output"][1], item);
    stage.leave().await;
}

#[tokio::test]
async fn a_result_is_the_last_word() {
    let stage = Stage::new().await;
    let input = json!([
        {"role": "user", "content": "mock: tool f"},
        {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "c", "output": "42"}]);
    let body = stage.post(PATH, &json!({"input": input})).await.json();
    assert_eq!(body["output"][0]["content"][0]["text"], "The tool said: 42");
    let (status, error) = stage.post(PATH, &json!({"input": 7})).await.error();
    assert_eq!((status, &error["error"]["param"]), (400, &Value::Null));
    stage.leave().await;
}
