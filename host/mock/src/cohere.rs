//! Cohere's chat, version 2.

use sandgate_wire::Event;
use serde_json::{Value, json};

use crate::answer::{Answer, Call};
use crate::ask::{Ask, Conversation, Force, Tool, Turn, Wanted, list};
use crate::problem::Problem;
use crate::provider::typed;

pub(crate) fn read(body: &Value) -> Result<Conversation, Problem> {
    Ok(Conversation {
        turns: list(body, "messages")?.iter().map(Turn::of_message).collect(),
        tools: Tool::all(&body["tools"]),
        force: Force::of(&body["tool_choice"]),
        wanted: Wanted::of(&body["response_format"]),
        choices: None,
    })
}

pub(crate) fn whole(ask: &Ask, answer: &Answer) -> Value {
    let mut message = json!({"role": "assistant"});
    if answer.calls.is_empty() {
        message["content"] = json!([{"type": "text", "text": answer.text}]);
    } else {
        let calls = answer.calls.iter().enumerate();
        message["tool_plan"] = answer.text.as_str().into();
        message["tool_calls"] = calls
            .map(|(idx, call)| tool_call(ask, idx, call, &call.arguments.to_string()))
            .collect();
    }
    json!({
        "id": ask.id(""), "finish_reason": reason(answer), "message": message,
        "usage": usage(ask, answer),
    })
}

pub(crate) fn events(ask: &Ask, answer: &Answer) -> Vec<Event> {
    let message = json!({
        "role": "assistant", "content": [], "tool_plan": "", "tool_calls": [], "citations": [],
    });
    let start = json!({"id": ask.id(""), "delta": {"message": message}});
    let mut events = vec![typed("message-start", start)];
    let texts = ask.deltas(&answer.text).into_iter();
    if answer.calls.is_empty() {
        events.push(said("content-start", 0, json!({"content": {"type": "text", "text": ""}})));
        events.extend(texts.map(|t| said("content-delta", 0, json!({"content": {"text": t}}))));
        events.push(typed("content-end", json!({"index": 0})));
    } else {
        events.extend(texts.map(|text| {
            typed("tool-plan-delta", json!({"delta": {"message": {"tool_plan": text}}}))
        }));
    }
    for (idx, call) in answer.calls.iter().enumerate() {
        let begun = tool_call(ask, idx, call, "");
        events.push(said("tool-call-start", idx, json!({"tool_calls": begun})));
        let arguments = call.arguments.to_string();
        events.extend(ask.deltas(&arguments).into_iter().map(|piece| {
            let piece = json!({"tool_calls": {"function": {"arguments": piece}}});
            said("tool-call-delta", idx, piece)
        }));
        events.push(typed("tool-call-end", json!({"index": idx})));
    }
    let end = json!({"finish_reason": reason(answer), "usage": usage(ask, answer)});
    events.push(typed("message-end", json!({"id": ask.id(""), "delta": end})));
    events
}

fn said(name: &'static str, index: usize, message: Value) -> Event {
    typed(name, json!({"index": index, "delta": {"message": message}}))
}

fn tool_call(ask: &Ask, idx: usize, call: &Call, arguments: &str) -> Value {
    json!({
        "id": ask.call_id(&format!("{}_", call.name), idx), "type": "function",
        "function": {"name": call.name, "arguments": arguments},
    })
}

fn reason(answer: &Answer) -> &'static str {
    if answer.calls.is_empty() { "COMPLETE" } else { "TOOL_CALL" }
}

fn usage(ask: &Ask, answer: &Answer) -> Value {
    let tokens = json!({"input_tokens": ask.tokens(), "output_tokens": answer.tokens()});
    json!({"billed_units": tokens, "tokens": tokens})
}
