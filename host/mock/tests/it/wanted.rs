//! Answers that must fit a schema, and tools that must be called.

use serde_json::{Value, json};

use crate::stage::{Stage, saying};

/// What pydantic makes of a class with a list of classes.
fn schema() -> Value {
    json!({
        "type": "object",
        "properties": {
            "kind": {"enum": ["a", "b"], "type": "string"},
            "title": {"type": "string"},
            "steps": {"type": "array", "items": {"$ref": "#/$defs/Step"}},
            "next": {"anyOf": [{"type": "integer", "minimum": 3}, {"type": "null"}]},
        },
        "required": ["kind", "title", "steps", "next"],
        "$defs": {"Step": {"type": "object", "properties": {"text": {"type": "string"}}}},
    })
}

#[tokio::test]
async fn every_provider_fills_a_schema_in() {
    let stage = Stage::new().await;
    let expected = json!({"kind": "a", "title": "You said: Hi", "steps": [], "next": 3});
    let named = json!({"type": "json_schema", "json_schema": {"name": "x", "schema": schema()}});
    let flat = json!({"type": "json_schema", "name": "x", "schema": schema()});
    let contents = |config: &Value| json!({"contents": [{"parts": [{"text": "Hi"}]}], "generationConfig": config});
    let mut ollama = saying("Hi", "format", schema());
    ollama["stream"] = false.into();
    let gemini = "/v1beta/models/g:generateContent";
    let part = "/candidates/0/content/parts/0/text";
    for (path, body, place) in [
        (
            "/v1/chat/completions",
            saying("Hi", "response_format", named),
            "/choices/0/message/content",
        ),
        (
            "/v1/responses",
            json!({"input": "Hi", "text": {"format": flat}}),
            "/output/0/content/0/text",
        ),
        ("/v1/messages", saying("Hi", "output_config", json!({"format": flat})), "/content/0/text"),
        ("/v1/messages", saying("Hi", "output_format", flat.clone()), "/content/0/text"),
        (gemini, contents(&json!({"responseSchema": schema()})), part),
        (gemini, contents(&json!({"responseJsonSchema": schema()})), part),
        ("/api/chat", ollama, "/message/content"),
        (
            "/api/generate",
            json!({"prompt": "Hi", "format": schema(), "stream": false}),
            "/response",
        ),
        (
            "/v2/chat",
            saying(
                "Hi",
                "response_format",
                json!({"type": "json_object", "json_schema": schema()}),
            ),
            "/message/content/0/text",
        ),
    ] {
        let answer = stage.post(path, &body).await.json();
        let text = answer.pointer(place).and_then(Value::as_str).unwrap_or_default();
        let filled: Value = serde_json::from_str(text).unwrap_or_else(|_| answer.clone());
        assert_eq!(filled, expected, "{path}");
    }
    stage.leave().await;
}

#[tokio::test]
async fn json_without_a_schema_is_an_object() {
    let stage = Stage::new().await;
    let request = saying("Hi", "response_format", json!({"type": "json_object"}));
    let body = stage.post("/v1/chat/completions", &request).await.json();
    assert_eq!(body["choices"][0]["message"]["content"], "{\"text\":\"You said: Hi\"}");
    stage.leave().await;
}

#[tokio::test]
async fn forced_tools_are_called() {
    let stage = Stage::new().await;
    let filled = json!({"kind": "a", "title": "You said: Hi", "steps": [], "next": 3});
    let other = json!({"name": "other", "parameters": {}, "input_schema": {}});
    let tool = json!({"name": "look", "parameters": schema(), "input_schema": schema()});
    let functions = json!([
        {"type": "function", "function": other}, {"type": "function", "function": tool}]);
    let named = json!({"type": "function", "function": {"name": "look"}});
    let mut chat = saying("Hi", "tools", functions.clone());
    for (choice, name) in [(named, "look"), (json!("required"), "other")] {
        chat["tool_choice"] = choice;
        let body = stage.post("/v1/chat/completions", &chat).await.json();
        let function = &body["choices"][0]["message"]["tool_calls"][0]["function"];
        let arguments = if name == "look" { filled.to_string() } else { "{}".into() };
        assert_eq!(function, &json!({"name": name, "arguments": arguments}));
    }
    let mut messages = saying("Hi", "tools", json!([tool]));
    messages["tool_choice"] = json!({"type": "any"});
    let body = stage.post("/v1/messages", &messages).await.json();
    assert_eq!(body["content"][0]["input"], filled);

    let mut gemini = json!({"contents": [{"parts": [{"text": "Hi"}]}]});
    gemini["tools"] = json!([{"functionDeclarations": [other, tool]}]);
    let calling = json!({"mode": "ANY", "allowedFunctionNames": ["look"]});
    gemini["toolConfig"] = json!({"functionCallingConfig": calling});
    let body = stage.post("/v1beta/models/g:generateContent", &gemini).await.json();
    let call = &body["candidates"][0]["content"]["parts"][0]["functionCall"];
    assert_eq!((&call["name"], &call["args"]), (&json!("look"), &filled));
    stage.leave().await;
}
