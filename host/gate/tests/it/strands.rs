//! Parts that come at the same time, and a person's own words in what comes back.

use proptest::prelude::*;
use sandgate_gate::*;

use crate::script::*;

const PSEUDONYMIZE: &str = "policies: { p0: { actions: { W0: pseudonymize } } }";

fn response() -> Part {
    Part { direction: Direction::Response, role: Role::Assistant, name: None }
}

fn words() -> Vec<(String, Words)> {
    vec![("p0".to_owned(), Words::new(&["ana@b.c"], 0))]
}

/// An exchange with sessions for as many parts at a time as there are.
fn open_wide(yaml: &str) -> Exchange {
    let session = || vec![Box::new(words().remove(0).1) as Box<dyn Session>];
    open(yaml, &words()).with_more(session)
}

/// Two texts that come in turns, a chunk of each; what left of either.
fn in_turns(exchange: &mut Exchange, texts: [&[&str]; 2]) -> [String; 2] {
    let mut out = [String::new(), String::new()];
    let mut splicers = [Splicer::new(), Splicer::new()];
    let ids = [exchange.begin_beside(response()), exchange.begin_beside(response())];
    for turn in 0..texts[0].len().max(texts[1].len()) {
        for part in 0..2 {
            let Some(chunk) = texts[part].get(turn) else { continue };
            splicers[part].push(chunk);
            splicers[part].release(&exchange.feed_in(ids[part], chunk), &mut out[part]);
        }
    }
    for part in 0..2 {
        splicers[part].release(&exchange.end_in(ids[part]), &mut out[part]);
    }
    out
}

#[test]
fn parts_in_turns_are_not_mixed() {
    let mut exchange = open_wide("policies: { p0: }");
    let out = in_turns(&mut exchange, [&["ana@", "x"], &["b.c ", "ana@b.c"]]);
    assert_eq!(out, ["ana@x", "b.c <W0>"]);
    let report = exchange.report();
    assert_eq!((report.parts, report.findings.len(), report.findings[0].part), (2, 1, 1));
}

#[test]
fn a_part_beside_another_without_sessions_is_a_fault() {
    let mut exchange = open("policies: { p0: }", &words());
    let out = in_turns(&mut exchange, [&["a"], &["b"]]);
    assert_eq!(exchange.decision(), Decision::Refused);
    assert_eq!(out, ["", ""]);
}

#[test]
fn a_block_in_one_part_stops_the_other() {
    let mut exchange = open_wide("policies: { p0: { actions: { W0: block } } }");
    let out = in_turns(&mut exchange, [&["ana@b.c", " and so on"], &["x", "y", "z"]]);
    assert_eq!(exchange.decision(), Decision::Refused);
    assert!(!out[0].contains("ana") && out[1].len() < 3, "{out:?}");
}

#[test]
fn a_pseudonym_that_was_found_in_the_answer_is_not_restored() {
    let mut exchange = open_wide(PSEUDONYMIZE);
    let out = in_turns(&mut exchange, [&["say ana@b.c"], &[]]);
    assert!(out[0].starts_with("say <W0_"), "{out:?}");
    assert_eq!(exchange.report().restored, 0);
}

#[test]
fn mangled_pseudonyms_are_restored_in_a_stream() {
    let mut exchange = open_wide(PSEUDONYMIZE);
    let made = run(&mut exchange, request(), &["ana@b.c"]);
    let mangled = made.to_lowercase().replace('_', "\\_").replace('<', "&lt;");
    let chunks: Vec<String> = format!("To **{mangled}**!").chars().map(String::from).collect();
    let chunks: Vec<&str> = chunks.iter().map(String::as_str).collect();
    assert_eq!(run(&mut exchange, response(), &chunks), "To **ana@b.c**!");
    assert_eq!(exchange.report().restored, 1);
}

proptest! {
    /// Restore law: however the answer is cut, the person's own words come back, at the same time
    /// in two parts.
    #[test]
    fn own_words_come_back(
        before in "[a-z< ]{0,8}",
        after in "[a-z> ]{0,8}",
        cuts in prop::collection::vec(0usize..64, 0..6),
    ) {
        let mut exchange = open_wide(PSEUDONYMIZE);
        let made = run(&mut exchange, request(), &["ana@b.c"]);
        let answer = format!("{before} {made} {after}");
        let chunks = cut(&answer, &cuts);
        let expected = format!("{before} ana@b.c {after}");
        let out = in_turns(&mut exchange, [&chunks, &[&answer]]);
        prop_assert_eq!(out, [expected.clone(), expected]);
    }
}
