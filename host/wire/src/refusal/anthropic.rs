//! Anthropic's messages.
//!
//! Its streams may end at any place with an `error`, which says the message and needs nothing of
//! what came before.

use serde::Deserialize;
use serde_json::{Value, json};

use super::seen::{Seen, object};
use super::{Event, Refusal};

pub(super) fn error(refusal: &Refusal, status: u16) -> Value {
    let kind = match status {
        401 => "authentication_error",
        403 => "permission_error",
        404 => "not_found_error",
        413 => "request_too_large",
        429 => "rate_limit_error",
        504 => "timeout_error",
        529 => "overloaded_error",
        500.. => "api_error",
        _ => "invalid_request_error",
    };
    json!({"type": "error", "error": {"type": kind, "message": refusal.message}})
}

pub(super) fn message(refusal: &Refusal) -> Value {
    let content = json!([{"type": "text", "text": refusal.message}]);
    self::body(refusal, content, Some("refusal"))
}

pub(super) fn message_events(refusal: &Refusal) -> Vec<Event> {
    let events = [
        ("message_start", json!({"message": body(refusal, json!([]), None)})),
        ("content_block_start", json!({"index": 0, "content_block": {"type": "text", "text": ""}})),
        (
            "content_block_delta",
            json!({"index": 0, "delta": {"type": "text_delta", "text": refusal.message}}),
        ),
        ("content_block_stop", json!({"index": 0})),
        (
            "message_delta",
            json!({
                "delta": {"stop_reason": "refusal", "stop_sequence": null},
                "usage": {"output_tokens": 0},
            }),
        ),
        ("message_stop", json!({})),
    ];
    events.into_iter().map(|(name, document)| Event::typed(name, document)).collect()
}

pub(super) fn ending(refusal: &Refusal) -> Vec<Event> {
    // What Anthropic itself says when its filter stops an answer.
    vec![Event::typed("error", error(refusal, 400))]
}

pub(super) fn note(document: &[u8], seen: &mut Seen) -> Option<()> {
    #[derive(Deserialize)]
    struct Typed<'a> {
        r#type: &'a str,
    }
    let event: Typed = object(document)?;
    seen.over |= matches!(event.r#type, "message_stop" | "error");
    Some(())
}

fn body(refusal: &Refusal, content: Value, stop_reason: Option<&str>) -> Value {
    json!({
        "id": "msg_sandgate",
        "type": "message",
        "role": "assistant",
        "model": refusal.model,
        "content": content,
        "stop_reason": stop_reason,
        "stop_sequence": null,
        "usage": {"input_tokens": 0, "output_tokens": 0},
    })
}
