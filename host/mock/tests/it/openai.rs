//! OpenAI's APIs, but for responses.

use sandgate_wire::Framing;
use serde_json::{Value, json};

use crate::stage::{Stage, joined, saying};

const CHAT: &str = "/v1/chat/completions";

#[tokio::test]
async fn a_chat_is_answered() {
    let stage = Stage::new().await;
    let body = stage.post(CHAT, &saying("Hi, I am Ana.", "n", json!(2))).await.json();
    let choice = |index: u64| {
        json!({
            "index": index,
            "message": {
                "role": "assistant", "content": "You said: Hi, I am Ana.", "refusal": null,
                "annotations": [],
            },
            "logprobs": null,
            "finish_reason": "stop",
        })
    };
    assert_eq!(body["choices"], json!([choice(0), choice(1)]));
    assert_eq!(body["object"], "chat.completion");
    assert_eq!((&body["model"], &body["id"]), (&json!("m"), &json!("chatcmpl-mock1")));
    assert_eq!(body["usage"]["total_tokens"], 10);
    stage.leave().await;
}

#[tokio::test]
async fn a_chat_is_streamed() {
    let stage = Stage::new().await;
    let mut request = saying("one two", "stream", true.into());
    request["stream_options"] = json!({"include_usage": true});
    let events = stage.post(CHAT, &request).await.events(Framing::Sse);
    let [first, .., finish, usage, done] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!(first["choices"][0]["delta"]["role"], "assistant");
    assert_eq!(joined(&events, "/choices/0/delta/content"), "You said: one two");
    let over = json!({"index": 0, "delta": {}, "logprobs": null, "finish_reason": "stop"});
    assert_eq!(finish["choices"], json!([over]));
    assert_eq!((&usage["choices"], &usage["usage"]["completion_tokens"]), (&json!([]), &json!(4)));
    assert_eq!((done, events.len()), (&Value::Null, 8));
    assert!(events.iter().take(7).all(|event| event["id"] == "chatcmpl-mock1"));
    stage.leave().await;
}

#[tokio::test]
async fn a_chat_calls_tools() {
    let stage = Stage::new().await;
    let order = "mock: tool mail {\"to\": \"Ana Lee\"}";
    let body = stage.post(CHAT, &saying(order, "n", json!(1))).await.json();
    let called = json!([{
        "id": "call_mock1_0", "type": "function",
        "function": {"name": "mail", "arguments": "{\"to\":\"Ana Lee\"}"},
    }]);
    let choice = &body["choices"][0];
    assert_eq!(choice["message"]["tool_calls"], called);
    assert_eq!(
        (&choice["message"]["content"], &choice["finish_reason"]),
        (&Value::Null, &json!("tool_calls"))
    );

    let events = stage.post(CHAT, &saying(order, "stream", true.into())).await.events(Framing::Sse);
    let call = |key: &str| joined(&events, &format!("/choices/0/delta/tool_calls/0/{key}"));
    assert_eq!((call("id"), call("function/name")), ("call_mock2_0".into(), "mail".into()));
    assert_eq!(call("function/arguments"), "{\"to\":\"Ana Lee\"}");
    assert_eq!(joined(&events, "/choices/0/finish_reason"), "tool_calls");
    stage.leave().await;
}

#[tokio::test]
async fn a_result_is_the_last_word() {
    let stage = Stage::new().await;
    let tool =
        json!({"role": "tool", "tool_call_id": "c", "content": [{"type": "text", "text": "42"}]});
    let mut request = saying("mock: tool f\nhi", "n", json!(1));
    request["messages"].as_array_mut().expect("a list").push(tool);
    let body = stage.post(CHAT, &request).await.json();
    assert_eq!(body["choices"][0]["message"]["content"], "The tool said: 42");
    stage.leave().await;
}

#[tokio::test]
async fn deployments_name_their_model() {
    let stage = Stage::new().await;
    let path = "/openai/deployments/gpt-5/chat/completions?api-version=2024-10-21";
    let request =
        json!({"messages": [{"role": "user", "content": [{"type": "text", "text": "hi"}]}]});
    let body = stage.post(path, &request).await.json();
    assert_eq!(body["model"], "gpt-5");
    assert_eq!(body["choices"][0]["message"]["content"], "You said: hi");
    stage.leave().await;
}

#[tokio::test]
async fn completions_are_whole_or_streamed() {
    let stage = Stage::new().await;
    let path = "/v1/completions";
    let body = stage.post(path, &json!({"prompt": ["one", "two"]})).await.json();
    let choice = json!({
        "index": 0, "text": "You said: one\ntwo", "logprobs": null, "finish_reason": "stop",
    });
    assert_eq!(body["choices"], json!([choice]));
    let reply = stage.post(path, &json!({"prompt": "one two", "stream": true})).await;
    let events = reply.events(Framing::Sse);
    assert_eq!(joined(&events, "/choices/0/text"), "You said: one two");
    assert_eq!(joined(&events, "/choices/0/finish_reason"), "stop");
    assert_eq!(events.last(), Some(&Value::Null));
    stage.leave().await;
}

#[tokio::test]
async fn embeddings_are_numbers_or_bytes() {
    let stage = Stage::new().await;
    let mut request = json!({"model": "e", "input": ["one", "two"], "dimensions": 2});
    let numbers = stage.post("/v1/embeddings", &request).await.json();
    assert_eq!(numbers["data"][1]["index"], 1);
    assert_eq!(numbers["data"][1]["embedding"].as_array().map(Vec::len), Some(2));
    request["encoding_format"] = "base64".into();
    let bytes = stage.post("/v1/embeddings", &request).await.json();
    // Eight bytes.
    assert_eq!(bytes["data"][0]["embedding"].as_str().map(str::len), Some(12));
    let tokens = stage.post("/v1/embeddings", &json!({"input": [7, 8]})).await.json();
    assert_eq!(tokens["data"].as_array().map(Vec::len), Some(1));
    assert_eq!(tokens["data"][0]["embedding"].as_array().map(Vec::len), Some(1536));

    request["dimensions"] = json!(0);
    let (status, error) = stage.post("/v1/embeddings", &request).await.error();
    let expected = "dimensions: expected a number from 1 to 4096: 0";
    assert_eq!((status, &error["error"]["message"]), (400, &json!(expected)));
    let many = json!({"input": vec!["a"; 2049]});
    let (status, _) = stage.post("/v1/embeddings", &many).await.error();
    assert_eq!(status, 400);
    stage.leave().await;
}

#[tokio::test]
async fn moderations_find_nothing() {
    let stage = Stage::new().await;
    let body = stage.post("/v1/moderations", &json!({"input": ["a", "b"]})).await.json();
    assert_eq!(body["results"].as_array().map(Vec::len), Some(2));
    let result = &body["results"][0];
    assert_eq!(
        (&result["flagged"], &result["categories"]["self-harm"]),
        (&json!(false), &json!(false))
    );
    let blocks = json!({"input": [{"type": "text", "text": "a"}, {"type": "image_url"}]});
    let body = stage.post("/v1/moderations", &blocks).await.json();
    assert_eq!(body["results"].as_array().map(Vec::len), Some(1));
    stage.leave().await;
}

#[tokio::test]
async fn images_are_a_pixel() {
    let stage = Stage::new().await;
    let path = "/v1/images/generations";
    let body = stage.post(path, &json!({"prompt": "a cat", "n": 2})).await.json();
    assert_eq!(body["data"][1]["revised_prompt"], "You said: a cat");
    let pixel = body["data"][0]["b64_json"].as_str().expect("an image");
    assert!(pixel.starts_with("iVBORw0KGgo"));
    let reply = stage.post(path, &json!({"prompt": "a cat", "stream": true})).await;
    let events = reply.named(Framing::Sse);
    assert_eq!(events[0].0, "image_generation.completed");
    assert_eq!((&events[0].1["b64_json"], events.len()), (&json!(pixel), 1));
    stage.leave().await;
}

#[tokio::test]
async fn recordings_are_heard() {
    let stage = Stage::new().await;
    let form = |fields: &str| {
        let file = "content-disposition: form-data; name=file; filename=a.txt\r\n\r\nHello Ana.";
        format!("--x\r\n{file}\r\n{fields}--x--\r\n").into_bytes()
    };
    let field = |name: &str, value: &str| {
        format!("--x\r\ncontent-disposition: form-data; name={name}\r\n\r\n{value}\r\n")
    };
    let (path, kind) = ("/v1/audio/transcriptions", "multipart/form-data; boundary=x");
    let body = stage.send("POST", path, kind, form("")).await.json();
    assert_eq!(body["text"], "You said: Hello Ana.");
    let plain = stage.send("POST", path, kind, form(&field("response_format", "text"))).await;
    assert_eq!((plain.status, plain.body.as_str()), (200, "You said: Hello Ana.\n"));
    let fields = field("prompt", "in Spanish") + &field("response_format", "verbose_json");
    let verbose = stage.send("POST", path, kind, form(&fields)).await.json();
    assert_eq!(verbose["segments"][0]["text"], "You said: in Spanish");
    let stream = stage.send("POST", path, kind, form(&field("stream", "true"))).await;
    let events = stream.events(Framing::Sse);
    assert_eq!(joined(&events, "/delta"), "You said: Hello Ana.");
    assert_eq!(joined(&events, "/text"), "You said: Hello Ana.");
    stage.leave().await;
}
