//! `sandgate eval`: precision, recall and F1 of the policies over labelled rows.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use clap::Args;
use sandgate_engine::Guard;

use crate::exit::Exit;
use crate::input::{self, Batch};
use crate::label::{Map, Row};
use crate::paint::complain;
use crate::pipeline;
use crate::scan::{jobs, progress};
use crate::score::Scores;
use crate::setup::Setup;

/// Measure precision, recall and F1 over labelled JSONL
///
/// A row holds `text`, and what is true of it: `spans` as `[{start, end, type}]` in characters, or
/// `label` 1 or 0 for the whole row (and for rows with `whole: true`). `source` and `lang` say which
/// group it counts for; `scored_types`, where given, which types are annotated in it at all.
///
/// A finding is right where it overlaps a span of a type that is mapped to its rule, and a span is
/// found where such a finding overlaps it. Rules that no type is mapped to are not scored. A row
/// whose label is 0 is touched if anything is found in it.
#[derive(Args)]
#[command(after_help = "Examples:
  sandgate eval people.jsonl.gz --map EMAIL=EMAIL_ADDRESS,PHONE=PHONE_NUMBER
  sandgate eval leaks.jsonl --map '*=*'        any finding is right for any span
  sandgate eval harmless.jsonl --json          the share of rows touched

Exit codes:
  0  measured
  2  some row could not be read (each is named on standard error), or nothing at all")]
pub(crate) struct Eval {
    /// Labelled JSONL files, gzipped or not; `-` is standard input
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// More labelled files, as `--data FILE`
    #[arg(long, value_name = "FILE", hide = true)]
    data: Vec<PathBuf>,
    /// Which rules answer for which type; a type of a rule's own name needs none
    #[arg(long, value_name = "TYPE=RULE,…", value_delimiter = ',')]
    map: Vec<String>,
    /// How many rows are worked on at a time; all cores by default
    #[arg(long, value_name = "N")]
    jobs: Option<usize>,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    setup: Setup,
}

impl Eval {
    pub(crate) fn run(self) -> Result<Exit> {
        let jobs = jobs(self.jobs)?;
        let guard = self.setup.guard()?;
        let rules = guard.policies().flat_map(|p| &p.manifest().rules).map(|r| r.name.clone());
        let map = Map::new(&self.map, rules.collect::<BTreeSet<_>>())?;
        let files: Vec<_> = self.files.into_iter().chain(self.data).collect();
        let bar = progress(&files, false);
        let (mut total, mut broken) = (Scores::default(), 0);
        pipeline::ordered(
            input::batches(files, bar.clone()),
            jobs,
            |batch| batch.map(|batch| score_batch(&guard, &map, &batch)),
            |scored| {
                let (scores, complaints) =
                    scored.unwrap_or_else(|e| (Scores::default(), vec![format!("{e:#}")]));
                bar.suspend(|| complaints.iter().for_each(complain));
                broken += complaints.len();
                total.add(scores);
                Ok(())
            },
        )?;
        bar.finish_and_clear();
        ensure!(total.rows() > 0, "no rows were read");
        let mut stdout = anstream::stdout();
        match self.json {
            true => writeln!(stdout, "{}", serde_json::to_string(&total)?)?,
            false => write!(stdout, "{total}")?,
        }
        Ok(if broken == 0 { Exit::Clean } else { Exit::Error })
    }
}

fn score_batch(guard: &Guard, map: &Map, batch: &Batch) -> (Scores, Vec<String>) {
    let (mut scores, mut complaints) = (Scores::default(), Vec::new());
    for (number, line) in (batch.first..).zip(sandgate_cli::jsonl::lines(&batch.bytes)) {
        if line.is_empty() {
            continue;
        }
        let scored = Row::read(line).and_then(|row| {
            let report = guard.check(&row.text).report;
            scores.row(&row, &report.findings, map).context("a span outside the text")
        });
        if let Err(error) = scored {
            complaints.push(format!("{}:{number}: {error:#}", batch.file));
        }
    }
    (scores, complaints)
}
