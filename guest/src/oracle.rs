//! The policy as an oracle: what it finds natively, for other hosts to be compared with.
//!
//! One JSON document a line in, one out, so that thousands of texts cost one process. Nothing is
//! checked here but the policy's own promises: whoever compares brings the texts.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::io::{self, BufRead, Write};
use std::rc::Rc;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Asset, Finding, Policy, native};

/// How long each text is measured.
const MEASURED: Duration = Duration::from_millis(500);

/// A question: a text in its chunks, and what the policy is configured with.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    #[serde(default = "empty_object")]
    settings: Value,
    #[serde(default)]
    assets: BTreeMap<String, String>,
    chunks: Vec<String>,
}

/// An answer: the findings, or why the policy cannot be configured so.
#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Answer<'a> {
    Findings(Vec<Found<'a>>),
    Error(String),
}

#[derive(Serialize)]
struct Found<'a> {
    rule: &'a str,
    start: u64,
    end: u64,
    confidence: u8,
    replacement: Option<&'a str>,
}

/// Answers each line of `questions`.
///
/// # Errors
/// Where a line is no question, or one cannot be read or written.
pub(crate) fn answer<P: Policy>(
    questions: impl BufRead,
    mut answers: impl Write,
) -> io::Result<()> {
    let mut last = None;
    for line in questions.lines() {
        let question: Question = serde_json::from_str(&line?)?;
        let policy = configured::<P>(&question, &mut last);
        let chunks: Vec<_> = question.chunks.iter().map(String::as_str).collect();
        let findings = policy.map(|policy| native::scan(&policy, &chunks));
        let answer = match &findings {
            Ok(findings) => Answer::Findings(findings.iter().map(found).collect()),
            Err(error) => Answer::Error(error.clone()),
        };
        serde_json::to_writer(&mut answers, &answer)?;
        answers.write_all(b"\n")?;
    }
    answers.flush()
}

/// Answers each line of `questions` with how long a look through its text takes.
///
/// # Errors
/// As [`answer`].
pub(crate) fn time<P: Policy>(questions: impl BufRead, mut answers: impl Write) -> io::Result<()> {
    let mut last = None;
    for line in questions.lines() {
        let question: Question = serde_json::from_str(&line?)?;
        let policy = configured::<P>(&question, &mut last).map_err(io::Error::other)?;
        let chunks: Vec<_> = question.chunks.iter().map(String::as_str).collect();
        let nanoseconds = least(|| drop(black_box(native::scan(&policy, black_box(&chunks)))));
        writeln!(answers, "{}", serde_json::json!({ "nanoseconds": nanoseconds }))?;
    }
    answers.flush()
}

/// The least time of many turns, in nanoseconds: what is more is the machine's.
fn least(mut turn: impl FnMut()) -> u64 {
    let (begin, mut least) = (Instant::now(), Duration::MAX);
    while begin.elapsed() < MEASURED {
        let start = Instant::now();
        turn();
        least = least.min(start.elapsed());
    }
    u64::try_from(least.as_nanos()).unwrap_or(u64::MAX)
}

/// The last question's configuration, and the policy that it made.
type Last<P> = Option<((Value, BTreeMap<String, String>), Rc<P>)>;

/// The policy of the last question where this one is configured alike: some compile for long.
fn configured<P: Policy>(question: &Question, last: &mut Last<P>) -> Result<Rc<P>, String> {
    let wanted = (question.settings.clone(), question.assets.clone());
    if let Some((configuration, policy)) = last
        && *configuration == wanted
    {
        return Ok(policy.clone());
    }
    let settings =
        serde_json::from_value(question.settings.clone()).map_err(|e| format!("settings: {e}"))?;
    let asset = |(name, text): (&String, &String)| Asset {
        name: name.clone(),
        bytes: text.clone().into_bytes(),
    };
    let policy = Rc::new(P::configure(settings, question.assets.iter().map(asset).collect())?);
    *last = Some((wanted, policy.clone()));
    Ok(policy)
}

fn found(finding: &Finding) -> Found<'_> {
    Found {
        rule: &finding.rule,
        start: finding.start,
        end: finding.end,
        confidence: finding.confidence,
        replacement: finding.replacement.as_deref(),
    }
}

fn empty_object() -> Value {
    Value::Object(serde_json::Map::new())
}
