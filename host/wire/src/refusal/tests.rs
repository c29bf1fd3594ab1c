//! Each provider's no: complete for every API, exact where an ending has to fit in.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Event, RawId, Refusal, Reply, Seen};
use crate::Api;

/// What JSON has to escape, and what it need not.
const MESSAGE: &str = "blocked by \"policy\": pii/US_SSN\n\\ стоп 禁止 \u{1f6d1}\u{7}";

const NO_MESSAGE: [Option<Api>; 8] = [
    None,
    Some(Api::OpenAiEmbeddings),
    Some(Api::OpenAiModerations),
    Some(Api::OpenAiImages),
    Some(Api::OpenAiTranscripts),
    Some(Api::GeminiEmbed),
    Some(Api::OllamaEmbed),
    // Where there is no id, there is nothing to answer.
    Some(Api::Mcp),
];

fn apis() -> impl Iterator<Item = Option<Api>> {
    Api::ALL.into_iter().map(Some).chain([None])
}

fn refusal(api: Option<Api>) -> Refusal<'static> {
    Refusal { api, message: MESSAGE, model: "asked-for", id: None, code: "policy_fault" }
}

/// Whether one of the strings in a document is this one.
fn says(document: &Value, text: &str) -> bool {
    match document {
        Value::String(string) => string == text,
        Value::Array(values) => values.iter().any(|value| says(value, text)),
        Value::Object(values) => values.values().any(|value| says(value, text)),
        _ => false,
    }
}

#[track_caller]
fn body(reply: &Reply) -> Value {
    assert_eq!(reply.content_type, "application/json");
    serde_json::from_slice(&reply.body).unwrap()
}

#[track_caller]
fn document(event: &Event) -> Value {
    if event.data == b"[DONE]" {
        return "[DONE]".into();
    }
    let document: Value = serde_json::from_slice(&event.data).unwrap();
    assert!(document.is_object());
    assert!(!event.data.contains(&b'\n'), "a line break would end a line of SSE");
    document
}

#[track_caller]
fn ending(api: Api, documents: &[&str]) -> Vec<(Option<&'static str>, Value)> {
    let mut seen = Seen::new(Some(api));
    documents.iter().for_each(|document| seen.note(document.as_bytes()));
    let events = refusal(Some(api)).ending(&seen);
    events.iter().map(|event| (event.event, document(event))).collect()
}

#[test]
fn every_api_has_an_error_that_says_the_message() {
    for api in apis() {
        let reply = refusal(api).error(403);
        assert_eq!(reply.status, 403);
        assert!(says(&body(&reply), MESSAGE), "{api:?}");
    }
}

#[test]
fn errors_are_in_the_providers_shape() {
    let check = |api, pointer: &str, expected: &str| {
        let body = body(&refusal(Some(api)).error(403));
        assert_eq!(body.pointer(pointer), Some(&expected.into()), "{api:?}");
    };
    check(Api::OpenAiChat, "/error/code", "policy_fault");
    check(Api::OpenAiChat, "/error/type", "invalid_request_error");
    check(Api::AnthropicMessages, "/type", "error");
    check(Api::AnthropicMessages, "/error/type", "permission_error");
    check(Api::GeminiGenerate, "/error/status", "PERMISSION_DENIED");
    check(Api::GeminiEmbed, "/error/details/0/reason", "POLICY_FAULT");
    check(Api::BedrockConverse, "/message", MESSAGE);
    check(Api::CohereChat, "/message", MESSAGE);
    check(Api::OllamaEmbed, "/error", MESSAGE);
    check(Api::Mcp, "/error/data/code", "policy_fault");
    let headers = refusal(Some(Api::BedrockConverse)).error(403).headers;
    assert_eq!(headers, [("x-amzn-errortype", "AccessDeniedException")]);
}

#[test]
fn every_api_with_an_assistant_says_the_message_as_its_answer() {
    for api in apis() {
        let reply = refusal(api).message();
        let expected = if NO_MESSAGE.contains(&api) { 400 } else { 200 };
        assert_eq!(reply.status, expected, "{api:?}");
        assert!(says(&body(&reply), MESSAGE), "{api:?}");
    }
}

#[test]
fn every_api_that_streams_says_the_message_as_a_stream() {
    for api in apis() {
        let events = refusal(api).message_events();
        let streams = api == Some(Api::Mcp) || !NO_MESSAGE.contains(&api);
        assert_eq!(events.iter().any(|event| says(&document(event), MESSAGE)), streams, "{api:?}");
    }
}

#[test]
fn what_is_streamed_is_over_and_needs_no_ending() {
    for api in apis().filter(|api| !NO_MESSAGE.contains(api)) {
        let mut seen = Seen::new(api);
        refusal(api).message_events().iter().for_each(|event| seen.note(&event.data));
        assert_eq!(refusal(api).ending(&seen), [], "{api:?}");
    }
}

#[test]
fn every_stream_ends_even_if_nothing_was_seen() {
    for api in apis() {
        let events = refusal(api).ending(&Seen::new(api));
        assert!(!events.is_empty(), "{api:?}");
        events.iter().for_each(|event| drop(document(event)));
    }
}

#[test]
fn each_choice_that_was_begun_ends_in_the_streams_own_id_and_model() {
    let chunk = |index, finish: Value| {
        json!({"id": "chatcmpl-9", "created": 5, "model": "gpt", "choices": [
            {"index": index, "delta": {"content": "bluebird"}, "finish_reason": finish}]})
        .to_string()
    };
    let (a, b) = (chunk(0, Value::Null), chunk(2, Value::Null));
    let end = |index| {
        let choice = json!({
            "index": index, "delta": {}, "logprobs": null, "finish_reason": "content_filter"});
        let chunk = json!({"id": "chatcmpl-9", "object": "chat.completion.chunk", "created": 5,
            "model": "gpt", "choices": [choice]});
        (None, chunk)
    };
    let done = (None, json!("[DONE]"));
    assert_eq!(ending(Api::OpenAiChat, &[&a, &b]), [end(0), end(2), done.clone()]);
    let stop = chunk(0, "stop".into());
    assert_eq!(ending(Api::OpenAiChat, &[&a, &b, &stop]), [end(2), done.clone()]);
    assert_eq!(ending(Api::OpenAiChat, &[&a, &stop]), [done]);
    assert_eq!(ending(Api::OpenAiChat, &[&a, &stop, "[DONE]"]), []);
    // Azure's first event has no id, no model, no time and no choice.
    let azure = r#"{"id": "", "created": 0, "model": "", "choices": []}"#;
    assert_eq!(ending(Api::OpenAiChat, &[azure, &a])[0], end(0));
}

#[test]
fn a_response_ends_incomplete_with_the_next_number() {
    let created = r#"{"type": "response.created", "sequence_number": 0, "response":
        {"id": "resp_1", "created_at": 4, "model": "gpt", "status": "in_progress"}}"#;
    let delta =
        r#"{"type": "response.output_text.delta", "sequence_number": 6, "delta": "bluebird"}"#;
    let events = ending(Api::OpenAiResponses, &[created, delta]);
    let [(Some("response.incomplete"), last)] = events.as_slice() else {
        unreachable!("{events:?}");
    };
    assert_eq!(last["sequence_number"], 7);
    assert_eq!(last["response"]["id"], "resp_1");
    assert_eq!(last["response"]["created_at"], 4);
    assert_eq!(last["response"]["incomplete_details"]["reason"], "content_filter");
    assert_eq!(last["response"]["output"], json!([]));
}

#[test]
fn gemini_ends_its_candidates_and_ollama_its_message() {
    let chunk = r#"{"responseId": "r1", "modelVersion": "g", "candidates": [
        {"content": {"parts": [{"text": "bluebird"}]}}, {"index": 1, "finishReason": "STOP"}]}"#;
    let events = ending(Api::GeminiGenerate, &[chunk]);
    assert_eq!(events[0].1["responseId"], "r1");
    let candidate =
        json!({"index": 0, "finishReason": "PROHIBITED_CONTENT", "finishMessage": MESSAGE});
    assert_eq!(events[0].1["candidates"], json!([candidate]));

    let line = r#"{"model": "l", "created_at": "2026-01-01T00:00:00.5Z", "response": "bluebird"}"#;
    let last = json!({"model": "l", "created_at": "2026-01-01T00:00:00.5Z", "response": "",
        "done": true, "done_reason": "content_filter"});
    assert_eq!(ending(Api::OllamaGenerate, &[line]), [(None, last)]);
}

#[test]
fn bedrock_closes_its_blocks_and_stops() {
    let documents = [
        r#"{"role": "assistant"}"#,
        r#"{"contentBlockIndex": 0, "delta": {"text": "bluebird"}}"#,
        r#"{"contentBlockIndex": 0}"#,
        r#"{"contentBlockIndex": 1, "start": {"toolUse": {}}}"#,
    ];
    let expected = [
        (Some("contentBlockStop"), json!({"contentBlockIndex": 1})),
        (Some("messageStop"), json!({"stopReason": "guardrail_intervened"})),
    ];
    assert_eq!(ending(Api::BedrockConverse, &documents), expected);
}

#[test]
fn anthropic_and_cohere_end_with_the_message() {
    let error = json!({"type": "error",
        "error": {"type": "invalid_request_error", "message": MESSAGE}});
    assert_eq!(ending(Api::AnthropicMessages, &[]), [(Some("error"), error)]);
    let start = r#"{"type": "message-start", "id": "c1", "delta": {}}"#;
    let (name, end) = ending(Api::CohereChat, &[start]).remove(0);
    assert_eq!((name, &end["id"]), (Some("message-end"), &json!("c1")));
    assert_eq!(end["delta"]["error"], MESSAGE);
}

#[test]
fn an_id_that_is_a_text_is_not_repeated() {
    for api in apis() {
        let (text, long) = ("my secret is bluebird", "bluebird".repeat(100));
        let mut seen = Seen::new(api);
        for id in [json!(text), json!(long), json!({"a": text}), json!([text])] {
            let message = json!({"id": id, "model": id, "created": id, "created_at": id,
                "responseId": id, "modelVersion": id, "response": {"id": id, "model": id},
                "type": "message-start", "choices": [{"index": 0, "delta": {"content": text}}]});
            seen.note(message.to_string().as_bytes());
        }
        for event in refusal(api).ending(&seen) {
            assert!(!String::from_utf8_lossy(&event.data).contains("bluebird"), "{api:?}");
        }
    }
}

#[test]
fn choices_without_end_are_not_all_remembered() {
    let mut seen = Seen::new(Some(Api::OpenAiChat));
    for index in 0..10_000 {
        seen.note(format!(r#"{{"choices": [{{"index": {index}}}]}}"#).as_bytes());
    }
    assert_eq!(refusal(seen.api).ending(&seen).len(), 256 + 1);
}

#[test]
fn json_rpc_answers_with_the_id_as_it_was_spelled() {
    for id in ["7", "-1", r#""a\u0020b""#, "123456789012345678901234567890", "1.0"] {
        let request = format!(r#" {{"method": "tools/call", "\u0069d": {id}, "params": {{}}}}"#);
        let id_seen = RawId::of(request.as_bytes()).unwrap();
        assert_eq!(id_seen.as_str(), id);
        let refusal = Refusal { id: Some(&id_seen), ..refusal(Some(Api::Mcp)) };
        let (error, message) = (refusal.error(403), refusal.message());
        assert_eq!((error.status, message.status), (200, 200));
        let events = [refusal.message_events(), refusal.ending(&Seen::new(refusal.api))].concat();
        let bodies = [error.body, message.body].into_iter();
        for body in bodies.chain(events.into_iter().map(|event| event.data)) {
            let body = String::from_utf8(body).unwrap();
            assert!(body.contains(&format!(r#""id":{id},"#)), "{body}");
        }
    }
}

#[test]
fn what_is_no_single_request_has_no_id() {
    for request in ["", "[1]", r#"[{"id": 1}]"#, r#"{"id": null}"#, r#"{"id": {}}"#, r#"{"id": 1"#]
    {
        assert!(RawId::of(request.as_bytes()).is_none(), "{request}");
    }
}

proptest! {
    #[test]
    fn any_bytes_may_be_seen(documents: Vec<Vec<u8>>, api in 0..Api::ALL.len()) {
        let api = Some(Api::ALL[api]);
        let mut seen = Seen::new(api);
        documents.iter().for_each(|document| seen.note(document));
        prop_assert_eq!(refusal(api).ending(&seen), refusal(api).ending(&Seen::new(api)));
    }

    #[test]
    fn any_message_and_model_are_escaped(message: String, model: String) {
        for api in apis() {
            let refusal = Refusal { message: &message, model: &model, ..refusal(api) };
            prop_assert!(says(&body(&refusal.error(400)), &message));
            prop_assert!(says(&body(&refusal.message()), &message));
            let events = [refusal.message_events(), refusal.ending(&Seen::new(api))].concat();
            events.iter().for_each(|event| drop(document(event)));
        }
    }
}
