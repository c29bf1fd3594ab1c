//! What is found in a document, whatever its spelling.

use super::*;
use crate::Rule;

const RULES: &[Rule] = &[
    Rule::new("model", Kind::Token),
    Rule::new("type", Kind::Token),
    Rule::new("index", Kind::Id),
    Rule::new("type", Kind::Close).when("type", &["stop"]),
    Rule::new("delta.text", Kind::Delta),
    Rule::new("delta.args", Kind::JsonDelta).by(Role::ToolCall),
    Rule::new("messages[*].role", Kind::Role),
    Rule::new("messages[*].content[*].type", Kind::Token),
    Rule::new("messages[*].content[*].data", Kind::Text).when("type", &["text"]),
    Rule::new("messages[*].content[*].data", Kind::Blob).when("type", &["image"]),
    Rule::new("messages[*].content[*].url", Kind::Link),
    Rule::new("calls[*].name", Kind::Name),
    Rule::new("calls[*].args", Kind::Json).by(Role::ToolCall),
    Rule::new("tools[*]", Kind::Zone),
    Rule::new("vector", Kind::Opaque),
    Rule::new("logprobs", Kind::Shadow),
    Rule::new("deep.**.skip", Kind::Opaque),
];

/// The texts of a document, as `role: text`, and what nobody can read.
fn texts(document: &str) -> (Vec<String>, u64) {
    let walk = walk(document, &Table::new(RULES), None, Role::Other).expect("it is JSON");
    let text = |text: &Text| {
        let mut view = crate::View::new(text.spelling);
        let said = view.push(&document[text.span.clone()]) + &view.end();
        let name = text.name.as_ref().map(|name| format!(" {name}")).unwrap_or_default();
        format!("{:?}{name}: {said}", text.role)
    };
    (walk.texts.iter().map(text).collect(), walk.unscannable)
}

#[track_caller]
fn check(document: &str, expected: &[&str], unscannable: u64) {
    let (found, unread) = texts(document);
    assert_eq!(found, expected);
    assert_eq!(unread, unscannable);
}

#[test]
fn the_role_counts_wherever_it_stands() {
    check(
        r#"{"messages":[{"content":"hi","role":"user"},{"role":"developer","content":["a"]}]}"#,
        &["User: hi", "System: a"],
        0,
    );
}

#[test]
fn what_no_rule_speaks_of_is_text() {
    check(r#"{"new":{"field":["x y"]}}"#, &["Other: x y"], 0);
    check(r#"{"a@b.c":1,"known":"x"}"#, &["Other: a@b.c", "Other: x"], 0);
}

#[test]
fn duplicates_hide_nothing() {
    check(r#"{"a":"one","a":"two"}"#, &["Other: one", "Other: two"], 0);
    let twice = r#"{"messages":[{"content":[{"type":"text","type":"image","data":"x y"}]}]}"#;
    check(twice, &["Other: x y"], 0);
}

#[test]
fn neighbours_that_come_later_say_what_a_value_is() {
    let image = r#"{"messages":[{"content":[{"data":"aGk=","type":"image"}]}]}"#;
    check(image, &[], 1);
    let text = r#"{"messages":[{"content":[{"data":"aGk=","type":"text"}],"role":"user"}]}"#;
    check(text, &["User: aGk="], 0);
}

#[test]
fn escaped_keys_are_the_keys_they_say() {
    check(r#"{"\u006dodel":"gpt-4o"}"#, &[], 0);
    check(r#"{"m\u006fdel":"gpt 4o"}"#, &["Other: gpt 4o"], 0);
}

#[test]
fn words_of_the_protocol_are_no_text_unless_they_look_like_it() {
    check(r#"{"model":"gpt-4o-2024-08-06"}"#, &[], 0);
    check(r#"{"model":"4111111111111111"}"#, &["Other: 4111111111111111"], 0);
    check(r#"{"model":"ana@example.org"}"#, &["Other: ana@example.org"], 0);
}

#[test]
fn arguments_are_read_as_json_in_a_string_or_in_place() {
    let expected = &["Other: f", r#"ToolCall f: {"a":"b@c"}"#];
    check(r#"{"calls":[{"name":"f","args":"{\"a\":\"b\\u0040c\"}"}]}"#, expected, 0);
    check(r#"{"calls":[{"name":"f","args":{"a":"b\u0040c"}}]}"#, expected, 0);
}

#[test]
fn a_zone_is_one_text_and_opaque_values_are_none() {
    check(r#"{"tools":[{"a":["x",1]}],"vector":["x"]}"#, &[r#"Other: {"a":["x",1]}"#], 0);
    check(r#"{"deep":{"a":{"skip":"x y"},"b":"y z"}}"#, &["Other: y z"], 0);
}

#[test]
fn links_are_text_and_what_they_lead_to_is_not_read() {
    let link = |url: &str| format!(r#"{{"messages":[{{"content":[{{"url":"{url}"}}]}}]}}"#);
    check(&link("https://x.y/?q=a"), &["Other: https://x.y/?q=a"], 1);
    check(&link("data:image/png;base64,AAAA"), &[], 1);
}

#[test]
fn pieces_know_their_stream_and_its_end() {
    let table = Table::new(RULES);
    let read = |document| walk(document, &table, None, Role::Assistant).expect("it is JSON");
    let first = read(r#"{"index":0,"delta":{"text":"a"}}"#);
    let again = read(r#"{"delta":{"text":""},"index":0}"#);
    let other = read(r#"{"index":1,"delta":{"text":"a"}}"#);
    let args = read(r#"{"index":0,"delta":{"args":"a"}}"#);
    let key = |walk: &Walk| walk.texts[0].stream.clone().expect("it is a piece");
    assert_eq!(key(&first), key(&again));
    assert_ne!(key(&first), key(&other));
    assert_ne!(key(&first), key(&args));
    let stop = read(r#"{"type":"stop","index":1}"#);
    assert_eq!(stop.closes, [key(&other).ids]);
}

#[test]
fn a_batch_is_as_many_documents() {
    check(r#"[{"model":"x"},{"new":"y z"}]"#, &["Other: y z"], 0);
}

#[test]
fn shadows_are_found_with_their_quotes() {
    let document = r#"{"logprobs":[{"token":"a"}]}"#;
    let found = walk(document, &Table::new(RULES), None, Role::Other).expect("it is JSON");
    assert_eq!(&document[found.shadows[0].clone()], r#"[{"token":"a"}]"#);
    assert!(found.texts.is_empty());
}

#[test]
fn what_is_not_json_is_unreadable() {
    let table = Table::new(RULES);
    let bad =
        ["", "{", "nul", "{'a':1}", "[1,]", "{\"a\":01}", "NaN", "1 2", "\"a\nb\"", "\"\\x\""];
    for document in bad {
        let found = walk(document, &table, None, Role::Other).map(|_| ());
        assert_eq!(found, Err(Unreadable::Syntax), "{document}");
    }
}

#[test]
fn depth_and_breadth_are_bounded() {
    let table = Table::new(RULES);
    let deep = format!("{}\"a@b\"{}", "[".repeat(10_000), "]".repeat(10_000));
    assert_eq!(walk(&deep, &table, None, Role::Other).expect("it is JSON").texts.len(), 1);
    let wide = format!("[{}\"a\"]", "\"a\",".repeat(MAX_NODES));
    assert_eq!(walk(&wide, &table, None, Role::Other).map(|_| ()), Err(Unreadable::TooMany));
}

proptest::proptest! {
    #[test]
    fn no_text_of_any_json_is_missed(text in "[a-z ]{1,9}", keys in "[a-z]{0,3}") {
        let quoted = serde_json::to_string(&text).expect("strings are JSON");
        let document = format!(r#"{{"x{keys}":[[{quoted}],{{"y":{quoted}}}],"z":{quoted}}}"#);
        proptest::prop_assert_eq!(texts(&document).0.len(), 3);
    }
}

#[test]
fn what_a_tool_answers_is_read_as_json_wherever_it_stands() {
    let document = r#"{"messages":[{"role":"tool","content":[{"type":"x","text":"{\"a\":\"\\u0040\"}"}]},
        {"role":"user","content":"{\"a\":\"\\u0040\"}"}]}"#;
    let expected = [r#"ToolResult: {"a":"@"}"#, r#"User: {"a":"\u0040"}"#];
    check(document, &expected, 0);
}
