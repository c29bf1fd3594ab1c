//! Responses. They are not stored: an answer knows what its request says, and nothing before.

use sandgate_wire::Event;
use serde_json::{Value, json};

use crate::answer::{Answer, Call};
use crate::ask::{Ask, Conversation, Force, Tool, Turn, Wanted, text};
use crate::problem::Problem;
use crate::provider::{CREATED, typed};

pub(crate) fn read(body: &Value) -> Result<Conversation, Problem> {
    let mut turns = vec![Turn::other(text(&body["instructions"]))];
    match &body["input"] {
        Value::String(input) => turns.push(Turn::user(input.as_str())),
        Value::Array(items) => turns.extend(items.iter().filter_map(turn)),
        _ => return Err(Problem::bad("input: expected a string or a list")),
    }
    Ok(Conversation {
        turns,
        tools: Tool::all(&body["tools"]),
        force: Force::of(&body["tool_choice"]),
        wanted: Wanted::of(&body["text"]["format"]),
        choices: None,
    })
}

/// What an item says, if it says something.
fn turn(item: &Value) -> Option<Turn> {
    match item["type"].as_str() {
        None | Some("message") => Some(Turn::of_message(item)),
        Some("function_call_output" | "custom_tool_call_output") => {
            Some(Turn::tool(&item["output"]))
        }
        // What the model did before, so that a result before it is not the last word.
        Some("function_call" | "custom_tool_call") => Some(Turn::other("")),
        _ => None,
    }
}

pub(crate) fn whole(ask: &Ask, answer: &Answer) -> Value {
    let mut items = Vec::new();
    if has_message(answer) {
        items.push(message(ask, "completed", json!([part(&answer.text)])));
    }
    let calls = answer.calls.iter().enumerate();
    items.extend(calls.map(|(idx, call)| function_call(ask, idx, call, true)));
    let mut response = response(ask, "completed", items);
    let (input, output) = (ask.tokens(), answer.tokens());
    response["usage"] = json!({
        "input_tokens": input, "input_tokens_details": {"cached_tokens": 0},
        "output_tokens": output, "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": input + output,
    });
    response
}

pub(crate) fn events(ask: &Ask, answer: &Answer) -> Vec<Event> {
    let begun = response(ask, "in_progress", Vec::new());
    let mut events = vec![
        ("response.created", json!({"response": begun})),
        ("response.in_progress", json!({"response": begun})),
    ];
    if has_message(answer) {
        message_events(ask, &answer.text, &mut events);
    }
    for (idx, call) in answer.calls.iter().enumerate() {
        call_events(ask, idx, idx + usize::from(has_message(answer)), call, &mut events);
    }
    events.push(("response.completed", json!({"response": whole(ask, answer)})));
    let numbered = events.into_iter().enumerate().map(|(idx, (name, mut document))| {
        document["sequence_number"] = idx.into();
        typed(name, document)
    });
    numbered.collect()
}

/// An event before it has a number.
type Named = (&'static str, Value);

fn message_events(ask: &Ask, text: &str, events: &mut Vec<Named>) {
    let id = ask.id("msg_");
    let place = |key: &str, value: Value| json!({"item_id": id, "output_index": 0, "content_index": 0, key: value});
    let said = |key: &str, text: &str| {
        let mut document = place(key, text.into());
        document["logprobs"] = json!([]);
        document
    };
    let item = message(ask, "in_progress", json!([]));
    events.push(("response.output_item.added", json!({"output_index": 0, "item": item})));
    events.push(("response.content_part.added", place("part", part(""))));
    let deltas = ask.deltas(text).into_iter();
    events.extend(deltas.map(|delta| ("response.output_text.delta", said("delta", delta))));
    events.push(("response.output_text.done", said("text", text)));
    events.push(("response.content_part.done", place("part", part(text))));
    let item = message(ask, "completed", json!([part(text)]));
    events.push(("response.output_item.done", json!({"output_index": 0, "item": item})));
}

fn call_events(ask: &Ask, idx: usize, place: usize, call: &Call, events: &mut Vec<Named>) {
    let id = ask.call_id("fc_", idx);
    let arguments = call.arguments.to_string();
    let item = |done| json!({"output_index": place, "item": function_call(ask, idx, call, done)});
    events.push(("response.output_item.added", item(false)));
    events.extend(ask.deltas(&arguments).into_iter().map(|delta| {
        let delta = json!({"item_id": id, "output_index": place, "delta": delta});
        ("response.function_call_arguments.delta", delta)
    }));
    let done = json!({
        "item_id": id, "output_index": place, "name": call.name, "arguments": arguments,
    });
    events.push(("response.function_call_arguments.done", done));
    events.push(("response.output_item.done", item(true)));
}

/// Without words there is a message only where there is nothing else.
fn has_message(answer: &Answer) -> bool {
    !answer.text.is_empty() || answer.calls.is_empty()
}

fn message(ask: &Ask, status: &str, content: Value) -> Value {
    json!({
        "id": ask.id("msg_"), "type": "message", "status": status, "role": "assistant",
        "content": content,
    })
}

fn part(text: &str) -> Value {
    json!({"type": "output_text", "text": text, "annotations": [], "logprobs": []})
}

fn function_call(ask: &Ask, idx: usize, call: &Call, done: bool) -> Value {
    let arguments = if done { call.arguments.to_string() } else { String::new() };
    json!({
        "id": ask.call_id("fc_", idx), "type": "function_call",
        "status": if done { "completed" } else { "in_progress" },
        "call_id": ask.call_id("call_", idx), "name": call.name, "arguments": arguments,
    })
}

/// A response, with what it repeats of its request.
fn response(ask: &Ask, status: &str, output: Vec<Value>) -> Value {
    let asked = |key: &str, default: Value| match ask.body.get(key) {
        None | Some(Value::Null) => default,
        Some(value) => value.clone(),
    };
    json!({
        "id": ask.id("resp_"), "object": "response", "created_at": CREATED, "status": status,
        "background": false, "error": null, "incomplete_details": null,
        "instructions": asked("instructions", Value::Null),
        "max_output_tokens": asked("max_output_tokens", Value::Null),
        "model": ask.model, "output": output,
        "parallel_tool_calls": asked("parallel_tool_calls", true.into()),
        "previous_response_id": asked("previous_response_id", Value::Null),
        "reasoning": asked("reasoning", json!({"effort": null, "summary": null})),
        "service_tier": "default", "store": asked("store", true.into()),
        "temperature": asked("temperature", json!(1.0)),
        "text": asked("text", json!({"format": {"type": "text"}})),
        "tool_choice": asked("tool_choice", "auto".into()), "tools": asked("tools", json!([])),
        "top_p": asked("top_p", json!(1.0)), "truncation": asked("truncation", "disabled".into()),
        "usage": null, "user": asked("user", Value::Null), "metadata": asked("metadata", json!({})),
    })
}
