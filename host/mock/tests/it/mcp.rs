//! The Model Context Protocol.

use serde_json::{Value, json};

use crate::stage::Stage;

async fn result(stage: &Stage, method: &str, params: Value) -> Value {
    let request = json!({"jsonrpc": "2.0", "id": "a", "method": method, "params": params});
    let answer = stage.post("/mcp", &request).await.json();
    assert_eq!((&answer["jsonrpc"], &answer["id"]), (&json!("2.0"), &json!("a")));
    answer.get("result").or(answer.get("error")).cloned().unwrap_or_default()
}

#[tokio::test]
async fn a_session_begins() {
    let stage = Stage::new().await;
    let params = json!({"protocolVersion": "2025-06-18", "capabilities": {}});
    let begun = result(&stage, "initialize", params).await;
    assert_eq!(begun["protocolVersion"], "2025-06-18");
    let begun = result(&stage, "initialize", json!({"protocolVersion": "1999-01-01"})).await;
    assert_eq!(begun["protocolVersion"], "2025-11-25");
    let note = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
    let reply = stage.post("/mcp", &note).await;
    assert_eq!((reply.status, reply.body.as_str()), (202, ""));
    assert_eq!(stage.get("/mcp").await.status, 405);
    stage.leave().await;
}

#[tokio::test]
async fn the_echo_says_what_it_is_told() {
    let stage = Stage::new().await;
    let tools = result(&stage, "tools/list", Value::Null).await;
    assert_eq!(tools["tools"][0]["name"], "echo");
    let call = json!({"name": "echo", "arguments": {"text": "Hi Ana"}});
    let said = result(&stage, "tools/call", call).await;
    assert_eq!(said["content"], json!([{"type": "text", "text": "Hi Ana"}]));
    let unknown = result(&stage, "tools/call", json!({"name": "mail"})).await;
    assert_eq!(unknown, json!({"code": -32602, "message": "unknown tool: \"mail\""}));
    let bare = result(&stage, "tools/call", json!({"name": "echo"})).await;
    assert_eq!(bare, json!({"code": -32602, "message": "echo: text: expected a string"}));
    stage.leave().await;
}

#[tokio::test]
async fn the_rest_is_empty() {
    let stage = Stage::new().await;
    assert_eq!(result(&stage, "ping", Value::Null).await, json!({}));
    assert_eq!(result(&stage, "prompts/list", json!({})).await, json!({"prompts": []}));
    assert_eq!(result(&stage, "resources/list", json!({})).await, json!({"resources": []}));
    assert_eq!(result(&stage, "logging/setLevel", json!({})).await["code"], -32601);
    stage.leave().await;
}

#[tokio::test]
async fn several_are_answered_at_once() {
    let stage = Stage::new().await;
    let ping = |id: u64| json!({"jsonrpc": "2.0", "id": id, "method": "ping"});
    let note = json!({"jsonrpc": "2.0", "method": "notifications/cancelled"});
    let answers = stage.post("/mcp", &json!([ping(1), note, ping(2)])).await.json();
    let pong = |id: u64| json!({"jsonrpc": "2.0", "id": id, "result": {}});
    assert_eq!(answers, json!([pong(1), pong(2)]));
    for body in [json!({"id": 1, "method": "ping"}), json!(vec![ping(1); 65])] {
        let (status, error) = stage.post("/mcp", &body).await.error();
        assert_eq!((status, &error["jsonrpc"]), (400, &json!("2.0")));
    }
    stage.leave().await;
}
