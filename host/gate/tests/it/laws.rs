//! What the gate promises, for every text, every cut and every mix of policies.

use std::sync::atomic::Ordering;

use crate::script::{Words, cut, open, request, run};
use proptest::prelude::*;
use sandgate_gate::*;

const ACTIONS: [&str; 8] =
    ["allow", "observe", "replace", "mask", "pseudonymize", "hash", "redact", "block"];

/// A configuration and its policies.
#[derive(Debug, Clone)]
struct Mix {
    yaml: String,
    policies: Vec<(String, Words)>,
}

fn text() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec!["a", "b", "c", "é", " ", "🙂", "<", "_", "1"]);
    prop::collection::vec(pieces, 0..60).prop_map(|pieces| pieces.concat())
}

/// One to three policies of one to three words, each word with an action.
fn mix(actions: &'static [&'static str]) -> impl Strategy<Value = Mix> {
    let word = ("[abcé ]{1,5}", prop::sample::select(actions));
    let policy = (prop::collection::vec(word, 1..4), 0_usize..20, 0_u8..100);
    prop::collection::vec(policy, 1..4).prop_map(|policies| {
        let mut mix = Mix { yaml: "policies:\n".to_owned(), policies: Vec::new() };
        for (n, (words, lag, threshold)) in policies.into_iter().enumerate() {
            mix.yaml += &format!("  p{n}:\n    threshold: {threshold}\n    actions:\n");
            for (n, (_, action)) in words.iter().enumerate() {
                mix.yaml += &format!("      W{n}: {action}\n");
            }
            let words: Vec<String> = words.into_iter().map(|(word, _)| word).collect();
            mix.policies.push((format!("p{n}"), Words::new(&words, lag)));
        }
        mix
    })
}

fn cuts() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(0_usize..200, 0..12)
}

fn outcome(mix: &Mix, chunks: &[&str]) -> (String, Report) {
    let mut exchange = open(&mix.yaml, &mix.policies);
    let text = run(&mut exchange, request(), chunks);
    (text, exchange.report())
}

/// The spans of the text that something must become of, as the report has them.
fn enforced(report: &Report) -> Vec<(u64, u64)> {
    let enforced = report.findings.iter().filter(|finding| finding.action.enforces());
    enforced.map(|finding| (finding.start, finding.end)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn however_a_text_is_cut_the_outcome_is_the_same(
        mix in mix(&ACTIONS), text in text(), cuts in cuts(),
    ) {
        let whole = outcome(&mix, &[&text]);
        prop_assert_eq!(&outcome(&mix, &cut(&text, &cuts)), &whole);
        let every: Vec<usize> = (0..=text.len()).collect();
        prop_assert_eq!(&outcome(&mix, &cut(&text, &every)), &whole);
    }

    #[test]
    fn the_report_has_every_match_over_the_threshold(mix in mix(&ACTIONS), text in text()) {
        let (_, report) = outcome(&mix, &[&text]);
        let config = Config::from_yaml(&mix.yaml, "").unwrap();
        let mut expected = 0;
        for (name, words) in &mix.policies {
            let policy = &config.policies[name];
            let reported = |f: &&Finding| {
                f.confidence >= policy.threshold.get() && policy.actions[&f.rule] != Action::Allow
            };
            expected += words.find(&text, 0, text.len()).iter().filter(reported).count();
        }
        prop_assert_eq!(report.findings.len(), expected);
    }

    #[test]
    fn no_byte_of_an_edited_span_leaves_and_none_before_it_is_settled(
        mix in mix(&ACTIONS), text in text(), cuts in cuts(),
    ) {
        // The sessions' own copies of `settled` are shared with these.
        let mut exchange = open(&mix.yaml, &mix.policies);
        let mut kept: Vec<(u64, u64)> = Vec::new();
        let mut upto = 0;
        let enforcing: Vec<&Words> = mix.policies.iter().filter(|(name, words)| {
            let plan = crate::script::plan(&mix.yaml, &mix.policies);
            (0..words.words.len()).any(|n| plan.action(name, &format!("W{n}")).unwrap().enforces())
        }).map(|(_, words)| words).collect();
        exchange.begin(request());
        let chunks = cut(&text, &cuts);
        for n in 0..=chunks.len() {
            let release = match chunks.get(n) {
                Some(chunk) => exchange.feed(chunk),
                None => exchange.end(),
            };
            for words in &enforcing {
                prop_assert!(release.upto <= words.settled.load(Ordering::Relaxed));
            }
            for edit in &release.edits {
                kept.push((upto, edit.start));
                prop_assert!(upto <= edit.start && edit.end <= release.upto);
                upto = edit.end;
            }
            prop_assert!(upto <= release.upto);
            kept.push((upto, release.upto));
            upto = release.upto;
        }
        for (start, end) in enforced(&exchange.report()) {
            let leaked = kept.iter().find(|(from, to)| start.max(*from) < end.min(*to));
            prop_assert_eq!(leaked, None, "{}..{} of {:?}", start, end, text);
        }
        match exchange.decision() {
            Decision::Refused => {}
            Decision::Edited => prop_assert_eq!(upto, text.len() as u64),
            Decision::Forward => prop_assert_eq!(upto, text.len() as u64),
        }
    }

    #[test]
    fn a_text_without_findings_comes_back_byte_for_byte(
        mix in mix(&["allow", "observe"]), text in text(), cuts in cuts(),
    ) {
        let (out, report) = outcome(&mix, &cut(&text, &cuts));
        prop_assert_eq!(&out, &text);
        prop_assert_eq!(report.decision, Decision::Forward);
    }

    #[test]
    fn what_only_observes_holds_nothing_back(mix in mix(&["allow", "observe"]), text in text()) {
        let mut exchange = open(&mix.yaml, &mix.policies);
        exchange.begin(request());
        prop_assert_eq!(exchange.feed(&text).upto, text.len() as u64);
        prop_assert_eq!(exchange.held(), 0);
    }

    #[test]
    fn the_order_of_policies_never_shows(mix in mix(&ACTIONS), text in text()) {
        let mut turned = mix.clone();
        turned.policies.reverse();
        prop_assert_eq!(outcome(&turned, &[&text]), outcome(&mix, &[&text]));
    }

    #[test]
    fn what_was_pseudonymized_comes_back(
        mix in mix(&["pseudonymize", "observe"]), text in text(), cuts in cuts(), later in cuts(),
    ) {
        let mut exchange = open(&mix.yaml, &mix.policies);
        let sent = run(&mut exchange, request(), &cut(&text, &cuts));
        prop_assert_eq!(exchange.restore(&sent), text.clone());
        let mut restorer = exchange.restorer();
        let mut restored: String = cut(&sent, &later).into_iter().map(|c| restorer.feed(c)).collect();
        restored += &restorer.end();
        prop_assert_eq!(restored, text);
    }

    #[test]
    fn a_mangled_answer_restores_the_same_in_chunks_as_whole(
        pieces in prop::collection::vec(prop::sample::select(MANGLED.to_vec()), 0..8), cuts in cuts(),
    ) {
        let (exchange, tag) = pseudonymized();
        let text = pieces.concat().replace("k7f2", &tag);
        let mut restorer = exchange.restorer();
        let mut restored: String = cut(&text, &cuts).into_iter().map(|c| restorer.feed(c)).collect();
        restored += &restorer.end();
        prop_assert_eq!(restored, exchange.restore(&text));
    }
}

/// What models make of a placeholder, and what only looks like one.
const MANGLED: [&str; 24] = [
    "<W0_k7f2>",
    "<w0_k7f2>",
    "< W0_k7f2 >",
    "<W0\\_k7f2>",
    "`W0_k7f2`",
    "**W0_k7f2**",
    "W0 k7f2",
    "&lt;W0_k7f2&gt;",
    "＜W0_k7f2＞",
    "\\u003cW0_k7f2\\u003e",
    "<W0_",
    "k7f2>",
    "&lt",
    "\\u003",
    "<",
    ">",
    " ",
    "W",
    "0",
    "_",
    "é",
    "a W0-k7f2, b",
    "\\<W0\\_k7f2\\>",
    "<W0_0000>",
];

/// An exchange that made a pseudonym of `secret`, and the pseudonym's tag.
fn pseudonymized() -> (Exchange, String) {
    let policies = vec![("p0".to_owned(), Words::new(&["secret"], 0))];
    let yaml = "policies: { p0: { actions: { W0: pseudonymize } } }";
    let mut exchange = open(yaml, &policies);
    let sent = run(&mut exchange, request(), &["secret"]);
    let tag = sent.trim_start_matches("<W0_").trim_end_matches('>').to_owned();
    (exchange, tag)
}

#[track_caller]
fn restores(cases: &[(&str, &str)]) {
    let (exchange, tag) = pseudonymized();
    for (answer, expected) in cases {
        for answer in [answer.replace("k7f2", &tag), answer.replace("k7f2", &tag.to_uppercase())] {
            assert_eq!(exchange.restore(&answer), *expected, "{answer}");
        }
    }
}

#[test]
fn a_placeholder_comes_back_from_what_models_make_of_it() {
    restores(&[
        ("<W0_k7f2>", "secret"),
        ("a<W0_k7f2>b", "asecretb"),
        ("<<W0_k7f2>>", "<secret>"),
        ("<w0_k7f2>", "secret"),
        ("< W0_k7f2 >.", "secret."),
        ("<W0\\_k7f2>", "secret"),
        ("\\<W0\\_k7f2\\>", "secret"),
        ("**<W0_k7f2>**", "**secret**"),
        ("`W0_k7f2`", "`secret`"),
        ("<`W0_k7f2`>", "secret"),
        ("W0_k7f2's", "secret's"),
        ("W0 k7f2", "secret"),
        ("[W0-k7f2]", "[secret]"),
        ("&lt;W0_k7f2&gt;", "secret"),
        ("＜W0_k7f2＞", "secret"),
        (r#"{"to": "\u003cW0_k7f2\u003e"}"#, r#"{"to": "secret"}"#),
    ]);
}

#[test]
fn what_is_no_placeholder_of_this_exchange_stays() {
    restores(&[
        ("", ""),
        ("<W0_0000>", "<W0_0000>"),
        ("<W0>", "<W0>"),
        ("< W0 _", "< W0 _"),
        ("&lt;p&gt; <b>", "&lt;p&gt; <b>"),
    ]);
    let (exchange, tag) = pseudonymized();
    for text in [format!("XW0_{tag}"), format!("W0_{tag}x"), format!("W0_{tag}_x"), tag.clone()] {
        assert_eq!(exchange.restore(&text), text);
    }
}

#[test]
fn another_exchange_restores_nothing_of_this_one() {
    let (_, tag) = pseudonymized();
    let policies = vec![("p0".to_owned(), Words::new(&["secret"], 0))];
    let other = open("policies: { p0: { actions: { W0: pseudonymize } } }", &policies);
    assert_eq!(other.restore(&format!("<W0_{tag}>")), format!("<W0_{tag}>"));
}

#[test]
fn what_was_found_in_a_response_stays_hidden() {
    let policies = vec![("p0".to_owned(), Words::new(&["secret"], 0))];
    let mut exchange = open("policies: { p0: { actions: { W0: pseudonymize } } }", &policies);
    let answer = Part { direction: Direction::Response, role: Role::Assistant, name: None };
    let sent = run(&mut exchange, answer, &["the secret"]);
    assert!(!sent.contains("secret"));
    assert_eq!(exchange.restore(&sent), sent);
}
