//! Whole exchanges: what only is observed leaves as it came, and how a response is cut changes
//! nothing of what leaves.

use sandgate_gate::{
    Action, Config, Decision, Delivery, Direction, Exchange, Fault, Finding, Flow, Key, Manifest,
    Part, Plan, Request, RequestHead, ResponseHead, Rule, Session, Step, Transit,
};
use serde_json::Value;

use super::cut::Cut;

/// What the policy finds.
const WORD: &str = "ana b";

/// A response that went through.
struct Passed {
    out: Vec<u8>,
    flow: Flow,
    refused: bool,
}

/// Answers a request for a path with a response of a type and an encoding: the words of the first
/// line, `-` for none.
///
/// # Panics
/// Where an observed response changes, or a cut changes what leaves.
pub fn run(data: &[u8]) {
    let Some(cut) = Cut::new(data) else { return };
    let [path, content_type, encoding] = cut.words[..] else { return };
    let head = |action: &str, unscannable: &str| {
        let yaml = format!("policies: {{ it: {action} }}\non_unscannable: {unscannable}");
        Config::from_yaml(&yaml, "fuzz.yaml").expect("it is right")
    };
    let response = ResponseHead {
        status: 200,
        content_type: (content_type != "-").then_some(content_type),
        content_encoding: (encoding != "-").then_some(encoding),
    };
    let pass = |config: &Config, chunks: &[&[u8]]| passed(config, path, &response, chunks);

    let observe = head("{ mode: observe }", "allow");
    let seen = pass(&observe, &cut.chunks);
    if encoding == "-" {
        assert!(cut.body.starts_with(&seen.out), "what was only observed changed");
        let is_whole = seen.out.len() == cut.body.len();
        assert!(is_whole || seen.flow == Flow::Broken, "what was only observed was cut short");
    }

    let redact = head("{}", "block");
    let (found, whole) = (pass(&redact, &cut.chunks), pass(&redact, &[cut.body]));
    if !found.refused && !whole.refused && [found.flow, whole.flow] == [Flow::Done; 2] {
        assert_eq!(
            String::from_utf8_lossy(&found.out),
            String::from_utf8_lossy(&whole.out),
            "a cut changes what leaves"
        );
    }
}

fn passed(config: &Config, path: &str, head: &ResponseHead<'_>, chunks: &[&[u8]]) -> Passed {
    let asked = RequestHead { method: "POST", path, ..RequestHead::default() };
    let request = Request::new(config, &asked, b"{\"stream\":true}");
    let mut transit = Transit::new(open(config), config);
    let mut passed = Passed { out: Vec::new(), flow: Flow::More, refused: false };
    if transit.request(request).is_err() {
        passed.refused = true;
        return passed;
    }
    let delivery = transit.respond(head);
    for chunk in chunks {
        let before = passed.out.len();
        let flow = transit.push(chunk, &mut passed.out);
        assert!(
            delivery == Delivery::Stream || passed.out.len() == before,
            "it was to be collected"
        );
        if flow != Flow::More {
            let ended = passed.out.len();
            assert_ne!(transit.push(b"data: 1\n\n", &mut passed.out), Flow::More);
            assert_eq!(passed.out.len(), ended, "something leaves after the end");
            passed.flow = flow;
            passed.refused = transit.report().decision == Decision::Refused;
            return passed;
        }
    }
    match transit.end(&mut passed.out) {
        Ok(Flow::More) => passed.flow = Flow::Done,
        Ok(flow) => passed.flow = flow,
        Err(_) => passed.refused = true,
    }
    passed.refused |= transit.report().decision == Decision::Refused;
    passed
}

fn open(config: &Config) -> Exchange {
    let plan = Plan::new(config, &[("it".to_owned(), &manifest())], Key::new([7; 32]));
    let session = || vec![Box::new(Words::default()) as Box<dyn Session>];
    plan.expect("its rule exists").open(session(), "scope").with_more(session)
}

fn manifest() -> Manifest {
    Manifest {
        contract: "0.1.0".into(),
        name: "it".into(),
        version: "1.0.0".into(),
        description: String::new(),
        rules: vec![Rule {
            name: "WORD".into(),
            description: String::new(),
            action: Action::Redact,
        }],
        rules_from: None,
        settings: Value::Null,
        cases: String::new(),
    }
}

/// Finds the word as soon as it is there, and holds back what could become it.
#[derive(Default)]
struct Words {
    text: String,
    settled: usize,
}

impl Words {
    fn step(&mut self, settled: usize) -> Step {
        let starts = (self.settled..settled)
            .filter(|at| self.text.as_bytes()[*at..].starts_with(WORD.as_bytes()));
        let finding = |start: usize| Finding {
            rule: "WORD".into(),
            start: start as u64,
            end: (start + WORD.len()) as u64,
            confidence: 90,
            replacement: None,
        };
        let findings = starts.map(finding).collect();
        self.settled = settled;
        Step { findings, settled: settled as u64 }
    }
}

impl Session for Words {
    fn begin(&mut self, part: &Part) -> Result<(), Fault> {
        assert!(matches!(part.direction, Direction::Request | Direction::Response));
        *self = Self::default();
        Ok(())
    }

    fn feed(&mut self, chunk: &str) -> Result<Step, Fault> {
        self.text.push_str(chunk);
        let settled = self.text.len().saturating_sub(WORD.len() - 1);
        Ok(self.step(self.text.floor_char_boundary(settled).max(self.settled)))
    }

    fn end(&mut self) -> Result<Step, Fault> {
        Ok(self.step(self.text.len()))
    }
}
