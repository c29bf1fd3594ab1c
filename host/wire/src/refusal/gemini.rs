//! Gemini.
//!
//! Answers end with `PROHIBITED_CONTENT`, not `SAFETY`: clients hide the text of an answer that
//! ends so, and here the text is the message.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::seen::{Seen, keep, object};
use super::{Event, Refusal};

const REASON: &str = "PROHIBITED_CONTENT";

pub(super) fn error(refusal: &Refusal, status: u16) -> Value {
    // The names of google.rpc.Code, by the status that each has over HTTP.
    let word = match status {
        401 => "UNAUTHENTICATED",
        403 => "PERMISSION_DENIED",
        404 => "NOT_FOUND",
        409 => "ABORTED",
        429 => "RESOURCE_EXHAUSTED",
        501 => "UNIMPLEMENTED",
        503 => "UNAVAILABLE",
        504 => "DEADLINE_EXCEEDED",
        500.. => "INTERNAL",
        _ => "INVALID_ARGUMENT",
    };
    let details = json!([{
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": refusal.code.to_ascii_uppercase(),
        "domain": "sandgate",
    }]);
    let message = refusal.message;
    json!({"error": {"code": status, "message": message, "status": word, "details": details}})
}

pub(super) fn message(refusal: &Refusal) -> Value {
    let parts = json!([{"text": refusal.message}]);
    let candidate = json!({
        "content": {"role": "model", "parts": parts}, "finishReason": REASON, "index": 0,
    });
    body(refusal, &Seen::new(refusal.api), json!([candidate]))
}

pub(super) fn ending(refusal: &Refusal, seen: &Seen) -> Vec<Event> {
    let candidate = |index: u32| json!({"finishReason": REASON, "finishMessage": refusal.message, "index": index});
    let candidates: Vec<_> = seen.unfinished().into_iter().map(candidate).collect();
    if candidates.is_empty() {
        return Vec::new();
    }
    vec![Event::new(None, &body(refusal, seen, candidates.into()))]
}

pub(super) fn note(document: &[u8], seen: &mut Seen) -> Option<()> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Chunk<'a> {
        #[serde(borrow)]
        response_id: Option<&'a RawValue>,
        #[serde(borrow)]
        model_version: Option<&'a RawValue>,
        candidates: Option<Vec<Candidate>>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Candidate {
        index: Option<u32>,
        finish_reason: Option<IgnoredAny>,
    }
    let chunk: Chunk = object(document)?;
    keep(&mut seen.id, chunk.response_id);
    keep(&mut seen.model, chunk.model_version);
    for candidate in chunk.candidates? {
        seen.piece(candidate.index.unwrap_or(0), candidate.finish_reason.is_some());
    }
    Some(())
}

fn body(refusal: &Refusal, seen: &Seen, candidates: Value) -> Value {
    json!({
        "candidates": candidates,
        "usageMetadata": {"promptTokenCount": 0, "candidatesTokenCount": 0, "totalTokenCount": 0},
        "modelVersion": refusal.model(seen),
        "responseId": seen.id.as_deref().unwrap_or("sandgate"),
    })
}
