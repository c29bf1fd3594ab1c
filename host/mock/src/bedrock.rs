//! Bedrock's Converse.

use sandgate_wire::Event;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::ask::{Ask, Conversation, Force, Tool, Turn, Wanted, list, text};
use crate::problem::Problem;

pub(crate) fn read(body: &Value) -> Result<Conversation, Problem> {
    let mut turns = vec![Turn::other(text(&body["system"]))];
    for message in list(body, "messages")? {
        let blocks = message["content"].as_array().into_iter().flatten();
        let results: Vec<Turn> =
            blocks.filter_map(|block| block.get("toolResult")).map(result).collect();
        let said = Turn::of_message(message);
        let is_result = !results.is_empty() && said.text.is_empty();
        turns.extend(results);
        if !is_result {
            turns.push(said);
        }
    }
    let config = &body["toolConfig"];
    let tools = config["tools"].as_array().into_iter().flatten();
    let choice = &config["toolChoice"];
    let force = match choice["tool"]["name"].as_str() {
        Some(name) => Force::Tool(name.to_owned()),
        None if choice.get("any").is_some() => Force::Any,
        None => Force::No,
    };
    let tools = tools.filter_map(|tool| Tool::of(&tool["toolSpec"])).collect();
    Ok(Conversation { turns, tools, force, wanted: Wanted::Text, choices: None })
}

/// What a tool answered: texts, or documents.
fn result(result: &Value) -> Turn {
    let blocks = result["content"].as_array().into_iter().flatten();
    let contents = blocks.map(|block| block.get("json").unwrap_or(block));
    let texts: Vec<String> = contents.map(|content| Turn::tool(content).text).collect();
    Turn::tool(&texts.join("\n").into())
}

pub(crate) fn whole(ask: &Ask, answer: &Answer) -> Value {
    let mut blocks = Vec::new();
    if has_text(answer) {
        blocks.push(json!({"text": answer.text}));
    }
    for (idx, call) in answer.calls.iter().enumerate() {
        let mut block = tool_use(ask, idx, &call.name);
        block["input"] = call.arguments.clone();
        blocks.push(json!({"toolUse": block}));
    }
    let mut body = counts(ask, answer);
    body["output"] = json!({"message": {"role": "assistant", "content": blocks}});
    body["stopReason"] = reason(answer).into();
    body
}

pub(crate) fn events(ask: &Ask, answer: &Answer) -> Vec<Event> {
    let mut events = vec![named("messageStart", &json!({"role": "assistant"}))];
    let delta = |idx: usize, delta: Value| {
        named("contentBlockDelta", &json!({"contentBlockIndex": idx, "delta": delta}))
    };
    let stop = |idx: usize| named("contentBlockStop", &json!({"contentBlockIndex": idx}));
    if has_text(answer) {
        let deltas = ask.deltas(&answer.text).into_iter();
        events.extend(deltas.map(|text| delta(0, json!({"text": text}))));
        events.push(stop(0));
    }
    for (idx, call) in answer.calls.iter().enumerate() {
        let place = idx + usize::from(has_text(answer));
        let start = json!({"toolUse": tool_use(ask, idx, &call.name)});
        let start = json!({"contentBlockIndex": place, "start": start});
        events.push(named("contentBlockStart", &start));
        let input = call.arguments.to_string();
        let deltas = ask.deltas(&input).into_iter();
        events.extend(deltas.map(|input| delta(place, json!({"toolUse": {"input": input}}))));
        events.push(stop(place));
    }
    events.push(named("messageStop", &json!({"stopReason": reason(answer)})));
    events.push(named("metadata", &counts(ask, answer)));
    events
}

fn named(name: &'static str, document: &Value) -> Event {
    Event { event: Some(name), data: document.to_string().into_bytes() }
}

fn tool_use(ask: &Ask, idx: usize, name: &str) -> Value {
    json!({"toolUseId": ask.call_id("tooluse_", idx), "name": name})
}

fn counts(ask: &Ask, answer: &Answer) -> Value {
    let (input, output) = (ask.tokens(), answer.tokens());
    json!({
        "usage": {"inputTokens": input, "outputTokens": output, "totalTokens": input + output},
        "metrics": {"latencyMs": 0},
    })
}

fn reason(answer: &Answer) -> &'static str {
    if answer.calls.is_empty() { "end_turn" } else { "tool_use" }
}

/// Without words there is a text only where there is nothing else.
fn has_text(answer: &Answer) -> bool {
    !answer.text.is_empty() || answer.calls.is_empty()
}

#[cfg(test)]
mod tests {
    use sandgate_wire::Api;

    use super::*;

    #[test]
    fn events_are_in_order() {
        let order = "mock: say wait\nmock: tool mail {\"to\": \"Ana\"}";
        let body = json!({"messages": [{"role": "user", "content": [{"text": order}]}]});
        let ask = Ask::read(Api::BedrockConverse, "/model/m/converse-stream", body, 1);
        let ask = ask.expect("it is a request");
        let events = events(&ask, &Answer::to(&ask));
        let text = |event: &Event| String::from_utf8_lossy(&event.data).into_owned();
        let events: Vec<_> =
            events.iter().map(|event| (event.event.unwrap_or_default(), text(event))).collect();
        let start = r#"{"toolUse":{"toolUseId":"tooluse_mock1_0","name":"mail"}}"#;
        let input = r#"{"toolUse":{"input":"{\"to\":\"Ana\"}"}}"#;
        let usage = r#"{"inputTokens":8,"outputTokens":2,"totalTokens":10}"#;
        let expected = [
            ("messageStart", r#"{"role":"assistant"}"#.to_owned()),
            ("contentBlockDelta", r#"{"contentBlockIndex":0,"delta":{"text":"wait"}}"#.into()),
            ("contentBlockStop", r#"{"contentBlockIndex":0}"#.into()),
            ("contentBlockStart", format!(r#"{{"contentBlockIndex":1,"start":{start}}}"#)),
            ("contentBlockDelta", format!(r#"{{"contentBlockIndex":1,"delta":{input}}}"#)),
            ("contentBlockStop", r#"{"contentBlockIndex":1}"#.into()),
            ("messageStop", r#"{"stopReason":"tool_use"}"#.into()),
            ("metadata", format!(r#"{{"usage":{usage},"metrics":{{"latencyMs":0}}}}"#)),
        ];
        assert_eq!(events, expected);
    }
}
