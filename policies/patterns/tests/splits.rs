//! Random rules against random texts and cuts: findings must not depend on the cuts, and must be
//! those of a plain engine where one can be asked.

use std::rc::Rc;

use fancy_regex::{Regex, RegexBuilder};
use patterns::{Patterns, Settings};
use proptest::prelude::*;
use sandgate_guest::{Context, Direction, Part, Policy, Role, Scanner, native};
use serde_json::{Value, json};

type Spans = Vec<(String, u64, u64)>;

/// The policy with these rules, where they can be compiled.
fn policy(rules: Value) -> Option<Rc<Patterns>> {
    let settings: Settings = serde_json::from_value(json!({ "rules": rules })).expect("they fit");
    Patterns::configure(settings, Vec::new()).ok().map(Rc::new)
}

fn scan(policy: &Rc<Patterns>, chunks: &[&str]) -> Spans {
    let findings = native::scan(policy, chunks).into_iter();
    findings.map(|finding| (finding.rule, finding.start, finding.end)).collect()
}

/// `text` cut at the given lengths, moved to the next character boundary.
fn cut<'a>(mut text: &'a str, lengths: &[usize]) -> Vec<&'a str> {
    let mut chunks = Vec::new();
    for &length in lengths {
        let (head, tail) = text.split_at(text.ceil_char_boundary(length.min(text.len())));
        chunks.push(head);
        text = tail;
    }
    chunks.push(text);
    chunks
}

/// What can be built of a few characters, so that random patterns often match random texts.
fn pattern(assertion: &'static [&'static str]) -> impl Strategy<Value = String> {
    // Most patterns must not match the empty string, or there would be nothing to test.
    let last = prop::sample::select(&["", "a", "[ab ]", "\\w", "(?:b|é+)"][..]);
    (any_pattern(assertion), last).prop_map(|(pattern, last)| pattern + last)
}

fn any_pattern(assertion: &'static [&'static str]) -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        6 => prop::sample::select(ATOMS).prop_map(str::to_owned),
        1 => prop::sample::select(assertion).prop_map(str::to_owned),
    ];
    leaf.prop_recursive(4, 16, 3, |inner| {
        prop_oneof![
            3 => prop::collection::vec(inner.clone(), 2..4).prop_map(|subs| subs.concat()),
            1 => prop::collection::vec(inner.clone(), 2..4)
                .prop_map(|subs| format!("(?:{})", subs.join("|"))),
            1 => (inner, prop::sample::select(REPEATS))
                .prop_map(|(sub, repeat)| format!("(?:{sub}){repeat}")),
        ]
    })
}

const ATOMS: &[&str] =
    &["a", "b", "ab", "ba", "[ab]", ".", "é", "漢", "\\w", "[^a]", "\\s", "\\d", "(?i:A)", " "];
const REPEATS: &[&str] = &["*", "+", "?", "*?", "+?", "??", "{2}", "{1,3}", "{2,}"];
const REGULAR: &[&str] = &["\\b", "\\B", "^", "$", "(?m:^)", "(?m:$)", "\\b{start}", "\\b{end}"];
const FANCY: &[&str] = &[
    "(?=a)", "(?!b)", "(?<=a)", "(?<!ab)", "(?=.*b)", "(?<!^)", "\\b", "^", "$", "(a|b)\\1",
    "(?>a+)",
];

fn text() -> impl Strategy<Value = String> {
    prop_oneof![4 => "[abA é漢1\n_]{0,60}", 1 => "[ab ]{0,700}", 1 => "a{0,400}b{0,400}"]
}

fn lengths() -> impl Strategy<Value = Vec<usize>> {
    prop_oneof![
        prop::collection::vec(0usize..5, 0..80),
        prop::collection::vec(0usize..200, 0..20),
        Just(vec![1; 800]),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn regular_patterns_find_the_same_however_a_text_is_cut(
        a in pattern(REGULAR), b in pattern(REGULAR), max_length in 1usize..40,
        text in text(), lengths in lengths(),
    ) {
        let rules = json!({ "A": { "regex": a }, "B": { "regex": b, "max_length": max_length } });
        let Some(policy) = policy(rules) else { return Ok(()) };
        let whole = scan(&policy, &[&text]);
        prop_assert_eq!(scan(&policy, &cut(&text, &lengths)), whole);
    }

    #[test]
    fn look_around_finds_the_same_however_a_text_is_cut(
        a in pattern(FANCY), b in pattern(FANCY), max_length in 1usize..40,
        text in text(), lengths in lengths(),
    ) {
        let rules = json!({
            "A": { "fancy_regex": a }, "B": { "fancy_regex": b, "max_length": max_length },
        });
        let Some(policy) = policy(rules) else { return Ok(()) };
        let whole = scan(&policy, &[&text]);
        prop_assert_eq!(scan(&policy, &cut(&text, &lengths)), whole);
    }

    #[test]
    fn word_lists_find_the_same_however_a_text_is_cut(
        words in prop::collection::vec("[abé漢]{1,3}( [ab]{1,4})?", 1..12),
        ignore_case: bool, whole_words: bool, text in text(), lengths in lengths(),
    ) {
        let rule = json!({ "words": words, "ignore_case": ignore_case, "whole_words": whole_words });
        let policy = policy(json!({ "WORD": rule })).expect("a good list");
        let whole = scan(&policy, &[&text]);
        prop_assert_eq!(scan(&policy, &cut(&text, &lengths)), whole);
    }

    /// Word boundaries are ours and long matches are cut, so neither is asked for.
    #[test]
    fn patterns_find_what_a_plain_engine_finds(
        pattern in pattern(&["^", "$", "(?m:^)", "(?m:$)", "\\A", "\\z"]),
        text in "[abA é漢1\n_]{0,60}",
    ) {
        let plain = Regex::new(&pattern).expect("a good pattern");
        let expected: Vec<_> = plain.find_iter(text.as_str())
            .map(|found| found.expect("no backtracking"))
            .map(|found| ("A".to_owned(), found.start() as u64, found.end() as u64))
            .collect();
        for syntax in ["regex", "fancy_regex"] {
            let Some(policy) = policy(json!({ "A": { syntax: &pattern } })) else { continue };
            prop_assert_eq!(scan(&policy, &[&text]), expected.clone());
        }
    }

    #[test]
    fn look_around_finds_what_a_plain_engine_finds(
        pattern in pattern(FANCY), text in "[abA é漢1\n_]{0,60}",
    ) {
        // What costs more counts as a match where it may not cost more: see `MAX_STEPS`.
        let plain = RegexBuilder::new(&pattern).backtrack_limit(1000).seek(false).build();
        let Ok(plain) = plain else { return Ok(()) };
        let Some(policy) = policy(json!({ "A": { "fancy_regex": &pattern } })) else { return Ok(()) };
        let found: Result<Vec<_>, _> = plain.find_iter(text.as_str()).collect();
        let Ok(found) = found else { return Ok(()) };
        let expected: Vec<_> = found.iter()
            .map(|found| ("A".to_owned(), found.start() as u64, found.end() as u64))
            .collect();
        prop_assert_eq!(scan(&policy, &[&text]), expected);
    }

    #[test]
    fn unbounded_words_are_the_leftmost_longest_entries(
        words in prop::collection::vec("[abé漢]{1,3}", 1..12), text in "[abé漢 ]{0,60}",
    ) {
        let rule = json!({ "words": &words, "whole_words": false });
        let policy = policy(json!({ "WORD": rule })).expect("a good list");
        let (mut expected, mut at) = (Vec::new(), 0);
        while let Some(first) = text[at..].chars().next() {
            let here = words.iter().filter(|word| text[at..].starts_with(*word)).map(String::len);
            let end = at + here.clone().max().unwrap_or(first.len_utf8());
            if here.count() > 0 {
                expected.push(("WORD".to_owned(), at as u64, end as u64));
            }
            at = end;
        }
        prop_assert_eq!(scan(&policy, &[&text]), expected);
    }
}

/// The most bytes held back after any character of `text`.
fn held_back(policy: &Rc<Patterns>, text: &str) -> u64 {
    let context = Context { model: None, labels: Vec::new() };
    let part = Part { direction: Direction::Response, role: Role::Assistant, name: None };
    let mut scanner = policy.clone().scanner(&context, &part);
    let mut fed = 0;
    let held = native::chunks(text, 4).into_iter().map(|chunk| {
        fed += chunk.len() as u64;
        fed - scanner.feed(chunk).settled
    });
    held.max().unwrap_or(0)
}

#[test]
fn ordinary_text_is_held_back_by_few_bytes() {
    let rules = json!({
        "ID": { "regex": "\\bPRJ-\\d{6}\\b" },
        "MAIL": { "regex": "[\\w.+-]+@[\\w-]+(\\.[\\w-]+)+" },
        "ACCOUNT": { "fancy_regex": "(?<!test-)ACC\\d{8}(?!\\d)" },
        "NAME": { "words": ["red falcon", "bluebird"], "ignore_case": true },
    });
    let policy = policy(rules).expect("good rules");
    let text = "The quick brown fox wrote to nobody about PRJ-12 and ACC-99, in a red fog. ";
    assert!(held_back(&policy, &text.repeat(20)) <= 16);
}

#[test]
fn a_match_without_end_is_held_back_by_its_longest_length() {
    let policy = policy(json!({ "OPEN": { "regex": "a+b", "max_length": 100 } }));
    let policy = policy.expect("a good rule");
    assert_eq!(held_back(&policy, &"a".repeat(5000)), 100);
}
