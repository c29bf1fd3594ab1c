//! The Model Context Protocol, which is JSON-RPC.
//!
//! Its errors are answers: a 200 that carries the id of the request. Only where there is no id to
//! answer (a notification, or what is no JSON-RPC at all) does the status speak.

use serde::Serialize;
use serde_json::{Value, json};

use super::{Event, RawId, Refusal, Reply};

/// Of JSON-RPC's codes that are left to servers; MCP's own begin at -32000 and go down slowly.
const REFUSED: i32 = -32050;

pub(super) fn error(refusal: &Refusal, status: u16) -> Reply {
    reply(if refusal.id.is_some() { 200 } else { status }, failure(refusal))
}

pub(super) fn message(refusal: &Refusal) -> Option<Reply> {
    Some(reply(200, result(refusal)?))
}

pub(super) fn message_events(refusal: &Refusal) -> Vec<Event> {
    vec![event(result(refusal).unwrap_or_else(|| failure(refusal)))]
}

pub(super) fn ending(refusal: &Refusal) -> Vec<Event> {
    vec![event(failure(refusal))]
}

/// A JSON-RPC answer. Not a `Value`, which would spell the id anew.
#[derive(Serialize)]
struct Answer<'a> {
    jsonrpc: &'static str,
    id: Option<&'a RawId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Value>,
}

fn failure<'a>(refusal: &Refusal<'a>) -> Answer<'a> {
    let Refusal { message, code, id, .. } = *refusal;
    let error = json!({"code": REFUSED, "message": message, "data": {"code": code}});
    Answer { jsonrpc: "2.0", id, result: None, error: Some(error) }
}

fn result<'a>(refusal: &Refusal<'a>) -> Option<Answer<'a>> {
    let content = json!([{"type": "text", "text": refusal.message}]);
    let result = json!({"content": content, "isError": true});
    Some(Answer { jsonrpc: "2.0", id: Some(refusal.id?), result: Some(result), error: None })
}

fn reply(status: u16, answer: Answer) -> Reply {
    Reply { status, content_type: "application/json", headers: Vec::new(), body: answer.bytes() }
}

fn event(answer: Answer) -> Event {
    Event { event: Some("message"), data: answer.bytes() }
}

impl Answer<'_> {
    fn bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("its keys are strings and its numbers are numbers")
    }
}
