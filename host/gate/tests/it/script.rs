//! Policies that find words, each at its own pace, and what drives them. How a text is cut never
//! changes what they find, so whatever does change is the gate's doing.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sandgate_gate::*;

/// Finds `words`, a rule each: `W0`, `W1`, ….
#[derive(Clone, Debug)]
pub(crate) struct Words {
    pub(crate) words: Vec<String>,
    /// How many bytes it holds back, at least its longest word.
    pub(crate) lag: usize,
    pub(crate) settled: Arc<AtomicU64>,
    text: String,
}

impl Words {
    pub(crate) fn new<S: AsRef<str>>(words: &[S], lag: usize) -> Self {
        let words: Vec<String> = words.iter().map(|word| word.as_ref().to_owned()).collect();
        let longest = words.iter().map(String::len).max().unwrap_or_default();
        Self { words, lag: lag.max(longest), settled: Arc::default(), text: String::new() }
    }

    pub(crate) fn manifest(&self) -> Manifest {
        let rule =
            |n| Rule { name: format!("W{n}"), description: String::new(), action: Action::Redact };
        Manifest {
            contract: "0.1.0".into(),
            name: "words".into(),
            version: "1.0.0".into(),
            description: String::new(),
            rules: (0..self.words.len()).map(rule).collect(),
            rules_from: None,
            settings: serde_json::Value::Null,
            cases: String::new(),
        }
    }

    /// Every match that starts within a range, of a whole text.
    pub(crate) fn find(&self, text: &str, from: usize, to: usize) -> Vec<Finding> {
        let at = |(n, word): (usize, &String)| -> Vec<Finding> {
            let starts = (from..to.min(text.len())).filter(|start| {
                text.is_char_boundary(*start) && text[*start..].starts_with(word.as_str())
            });
            let finding = |start: usize| Finding {
                rule: format!("W{n}"),
                start: start as u64,
                end: (start + word.len()) as u64,
                confidence: 80,
                replacement: Some(format!("[{n}]")),
            };
            starts.map(finding).collect()
        };
        self.words.iter().enumerate().flat_map(at).collect()
    }

    fn step(&mut self, settled: usize) -> Step {
        let from = usize::try_from(self.settled.load(Ordering::Relaxed)).expect("texts are short");
        self.settled.store(settled as u64, Ordering::Relaxed);
        Step { findings: self.find(&self.text, from, settled), settled: settled as u64 }
    }
}

impl Session for Words {
    fn begin(&mut self, _: &Part) -> Result<(), Fault> {
        self.text.clear();
        self.settled.store(0, Ordering::Relaxed);
        Ok(())
    }

    fn feed(&mut self, chunk: &str) -> Result<Step, Fault> {
        self.text.push_str(chunk);
        let settled = self.text.floor_char_boundary(self.text.len().saturating_sub(self.lag));
        Ok(self.step(settled))
    }

    fn end(&mut self) -> Result<Step, Fault> {
        Ok(self.step(self.text.len()))
    }
}

/// A part of a request.
pub(crate) fn request() -> Part {
    Part { direction: Direction::Request, role: Role::User, name: None }
}

/// A plan for policies `p0`, `p1`, … in the given order, configured by a YAML text.
pub(crate) fn plan(yaml: &str, policies: &[(String, Words)]) -> Plan {
    let config = Config::from_yaml(yaml, "sandgate.yaml").expect("it is right");
    let manifests: Vec<_> =
        policies.iter().map(|(n, words)| (n.clone(), words.manifest())).collect();
    let named: Vec<_> = manifests.iter().map(|(name, manifest)| (name.clone(), manifest)).collect();
    Plan::new(&config, &named, Key::new([3; 32])).expect("its rules exist")
}

/// An exchange of these policies.
pub(crate) fn open(yaml: &str, policies: &[(String, Words)]) -> Exchange {
    let session = |(_, words): &(String, Words)| Box::new(words.clone()) as Box<dyn Session>;
    plan(yaml, policies).open(policies.iter().map(session).collect(), "scope")
}

/// Feeds one part in these chunks; the text that left.
pub(crate) fn run(exchange: &mut Exchange, part: Part, chunks: &[&str]) -> String {
    let (mut splicer, mut out) = (Splicer::new(), String::new());
    exchange.begin(part);
    for chunk in chunks {
        splicer.push(chunk);
        splicer.release(&exchange.feed(chunk), &mut out);
    }
    splicer.release(&exchange.end(), &mut out);
    out
}

/// The text in chunks that end near these offsets.
pub(crate) fn cut<'a>(text: &'a str, cuts: &[usize]) -> Vec<&'a str> {
    let mut ends: Vec<usize> = cuts
        .iter()
        .map(|cut| text.floor_char_boundary(cut % (text.len() + 1)))
        .chain([text.len()])
        .collect();
    ends.sort_unstable();
    let mut start = 0;
    ends.into_iter().map(|end| &text[std::mem::replace(&mut start, end)..end]).collect()
}
