//! Cohere's chat, version 2.
//!
//! It has no word for a filter: an answer that was stopped ends with `ERROR`, and the last event
//! has a place for the message.

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::seen::{Seen, keep, object};
use super::{Event, Refusal};

const ID: &str = "sandgate";
const REASON: &str = "ERROR";

pub(super) fn error(refusal: &Refusal) -> Value {
    json!({"id": ID, "message": refusal.message})
}

pub(super) fn message(refusal: &Refusal) -> Value {
    let content = json!([{"type": "text", "text": refusal.message}]);
    let message = json!({"role": "assistant", "content": content});
    json!({"id": ID, "finish_reason": REASON, "message": message, "usage": usage()})
}

pub(super) fn message_events(refusal: &Refusal) -> Vec<Event> {
    let message = json!({
        "role": "assistant", "content": [], "tool_plan": "", "tool_calls": [], "citations": [],
    });
    let start = json!({"content": {"type": "text", "text": ""}});
    let text = json!({"content": {"text": refusal.message}});
    vec![
        Event::typed("message-start", json!({"id": ID, "delta": {"message": message}})),
        Event::typed("content-start", json!({"index": 0, "delta": {"message": start}})),
        Event::typed("content-delta", json!({"index": 0, "delta": {"message": text}})),
        Event::typed("content-end", json!({"index": 0})),
        end(ID, json!({"finish_reason": REASON, "usage": usage()})),
    ]
}

pub(super) fn ending(refusal: &Refusal, seen: &Seen) -> Vec<Event> {
    let id = seen.id.as_deref().unwrap_or(ID);
    let error = refusal.message;
    vec![end(id, json!({"finish_reason": REASON, "error": error, "usage": usage()}))]
}

pub(super) fn note(document: &[u8], seen: &mut Seen) -> Option<()> {
    #[derive(Deserialize)]
    struct Typed<'a> {
        r#type: &'a str,
        #[serde(borrow)]
        id: Option<&'a RawValue>,
    }
    let event: Typed = object(document)?;
    keep(&mut seen.id, event.id);
    seen.over |= event.r#type == "message-end";
    Some(())
}

fn end(id: &str, delta: Value) -> Event {
    Event::typed("message-end", json!({"id": id, "delta": delta}))
}

fn usage() -> Value {
    let tokens = json!({"input_tokens": 0, "output_tokens": 0});
    json!({"billed_units": tokens, "tokens": tokens})
}
