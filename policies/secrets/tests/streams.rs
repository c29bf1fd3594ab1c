//! However a text is cut, the findings are the same; and every rule has a case that shows it.

use std::collections::BTreeSet;
use std::path::Path;
use std::rc::Rc;

use proptest::prelude::*;
use sandgate_guest::{Policy, native};
use sandgate_wit::Cases;
use secrets::{Secrets, Settings};

/// Pieces that secrets, look-alikes and what stands around them are made of.
const FRAGMENTS: &[&str] = &[
    "ghp_a0B1c2D3e4F5g6H7i8J9k0L1m2N3o4P5q6R7",
    "glpat-a0B1c2D3e4F5g6H7i8J9",
    "AKIA2B3C4D5E6F7G2H3J",
    "xoxb-2468013579-a0B1c2D3e4F5",
    "q7Zp2Lx9Wm4Tb8Kd6Vn3",
    "api_key",
    "password",
    "twilio",
    "\n  secret: ",
    " = \"",
    "\": \"",
    "\"",
    "postgres://svc:",
    "h3J5l7N9p",
    "@db/app",
    "Authorization: Bearer ",
    "curl -u ",
    "-----BEGIN PRIVATE KEY-----\n",
    "MIIEa0B1c2D3e4F5g6H7i8J9k0L1m2N3o4P5q6R7s8T9u0V1\n",
    "-----END PRIVATE KEY-----",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.a0B1c2D3",
    ":AAa0B1c2D3e4F5g6H7i8J9k0L1m2N3o4P5q",
    "123456789",
    "0b1d2f3a4c5e6071",
    "-us12",
    "密码是",
    "\\n",
    "is ",
    " ",
    ".",
    "/",
];

fn policy() -> Rc<Secrets> {
    Rc::new(Secrets::configure(Settings::default(), Vec::new()).expect("the default settings"))
}

fn text() -> impl Strategy<Value = String> {
    let pieces = prop::collection::vec(prop::sample::select(FRAGMENTS), 1..24);
    pieces.prop_map(|pieces| pieces.concat())
}

/// The text in pieces of the given lengths, as often as they are needed.
fn cut<'a>(mut text: &'a str, lengths: &[usize]) -> Vec<&'a str> {
    let mut chunks = Vec::new();
    for &length in lengths.iter().cycle() {
        if text.is_empty() {
            break;
        }
        let (head, tail) = text.split_at(text.ceil_char_boundary(length));
        chunks.push(head);
        text = tail;
    }
    chunks
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

    #[test]
    fn findings_do_not_depend_on_the_cuts(
        text in text(),
        lengths in prop::collection::vec(1usize..50, 1..8),
    ) {
        let policy = policy();
        let key = |f: &sandgate_guest::Finding| (f.start, f.end, f.rule.clone(), f.confidence);
        let whole: Vec<_> = native::scan(&policy, &[&text]).iter().map(key).collect();
        let pieces: Vec<_> = native::scan(&policy, &cut(&text, &lengths)).iter().map(key).collect();
        prop_assert_eq!(whole, pieces);
    }
}

#[test]
fn every_rule_has_a_case_that_hits() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases.yaml");
    let text = std::fs::read_to_string(file).expect("the cases");
    let cases: Cases = serde_saphyr::from_str(&text).expect("well-formed cases");
    let hit: BTreeSet<_> =
        cases.cases.iter().flat_map(|case| case.find.iter().flat_map(|find| find.keys())).collect();
    let rules = Secrets::rules();
    let missing: Vec<_> = rules.iter().filter(|rule| !hit.contains(&rule.name)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn an_unknown_rule_is_named_with_those_there_are() {
    let settings = sandgate_guest::serde_json::json!({ "disable": ["NO_SUCH_RULE"] });
    let settings = sandgate_guest::serde_json::from_value(settings).expect("the form fits");
    let error = Secrets::configure(settings, Vec::new()).map(|_| ()).unwrap_err();
    assert!(error.starts_with("disable: `NO_SUCH_RULE` is no rule"), "{error}");
    assert!(error.contains("GITHUB_TOKEN"), "{error}");
}

#[test]
fn ordinary_text_holds_back_little() {
    let text = "The token budget is a key part of any secret plan, said the author of passwords. ";
    let mut scanner = policy().scanner(
        &sandgate_guest::Context { model: None, labels: Vec::new() },
        &sandgate_guest::Part {
            direction: sandgate_guest::Direction::Request,
            role: sandgate_guest::Role::User,
            name: None,
        },
    );
    use sandgate_guest::Scanner;
    let mut fed = 0;
    for chunk in native::chunks(&text.repeat(20), 4) {
        fed += chunk.len() as u64;
        let step = scanner.feed(chunk);
        assert!(fed - step.settled <= 128, "{} bytes held at {fed}", fed - step.settled);
    }
}
