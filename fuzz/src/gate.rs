//! The gate between policies that answer anything and a client who must see none of what they hid.

use std::collections::VecDeque;

use arbitrary::{Arbitrary, Result, Unstructured};
use sandgate_gate::{
    Action, Config, Decision, Direction, Edit, Exchange, Fault, FaultKind, Finding, Key, Manifest,
    Part, Plan, Report, Role, Rule, Session, Splicer, Step,
};
use serde_json::json;

const RULES: [&str; 2] = ["ONE", "TWO"];
const ACTIONS: [&str; 8] =
    ["allow", "observe", "replace", "mask", "pseudonymize", "hash", "redact", "block"];

/// Everything that happens in one exchange.
#[derive(Debug, Arbitrary)]
struct Script {
    policies: [Behaviour; 2],
    chunks: Vec<Chunk>,
}

/// What a policy is configured to, and what it answers step by step; then, that all is settled.
#[derive(Debug, Clone, Arbitrary)]
struct Behaviour {
    actions: [u8; 2],
    faults_pass: bool,
    answers: VecDeque<Answer>,
}

#[derive(Debug, Clone, Arbitrary)]
enum Answer {
    /// Within what was fed and is not settled: the numbers say where in it.
    Sound {
        findings: Vec<(u8, u8, bool)>,
        settled: u8,
    },
    /// Whatever it likes.
    Wild {
        findings: Vec<(u64, u64, u8)>,
        settled: u64,
    },
    Fault,
}

/// A few characters, of one to four bytes.
#[derive(Debug)]
struct Chunk(String);

impl<'a> Arbitrary<'a> for Chunk {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let chars =
            u.arbitrary_iter::<u8>()?.map(|byte| {
                byte.map(|byte| {
                    if byte < 200 { char::from(byte % 128) } else { WIDE[usize::from(byte) % 4] }
                })
            });
        chars.collect::<Result<_>>().map(Self)
    }
}

const WIDE: [char; 4] = ['é', '…', '🦀', '\u{301}'];

/// Plays the script that `data` holds.
///
/// # Panics
/// Where a law is broken.
pub fn run(data: &[u8]) {
    let Ok(script) = Script::arbitrary(&mut Unstructured::new(data)) else { return };
    let mut exchange = open(&script);
    exchange.begin(Part { direction: Direction::Request, role: Role::User, name: None });
    let mut client = Client::default();
    for Chunk(chunk) in &script.chunks {
        client.fed.push_str(chunk);
        client.splicer.push(chunk);
        client.take(exchange.feed(chunk));
    }
    client.take(exchange.end());
    client.judge(&exchange.report());
}

/// Who receives what the gate lets go.
#[derive(Default)]
struct Client {
    fed: String,
    splicer: Splicer,
    text: String,
    released: u64,
    edits: Vec<Edit>,
}

impl Client {
    fn take(&mut self, release: sandgate_gate::Release) {
        let upto = release.upto as usize;
        assert!(self.released <= release.upto && self.fed.is_char_boundary(upto), "{release:?}");
        let mut at = self.released;
        for edit in &release.edits {
            assert!(
                at <= edit.start && edit.start < edit.end && edit.end <= release.upto,
                "{edit:?}"
            );
            at = edit.end;
        }
        self.splicer.release(&release, &mut self.text);
        self.released = release.upto;
        self.edits.extend(release.edits);
    }

    fn judge(&self, report: &Report) {
        match report.decision {
            Decision::Forward => assert_eq!(self.text, self.fed, "forwarded, but not as it came"),
            Decision::Edited => assert_eq!(self.released, self.fed.len() as u64, "some was lost"),
            Decision::Refused => assert!(report.refused.is_some()),
        }
        for finding in report.findings.iter().filter(|finding| finding.action.enforces()) {
            let hidden = |edit: &Edit| edit.start <= finding.start && finding.end <= edit.end;
            let unseen = self.released <= finding.start;
            let edited = finding.action != Action::Block && self.edits.iter().any(hidden);
            assert!(unseen || edited, "{finding:?} was let go");
        }
    }
}

fn open(script: &Script) -> Exchange {
    let names = ["first", "second"];
    let policies: serde_json::Map<_, _> = names
        .iter()
        .zip(&script.policies)
        .map(|(name, policy)| {
            let [one, two] = policy.actions.map(|action| ACTIONS[usize::from(action) % 8]);
            let on_fault = if policy.faults_pass { "allow" } else { "block" };
            let config = json!({ "actions": { "ONE": one, "TWO": two }, "on_fault": on_fault });
            ((*name).to_owned(), config)
        })
        .collect();
    let config = json!({ "policies": policies }).to_string();
    let config = Config::from_json(&config, "fuzz.json").expect("made of what there is");
    let manifest = manifest();
    let manifests = names.map(|name| (name.to_owned(), &manifest));
    let plan = Plan::new(&config, &manifests, Key::new([7; 32])).expect("rules that there are");
    let session = |policy: &Behaviour| -> Box<dyn Session> {
        Box::new(Scripted { answers: policy.answers.clone(), fed: String::new(), settled: 0 })
    };
    plan.open(script.policies.iter().map(session).collect(), "somebody")
}

/// What a policy of two rules says of itself.
pub(crate) fn manifest() -> Manifest {
    let rule = |name: &str| Rule {
        name: name.to_owned(),
        description: String::new(),
        action: Action::Redact,
    };
    Manifest {
        contract: "0.1.0".to_owned(),
        name: "scripted".to_owned(),
        version: "1.0.0".to_owned(),
        description: String::new(),
        rules: RULES.map(rule).into(),
        rules_from: None,
        settings: json!({}),
        cases: String::new(),
    }
}

/// A policy that answers by script.
struct Scripted {
    answers: VecDeque<Answer>,
    fed: String,
    settled: usize,
}

impl Session for Scripted {
    fn begin(&mut self, _part: &Part) -> std::result::Result<(), Fault> {
        Ok(())
    }

    fn feed(&mut self, chunk: &str) -> std::result::Result<Step, Fault> {
        self.fed.push_str(chunk);
        match self.answers.pop_front() {
            None => Ok(self.sound(&[], u8::MAX)),
            Some(Answer::Sound { findings, settled }) => Ok(self.sound(&findings, settled)),
            Some(Answer::Wild { findings, settled }) => Ok(wild(&findings, settled)),
            Some(Answer::Fault) => Err(Fault::new(FaultKind::Trap)),
        }
    }

    fn end(&mut self) -> std::result::Result<Step, Fault> {
        let mut step = self.feed("")?;
        // A script does not know which answer is the last.
        if step.settled <= self.fed.len() as u64 {
            step.settled = self.fed.len() as u64;
        }
        Ok(step)
    }
}

impl Scripted {
    fn sound(&mut self, findings: &[(u8, u8, bool)], settled: u8) -> Step {
        let open = self.fed.len() - self.settled;
        let place =
            |n: u8| self.fed.floor_char_boundary(self.settled + open * usize::from(n) / 255);
        let findings = findings.iter().filter_map(|&(a, b, second)| {
            let (start, end) = (place(a.min(b)), place(a.max(b)));
            (start < end).then(|| finding(start as u64, end as u64, usize::from(second), 100))
        });
        let findings: Vec<_> = findings.collect();
        self.settled = place(settled);
        Step { findings, settled: self.settled as u64 }
    }
}

fn wild(findings: &[(u64, u64, u8)], settled: u64) -> Step {
    let findings = findings.iter().map(|&(start, end, n)| finding(start, end, usize::from(n), n));
    Step { findings: findings.collect(), settled }
}

fn finding(start: u64, end: u64, rule: usize, confidence: u8) -> Finding {
    // One number in three is a rule that the manifest does not have.
    let rule = RULES.get(rule % 3).copied().unwrap_or("THREE").to_owned();
    Finding { rule, start, end, confidence, replacement: Some("«»".to_owned()) }
}
