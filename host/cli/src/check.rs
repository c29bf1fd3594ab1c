//! `sandgate check`: what the policies see in a text, for the person who wrote it.

use std::fmt::Write as _;
use std::io::{self, IsTerminal, Read, Write};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use clap::Args;
use sandgate_engine::{Guard, Outcome};
use sandgate_gate::{Decision, Reported};
use serde::Serialize;

use crate::excerpt::Excerpt;
use crate::exit::Exit;
use crate::paint::{BAD, BOLD, DIM, EDIT, GOOD, of_action, paint, tame};
use crate::redact::refusal;
use crate::scan::{Span, spans};
use crate::setup::Setup;

/// Show what the policies see in a text
///
/// Every finding with its place, how sure the policy is, what is done about it and why, and the
/// text as it would leave.
#[derive(Args)]
#[command(after_help = "Examples:
  sandgate check \"mail ana@example.org, card 4111 1111 1111 1111\"
  sandgate check --config examples/sandgate.yaml - < examples/prompt.txt
  git diff | sandgate check --json | jq .decision

Exit codes:
  0  the text may leave, as it is or edited
  1  it is refused
  2  something is wrong with the input, the configuration or a policy")]
pub(crate) struct Check {
    /// The text; `-`, or nothing, is standard input
    #[arg(value_name = "TEXT", default_value = "-", hide_default_value = true)]
    text: String,
    /// Print JSON: offsets in bytes, no excerpts
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    setup: Setup,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Answer<'a> {
    decision: Decision,
    text: &'a str,
    findings: Vec<Span<'a>>,
    faults: &'a [sandgate_gate::PolicyFault],
    unscannable: u64,
    load_ms: f64,
    check_us: f64,
}

impl Check {
    pub(crate) fn run(self) -> Result<Exit> {
        let text = if self.text == "-" { read_stdin()? } else { self.text };
        let (guard, load) = self.setup.timed_guard()?;
        let start = Instant::now();
        let outcome = guard.check(&text);
        let took = start.elapsed();
        let answer = match self.json {
            true => to_json(&outcome, load, took)?,
            false => render(&guard, &text, &outcome, load, took)?,
        };
        anstream::stdout().write_all(answer.as_bytes())?;
        Ok(if outcome.decision == Decision::Refused { Exit::Blocked } else { Exit::Clean })
    }
}

fn read_stdin() -> Result<String> {
    if io::stdin().is_terminal() {
        anstream::eprintln!("{}", paint(DIM, "reading from the keyboard; Ctrl-D ends the text"));
    }
    let mut bytes = Vec::new();
    io::stdin().read_to_end(&mut bytes).context("standard input")?;
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        anyhow::anyhow!("standard input: not UTF-8 at byte {at}")
    })
}

fn to_json(outcome: &Outcome, load: Duration, took: Duration) -> Result<String> {
    let answer = Answer {
        decision: outcome.decision,
        text: if outcome.decision == Decision::Refused { "" } else { &outcome.text },
        findings: spans(&outcome.report),
        faults: &outcome.report.faults,
        unscannable: outcome.report.unscannable,
        load_ms: load.as_secs_f64() * 1e3,
        check_us: took.as_secs_f64() * 1e6,
    };
    Ok(serde_json::to_string(&answer)? + "\n")
}

fn render(
    guard: &Guard,
    text: &str,
    outcome: &Outcome,
    load: Duration,
    took: Duration,
) -> Result<String> {
    let mut page = String::new();
    writeln!(page, "\n  {}\n", headline(outcome))?;
    for found in &outcome.report.findings {
        page.push_str(&finding(guard, text, found));
    }
    for fault in &outcome.report.faults {
        writeln!(page, "  {}  {}\n", paint(BAD.bold(), &fault.policy), fault.kind)?;
    }
    if outcome.decision == Decision::Edited {
        writeln!(page, "  {}", paint(BOLD, "what leaves"))?;
        for line in tame(&outcome.text).lines() {
            writeln!(page, "  {} {line}", paint(DIM, "│"))?;
        }
        page.push('\n');
    }
    let policies = guard.policies().count();
    let policies = plural(policies, "policy", "policies");
    let times =
        format!("{policies} loaded in {load:.1?}, {} bytes checked in {took:.1?}", text.len());
    writeln!(page, "  {}\n", paint(DIM, times))?;
    Ok(page)
}

fn headline(outcome: &Outcome) -> String {
    let count = match outcome.report.findings.len() {
        0 => "nothing found".to_owned(),
        n => plural(n, "finding", "findings"),
    };
    match outcome.decision {
        Decision::Forward => format!("{}  {count}", paint(GOOD.bold(), "● goes on unchanged")),
        Decision::Edited => format!("{}  {count}", paint(EDIT.bold(), "● goes on with edits")),
        Decision::Refused => {
            let why = paint(DIM, refusal(&outcome.report));
            format!("{}  {count}\n    {why}", paint(BAD.bold(), "● is refused"))
        }
    }
}

/// A finding on three lines: what and where, the excerpt, and why.
fn finding(guard: &Guard, text: &str, found: &Reported) -> String {
    let span = usize::try_from(found.start).unwrap_or(usize::MAX)
        ..usize::try_from(found.end).unwrap_or(usize::MAX);
    let Some(excerpt) = Excerpt::new(text, span) else {
        return String::new();
    };
    let style = of_action(found.action);
    let action = serde_json::to_string(&found.action).unwrap_or_default();
    let why = describe(guard, found).unwrap_or_default();
    format!(
        "  {}  {}  {}\n{}\n    {}\n\n",
        paint(BOLD, &found.rule),
        paint(style, action.trim_matches('"')),
        paint(
            DIM,
            format!(
                "line {}, column {} · {} % sure · {}",
                excerpt.line, excerpt.column, found.confidence, found.policy
            )
        ),
        excerpt.render(style, "    "),
        paint(DIM, why)
    )
}

/// What the manifest says of the finding's rule.
fn describe<'a>(guard: &'a Guard, found: &Reported) -> Option<&'a str> {
    let policy = guard.policies().find(|policy| policy.name() == &*found.policy)?;
    let rule = policy.manifest().rules.iter().find(|rule| *rule.name == *found.rule)?;
    Some(&rule.description)
}

/// A count with its noun.
pub(crate) fn plural(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
