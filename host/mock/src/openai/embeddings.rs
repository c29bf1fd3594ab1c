//! Embeddings, as numbers or, as the Python client asks for them, as bytes in base64.

use serde::Serialize;
use serde_json::{Value, json};

use crate::ask::{Ask, Conversation};
use crate::problem::Problem;
use crate::vector;

/// As many as OpenAI's small model has.
const DIMENSIONS: usize = 1536;

pub(crate) fn read(body: &Value) -> Result<Conversation, Problem> {
    let turns = vector::inputs(&body["input"]);
    if turns.is_empty() {
        return Err(Problem::bad("input: expected a string or a list"));
    }
    Ok(Conversation { turns, ..Conversation::default() })
}

#[derive(Serialize)]
pub(crate) struct List {
    object: &'static str,
    data: Vec<Embedding>,
    model: String,
    usage: Value,
}

#[derive(Serialize)]
struct Embedding {
    object: &'static str,
    index: usize,
    embedding: Vector,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Vector {
    Numbers(Vec<f32>),
    Bytes(String),
}

pub(crate) fn whole(ask: &Ask) -> Result<List, Problem> {
    let encoded = ask.body["encoding_format"] == "base64";
    let vectors = vector::all(ask, &ask.body["dimensions"], DIMENSIONS)?;
    let embedding = |(index, vector): (usize, Vec<f32>)| {
        let embedding =
            if encoded { Vector::Bytes(vector::base64(&vector)) } else { Vector::Numbers(vector) };
        Embedding { object: "embedding", index, embedding }
    };
    Ok(List {
        object: "list",
        data: vectors.into_iter().enumerate().map(embedding).collect(),
        model: ask.model.clone(),
        usage: json!({"prompt_tokens": ask.tokens(), "total_tokens": ask.tokens()}),
    })
}
