//! A policy on core WebAssembly, as far as the host can tell: a memory, an allocator, and answers
//! that are right, or as wrong as a test wants them.

use std::sync::{Arc, Mutex};

use sandgate_canon::{Configured, Core, Failure, Function, Limits};
use sandgate_gate::{
    BadAnswer, Config, Context, Decision, Direction, Fault, FaultKind, Guard, Key, Manifest, Part,
    Policy as _, Role,
};
use serde_json::json;

/// What the policy finds.
const WORD: &str = "bluebird";
const MEMORY: usize = 1 << 20;

/// A policy that finds a word in a part that comes in one chunk.
#[derive(Clone, Default)]
struct Fake(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    memory: Vec<u8>,
    top: u32,
    resets: u32,
    calls: Vec<Function>,
    configured: Vec<(String, String)>,
    opened: Vec<String>,
    begun: Vec<[u32; 2]>,
    fed: u64,
    wrong: Option<Wrong>,
    /// Somebody else made the instance new.
    is_void: bool,
}

/// How the next answer of a kind is wrong.
#[derive(Clone, Copy, PartialEq)]
enum Wrong {
    Declines,
    Fails(Function, FaultKind),
    AllocatesOutside,
    AllocatesAskew,
    AnswersOutside,
    AnswersAskew,
    ListOutside,
    ListWithoutEnd,
    RuleOutside,
    RuleNotText,
    OptionOfNonsense,
    OutcomeOfNonsense,
}

impl State {
    fn allocate(&mut self, size: u32, align: u32) -> u32 {
        if self.memory.is_empty() {
            self.memory = vec![0; MEMORY];
            self.top = 8;
        }
        let at = self.top.next_multiple_of(align);
        self.top = at + size;
        at
    }

    fn put(&mut self, bytes: &[u8], align: u32) -> u32 {
        let at = self.allocate(bytes.len() as u32, align);
        self.memory[at as usize..][..bytes.len()].copy_from_slice(bytes);
        at
    }

    fn text(&self, at: u32, len: u32) -> String {
        let bytes = &self.memory[at as usize..][..len as usize];
        String::from_utf8(bytes.to_vec()).expect("the host writes UTF-8")
    }

    fn word(&self, at: u32) -> u32 {
        let bytes = self.memory[at as usize..][..4].try_into().expect("four bytes");
        u32::from_le_bytes(bytes)
    }

    fn pairs(&self, at: u32, len: u32) -> Vec<(String, String)> {
        let text = |at| self.text(self.word(at), self.word(at + 4));
        (0..len).map(|idx| (text(at + idx * 16), text(at + idx * 16 + 8))).collect()
    }

    fn configure(&mut self, arguments: &[u32]) -> u32 {
        self.configured = self.pairs(arguments[2], arguments[3]);
        self.configured.push((self.text(arguments[0], arguments[1]), String::new()));
        let (tag, [one, two]) = match self.wrong {
            Some(Wrong::Declines) => (1, [self.put("settings: no".as_bytes(), 1), 12]),
            Some(Wrong::OutcomeOfNonsense) => (2, [0, 0]),
            _ => (0, [7, 0]),
        };
        self.put(&words(&[tag, one, two]), 4)
    }

    fn open(&mut self, arguments: &[u32]) -> u32 {
        assert_eq!(arguments[0], 7, "the handle is what configure answered");
        let model = (arguments[1] == 1).then(|| self.text(arguments[2], arguments[3]));
        let labels = self.pairs(arguments[4], arguments[5]);
        self.opened.push(format!("{model:?} {labels:?}"));
        40 + self.opened.len() as u32
    }

    fn feed(&mut self, arguments: &[u32]) -> u32 {
        let text = self.text(arguments[1], arguments[2]);
        self.fed = text.len() as u64;
        let mut list = Vec::new();
        let found: Vec<_> = text.match_indices(WORD).map(|(at, _)| at as u64).collect();
        for at in &found {
            list.extend(self.finding(*at));
        }
        let list = self.put(&list, 8);
        let (list, count) = match self.wrong {
            Some(Wrong::ListOutside) => (u32::MAX - 7, 1),
            Some(Wrong::ListWithoutEnd) => (list, u32::MAX),
            _ => (list, found.len() as u32),
        };
        self.step(list, count)
    }

    fn finding(&mut self, start: u64) -> Vec<u8> {
        let rule = match self.wrong {
            Some(Wrong::RuleNotText) => self.put(b"\xff\xfe", 1),
            Some(Wrong::RuleOutside) => u32::MAX - 3,
            _ => self.put(b"CODENAME", 1),
        };
        let len = if self.wrong == Some(Wrong::RuleNotText) { 2 } else { 8 };
        let replacement = self.put(b"bird", 1);
        let tag = if self.wrong == Some(Wrong::OptionOfNonsense) { 9 } else { 1 };
        let mut finding = words(&[rule, len]);
        finding.extend([start, start + WORD.len() as u64].map(u64::to_le_bytes).concat());
        finding.extend(words(&[90, tag, replacement, 4]));
        finding
    }

    fn step(&mut self, list: u32, count: u32) -> u32 {
        let mut step = words(&[list, count]);
        step.extend(self.fed.to_le_bytes());
        let at = self.put(&step, 8);
        match self.wrong {
            Some(Wrong::AnswersOutside) => u32::MAX - 7,
            Some(Wrong::AnswersAskew) => at + 4,
            _ => at,
        }
    }
}

fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

impl Core for Fake {
    fn call(&self, function: Function, arguments: &[u32], fuel: u64) -> Result<u32, Fault> {
        assert!(fuel > 0);
        let mut state = self.0.lock().expect("no test panics in it");
        state.calls.push(function);
        if let Some(Wrong::Fails(failing, kind)) = state.wrong
            && failing == function
        {
            return Err(kind.into());
        }
        Ok(match function {
            Function::Configure => state.configure(arguments),
            Function::Open => state.open(arguments),
            Function::Feed => state.feed(arguments),
            Function::End => state.step(8, 0),
            Function::Realloc => match state.wrong {
                Some(Wrong::AllocatesOutside) => u32::MAX - 7,
                Some(Wrong::AllocatesAskew) => state.allocate(arguments[3] + 1, 8) + 1,
                _ => state.allocate(arguments[3], arguments[2]),
            },
            Function::Begin => {
                state.begun.push([arguments[1], arguments[2]]);
                0
            }
            _ => 0,
        })
    }

    fn read(&self, at: u32, into: &mut [u8]) -> Result<(), Fault> {
        let state = self.0.lock().expect("no test panics in it");
        let from = state.memory.get(at as usize..).and_then(|memory| memory.get(..into.len()));
        into.copy_from_slice(from.ok_or(FaultKind::Trap)?);
        Ok(())
    }

    fn write(&self, at: u32, bytes: &[u8]) -> Result<(), Fault> {
        let mut state = self.0.lock().expect("no test panics in it");
        let to = state.memory.get_mut(at as usize..).and_then(|m| m.get_mut(..bytes.len()));
        to.ok_or(FaultKind::Trap)?.copy_from_slice(bytes);
        Ok(())
    }

    fn holds(&self) -> bool {
        !self.0.lock().expect("no test panics in it").is_void
    }

    fn reset(&self) -> Result<(), Fault> {
        let mut state = self.0.lock().expect("no test panics in it");
        state.resets += 1;
        state.is_void = false;
        state.memory.clear();
        Ok(())
    }
}

fn manifest() -> Manifest {
    let manifest = json!({
        "contract": "0.1.0", "name": "birds", "version": "1.0.0", "description": "", "cases": "",
        "rules": [{"name": "CODENAME", "description": "", "action": "replace"}], "settings": {},
    });
    serde_json::from_value(manifest).expect("a manifest")
}

fn configured(fake: &Fake) -> Result<Configured<Fake>, Failure> {
    let asset = ("words".to_owned(), b"one two".to_vec());
    let described = (manifest(), "sha256:0".to_owned());
    Configured::new(fake.clone(), described, &json!({"a": 1}), vec![asset], Limits::default())
}

fn guard(fake: &Fake) -> Guard<Configured<Fake>> {
    let config = Config::from_json(r#"{"policies": {"birds": {}}}"#, "test").expect("it is right");
    let configured = configured(fake).expect("it is configured");
    Guard::new(&config, [("birds".to_owned(), configured)], &Key::new([7; 32])).expect("it fits")
}

/// What a policy that goes wrong in a check of a text is taken for.
#[track_caller]
fn check(wrong: Wrong, expected: FaultKind) {
    let fake = Fake::default();
    let guard = guard(&fake);
    fake.0.lock().expect("nobody panics").wrong = Some(wrong);
    let outcome = guard.check("a bluebird");
    assert_eq!((outcome.decision, outcome.text.as_str()), (Decision::Refused, ""));
    assert_eq!(outcome.report.faults[0].kind, expected);
    fake.0.lock().expect("nobody panics").wrong = None;
    assert_eq!(guard.check("a bluebird").text, "a bird", "the next exchange is right");
    assert_eq!(fake.0.lock().expect("nobody panics").resets, 1, "in a new instance");
}

#[test]
fn values_arrive_as_they_are() {
    let fake = Fake::default();
    let guard = guard(&fake);
    let labels = vec![("api".to_owned(), "chat".to_owned()), ("é".to_owned(), String::new())];
    let context = Context { model: Some("m-1".to_owned()), labels };
    let policy = guard.policies().next().expect("there is one").policy();
    let mut session = policy.session(&context);
    let part = Part { direction: Direction::Response, role: Role::ToolResult, name: None };
    session.begin(&part).expect("it begins");
    let step = session.feed("a bluebird, é").expect("it is fed");
    let found = &step.findings[0];
    assert_eq!((found.start, found.end, found.confidence), (2, 10, 90));
    assert_eq!((found.rule.as_str(), found.replacement.as_deref()), ("CODENAME", Some("bird")));
    assert_eq!(step.settled, 14);
    assert_eq!(session.end().expect("it ends").settled, 14);
    drop(session);

    let state = fake.0.lock().expect("nobody panics");
    let text = |text: &str| text.to_owned();
    assert_eq!(
        state.configured,
        [(text("words"), text("one two")), (text(r#"{"a":1}"#), text(""))]
    );
    assert_eq!(state.opened, [r#"Some("m-1") [("api", "chat"), ("é", "")]"#]);
    assert_eq!(state.begun, [[1, 4]]);
    assert_eq!(state.calls.last(), Some(&Function::DropExchange));
    let count = |function| state.calls.iter().filter(|call| **call == function).count();
    assert_eq!([count(Function::FeedPost), count(Function::EndPost)], [1, 1]);
}

#[test]
fn many_exchanges_share_an_instance() {
    let fake = Fake::default();
    let guard = guard(&fake);
    for _ in 0..10 {
        assert_eq!(guard.check("bluebird").text, "bird");
    }
    let state = fake.0.lock().expect("nobody panics");
    let configures = state.calls.iter().filter(|call| **call == Function::Configure);
    assert_eq!((configures.count(), state.resets), (1, 0));
}

#[test]
fn a_policy_is_let_go_of_with_its_settings() {
    let fake = Fake::default();
    let policy = configured(&fake).expect("it is configured");
    let clone = policy.clone();
    drop(policy);
    assert_ne!(fake.0.lock().expect("nobody panics").calls.last(), Some(&Function::DropPolicy));
    drop(clone);
    assert_eq!(fake.0.lock().expect("nobody panics").calls.last(), Some(&Function::DropPolicy));
}

#[test]
fn an_instance_that_another_made_new_is_configured_again() {
    let fake = Fake::default();
    let guard = guard(&fake);
    fake.0.lock().expect("nobody panics").is_void = true;
    assert_eq!(guard.check("bluebird").text, "bird", "no exchange suffers");
    let state = fake.0.lock().expect("nobody panics");
    let configures = state.calls.iter().filter(|call| **call == Function::Configure);
    assert_eq!(configures.count(), 2);
}

#[test]
fn what_a_policy_says_of_its_settings_is_said() {
    let fake = Fake::default();
    fake.0.lock().expect("nobody panics").wrong = Some(Wrong::Declines);
    assert_eq!(configured(&fake).err(), Some(Failure::Declined("settings: no".to_owned())));
    fake.0.lock().expect("nobody panics").wrong = Some(Wrong::OutcomeOfNonsense);
    assert_eq!(configured(&fake).err(), Some(Failure::Fault(BadAnswer::Shape.into())));
}

#[test]
fn a_failing_call_is_a_fault_and_the_instance_is_made_new() {
    let functions =
        [Function::Open, Function::Begin, Function::Feed, Function::FeedPost, Function::End];
    for function in functions {
        for kind in [FaultKind::Fuel, FaultKind::Trap] {
            check(Wrong::Fails(function, kind), kind);
        }
    }
    check(Wrong::Fails(Function::Realloc, FaultKind::Memory), FaultKind::Memory);
}

#[test]
fn an_answer_of_another_shape_is_a_fault() {
    let wrongs = [
        Wrong::AllocatesOutside,
        Wrong::AnswersOutside,
        Wrong::AnswersAskew,
        Wrong::ListOutside,
        Wrong::ListWithoutEnd,
        Wrong::RuleOutside,
        Wrong::RuleNotText,
        Wrong::OptionOfNonsense,
    ];
    wrongs.into_iter().for_each(|wrong| check(wrong, FaultKind::Answer(BadAnswer::Shape)));
}

#[test]
fn an_allocator_that_aligns_nothing_is_a_fault() {
    let fake = Fake::default();
    fake.0.lock().expect("nobody panics").wrong = Some(Wrong::AllocatesAskew);
    assert_eq!(configured(&fake).err(), Some(Failure::Fault(BadAnswer::Shape.into())));
}

#[test]
fn an_exchange_loses_its_state_with_the_instance_and_no_other_gets_it() {
    let fake = Fake::default();
    let guard = guard(&fake);
    let policy = guard.policies().next().expect("there is one").policy();
    let (mut ours, mut theirs) =
        (policy.session(&Context::default()), policy.session(&Context::default()));
    let part = Part { direction: Direction::Request, role: Role::User, name: None };
    ours.begin(&part).expect("it begins");
    fake.0.lock().expect("nobody panics").wrong =
        Some(Wrong::Fails(Function::Begin, FaultKind::Trap));
    assert_eq!(theirs.begin(&part).map_err(|f| f.kind()), Err(FaultKind::Trap));
    fake.0.lock().expect("nobody panics").wrong = None;
    let mut next = policy.session(&Context::default());
    next.begin(&part).expect("it begins, in a new instance");
    assert_eq!(ours.feed("a").map(|_| ()).map_err(|f| f.kind()), Err(FaultKind::Trap));
    let before = fake.0.lock().expect("nobody panics").calls.len();
    drop((ours, theirs));
    assert_eq!(
        fake.0.lock().expect("nobody panics").calls.len(),
        before,
        "nothing is dropped twice"
    );
}
