//! Ollama's chat, generate and embeddings.

use sandgate_wire::{Api, Event};
use serde::Serialize;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::ask::{Ask, Conversation, Force, Tool, Turn, Wanted, list, text};
use crate::problem::Problem;
use crate::provider::event;
use crate::vector;

/// As many as the model has that is most often used.
const DIMENSIONS: usize = 768;

pub(crate) fn read(body: &Value) -> Result<Conversation, Problem> {
    Ok(Conversation {
        turns: list(body, "messages")?.iter().map(Turn::of_message).collect(),
        tools: Tool::all(&body["tools"]),
        force: Force::No,
        wanted: wanted(&body["format"]),
        choices: None,
    })
}

pub(crate) fn read_generate(body: &Value) -> Result<Conversation, Problem> {
    let turns = vec![Turn::other(text(&body["system"])), Turn::user(text(&body["prompt"]))];
    Ok(Conversation { turns, wanted: wanted(&body["format"]), ..Conversation::default() })
}

fn wanted(format: &Value) -> Wanted {
    match format {
        Value::Object(_) => Wanted::schema(format),
        Value::String(word) if word == "json" => Wanted::Json,
        _ => Wanted::Text,
    }
}

pub(crate) fn whole(ask: &Ask, answer: &Answer) -> Value {
    let mut line = line(ask, &answer.text, calls(answer));
    end(ask, answer, &mut line);
    line
}

pub(crate) fn events(ask: &Ask, answer: &Answer) -> Vec<Event> {
    let texts = ask.deltas(&answer.text).into_iter().map(|text| line(ask, text, None));
    let mut lines: Vec<Value> = texts.collect();
    lines.extend(calls(answer).map(|calls| line(ask, "", Some(calls))));
    let mut last = line(ask, "", None);
    end(ask, answer, &mut last);
    lines.push(last);
    lines.iter().map(event).collect()
}

fn line(ask: &Ask, text: &str, calls: Option<Value>) -> Value {
    let mut line = json!({"model": ask.model, "created_at": "2026-01-01T00:00:00Z"});
    if ask.api == Api::OllamaGenerate {
        line["response"] = text.into();
    } else {
        line["message"] = json!({"role": "assistant", "content": text});
        if let Some(calls) = calls {
            line["message"]["tool_calls"] = calls;
        }
    }
    line["done"] = false.into();
    line
}

fn calls(answer: &Answer) -> Option<Value> {
    let calls = answer.calls.iter();
    let calls =
        calls.map(|call| json!({"function": {"name": call.name, "arguments": call.arguments}}));
    (!answer.calls.is_empty()).then(|| calls.collect())
}

/// What stands in the last line.
fn end(ask: &Ask, answer: &Answer, line: &mut Value) {
    line["done"] = true.into();
    line["done_reason"] = "stop".into();
    line["prompt_eval_count"] = ask.tokens().into();
    line["eval_count"] = answer.tokens().into();
    for key in ["total_duration", "load_duration", "prompt_eval_duration", "eval_duration"] {
        // Nanoseconds; clients divide by them.
        line[key] = 1_000_000.into();
    }
    if ask.api == Api::OllamaGenerate {
        line["context"] = json!([]);
    }
}

pub(crate) fn read_embed(body: &Value) -> Result<Conversation, Problem> {
    let turns = vector::inputs(body.get("input").unwrap_or(&body["prompt"]));
    Ok(Conversation { turns, ..Conversation::default() })
}

#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum Embeddings {
    List {
        model: String,
        embeddings: Vec<Vec<f32>>,
        total_duration: u64,
        prompt_eval_count: usize,
    },
    /// The older way.
    One {
        embedding: Vec<f32>,
    },
}

pub(crate) fn embeddings(ask: &Ask) -> Result<Embeddings, Problem> {
    let mut embeddings = vector::all(ask, &ask.body["dimensions"], DIMENSIONS)?;
    if ask.path.ends_with("/embeddings") {
        return Ok(Embeddings::One { embedding: embeddings.pop().unwrap_or_default() });
    }
    Ok(Embeddings::List {
        model: ask.model.clone(),
        embeddings,
        total_duration: 1_000_000,
        prompt_eval_count: ask.tokens(),
    })
}
