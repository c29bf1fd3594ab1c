//! Bedrock's Converse.
//!
//! An error's type stands in a header; that is where AWS's clients look for the exception to
//! raise. A stopped stream ends as it does when one of Bedrock's own guardrails steps in.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};

use super::seen::{Seen, object};
use super::{Event, Refusal, Reply};

const REASON: &str = "guardrail_intervened";

pub(super) fn error(refusal: &Refusal, status: u16) -> Reply {
    let kind = match status {
        403 => "AccessDeniedException",
        404 => "ResourceNotFoundException",
        408 => "ModelTimeoutException",
        424 => "ModelErrorException",
        429 => "ThrottlingException",
        503 => "ServiceUnavailableException",
        500.. => "InternalServerException",
        _ => "ValidationException",
    };
    let mut reply = Reply::json(status, &json!({"message": refusal.message}));
    reply.headers.push(("x-amzn-errortype", kind));
    reply
}

pub(super) fn message(refusal: &Refusal) -> Value {
    let message = json!({"role": "assistant", "content": [{"text": refusal.message}]});
    let mut body = counts();
    body["output"] = json!({"message": message});
    body["stopReason"] = REASON.into();
    body
}

pub(super) fn message_events(refusal: &Refusal) -> Vec<Event> {
    let delta = json!({"contentBlockIndex": 0, "delta": {"text": refusal.message}});
    let (stop, counts) = (json!({"contentBlockIndex": 0}), counts());
    vec![
        start(),
        Event::new(Some("contentBlockDelta"), &delta),
        Event::new(Some("contentBlockStop"), &stop),
        end(),
        Event::new(Some("metadata"), &counts),
    ]
}

pub(super) fn ending(seen: &Seen) -> Vec<Event> {
    let stop = |(index, _): (&u32, _)| {
        Event::new(Some("contentBlockStop"), &json!({"contentBlockIndex": index}))
    };
    let mut events = if seen.begun { Vec::new() } else { vec![start()] };
    events.extend(seen.pieces.iter().filter(|&(_, &finished)| !finished).map(stop));
    events.push(end());
    events
}

pub(super) fn note(document: &[u8], seen: &mut Seen) -> Option<()> {
    // The names of the events stand outside their documents, which are told apart by their keys.
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Any {
        role: Option<IgnoredAny>,
        content_block_index: Option<u32>,
        start: Option<IgnoredAny>,
        delta: Option<IgnoredAny>,
        stop_reason: Option<IgnoredAny>,
    }
    let event: Any = object(document)?;
    seen.begun |= event.role.is_some();
    seen.over |= event.stop_reason.is_some();
    seen.piece(event.content_block_index?, event.start.is_none() && event.delta.is_none());
    Some(())
}

fn start() -> Event {
    Event::new(Some("messageStart"), &json!({"role": "assistant"}))
}

fn end() -> Event {
    Event::new(Some("messageStop"), &json!({"stopReason": REASON}))
}

fn counts() -> Value {
    json!({
        "usage": {"inputTokens": 0, "outputTokens": 0, "totalTokens": 0},
        "metrics": {"latencyMs": 0},
    })
}
