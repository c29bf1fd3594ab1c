//! What the gate does about policies that fail or lie, and about limits.

use std::collections::VecDeque;

use crate::script::{Words, open, request, run};
use sandgate_gate::*;

/// Answers what it was told to, whatever it is asked; then settles everything.
struct Answers {
    answers: VecDeque<Result<Step, Fault>>,
    fed: u64,
}

impl Session for Answers {
    fn begin(&mut self, _: &Part) -> Result<(), Fault> {
        self.fed = 0;
        Ok(())
    }

    fn feed(&mut self, chunk: &str) -> Result<Step, Fault> {
        self.fed += chunk.len() as u64;
        self.end()
    }

    fn end(&mut self) -> Result<Step, Fault> {
        let settled = Step { findings: Vec::new(), settled: self.fed };
        self.answers.pop_front().unwrap_or(Ok(settled))
    }
}

fn exchange(yaml: &str, answers: Vec<Result<Step, Fault>>) -> Exchange {
    let config = Config::from_yaml(yaml, "sandgate.yaml").expect("it is right");
    let manifest = Words::new(&["word"], 0).manifest();
    let plan = Plan::new(&config, &[("p0".to_owned(), &manifest)], Key::new([0; 32]))
        .expect("its rules exist");
    plan.open(vec![Box::new(Answers { answers: answers.into(), fed: 0 })], "scope")
}

fn step(findings: &[(&str, u64, u64, u8)], settled: u64) -> Result<Step, Fault> {
    let finding = |(rule, start, end, confidence): &(&str, u64, u64, u8)| Finding {
        rule: (*rule).to_owned(),
        start: *start,
        end: *end,
        confidence: *confidence,
        replacement: None,
    };
    Ok(Step { findings: findings.iter().map(finding).collect(), settled })
}

/// The fault that these answers to `12é45`, then to `678`, are.
#[track_caller]
fn check(answers: Vec<Result<Step, Fault>>, expected: impl Into<Option<FaultKind>>) {
    let expected: Option<FaultKind> = expected.into();
    for (yaml, refuses) in [("{}", true), ("policies: { p0: { on_fault: allow } }", false)] {
        let mut exchange = exchange(yaml, answers.clone());
        let out = run(&mut exchange, request(), &["12é45", "678"]);
        let report = exchange.report();
        assert_eq!(report.faults.first().map(|fault| fault.kind), expected);
        assert_eq!(report.faults.len(), usize::from(expected.is_some()));
        let refused = refuses && expected.is_some();
        assert_eq!(report.decision == Decision::Refused, refused, "{yaml}");
        assert_eq!(out.ends_with("678"), !refused, "{yaml}: {out}");
    }
}

#[test]
fn offsets_are_checked() {
    for (start, end) in [(2, 2), (3, 1), (0, 3), (3, 4), (0, 7), (0, u64::MAX), (9, 10)] {
        check(vec![step(&[("W0", start, end, 90)], 0)], FaultKind::Answer(BadAnswer::Offsets));
    }
    check(vec![step(&[], 4), step(&[("W0", 2, 6, 9)], 9)], FaultKind::Answer(BadAnswer::Offsets));
    check(vec![step(&[("W0", 0, 2, 90)], 2)], None);
}

#[test]
fn settled_is_checked() {
    let settled = FaultKind::Answer(BadAnswer::Settled);
    check(vec![step(&[], 3)], settled);
    check(vec![step(&[], 7)], settled);
    check(vec![step(&[], u64::MAX)], settled);
    check(vec![step(&[], 4), step(&[], 2)], settled);
    check(vec![step(&[], 4), step(&[], 4), step(&[], 8)], settled);
    check(vec![step(&[], 4), step(&[], 4), step(&[], 9)], None);
}

#[test]
fn rules_and_confidences_are_checked() {
    check(vec![step(&[("W1", 0, 1, 90)], 0)], FaultKind::Answer(BadAnswer::Rule));
    check(vec![step(&[("12é45", 0, 1, 90)], 0)], FaultKind::Answer(BadAnswer::Rule));
    check(vec![step(&[("W0", 0, 1, 101)], 0)], FaultKind::Answer(BadAnswer::Confidence));
}

#[test]
fn a_fault_of_the_session_is_the_policys() {
    for kind in [FaultKind::Trap, FaultKind::Fuel, FaultKind::Time, FaultKind::Memory] {
        check(vec![Err(kind.into())], kind);
        check(vec![step(&[], 1), Err(kind.into())], kind);
        check(vec![step(&[], 1), step(&[], 1), Err(kind.into())], kind);
    }
}

#[test]
fn a_replacement_has_a_limit() {
    let with = |length: usize| {
        let replacement = Some("x".repeat(length));
        let finding = Finding { rule: "W0".into(), start: 0, end: 2, confidence: 90, replacement };
        vec![Ok(Step { findings: vec![finding], settled: 2 })]
    };
    check(with(4096), None);
    check(with(4097), FaultKind::Answer(BadAnswer::Replacement));
}

#[test]
fn a_million_findings_are_a_fault() {
    check(
        vec![step(&vec![("W0", 0, 1, 90); 1_000_000], 6)],
        FaultKind::Answer(BadAnswer::Findings),
    );
    let yaml = "limits: { findings: 3 }";
    let each = || step(&[("W0", 8, 9, 90), ("W0", 8, 9, 90)], 6);
    let mut exchange = exchange(yaml, vec![step(&[("W0", 0, 1, 90); 2], 6), each()]);
    run(&mut exchange, request(), &["12é45", "678"]);
    assert_eq!(exchange.report().faults[0].kind, FaultKind::Answer(BadAnswer::Findings));
}

#[test]
fn what_was_found_before_a_fault_stays_found() {
    let answers = vec![step(&[("W0", 0, 2, 90)], 2), Err(FaultKind::Trap.into())];
    let mut exchange = exchange("policies: { p0: { on_fault: allow } }", answers);
    assert_eq!(run(&mut exchange, request(), &["12é45", "678"]), "<W0>é45678");
    assert_eq!(exchange.decision(), Decision::Edited);
    assert_eq!(run(&mut exchange, request(), &["12"]), "12");
    assert_eq!(exchange.report().faults.len(), 1);
}

#[test]
fn a_missing_session_is_a_fault() {
    let words = Words::new(&["word"], 0);
    let plan = crate::script::plan("{}", &[("p0".to_owned(), words)]);
    assert_eq!(plan.open(Vec::new(), "scope").decision(), Decision::Refused);
}

#[test]
fn who_only_observes_refuses_nothing_by_failing() {
    let trap = || vec![Err(FaultKind::Trap.into())];
    let mut observing = exchange("policies: { p0: { mode: observe } }", trap());
    assert_eq!(run(&mut observing, request(), &["text"]), "text");
    assert_eq!(observing.report().faults.len(), 1);
    let asked = "policies: { p0: { mode: observe, on_fault: block } }";
    assert_eq!(run(&mut exchange(asked, trap()), request(), &["text"]), "");
}

fn held(on_held: &str) -> (String, Report) {
    let policies = vec![("p0".to_owned(), Words::new(&["word", "orders"], 100))];
    let yaml = format!("limits: {{ held: 8, on_held: {on_held} }}");
    let mut exchange = open(&yaml, &policies);
    let out = run(&mut exchange, request(), &["1234", "5678", "90", " word", "ers word", "s"]);
    (out, exchange.report())
}

#[test]
fn more_held_text_than_the_limit_is_refused_unless_told_otherwise() {
    let (out, report) = held("block");
    assert_eq!((out.as_str(), report.refused), ("", Some(Refusal::Held)));
}

#[test]
fn released_unsettled_text_is_counted_and_the_rest_still_edited() {
    // The policy settles only at the end, when `orders` has left but for its last letters.
    let (out, report) = held("release");
    assert_eq!(out, "1234567890 worde<W1> <W0>s");
    assert_eq!(report.unsettled, 16);
    assert_eq!(report.decision, Decision::Edited);
}

#[test]
fn text_held_for_too_long_does_what_the_limit_says() {
    let policies = vec![("p0".to_owned(), Words::new(&["word"], 100))];
    let mut exchange = open("limits: { on_held: release }", &policies);
    exchange.begin(request());
    assert_eq!(exchange.feed("some text").upto, 0);
    assert_eq!(exchange.held(), 9);
    assert_eq!(exchange.overdue().upto, 9);
    assert_eq!((exchange.held(), exchange.report().unsettled), (0, 9));
    let mut exchange = open("{}", &policies);
    exchange.begin(request());
    exchange.feed("some text");
    assert_eq!(exchange.overdue().upto, 0);
    assert_eq!(exchange.report().refused, Some(Refusal::Held));
}

#[test]
fn the_unscannable_is_counted_and_refused_unless_told_otherwise() {
    for (yaml, expected) in
        [("{}", Decision::Refused), ("on_unscannable: allow", Decision::Forward)]
    {
        let mut exchange = open(yaml, &[]);
        exchange.unscannable(0);
        assert_eq!(exchange.decision(), Decision::Forward);
        exchange.unscannable(2);
        assert_eq!((exchange.decision(), exchange.report().unscannable), (expected, 2));
    }
}
