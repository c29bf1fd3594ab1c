//! Conversations that are sent again with one message more.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use sandgate_gate::*;

use crate::script::Words;
use crate::transit::asked;

/// A policy that counts the texts it is asked to look at.
struct Counting {
    manifest: Manifest,
    n_asked: Arc<AtomicUsize>,
    /// Where it fails: in any text that holds this.
    fails_at: &'static str,
}

struct Counted {
    words: Words,
    n_asked: Arc<AtomicUsize>,
    fails_at: &'static str,
}

impl Policy for Counting {
    fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    fn digest(&self) -> &str {
        "sha256:0"
    }

    fn session(&self, _: &Context) -> Box<dyn Session> {
        let (words, n_asked) = (words(), Arc::clone(&self.n_asked));
        Box::new(Counted { words, n_asked, fails_at: self.fails_at })
    }
}

impl Session for Counted {
    fn begin(&mut self, part: &Part) -> Result<(), Fault> {
        self.n_asked.fetch_add(1, Ordering::Relaxed);
        self.words.begin(part)
    }

    fn feed(&mut self, chunk: &str) -> Result<Step, Fault> {
        let fails = !self.fails_at.is_empty() && chunk.contains(self.fails_at);
        if fails { Err(FaultKind::Trap.into()) } else { self.words.feed(chunk).map(wordless) }
    }

    fn end(&mut self) -> Result<Step, Fault> {
        self.words.end().map(wordless)
    }
}

fn words() -> Words {
    Words::new(&["ana@b.c"], 0)
}

/// Without words of the policy's own.
fn wordless(mut step: Step) -> Step {
    step.findings.iter_mut().for_each(|finding| finding.replacement = None);
    step
}

/// Requests of one configuration, each with what was sent on and how many texts were looked at.
struct Requests {
    guard: Guard<Counting>,
    config: Config,
    n_asked: Arc<AtomicUsize>,
}

impl Requests {
    fn new(yaml: &str, fails_at: &'static str) -> Self {
        let config = Config::from_yaml(yaml, "sandgate.yaml").expect("it is right");
        let n_asked = Arc::<AtomicUsize>::default();
        let (manifest, counter) = (words().manifest(), Arc::clone(&n_asked));
        let policy = Counting { manifest, n_asked: counter, fails_at };
        let guard = Guard::new(&config, [("p0".to_owned(), policy)], &Key::new([3; 32]));
        Self { guard: guard.expect("its rules exist"), config, n_asked }
    }

    fn send(&self, scope: &str, body: &str) -> (Option<String>, Report, usize) {
        let before = self.n_asked.load(Ordering::Relaxed);
        let head =
            RequestHead { method: "POST", path: "/v1/chat/completions", ..RequestHead::default() };
        let request = asked(&head, body.as_bytes());
        let exchange = self.guard.open(&request.context(), scope);
        let mut transit = Transit::new(exchange, &self.config);
        let left = transit.request(request).ok().flatten();
        let left = left.map(|left| String::from_utf8(left).expect("it is UTF-8"));
        (left, transit.report(), self.n_asked.load(Ordering::Relaxed) - before)
    }
}

fn chat(messages: &[&str]) -> String {
    let message = |text: &&str| format!(r#"{{"role":"user","content":"{text}"}}"#);
    let messages: Vec<String> = messages.iter().map(message).collect();
    format!(r#"{{"model":"m","messages":[{}]}}"#, messages.join(","))
}

#[test]
fn of_a_conversation_only_what_is_new_is_looked_at() {
    let requests = Requests::new("policies: { p0: }", "");
    let (left, report, n_asked) = requests.send("", &chat(&["to ana@b.c", "hi", "to ana@b.c"]));
    assert_eq!((left, n_asked), (Some(chat(&["to <W0>", "hi", "to <W0>"])), 2));
    assert_eq!((report.findings.len(), report.parts), (2, 3));
    let again = requests.send("", &chat(&["to ana@b.c", "hi", "to ana@b.c"]));
    assert_eq!(again, (Some(chat(&["to <W0>", "hi", "to <W0>"])), report, 0));
    let (left, report, n_asked) =
        requests.send("", &chat(&["to ana@b.c", "hi", "to ana@b.c", "and ana@b.c"]));
    assert_eq!((left, n_asked), (Some(chat(&["to <W0>", "hi", "to <W0>", "and <W0>"])), 1));
    assert_eq!((report.findings.len(), report.parts), (3, 4));
    assert_eq!(requests.send("somebody else", &chat(&["hi"])).2, 1);
}

#[test]
fn what_is_known_is_acted_on_as_if_it_were_new() {
    for action in ["block", "mask"] {
        let requests =
            Requests::new(&format!("policies: {{ p0: {{ actions: {{ W0: {action} }} }} }}"), "");
        let first = requests.send("", &chat(&["a ana@b.c b"]));
        let again = requests.send("", &chat(&["a ana@b.c b"]));
        assert_eq!((&first.0, &first.1), (&again.0, &again.1));
        assert_eq!((first.2, again.2), (1, 0), "{action}");
        assert_eq!(again.1.decision == Decision::Refused, action == "block");
    }
    let requests = Requests::new("policies: { p0: { actions: { W0: pseudonymize } } }", "");
    let first = requests.send("", &chat(&["ana@b.c"])).0;
    assert_eq!(requests.send("", &chat(&["ana@b.c"])).0, first, "a stand-in is the same again");
}

#[test]
fn a_fault_is_never_remembered() {
    let requests = Requests::new("policies: { p0: { on_fault: allow } }", "!");
    for _ in 0..2 {
        let (left, report, n_asked) = requests.send("", &chat(&["a", "b!", "ana@b.c"]));
        assert_eq!((left, report.faults.len()), (None, 1));
        assert!(n_asked > 0);
    }
}

#[test]
fn nothing_is_remembered_where_nothing_is_to_be() {
    let requests = Requests::new("policies: { p0: }\nlimits: { remembered: 0 }", "");
    for _ in 0..2 {
        assert_eq!(requests.send("", &chat(&["to ana@b.c", "hi"])).2, 2);
    }
}
