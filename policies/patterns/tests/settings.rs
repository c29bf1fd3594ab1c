//! What is wrong with settings is said by rule and reason.

use patterns::{Patterns, Settings};
use sandgate_guest::{Asset, Policy};
use serde_json::{Value, json};

/// The error that `settings` give, with one asset at hand.
fn error(settings: Value, list: &[u8]) -> String {
    let list = Asset { name: "list.txt".to_owned(), bytes: list.to_owned() };
    let settings: Settings = match serde_json::from_value(settings) {
        Ok(settings) => settings,
        Err(error) => return error.to_string(),
    };
    match Patterns::configure(settings, vec![list]) {
        Ok(_) => "no error".to_owned(),
        Err(error) => error,
    }
}

#[track_caller]
fn check(rule: Value, expected: &str) {
    let error = error(json!({ "rules": { "MINE": rule } }), b"one\ntwo");
    assert!(error.starts_with("rules.MINE: "), "{error}");
    assert!(error.contains(expected), "{error}");
}

#[track_caller]
fn check_name(name: &str, expected: bool) {
    let error = error(json!({ "rules": { name: { "regex": "a" } } }), b"");
    let refused = error.starts_with(&format!("rules.{name}: a name is a capital letter"));
    assert_eq!((refused, error == "no error"), (!expected, expected), "{error}");
}

#[test]
fn rules_are_named_like_entities() {
    for name in ["A", "PROJECT_ID", "A1_", &"A".repeat(64)] {
        check_name(name, true);
    }
    for name in ["", "a", "_A", "1A", "A-B", "Ä", "A B", &"A".repeat(65)] {
        check_name(name, false);
    }
}

#[test]
fn a_bad_pattern_is_shown_with_its_flaw() {
    check(json!({ "regex": "a(b" }), "regex: regex parse error");
    check(json!({ "regex": "a(?=b)" }), "look-around");
    check(json!({ "fancy_regex": "a(b" }), "fancy_regex: ");
    check(json!({ "regex": "(?-u:\\xff)" }), "UTF-8");
}

#[test]
fn a_pattern_must_match_something() {
    for empty in ["", "a*", "a|", "(?:)", "\\b", "^$", "(a?b?)"] {
        check(json!({ "regex": empty }), "regex: it can match the empty string");
        check(json!({ "fancy_regex": empty }), "fancy_regex: it can match the empty string");
    }
    check(json!({ "regex": "[a&&b]" }), "regex: it can match nothing at all");
    check(json!({ "fancy_regex": "(?=a)" }), "it can match the empty string");
}

#[test]
fn a_pattern_must_not_explode() {
    check(json!({ "regex": "(?:\\w{100}){100}" }), "regex: ");
    check(json!({ "fancy_regex": "(?:\\w{100}){100}" }), "fancy_regex: ");
}

#[test]
fn keeping_out_is_not_supported() {
    check(json!({ "fancy_regex": "a\\Kb" }), "fancy_regex: `\\K` is not supported");
}

#[test]
fn a_rule_looks_for_one_thing() {
    let expected = "expected one of `regex`, `fancy_regex`, `words`, `word_list`";
    check(json!({}), expected);
    check(json!({ "regex": "a", "words": ["b"] }), expected);
    check(json!({ "regex": "a", "fancy_regex": "b" }), expected);
    check(json!({ "words": ["a"], "word_list": "list.txt" }), expected);
}

#[test]
fn a_word_list_holds_words() {
    check(json!({ "words": [] }), "words: holds no words");
    check(json!({ "words": ["a", " "] }), "words: entry 2: is empty");
    check(json!({ "words": ["a".repeat(257)] }), "words: entry 1: 257 bytes long, 256 at most");
    check(
        json!({ "word_list": "none.txt" }),
        "word_list: asset `none.txt`: is not among the assets",
    );
}

#[test]
fn an_asset_is_text_with_words_in_it() {
    let rule = json!({ "rules": { "MINE": { "word_list": "list.txt" } } });
    let empty = error(rule.clone(), b"\n  \n");
    assert_eq!(empty, "rules.MINE: word_list: asset `list.txt`: holds no words");
    let broken = error(rule, b"one\n\xfftwo");
    assert!(broken.starts_with("rules.MINE: word_list: asset `list.txt`: is no UTF-8"), "{broken}");
}

#[test]
fn numbers_have_their_range() {
    check(json!({ "regex": "a", "confidence": 101 }), "confidence: 101 is more than 100");
    check(json!({ "regex": "a", "max_length": 0 }), "max_length: 0 is not in 1 to 4096");
    check(json!({ "regex": "a", "max_length": 4097 }), "max_length: 4097 is not in 1 to 4096");
}

#[test]
fn options_belong_to_their_kind() {
    check(json!({ "regex": "a", "whole_words": true }), "whole_words: is for words");
    check(json!({ "words": ["a"], "max_length": 9 }), "max_length: is for patterns");
}

#[test]
fn unknown_keys_are_named() {
    let rule = error(json!({ "rules": { "MINE": { "regexp": "a" } } }), b"");
    assert!(rule.contains("unknown field `regexp`"), "{rule}");
    let top = error(json!({ "rule": {} }), b"");
    assert!(top.contains("unknown field `rule`"), "{top}");
}

#[test]
fn patterns_that_are_allowed_are_checked_too() {
    let error = error(json!({ "allow": { "regex": ["a", "("] } }), b"");
    assert!(error.starts_with("allow.regex: pattern 2: "), "{error}");
}
