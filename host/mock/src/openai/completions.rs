//! The legacy completions. Several prompts are heard as one.

use sandgate_wire::Event;
use serde_json::{Value, json};

use super::{done, usage};
use crate::answer::Answer;
use crate::ask::{Ask, Conversation, Turn, text};
use crate::problem::Problem;
use crate::provider::{CREATED, event};

pub(crate) fn read(body: &Value) -> Result<Conversation, Problem> {
    let turns = vec![Turn::user(text(&body["prompt"]))];
    Ok(Conversation { turns, choices: body["n"].as_u64(), ..Conversation::default() })
}

pub(crate) fn whole(ask: &Ask, answer: &Answer) -> Value {
    let choices = (0..ask.choices).map(|idx| choice(idx, &answer.text, Some("stop")));
    let mut body = body(ask, choices.collect());
    body["usage"] = usage(ask, answer);
    body
}

pub(crate) fn events(ask: &Ask, answer: &Answer) -> Vec<Event> {
    let mut events = Vec::new();
    let deltas = ask.deltas(&answer.text).into_iter().map(|text| (text, None));
    for (text, reason) in deltas.chain([("", Some("stop"))]) {
        let choices = (0..ask.choices).map(|idx| choice(idx, text, reason));
        events.extend(choices.map(|choice| event(&body(ask, vec![choice]))));
    }
    if ask.body["stream_options"]["include_usage"] == true {
        let mut last = body(ask, Vec::new());
        last["usage"] = usage(ask, answer);
        events.push(event(&last));
    }
    events.push(done());
    events
}

fn body(ask: &Ask, choices: Vec<Value>) -> Value {
    json!({
        "id": ask.id("cmpl-"), "object": "text_completion", "created": CREATED,
        "model": ask.model, "choices": choices,
    })
}

fn choice(idx: u64, text: &str, reason: Option<&str>) -> Value {
    json!({"index": idx, "text": text, "logprobs": null, "finish_reason": reason})
}
