//! Gemini.

use sandgate_wire::Framing;
use serde_json::{Value, json};

use crate::stage::{Stage, joined};

const MODEL: &str = "/v1beta/models/gemini-3";
const TEXT: &str = "/candidates/0/content/parts/0/text";

fn saying(text: &str) -> Value {
    json!({"contents": [{"parts": [{"text": text}]}]})
}

#[tokio::test]
async fn contents_are_answered() {
    let stage = Stage::new().await;
    let mut request = saying("Hi");
    request["generationConfig"] = json!({"candidateCount": 2});
    let body = stage.post(&format!("{MODEL}:generateContent"), &request).await.json();
    let candidate = |index: u64| {
        json!({
            "content": {"role": "model", "parts": [{"text": "You said: Hi"}]}, "index": index,
            "finishReason": "STOP",
        })
    };
    assert_eq!(body["candidates"], json!([candidate(0), candidate(1)]));
    assert_eq!(body["modelVersion"], "gemini-3");
    assert_eq!(body["usageMetadata"]["totalTokenCount"], 4);
    stage.leave().await;
}

#[tokio::test]
async fn streams_are_events_or_an_array() {
    let stage = Stage::new().await;
    for (query, framing) in [("?alt=sse", Framing::Sse), ("", Framing::Array)] {
        let path = format!("{MODEL}:streamGenerateContent{query}");
        let reply = stage.post(&path, &saying("Hi Ana")).await;
        let events = reply.events(framing);
        assert_eq!((joined(&events, TEXT).as_str(), events.len()), ("You said: Hi Ana", 4));
        assert_eq!(joined(&events, "/candidates/0/finishReason"), "STOP");
        if framing == Framing::Array {
            assert!(serde_json::from_str::<Value>(&reply.body).is_ok_and(|body| body.is_array()));
        }
    }
    stage.leave().await;
}

#[tokio::test]
async fn functions_are_called_and_answer() {
    let stage = Stage::new().await;
    let mut request = saying("mock: tool mail {\"to\": \"Ana\"}");
    let path = format!("{MODEL}:generateContent");
    let body = stage.post(&path, &request).await.json();
    let call = json!({"functionCall": {"id": "mock1_0", "name": "mail", "args": {"to": "Ana"}}});
    assert_eq!(body["candidates"][0]["content"]["parts"], json!([call]));

    let path = format!("{MODEL}:streamGenerateContent?alt=sse");
    let events = stage.post(&path, &request).await.events(Framing::Sse);
    assert_eq!(joined(&events, "/candidates/0/content/parts/0/functionCall/name"), "mail");

    let result = json!({"functionResponse": {"name": "mail", "response": {"result": "sent"}}});
    let contents = request["contents"].as_array_mut().expect("a list");
    contents.push(json!({"role": "user", "parts": [result]}));
    let events = stage.post(&path, &request).await.events(Framing::Sse);
    assert_eq!(joined(&events, TEXT), "The tool said: sent");
    stage.leave().await;
}

#[tokio::test]
async fn tokens_are_counted_and_texts_embedded() {
    let stage = Stage::new().await;
    let count = format!("{MODEL}:countTokens");
    let body = stage.post(&count, &saying("one two")).await.json();
    assert_eq!(body, json!({"totalTokens": 2}));
    let body = stage.post(&count, &json!({"generateContentRequest": saying("one")})).await.json();
    assert_eq!(body, json!({"totalTokens": 1}));

    let content = json!({"content": {"parts": [{"text": "x"}]}, "outputDimensionality": 1});
    let one = stage.post(&format!("{MODEL}:embedContent"), &content).await.json();
    let value = &one["embedding"]["values"][0];
    assert!([json!(1.0), json!(-1.0)].contains(value), "{one}");
    let batch = json!({"requests": [content, content]});
    let two = stage.post(&format!("{MODEL}:batchEmbedContents"), &batch).await.json();
    assert_eq!(two, json!({"embeddings": [{"values": [value]}, {"values": [value]}]}));
    stage.leave().await;
}
