//! OpenAI's error, and its chat and legacy completions.
//!
//! A stopped stream says `content_filter` for every choice that was begun. There is no place for a
//! message in that: clients show what they got so far.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::seen::{Seen, keep, object};
use super::{Event, Refusal};
use crate::Api;

const DONE: &[u8] = b"[DONE]";

pub(super) fn error(refusal: &Refusal, status: u16) -> Value {
    let kind = match status {
        401 => "authentication_error",
        429 => "rate_limit_error",
        500.. => "server_error",
        _ => "invalid_request_error",
    };
    let Refusal { message, code, .. } = refusal;
    json!({"error": {"message": message, "type": kind, "param": null, "code": code}})
}

pub(super) fn message(refusal: &Refusal) -> Value {
    let usage = json!({"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0});
    let message = json!({"role": "assistant", "content": refusal.message, "refusal": null});
    let (object, said) = match legacy(refusal) {
        true => ("text_completion", ("text", refusal.message.into())),
        false => ("chat.completion", ("message", message)),
    };
    let mut body = chunk(refusal, &Seen::new(refusal.api), 0, said, Some("content_filter"));
    body["object"] = object.into();
    body["usage"] = usage;
    body
}

pub(super) fn message_events(refusal: &Refusal) -> Vec<Event> {
    let seen = Seen::new(refusal.api);
    let said = match legacy(refusal) {
        true => ("text", refusal.message.into()),
        false => ("delta", json!({"role": "assistant", "content": refusal.message})),
    };
    let first = chunk(refusal, &seen, 0, said, None);
    let last = chunk(refusal, &seen, 0, nothing(refusal), Some("content_filter"));
    vec![Event::new(None, &first), Event::new(None, &last), done()]
}

pub(super) fn ending(refusal: &Refusal, seen: &Seen) -> Vec<Event> {
    let last = |index| {
        let said = match seen.pieces.is_empty() && !legacy(refusal) {
            true => ("delta", json!({"role": "assistant", "content": ""})),
            false => nothing(refusal),
        };
        Event::new(None, &chunk(refusal, seen, index, said, Some("content_filter")))
    };
    seen.unfinished().into_iter().map(last).chain([done()]).collect()
}

pub(super) fn note(document: &[u8], seen: &mut Seen) -> Option<()> {
    #[derive(Deserialize)]
    struct Chunk<'a> {
        #[serde(borrow)]
        id: Option<&'a RawValue>,
        #[serde(borrow)]
        model: Option<&'a RawValue>,
        #[serde(borrow)]
        created: Option<&'a RawValue>,
        choices: Option<Vec<Choice>>,
    }
    #[derive(Deserialize)]
    struct Choice {
        index: Option<u32>,
        finish_reason: Option<IgnoredAny>,
    }
    if document.trim_ascii() == DONE {
        seen.over = true;
    }
    let chunk: Chunk = object(document)?;
    keep(&mut seen.id, chunk.id);
    keep(&mut seen.model, chunk.model);
    keep(&mut seen.created, chunk.created);
    for choice in chunk.choices? {
        seen.piece(choice.index.unwrap_or(0), choice.finish_reason.is_some());
    }
    Some(())
}

/// A body with one choice; `said` is the key and value of what is said in it.
fn chunk(
    refusal: &Refusal,
    seen: &Seen,
    index: u32,
    (key, said): (&str, Value),
    finish_reason: Option<&str>,
) -> Value {
    let (id, object) = match legacy(refusal) {
        true => ("cmpl-sandgate", "text_completion"),
        false => ("chatcmpl-sandgate", "chat.completion.chunk"),
    };
    json!({
        "id": seen.id.as_deref().unwrap_or(id),
        "object": object,
        "created": seen.seconds(),
        "model": refusal.model(seen),
        "choices": [{
            "index": index, key: said, "logprobs": null, "finish_reason": finish_reason,
        }],
    })
}

fn nothing(refusal: &Refusal) -> (&'static str, Value) {
    if legacy(refusal) { ("text", "".into()) } else { ("delta", json!({})) }
}

fn legacy(refusal: &Refusal) -> bool {
    refusal.api == Some(Api::OpenAiCompletions)
}

fn done() -> Event {
    Event { event: None, data: DONE.to_vec() }
}
