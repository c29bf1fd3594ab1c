//! A tool server: the Model Context Protocol over HTTP.
//!
//! It has no sessions and begins no streams: every request is answered where it was asked. Its one
//! tool says what it is told.

use sandgate_wire::Reply;
use serde_json::{Value, json};

use crate::problem::Problem;
use crate::provider::json;

/// The newest version that it speaks, and what it says to clients that want another.
const VERSION: &str = "2025-11-25";
const VERSIONS: [&str; 4] = [VERSION, "2025-06-18", "2025-03-26", "2024-11-05"];

/// JSON-RPC's own.
const NO_METHOD: i32 = -32601;
const BAD_PARAMS: i32 = -32602;

/// The most messages that come at once.
const MAX_BATCH: usize = 64;

/// Answers a message, or several.
///
/// # Errors
/// Where it is no JSON-RPC.
pub(crate) fn answer(message: &Value) -> Result<Reply, Problem> {
    let answers = match message {
        Value::Array(messages) if messages.len() > MAX_BATCH => {
            return Err(Problem::bad(format!("more than {MAX_BATCH} messages")));
        }
        Value::Array(messages) => {
            let answers = messages.iter().map(answer_one).collect::<Result<Vec<_>, _>>()?;
            let answers: Vec<Value> = answers.into_iter().flatten().collect();
            (!answers.is_empty()).then(|| answers.into())
        }
        one => answer_one(one)?,
    };
    Ok(match answers {
        Some(answers) => json(&answers),
        None => Reply { status: 202, body: Vec::new(), ..json(&Value::Null) },
    })
}

/// Notifications, and answers to what was never asked, are left alone.
fn answer_one(message: &Value) -> Result<Option<Value>, Problem> {
    if message["jsonrpc"] != "2.0" {
        return Err(Problem::bad("the body is no JSON-RPC"));
    }
    let (Some(id), Some(method)) = (message.get("id"), message["method"].as_str()) else {
        return Ok(None);
    };
    Ok(Some(match result(method, &message["params"]) {
        Ok(result) => json!({"jsonrpc": "2.0", "id": id, "result": result}),
        Err((code, text)) => {
            json!({"jsonrpc": "2.0", "id": id, "error": {"code": code, "message": text}})
        }
    }))
}

fn result(method: &str, params: &Value) -> Result<Value, (i32, String)> {
    Ok(match method {
        "initialize" => {
            let asked = params["protocolVersion"].as_str().unwrap_or_default();
            let version = VERSIONS.iter().find(|version| **version == asked);
            json!({
                "protocolVersion": version.unwrap_or(&VERSION),
                "capabilities": {"tools": {}, "prompts": {}, "resources": {}},
                "serverInfo": {"name": "sandgate-mock", "version": env!("CARGO_PKG_VERSION")},
            })
        }
        "ping" => json!({}),
        "tools/list" => json!({"tools": [{
            "name": "echo",
            "description": "Says what it is told.",
            "inputSchema": {
                "type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"],
            },
        }]}),
        "tools/call" => {
            if params["name"] != "echo" {
                return Err((BAD_PARAMS, format!("unknown tool: {}", params["name"])));
            }
            let Some(text) = params["arguments"]["text"].as_str() else {
                return Err((BAD_PARAMS, "echo: text: expected a string".into()));
            };
            json!({"content": [{"type": "text", "text": text}], "isError": false})
        }
        "prompts/list" => json!({"prompts": []}),
        "resources/list" => json!({"resources": []}),
        "resources/templates/list" => json!({"resourceTemplates": []}),
        _ => return Err((NO_METHOD, format!("method not found: {method}"))),
    })
}
