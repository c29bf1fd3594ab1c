//! Ollama's chat and generate.
//!
//! `done_reason` is any string to its clients, so it says what happened in OpenAI's word.

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::seen::{Seen, keep, object};
use super::{Event, Refusal};
use crate::Api;

pub(super) fn error(refusal: &Refusal) -> Value {
    json!({"error": refusal.message})
}

pub(super) fn message(refusal: &Refusal) -> Value {
    last(refusal, &Seen::new(refusal.api), refusal.message)
}

pub(super) fn ending(refusal: &Refusal, seen: &Seen) -> Vec<Event> {
    vec![Event::new(None, &last(refusal, seen, ""))]
}

pub(super) fn note(document: &[u8], seen: &mut Seen) -> Option<()> {
    #[derive(Deserialize)]
    struct Line<'a> {
        #[serde(borrow)]
        model: Option<&'a RawValue>,
        #[serde(borrow)]
        created_at: Option<&'a RawValue>,
        done: Option<bool>,
    }
    let line: Line = object(document)?;
    keep(&mut seen.model, line.model);
    keep(&mut seen.created, line.created_at);
    seen.over |= line.done == Some(true);
    Some(())
}

fn last(refusal: &Refusal, seen: &Seen, text: &str) -> Value {
    let (key, said) = match refusal.api {
        Some(Api::OllamaGenerate) => ("response", text.into()),
        _ => ("message", json!({"role": "assistant", "content": text})),
    };
    json!({
        "model": refusal.model(seen),
        "created_at": seen.created.as_deref().unwrap_or("1970-01-01T00:00:00Z"),
        key: said,
        "done": true,
        "done_reason": "content_filter",
    })
}
