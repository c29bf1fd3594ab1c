//! Anthropic's messages, and counting their tokens.

use sandgate_wire::Event;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::ask::{Ask, Conversation, Force, Tool, Turn, Wanted, list, text};
use crate::problem::Problem;
use crate::provider::typed;

pub(crate) fn read(body: &Value) -> Result<Conversation, Problem> {
    let mut turns = vec![Turn::other(text(&body["system"]))];
    for message in list(body, "messages")? {
        let blocks = message["content"].as_array().into_iter().flatten();
        let results = blocks.filter(|block| block["type"] == "tool_result");
        let results: Vec<Turn> = results.map(|block| Turn::tool(&block["content"])).collect();
        let said = Turn::of_message(message);
        let is_result = !results.is_empty() && said.text.is_empty();
        turns.extend(results);
        if !is_result {
            turns.push(said);
        }
    }
    // It has had several names.
    let formats = [&body["output_config"]["format"], &body["output_format"]];
    let format = formats.into_iter().find(|format| format.is_object()).unwrap_or(&Value::Null);
    Ok(Conversation {
        turns,
        tools: Tool::all(&body["tools"]),
        force: Force::of(&body["tool_choice"]),
        wanted: Wanted::of(format),
        choices: None,
    })
}

pub(crate) fn whole(ask: &Ask, answer: &Answer) -> Value {
    if ask.path.ends_with("/count_tokens") {
        return json!({"input_tokens": ask.tokens()});
    }
    let mut blocks = Vec::new();
    if has_text(answer) {
        blocks.push(json!({"type": "text", "text": answer.text}));
    }
    for (idx, call) in answer.calls.iter().enumerate() {
        let mut block = tool_use(ask, idx, &call.name);
        block["input"] = call.arguments.clone();
        blocks.push(block);
    }
    let mut message = message(ask, blocks);
    message["stop_reason"] = reason(answer).into();
    message["usage"]["output_tokens"] = answer.tokens().into();
    message
}

pub(crate) fn events(ask: &Ask, answer: &Answer) -> Vec<Event> {
    let start = json!({"message": message(ask, Vec::new())});
    let mut events = vec![typed("message_start", start)];
    if has_text(answer) {
        let deltas = ask.deltas(&answer.text).into_iter();
        let deltas = deltas.map(|text| json!({"type": "text_delta", "text": text}));
        let block = json!({"type": "text", "text": ""});
        events.extend(block_events(0, block, deltas.collect()));
    }
    for (idx, call) in answer.calls.iter().enumerate() {
        let input = call.arguments.to_string();
        let deltas = [""].into_iter().chain(ask.deltas(&input));
        let deltas = deltas.map(|json| json!({"type": "input_json_delta", "partial_json": json}));
        let block = tool_use(ask, idx, &call.name);
        events.extend(block_events(idx + usize::from(has_text(answer)), block, deltas.collect()));
    }
    // As the provider does, once something was begun.
    events.insert(2, typed("ping", json!({})));
    let delta = json!({"stop_reason": reason(answer), "stop_sequence": null});
    let usage = json!({"output_tokens": answer.tokens()});
    events.push(typed("message_delta", json!({"delta": delta, "usage": usage})));
    events.push(typed("message_stop", json!({})));
    events
}

fn block_events(index: usize, block: Value, deltas: Vec<Value>) -> Vec<Event> {
    let start = typed("content_block_start", json!({"index": index, "content_block": block}));
    let delta = |delta| typed("content_block_delta", json!({"index": index, "delta": delta}));
    let stop = typed("content_block_stop", json!({"index": index}));
    [start].into_iter().chain(deltas.into_iter().map(delta)).chain([stop]).collect()
}

fn message(ask: &Ask, content: Vec<Value>) -> Value {
    json!({
        "id": ask.id("msg_"), "type": "message", "role": "assistant", "model": ask.model,
        "content": content, "stop_reason": null, "stop_sequence": null,
        "usage": {
            "input_tokens": ask.tokens(), "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": 0, "output_tokens": 0,
        },
    })
}

fn tool_use(ask: &Ask, idx: usize, name: &str) -> Value {
    json!({"type": "tool_use", "id": ask.call_id("toolu_", idx), "name": name, "input": {}})
}

fn reason(answer: &Answer) -> &'static str {
    if answer.calls.is_empty() { "end_turn" } else { "tool_use" }
}

/// Without words there is a text only where there is nothing else.
fn has_text(answer: &Answer) -> bool {
    !answer.text.is_empty() || answer.calls.is_empty()
}
