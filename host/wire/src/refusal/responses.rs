//! OpenAI's responses.
//!
//! Its events are numbered and the last one repeats the whole response; in an ending, without the
//! items that were streamed so far.

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::seen::{Seen, keep, object};
use super::{Event, Refusal};

/// The id of the message in a response of our own.
const ITEM: &str = "msg_sandgate";

pub(super) fn message(refusal: &Refusal) -> Value {
    let item = item("incomplete", json!([text(refusal.message)]));
    response(refusal, &Seen::new(refusal.api), "incomplete", json!([item]))
}

pub(super) fn message_events(refusal: &Refusal) -> Vec<Event> {
    let (seen, message) = (Seen::new(refusal.api), refusal.message);
    let begun = response(refusal, &seen, "in_progress", json!([]));
    let whole = item("incomplete", json!([text(message)]));
    let place = |key: &str, value: Value| json!({"item_id": ITEM, "output_index": 0, "content_index": 0, key: value});
    let mut delta = place("delta", message.into());
    let mut done = place("text", message.into());
    delta["logprobs"] = json!([]);
    done["logprobs"] = json!([]);
    let events = [
        ("response.created", json!({"response": begun})),
        ("response.in_progress", json!({"response": begun})),
        (
            "response.output_item.added",
            json!({"output_index": 0, "item": item("in_progress", json!([]))}),
        ),
        ("response.content_part.added", place("part", text(""))),
        ("response.output_text.delta", delta),
        ("response.output_text.done", done),
        ("response.content_part.done", place("part", text(message))),
        ("response.output_item.done", json!({"output_index": 0, "item": whole})),
        ("response.incomplete", json!({"response": self::message(refusal)})),
    ];
    numbered(0, events)
}

pub(super) fn ending(refusal: &Refusal, seen: &Seen) -> Vec<Event> {
    let last = response(refusal, seen, "incomplete", json!([]));
    let last = ("response.incomplete", json!({"response": last}));
    if seen.begun {
        return numbered(seen.next, [last]);
    }
    let first = response(refusal, seen, "in_progress", json!([]));
    numbered(seen.next, [("response.created", json!({"response": first})), last])
}

pub(super) fn note(document: &[u8], seen: &mut Seen) -> Option<()> {
    #[derive(Deserialize)]
    struct Numbered<'a> {
        sequence_number: Option<u64>,
        #[serde(borrow)]
        response: Option<Response<'a>>,
    }
    #[derive(Deserialize)]
    struct Response<'a> {
        #[serde(borrow)]
        id: Option<&'a RawValue>,
        #[serde(borrow)]
        model: Option<&'a RawValue>,
        #[serde(borrow)]
        created_at: Option<&'a RawValue>,
        #[serde(borrow)]
        status: Option<&'a RawValue>,
    }
    let event: Numbered = object(document)?;
    if let Some(number) = event.sequence_number {
        seen.next = seen.next.max(number.saturating_add(1));
    }
    let response = event.response?;
    keep(&mut seen.id, response.id);
    keep(&mut seen.model, response.model);
    keep(&mut seen.created, response.created_at);
    seen.begun = true;
    let last = [r#""completed""#, r#""incomplete""#, r#""failed""#, r#""cancelled""#];
    seen.over |= response.status.is_some_and(|status| last.contains(&status.get()));
    Some(())
}

fn numbered(first: u64, events: impl IntoIterator<Item = (&'static str, Value)>) -> Vec<Event> {
    let number = |(number, (name, mut document)): (u64, (&'static str, Value))| {
        document["sequence_number"] = number.into();
        Event::typed(name, document)
    };
    (first..).zip(events).map(number).collect()
}

fn response(refusal: &Refusal, seen: &Seen, status: &str, output: Value) -> Value {
    let details = (status == "incomplete").then(|| json!({"reason": "content_filter"}));
    json!({
        "id": seen.id.as_deref().unwrap_or("resp_sandgate"),
        "object": "response",
        "created_at": seen.seconds(),
        "status": status,
        "error": null,
        "incomplete_details": details,
        "instructions": null,
        "metadata": {},
        "model": refusal.model(seen),
        "output": output,
        "parallel_tool_calls": true,
        "temperature": null,
        "tool_choice": "auto",
        "tools": [],
        "top_p": null,
        "usage": {
            "input_tokens": 0,
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens": 0,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": 0,
        },
    })
}

fn item(status: &str, content: Value) -> Value {
    json!({
        "id": ITEM, "type": "message", "status": status, "role": "assistant", "content": content,
    })
}

fn text(text: &str) -> Value {
    json!({"type": "output_text", "text": text, "annotations": []})
}
