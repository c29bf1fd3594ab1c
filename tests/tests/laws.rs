//! The laws, on the packed policies: whatever the text, however it is cut, wherever it runs.
//!
//! Golden cases say what must be found; here nobody knows that, and the hosts must agree anyway.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;
use std::thread;

use anyhow::{Result, anyhow};
use proptest::prelude::*;
use proptest::test_runner::{Config as Runs, RngAlgorithm, TestRng, TestRunner};
use sandgate_engine::{Configured, Engine, Guard, Isolation, Library, Options, Policy};
use sandgate_gate::{
    Config, Context, Decision, Direction, Finding, Part, Policy as _, Role, Splicer,
};
use sandgate_tests::policies::{Answer, Found, Packed, Question, packed};
use sandgate_tests::texts::{cut, cuts, make, texts};
use serde_json::{Value, json};

/// Texts a policy is compared on, natively and in wasmtime.
const N_TEXTS: usize = 2000;
/// Runs of each property, for each policy.
const N_RUNS: u32 = 200;
/// Texts up to this many bytes are cut everywhere.
const SHORT: usize = 160;

/// Instances that are used again; one engine for all guards.
static POOLED: LazyLock<Engine> = LazyLock::new(|| engine(Isolation::Pooled));

#[test]
fn findings_are_equal_natively_and_in_wasmtime() -> Result<()> {
    for policy in packed()? {
        let questions = questions(&policy);
        let natively = policy.natively(&questions)?;
        let mut hosted = Hosted::new(&POOLED, &policy)?;
        for (question, native) in questions.iter().zip(natively) {
            assert_eq!(hosted.answer(question)?, native, "policy `{}`: {question:?}", policy.name);
        }
    }
    Ok(())
}

#[test]
fn findings_are_equal_in_every_isolation_and_thread() -> Result<()> {
    let engines = [engine(Isolation::Pooled), engine(Isolation::Exchange)];
    for policy in packed()? {
        let questions = questions(&policy);
        let questions = &questions[..questions.len().min(400)];
        let answers: Vec<Vec<Answer>> = thread::scope(|scope| {
            let ask = |engine| {
                let policy = &policy;
                scope.spawn(move || {
                    let mut hosted = Hosted::new(engine, policy)?;
                    questions.iter().map(|question| hosted.answer(question)).collect::<Result<_>>()
                })
            };
            let threads: Vec<_> = engines.iter().chain(&engines).map(ask).collect();
            let joined = threads.into_iter().map(|thread| thread.join().expect("no panic"));
            joined.collect::<Result<_>>()
        })?;
        for other in &answers[1..] {
            assert_eq!(other, &answers[0], "policy `{}`", policy.name);
        }
    }
    Ok(())
}

#[test]
fn a_short_text_gives_the_same_for_every_cut() -> Result<()> {
    for policy in packed()? {
        let guard = guard(&policy, "redact")?;
        for case in policy.cases.cases.iter().filter(|case| case.full_text().len() <= SHORT) {
            let text = case.full_text();
            let whole = stream(&guard, &[&text]);
            for at in (1..text.len()).filter(|&at| text.is_char_boundary(at)) {
                let (head, tail) = text.split_at(at);
                let cut = stream(&guard, &[head, tail]);
                assert_eq!(cut, whole, "policy `{}`, {head:?} and {tail:?}", policy.name);
            }
            let each: Vec<String> = text.chars().map(String::from).collect();
            let each: Vec<&str> = each.iter().map(String::as_str).collect();
            assert_eq!(stream(&guard, &each), whole, "policy `{}`, {text:?}", policy.name);
        }
    }
    Ok(())
}

#[test]
fn a_text_gives_the_same_however_it_is_cut() -> Result<()> {
    for_all(|guard, text, lengths| {
        let whole = stream(guard, &[text]);
        prop_assert_eq!(stream(guard, &cut(text, lengths)), whole.clone());
        let outcome = guard.check(text);
        prop_assert_eq!(outcome.decision, whole.decision);
        prop_assert_eq!(outcome.text, whole.text);
        Ok(())
    })
}

#[test]
fn a_text_without_findings_comes_back_byte_for_byte() -> Result<()> {
    for_all(|guard, text, lengths| {
        let seen = stream(guard, &cut(text, lengths));
        if seen.findings.is_empty() {
            prop_assert_eq!(seen.text, text);
            prop_assert_eq!(seen.decision, Decision::Forward);
        }
        Ok(())
    })
}

#[test]
fn nothing_leaks_early() -> Result<()> {
    for_all(|guard, text, lengths| {
        // `stream` itself watches each release; here is what the whole stream must come to.
        let seen = stream(guard, &cut(text, lengths));
        for span in &seen.findings {
            prop_assert!(seen.edited.iter().any(|edit| edit.0 <= span.0 && span.1 <= edit.1));
        }
        Ok(())
    })
}

#[test]
fn a_blocked_text_lets_nothing_go_from_its_first_finding_on() -> Result<()> {
    for policy in packed()? {
        let guard = guard(&policy, "block")?;
        for text in make(N_RUNS as usize, 3, samples(&policy)) {
            let seen = stream(&guard, &cut(&text, &[1, 7, 40]));
            let first = seen.findings.iter().map(|span| span.0).min().unwrap_or(u64::MAX);
            let refused = seen.decision == Decision::Refused;
            assert_eq!(refused, first != u64::MAX, "policy `{}`: {text:?}", policy.name);
            assert!(seen.released <= first, "policy `{}`: {text:?}", policy.name);
        }
    }
    Ok(())
}

/// What a client sees of a streamed text, and what the report says.
#[derive(Debug, Clone, PartialEq)]
struct Seen {
    decision: Decision,
    text: String,
    released: u64,
    /// The spans of all findings.
    findings: Vec<(u64, u64, String, u8)>,
    /// The spans that were edited.
    edited: Vec<(u64, u64)>,
}

/// Feeds `chunks` as one part and watches what is let go meanwhile.
#[track_caller]
fn stream(guard: &Guard, chunks: &[&str]) -> Seen {
    let mut exchange = guard.open(&Context::default(), "somebody");
    let (mut splicer, mut text) = (Splicer::new(), String::new());
    let (mut fed, mut released, mut edited) = (0, 0, Vec::new());
    exchange.begin(Part { direction: Direction::Request, role: Role::User, name: None });
    for at in 0..=chunks.len() {
        let release = match chunks.get(at) {
            Some(chunk) => {
                fed += chunk.len() as u64;
                splicer.push(chunk);
                exchange.feed(chunk)
            }
            None => exchange.end(),
        };
        assert!(released <= release.upto && release.upto <= fed, "{release:?} after {released}");
        for edit in &release.edits {
            assert!(released <= edit.start, "{edit:?} comes late: released up to {released}");
            assert!(edit.end <= release.upto, "{edit:?} is cut in two by {release:?}");
            edited.push((edit.start, edit.end));
        }
        released = release.upto;
        splicer.release(&release, &mut text);
    }
    let findings = exchange.report().findings.into_iter();
    let findings = findings.map(|f| (f.start, f.end, f.rule.to_string(), f.confidence)).collect();
    Seen { decision: exchange.decision(), text, released, findings, edited }
}

/// Runs a property over all policies, with texts and places to cut them at.
fn for_all(property: impl Fn(&Guard, &str, &[usize]) -> Result<(), TestCaseError>) -> Result<()> {
    for policy in packed()? {
        let guard = guard(&policy, "redact")?;
        let runs = Runs { cases: N_RUNS, failure_persistence: None, ..Runs::default() };
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[1; 32]);
        let mut runner = TestRunner::new_with_rng(runs, rng);
        runner
            .run(&(texts(samples(&policy)), cuts()), |(text, cuts)| property(&guard, &text, &cuts))
            .map_err(|error| anyhow!("policy `{}`: {error}", policy.name))?;
    }
    Ok(())
}

/// The golden texts of usual size, for texts to be made of.
fn samples(policy: &Packed) -> Vec<String> {
    let texts = policy.cases.cases.iter().map(|case| case.text.clone());
    texts.filter(|text| text.len() < 2000).collect()
}

/// Every golden case, whole and in small chunks, and made-up texts, cut at some places.
fn questions(policy: &Packed) -> Vec<Question> {
    let golden = policy.cases.cases.iter().flat_map(|case| {
        let question = |chunks: Vec<&str>| Question {
            settings: policy.settings(case),
            assets: case.assets.clone(),
            chunks: chunks.into_iter().map(str::to_owned).collect(),
        };
        let text = case.full_text();
        [question(vec![&text]), question(cut(&text, &[3; 100]))]
    });
    let made = make(N_TEXTS, 2, samples(policy)).into_iter().map(|text| Question {
        settings: policy.cases.settings.clone(),
        assets: BTreeMap::new(),
        chunks: cut(&text, &[text.len() % 61, 5, text.len() / 3])
            .into_iter()
            .map(str::to_owned)
            .collect(),
    });
    golden.chain(made).collect()
}

/// What a question wants a policy configured with.
type Wanted = (Value, BTreeMap<String, String>);

/// A policy in wasmtime, configured as the last question wanted it.
struct Hosted {
    policy: Policy,
    last: Option<(Wanted, Result<Configured, String>)>,
}

impl Hosted {
    fn new(engine: &Engine, policy: &Packed) -> Result<Self> {
        Ok(Self { policy: engine.load(&policy.component)?, last: None })
    }

    fn answer(&mut self, question: &Question) -> Result<Answer> {
        let configured = match self.configured(question) {
            Ok(configured) => configured,
            Err(error) => return Ok(Answer::Error(error.clone())),
        };
        let mut session = configured.session(&Context::default());
        session.begin(&Part { direction: Direction::Request, role: Role::User, name: None })?;
        let mut findings = Vec::new();
        for chunk in &question.chunks {
            findings.extend(session.feed(chunk)?.findings);
        }
        findings.extend(session.end()?.findings);
        Ok(Answer::Findings(findings.into_iter().map(found).collect()))
    }

    fn configured(&mut self, question: &Question) -> &Result<Configured, String> {
        let wanted = (question.settings.clone(), question.assets.clone());
        if self.last.as_ref().is_none_or(|(last, _)| *last != wanted) {
            let (settings, assets) = &wanted;
            let bytes =
                |(name, text): (&String, &String)| (name.clone(), text.clone().into_bytes());
            let assets: Vec<_> = assets.iter().map(bytes).collect();
            let configured = self.policy.configure(settings, &assets);
            self.last = Some((wanted.clone(), configured.map_err(|error| error.to_string())));
        }
        &self.last.as_ref().expect("set above").1
    }
}

fn found(finding: Finding) -> Found {
    let Finding { rule, start, end, confidence, replacement } = finding;
    Found { start, end, rule, confidence, replacement }
}

/// The policy under its golden settings, with one action for all its rules.
fn guard(policy: &Packed, action: &str) -> Result<Guard> {
    let one = json!({ "settings": policy.cases.settings, "actions": { "*": action } });
    let config = json!({ "policies": { &policy.name: one } }).to_string();
    let config = Config::from_json(&config, "laws.json")?;
    let mut library = Library::new();
    library.insert(policy.name.clone(), policy.component.clone());
    Ok(POOLED.guard(&config, &library, Path::new("."))?)
}

fn engine(isolation: Isolation) -> Engine {
    Engine::new(Options { isolation, ..Options::default() }).expect("the machine has room")
}
