//! Gemini: contents, and embeddings.
//!
//! Keys may be spelled in either of the ways that protobuf's JSON knows.

use sandgate_wire::Event;
use serde::Serialize;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::ask::{Ask, Conversation, Force, Tool, Turn, Wanted, list, text};
use crate::problem::Problem;
use crate::provider::event;
use crate::vector;

/// As many as Gemini's embedding model has.
const DIMENSIONS: usize = 3072;

pub(crate) fn read(body: &Value) -> Result<Conversation, Problem> {
    // Tokens are counted of contents, or of a whole request.
    let body = get(body, "generateContentRequest", "generate_content_request").unwrap_or(body);
    let system = get(body, "systemInstruction", "system_instruction");
    let mut turns = vec![Turn::other(system.map(content_text).unwrap_or_default())];
    turns.extend(list(body, "contents")?.iter().flat_map(content));
    let declared = body["tools"].as_array().into_iter().flatten();
    let declared = declared
        .filter_map(|tool| get(tool, "functionDeclarations", "function_declarations"))
        .flat_map(Tool::all);
    let config = get(body, "generationConfig", "generation_config").unwrap_or(&Value::Null);
    let tool_config = get(body, "toolConfig", "tool_config").unwrap_or(&Value::Null);
    Ok(Conversation {
        turns,
        tools: declared.collect(),
        force: force(tool_config),
        wanted: wanted(config),
        choices: get(config, "candidateCount", "candidate_count").and_then(Value::as_u64),
    })
}

fn content(content: &Value) -> Vec<Turn> {
    let parts = content["parts"].as_array().into_iter().flatten();
    let results = parts.filter_map(|part| get(part, "functionResponse", "function_response"));
    let results: Vec<Turn> = results.map(|result| Turn::tool(returned(result))).collect();
    if !results.is_empty() {
        return results;
    }
    let text = content_text(content);
    let is_model = content["role"] == "model";
    vec![if is_model { Turn::other(text) } else { Turn::user(text) }]
}

fn content_text(content: &Value) -> String {
    text(content.get("parts").unwrap_or(content))
}

/// What a function returned, which clients wrap.
fn returned(result: &Value) -> &Value {
    let response = &result["response"];
    let wrapped = ["result", "output"].iter().find_map(|key| response.get(key));
    wrapped.unwrap_or(response)
}

fn force(config: &Value) -> Force {
    let calling = get(config, "functionCallingConfig", "function_calling_config");
    let Some(calling) = calling.filter(|calling| calling["mode"] == "ANY") else {
        return Force::No;
    };
    let names = get(calling, "allowedFunctionNames", "allowed_function_names");
    let name = names.and_then(|names| names[0].as_str());
    name.map_or(Force::Any, |name| Force::Tool(name.to_owned()))
}

fn wanted(config: &Value) -> Wanted {
    let schema = get(config, "responseJsonSchema", "response_json_schema")
        .or_else(|| get(config, "responseSchema", "response_schema"));
    let mime = get(config, "responseMimeType", "response_mime_type");
    match schema {
        Some(schema) => Wanted::schema(schema),
        None if mime.is_some_and(|mime| mime == "application/json") => Wanted::Json,
        None => Wanted::Text,
    }
}

pub(crate) fn whole(ask: &Ask, answer: &Answer) -> Value {
    if ask.path.ends_with(":countTokens") {
        return json!({"totalTokens": ask.tokens()});
    }
    let mut parts = Vec::new();
    if !answer.text.is_empty() || answer.calls.is_empty() {
        parts.push(json!({"text": answer.text}));
    }
    parts.extend(calls(ask, answer));
    response(ask, parts, Some(answer))
}

pub(crate) fn events(ask: &Ask, answer: &Answer) -> Vec<Event> {
    let texts = ask.deltas(&answer.text).into_iter().map(|text| vec![json!({"text": text})]);
    let mut contents: Vec<Vec<Value>> = texts.collect();
    if !answer.calls.is_empty() {
        contents.push(calls(ask, answer));
    }
    let last = contents.pop().unwrap_or_else(|| vec![json!({"text": ""})]);
    let mut events: Vec<Event> =
        contents.into_iter().map(|parts| event(&response(ask, parts, None))).collect();
    events.push(event(&response(ask, last, Some(answer))));
    events
}

fn calls(ask: &Ask, answer: &Answer) -> Vec<Value> {
    let calls = answer.calls.iter().enumerate().map(|(idx, call)| {
        let id = ask.call_id("", idx);
        json!({"functionCall": {"id": id, "name": call.name, "args": call.arguments}})
    });
    calls.collect()
}

/// A response, or one of a stream; `over` is the answer that is over with it.
fn response(ask: &Ask, parts: Vec<Value>, over: Option<&Answer>) -> Value {
    let candidate = |idx| {
        let mut candidate = json!({"content": {"role": "model", "parts": parts}, "index": idx});
        if over.is_some() {
            candidate["finishReason"] = "STOP".into();
        }
        candidate
    };
    let (input, output) = (ask.tokens(), over.map_or(0, Answer::tokens));
    json!({
        "candidates": (0..ask.choices).map(candidate).collect::<Vec<_>>(),
        "usageMetadata": {
            "promptTokenCount": input, "candidatesTokenCount": output,
            "totalTokenCount": input + output,
        },
        "modelVersion": ask.model,
        "responseId": ask.id(""),
    })
}

pub(crate) fn read_embed(body: &Value) -> Result<Conversation, Problem> {
    let one = std::slice::from_ref(body);
    let requests = body["requests"].as_array().map_or(one, Vec::as_slice);
    let texts = requests.iter().map(|request| Turn::user(content_text(&request["content"])));
    Ok(Conversation { turns: texts.collect(), ..Conversation::default() })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Embeddings {
    /// To a single content.
    Embedding(Embedding),
    Embeddings(Vec<Embedding>),
}

#[derive(Serialize)]
pub(crate) struct Embedding {
    values: Vec<f32>,
}

pub(crate) fn embeddings(ask: &Ask) -> Result<Embeddings, Problem> {
    let first = ask.body["requests"].get(0).unwrap_or(&ask.body);
    let asked = get(first, "outputDimensionality", "output_dimensionality");
    let vectors = vector::all(ask, asked.unwrap_or(&Value::Null), DIMENSIONS)?;
    let mut embeddings = vectors.into_iter().map(|values| Embedding { values });
    Ok(match ask.body.get("requests") {
        Some(_) => Embeddings::Embeddings(embeddings.collect()),
        None => {
            let none = || Embedding { values: Vec::new() };
            Embeddings::Embedding(embeddings.next().unwrap_or_else(none))
        }
    })
}

fn get<'a>(object: &'a Value, camel: &str, snake: &str) -> Option<&'a Value> {
    object.get(camel).or_else(|| object.get(snake)).filter(|value| !value.is_null())
}
