//! Chat completions.

use sandgate_wire::Event;
use serde_json::{Value, json};

use super::{done, usage};
use crate::answer::{Answer, Call};
use crate::ask::{Ask, Conversation, Force, Tool, Turn, Wanted, list};
use crate::problem::Problem;
use crate::provider::{CREATED, event};

pub(crate) fn read(body: &Value) -> Result<Conversation, Problem> {
    Ok(Conversation {
        turns: list(body, "messages")?.iter().map(Turn::of_message).collect(),
        tools: Tool::all(&body["tools"]),
        force: Force::of(&body["tool_choice"]),
        wanted: Wanted::of(&body["response_format"]),
        choices: body["n"].as_u64(),
    })
}

pub(crate) fn whole(ask: &Ask, answer: &Answer) -> Value {
    let content = if answer.text.is_empty() { Value::Null } else { answer.text.as_str().into() };
    let mut message = json!({
        "role": "assistant", "content": content, "refusal": null, "annotations": [],
    });
    if !answer.calls.is_empty() {
        let calls = answer.calls.iter().enumerate();
        message["tool_calls"] = calls.map(|(idx, call)| tool_call(ask, idx, call)).collect();
    }
    let choice = |idx| {
        json!({
            "index": idx, "message": message, "logprobs": null, "finish_reason": reason(answer),
        })
    };
    let choices: Vec<Value> = (0..ask.choices).map(choice).collect();
    let mut body = body(ask, "chat.completion", choices);
    body["usage"] = usage(ask, answer);
    body
}

pub(crate) fn events(ask: &Ask, answer: &Answer) -> Vec<Event> {
    let counts = ask.body["stream_options"]["include_usage"] == true;
    let chunk = |choices| {
        let mut chunk = body(ask, "chat.completion.chunk", choices);
        if counts {
            chunk["usage"] = Value::Null;
        }
        chunk
    };
    let said = |delta: &Value, reason: Option<&str>| {
        let choice = |idx| {
            let delta = delta.clone();
            json!({"index": idx, "delta": delta, "logprobs": null, "finish_reason": reason})
        };
        let chunks = (0..ask.choices).map(|idx| event(&chunk(vec![choice(idx)])));
        chunks.collect::<Vec<_>>()
    };
    let mut events = Vec::new();
    for delta in deltas(ask, answer) {
        events.extend(said(&delta, None));
    }
    events.extend(said(&json!({}), Some(reason(answer))));
    if counts {
        let mut last = chunk(Vec::new());
        last["usage"] = usage(ask, answer);
        events.push(event(&last));
    }
    events.push(done());
    events
}

/// What a choice says, one after the other.
fn deltas(ask: &Ask, answer: &Answer) -> Vec<Value> {
    let content = if answer.calls.is_empty() { "".into() } else { Value::Null };
    let mut deltas = vec![json!({"role": "assistant", "content": content, "refusal": null})];
    deltas.extend(ask.deltas(&answer.text).into_iter().map(|text| json!({"content": text})));
    for (idx, call) in answer.calls.iter().enumerate() {
        let mut begun = tool_call(ask, idx, call);
        begun["index"] = idx.into();
        begun["function"]["arguments"] = "".into();
        deltas.push(json!({"tool_calls": [begun]}));
        let arguments = call.arguments.to_string();
        deltas.extend(ask.deltas(&arguments).into_iter().map(
            |piece| json!({"tool_calls": [{"index": idx, "function": {"arguments": piece}}]}),
        ));
    }
    deltas
}

fn body(ask: &Ask, object: &str, choices: Vec<Value>) -> Value {
    json!({
        "id": ask.id("chatcmpl-"), "object": object, "created": CREATED, "model": ask.model,
        "service_tier": "default", "system_fingerprint": "fp_mock", "choices": choices,
    })
}

fn tool_call(ask: &Ask, idx: usize, call: &Call) -> Value {
    let function = json!({"name": call.name, "arguments": call.arguments.to_string()});
    json!({"id": ask.call_id("call_", idx), "type": "function", "function": function})
}

fn reason(answer: &Answer) -> &'static str {
    if answer.calls.is_empty() { "stop" } else { "tool_calls" }
}
