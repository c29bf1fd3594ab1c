//! `sandgate scan`: JSONL in, JSONL out. Its line format is an interface that others measure with.

use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Result, ensure};
use clap::Args;
use indicatif::{HumanBytes, HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};
use sandgate_cli::jsonl::{self, Field};
use sandgate_engine::Guard;
use sandgate_gate::{Decision, Report, Reported};
use sandgate_wit::Action;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::exit::Exit;
use crate::input::{self, Batch};
use crate::paint::complain;
use crate::pipeline;
use crate::setup::Setup;
use crate::sink::Sink;

/// Run the policies over JSONL, a text a line, on all cores
///
/// A line `{"id": …, "text": …}` gives a line
/// `{"id": …, "decision": "forward|edited|refused", "text": <after edits>, "findings":
/// [{"policy", "rule", "start", "end", "confidence", "action"}], "unscannable": 0}`, in the order of
/// the input. Offsets are bytes of UTF-8 in the text as it came. The text of a refused line is
/// empty. A line without an id gets its number.
#[derive(Args)]
#[command(after_help = "Examples:
  sandgate scan prompts.jsonl > out.jsonl
  sandgate scan chats.jsonl.gz --field /messages/0/content -o out.jsonl
  zcat *.gz | sandgate scan - | jq -c 'select(.decision == \"refused\")'

Exit codes:
  0  every line was scanned
  2  some line could not be read (each is named on standard error, the others are in the output),
     or nothing could be scanned at all")]
pub(crate) struct Scan {
    /// JSONL files, gzipped or not; `-` is standard input
    #[arg(value_name = "FILE", default_value = "-")]
    files: Vec<PathBuf>,
    /// Where the text is in a line: a field's name, or a JSON pointer such as /messages/0/content
    #[arg(long, default_value = "text")]
    field: Field,
    /// How many lines are worked on at a time; all cores by default
    #[arg(long, value_name = "N")]
    jobs: Option<usize>,
    /// Write there instead of to standard output; nothing half-written stays behind
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    setup: Setup,
}

/// What came of a batch.
#[derive(Default)]
struct Scanned {
    lines: Vec<u8>,
    /// Lines that could not be read, or on which a policy failed.
    complaints: Vec<String>,
    counts: Counts,
}

#[derive(Default)]
struct Counts {
    rows: u64,
    bytes: u64,
    edited: u64,
    refused: u64,
    broken: u64,
}

impl Scan {
    pub(crate) fn run(self) -> Result<Exit> {
        let jobs = jobs(self.jobs)?;
        let guard = self.setup.guard()?;
        let mut sink = Sink::new(self.output.as_deref())?;
        let bar = progress(&self.files, sink.is_terminal());
        let start = Instant::now();
        let mut total = Counts::default();
        pipeline::ordered(
            input::batches(self.files, bar.clone()),
            jobs,
            |batch| batch.map(|batch| scan_batch(&guard, &self.field, &batch)),
            |scanned| {
                let scanned = scanned.unwrap_or_else(Scanned::unread);
                bar.suspend(|| scanned.complaints.iter().for_each(complain));
                sink.write_all(&scanned.lines)?;
                total.add(&scanned.counts);
                Ok(sink.flush()?)
            },
        )?;
        bar.finish_and_clear();
        sink.commit()?;
        total.summarize(start);
        Ok(if total.broken == 0 { Exit::Clean } else { Exit::Error })
    }
}

/// How many threads work: as asked, or one a core.
pub(crate) fn jobs(asked: Option<usize>) -> Result<usize> {
    ensure!(asked != Some(0), "--jobs: at least 1");
    Ok(asked.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from)))
}

/// A bar over the bytes of `files` on standard error, where that is a terminal and the output is
/// not the same one.
pub(crate) fn progress(files: &[PathBuf], shares_terminal: bool) -> ProgressBar {
    let size = |file: &PathBuf| std::fs::metadata(file).ok().map(|file| file.len());
    let total: Option<u64> = files.iter().map(size).sum();
    let target = match shares_terminal {
        true => ProgressDrawTarget::hidden(),
        false => ProgressDrawTarget::stderr(),
    };
    let style = "{bar:32} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left";
    let style = ProgressStyle::with_template(style).unwrap_or(ProgressStyle::default_bar());
    ProgressBar::with_draw_target(total, target).with_style(style)
}

fn scan_batch(guard: &Guard, field: &Field, batch: &Batch) -> Scanned {
    let mut scanned = Scanned::default();
    for (number, line) in (batch.first..).zip(jsonl::lines(&batch.bytes)) {
        if line.is_empty() {
            continue;
        }
        let place = format_args!("{}:{number}", batch.file);
        match field.read(line) {
            Ok(row) => scanned.row(guard, &row, number, place),
            Err(error) => {
                scanned.counts.broken += 1;
                scanned.complaints.push(format!("{place}: {error}"));
            }
        }
    }
    scanned
}

impl Scanned {
    fn unread(error: anyhow::Error) -> Self {
        let counts = Counts { broken: 1, ..Counts::default() };
        Self { complaints: vec![format!("{error:#}")], counts, ..Self::default() }
    }

    fn row(
        &mut self,
        guard: &Guard,
        row: &jsonl::Row<'_>,
        number: u64,
        place: impl std::fmt::Display,
    ) {
        let outcome = guard.check(&row.text);
        let faults = &outcome.report.faults;
        self.complaints.extend(faults.iter().map(|f| format!("{place}: {}: {}", f.policy, f.kind)));
        let id = row.id.map_or(Id::Number(number), Id::Given);
        let line = Line::new(id, outcome.decision, &outcome.text, &outcome.report);
        serde_json::to_writer(&mut self.lines, &line).expect("names and numbers become JSON");
        self.lines.push(b'\n');
        self.counts.rows += 1;
        self.counts.bytes += row.text.len() as u64;
        self.counts.edited += u64::from(outcome.decision == Decision::Edited);
        self.counts.refused += u64::from(outcome.decision == Decision::Refused);
    }
}

/// An output line. Its fields and their order are the interface.
#[derive(Serialize)]
pub(crate) struct Line<'a> {
    id: Id<'a>,
    decision: Decision,
    text: &'a str,
    findings: Vec<Span<'a>>,
    unscannable: u64,
}

/// What a line is told by.
#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum Id<'a> {
    /// As it came.
    Given(&'a RawValue),
    /// The line's number.
    Number(u64),
}

#[derive(Serialize)]
pub(crate) struct Span<'a> {
    policy: &'a Arc<str>,
    rule: &'a Arc<str>,
    start: u64,
    end: u64,
    confidence: u8,
    action: Action,
}

impl<'a> Line<'a> {
    fn new(id: Id<'a>, decision: Decision, text: &'a str, report: &'a Report) -> Self {
        let text = if decision == Decision::Refused { "" } else { text };
        Self { id, decision, text, findings: spans(report), unscannable: report.unscannable }
    }
}

/// The findings as every JSON output gives them.
pub(crate) fn spans(report: &Report) -> Vec<Span<'_>> {
    report.findings.iter().map(Span::new).collect()
}

impl<'a> Span<'a> {
    fn new(found: &'a Reported) -> Self {
        let Reported { policy, rule, start, end, confidence, action, .. } = found;
        Self { policy, rule, start: *start, end: *end, confidence: *confidence, action: *action }
    }
}

impl Counts {
    fn add(&mut self, more: &Self) {
        self.rows += more.rows;
        self.bytes += more.bytes;
        self.edited += more.edited;
        self.refused += more.refused;
        self.broken += more.broken;
    }

    /// Says on a terminal what was done.
    fn summarize(&self, start: Instant) {
        if !std::io::stderr().is_terminal() {
            return;
        }
        let seconds = start.elapsed().as_secs_f64();
        anstream::eprintln!(
            "{} rows, {} of text in {seconds:.1} s: {} edited, {} refused, {} could not be read",
            HumanCount(self.rows),
            HumanBytes(self.bytes),
            HumanCount(self.edited),
            HumanCount(self.refused),
            HumanCount(self.broken)
        );
    }
}
