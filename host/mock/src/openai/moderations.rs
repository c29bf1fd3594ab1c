//! Moderations: the mock finds nothing wrong with anything.

use serde_json::{Map, Value, json};

use crate::ask::{Ask, Conversation, Turn, text};
use crate::problem::Problem;

const CATEGORIES: [&str; 13] = [
    "harassment",
    "harassment/threatening",
    "hate",
    "hate/threatening",
    "illicit",
    "illicit/violent",
    "self-harm",
    "self-harm/instructions",
    "self-harm/intent",
    "sexual",
    "sexual/minors",
    "violence",
    "violence/graphic",
];

pub(crate) fn read(body: &Value) -> Result<Conversation, Problem> {
    let turns = match &body["input"] {
        // Blocks of one input, or several inputs.
        Value::Array(inputs) if inputs.iter().all(Value::is_string) => {
            inputs.iter().map(|input| Turn::user(text(input))).collect()
        }
        Value::Null => return Err(Problem::bad("input: expected a string or a list")),
        input => vec![Turn::user(text(input))],
    };
    Ok(Conversation { turns, ..Conversation::default() })
}

pub(crate) fn whole(ask: &Ask) -> Result<Value, Problem> {
    let every = |value: Value| {
        let entries = CATEGORIES.iter().map(|name| ((*name).to_owned(), value.clone()));
        entries.collect::<Map<_, _>>()
    };
    let result = json!({
        "flagged": false, "categories": every(false.into()), "category_scores": every(json!(0.0)),
        "category_applied_input_types": every(json!(["text"])),
    });
    let results = vec![result; ask.inputs()?.len()];
    Ok(json!({"id": ask.id("modr-"), "model": ask.model, "results": results}))
}
