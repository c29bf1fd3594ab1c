//! What becomes of a finding under each action.

use sandgate_gate::*;

use crate::script::{Words, open, request, run};

const TEXT: &str = "to ana@example.org!";

/// The text and the decision when the address in [`TEXT`] gets this action.
#[track_caller]
fn check(policy: &str, expected: &str, decision: Decision) {
    let policies = vec![("p0".to_owned(), Words::new(&["ana@example.org"], 0))];
    let mut exchange = open(&format!("policies: {{ p0: {policy} }}"), &policies);
    assert_eq!(run(&mut exchange, request(), &[TEXT]), expected, "{policy}");
    assert_eq!(exchange.decision(), decision, "{policy}");
}

fn reported(policy: &str) -> Vec<(String, Action)> {
    let policies = vec![("p0".to_owned(), Words::new(&["ana@example.org", "to"], 0))];
    let mut exchange = open(&format!("policies: {{ p0: {policy} }}"), &policies);
    run(&mut exchange, request(), &[TEXT]);
    let report = exchange.report();
    report.findings.iter().map(|f| (f.rule.to_string(), f.action)).collect()
}

#[test]
fn each_action_does_what_it_says() {
    check("{ actions: { W0: allow } }", TEXT, Decision::Forward);
    check("{ actions: { W0: observe } }", TEXT, Decision::Forward);
    check("{ actions: { W0: replace } }", "to [0]!", Decision::Edited);
    check("{ actions: { W0: mask } }", "to ***@*******.***!", Decision::Edited);
    check("{ actions: { W0: redact } }", "to <W0>!", Decision::Edited);
    // Both as an independent HMAC-SHA-256 of the length-prefixed fields gives them.
    check("{ actions: { W0: hash } }", "to <W0_#a217d5c549ea7b5a>!", Decision::Edited);
    check("{ actions: { W0: pseudonymize } }", "to <W0_hrqt>!", Decision::Edited);
    check("{ actions: { W0: block } }", "to ", Decision::Refused);
}

#[test]
fn a_star_covers_the_rest_and_the_manifest_what_is_left() {
    check("", "to <W0>!", Decision::Edited);
    check("{ actions: { '*': mask } }", "to ***@*******.***!", Decision::Edited);
    check("{ actions: { '*': block, W0: replace } }", "to [0]!", Decision::Edited);
}

#[test]
fn observing_changes_nothing_and_reports_everything() {
    check("{ mode: observe, actions: { W0: block } }", TEXT, Decision::Forward);
    assert_eq!(reported("{ mode: observe, actions: { W0: allow } }").len(), 2);
}

#[test]
fn a_threshold_is_the_least_confidence_that_counts() {
    check("{ threshold: 80 }", "to <W0>!", Decision::Edited);
    check("{ threshold: 81 }", TEXT, Decision::Forward);
    assert_eq!(reported("{ threshold: 81 }"), []);
}

#[test]
fn what_is_allowed_is_allowed_to_the_letter() {
    check("{ allow: [ana@example.org] }", TEXT, Decision::Forward);
    check("{ allow: [Ana@example.org, example.org] }", "to <W0>!", Decision::Edited);
    assert_eq!(reported("{ allow: [ana@example.org] }"), [("W1".to_owned(), Action::Redact)]);
}

#[test]
fn reports_are_in_the_order_of_the_text() {
    let names: Vec<_> = reported("").into_iter().map(|(rule, _)| rule).collect();
    assert_eq!(names, ["W1", "W0"]);
}

#[test]
fn a_refusal_lasts() {
    let policies = vec![("p0".to_owned(), Words::new(&["no"], 0))];
    let mut exchange = open("policies: { p0: { actions: { W0: block } } }", &policies);
    assert_eq!(run(&mut exchange, request(), &["yes no maybe"]), "yes ");
    assert_eq!(run(&mut exchange, request(), &["yes"]), "");
    assert_eq!(exchange.report().refused, Some(Refusal::Finding));
}

#[test]
fn text_outside_a_part_goes_nowhere() {
    let mut exchange = open("{}", &[]);
    assert_eq!(exchange.feed("text"), Release::default());
    assert_eq!(exchange.end(), Release::default());
}

#[test]
fn nothing_that_is_shown_for_debugging_holds_text() {
    let policies = vec![("p0".to_owned(), Words::new(&["secret"], 0))];
    let mut exchange = open("policies: { p0: { actions: { W0: pseudonymize } } }", &policies);
    exchange.begin(request());
    let release = exchange.feed("a secret and more");
    let finding =
        Finding { rule: "secret".into(), start: 0, end: 6, confidence: 9, replacement: None };
    let step = Step { findings: vec![finding], settled: 3 };
    let mut splicer = Splicer::new();
    splicer.push("a secret");
    let key = Key::derive(b"secret");
    let shown = format!(
        "{exchange:?} {release:?} {step:?} {splicer:?} {key:?} {:?} {}",
        exchange.restorer(),
        serde_json::to_string(&exchange.report()).unwrap()
    );
    assert!(!shown.contains("secret") && !shown.contains("<W0"), "{shown}");
}
