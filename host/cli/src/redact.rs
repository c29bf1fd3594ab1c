//! `sandgate redact`: text in, edited text out, as it comes, in constant memory.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use clap::Args;
use indicatif::ProgressBar;
use sandgate_engine::Guard;
use sandgate_gate::{Context, Decision, Direction, Exchange, Part, Report, Role, Splicer};

use crate::exit::Exit;
use crate::input;
use crate::paint::complain;
use crate::setup::Setup;
use crate::sink::Sink;
use crate::text::{Broken, Pieces};

/// An exchange remembers its findings, and may not have any number of them: after this many edits
/// the rest of a text is a new one.
const MANY: usize = 20_000;

/// Put text through the policies and write what may leave
///
/// Text is read in pieces and written as soon as no policy can find more in it, so files of any
/// size take the same memory. A text with a finding that blocks is refused: what stands before the
/// finding may have been written to standard output by then, the finding and what follows never.
/// With -o or --in-place, a file is replaced whole or left alone.
#[derive(Args)]
#[command(after_help = "Examples:
  sandgate redact notes.txt > clean.txt
  tail -f app.log | sandgate redact
  sandgate redact --in-place transcripts/*.txt

Exit codes:
  0  written whole
  1  some text was refused
  2  something could not be read or written")]
pub(crate) struct Redact {
    /// Text files, UTF-8; `-` is standard input. Several are written one after the other
    #[arg(value_name = "FILE", default_value = "-")]
    files: Vec<PathBuf>,
    /// Write there instead of to standard output
    #[arg(short, long, value_name = "FILE", conflicts_with = "in_place")]
    output: Option<PathBuf>,
    /// Replace each file by its edited text
    #[arg(short, long)]
    in_place: bool,
    /// Read bytes that are no UTF-8 as U+FFFD instead of giving up
    #[arg(long)]
    lossy: bool,
    #[command(flatten)]
    setup: Setup,
}

impl Redact {
    pub(crate) fn run(self) -> Result<Exit> {
        let guard = self.setup.guard()?;
        if self.in_place {
            return self.each_in_place(&guard);
        }
        let mut sink = Sink::new(self.output.as_deref())?;
        for file in &self.files {
            if !self.file(&guard, file, &mut sink)? {
                // Nothing of a refused text may look like the whole of it: no file is left.
                return Ok(Exit::Blocked);
            }
        }
        sink.commit()?;
        Ok(Exit::Clean)
    }

    /// Every file that can be is replaced; the worst of what happened is the exit code.
    fn each_in_place(&self, guard: &Guard) -> Result<Exit> {
        ensure!(!self.files.iter().any(|file| input::is_stdin(file)), "--in-place: needs files");
        let mut exit = Exit::Clean;
        for file in &self.files {
            match self.replace(guard, file) {
                Ok(true) => {}
                Ok(false) if exit == Exit::Clean => exit = Exit::Blocked,
                Ok(false) => {}
                Err(error) => {
                    complain(format!("{error:#}"));
                    exit = Exit::Error;
                }
            }
        }
        Ok(exit)
    }

    fn replace(&self, guard: &Guard, file: &Path) -> Result<bool> {
        let mut sink = Sink::new(Some(file))?;
        let written = self.file(guard, file, &mut sink)?;
        if written {
            sink.commit()?;
        }
        Ok(written)
    }

    /// Puts one file through an exchange of its own. `false` if it is refused.
    fn file(&self, guard: &Guard, file: &Path, sink: &mut Sink) -> Result<bool> {
        let broken = if self.lossy { Broken::Replace } else { Broken::Refuse };
        let mut pieces = Pieces::new(input::open(file, &ProgressBar::hidden())?, broken);
        let report = stream(guard, &mut pieces, sink, &input::name(file))?;
        if pieces.replaced > 0 {
            let name = input::name(file);
            complain(format!("{name}: {} byte sequences were not UTF-8", pieces.replaced));
        }
        if report.decision == Decision::Refused {
            complain(format!("{}: {}", input::name(file), refusal(&report)));
        }
        Ok(report.decision != Decision::Refused)
    }
}

/// Feeds all pieces to an exchange and writes what it releases.
fn stream<R: std::io::Read>(
    guard: &Guard,
    pieces: &mut Pieces<R>,
    sink: &mut Sink,
    name: &str,
) -> Result<Report> {
    let (mut exchange, mut splicer) = (open(guard), Splicer::new());
    let (mut text, mut out, mut edits) = (String::new(), String::new(), 0);
    loop {
        let more = pieces.next(&mut text).with_context(|| name.to_owned())?;
        let line_end = text.rfind('\n').map_or(0, |at| at + 1);
        for chunk in [text.get(..line_end), text.get(line_end..)].into_iter().flatten() {
            splicer.push(chunk);
            let release = exchange.feed(chunk);
            edits += release.edits.len();
            splicer.release(&release, &mut out);
            // Nothing is held at the end of a line: no policy sees anything that could go on.
            if edits >= MANY
                && chunk.ends_with('\n')
                && exchange.held() == 0
                && exchange.decision() != Decision::Refused
            {
                (exchange, splicer, edits) = (open(guard), Splicer::new(), 0);
            }
        }
        if !more {
            splicer.release(&exchange.end(), &mut out);
        }
        sink.write_all(out.as_bytes())?;
        sink.flush()?;
        out.clear();
        if !more || exchange.decision() == Decision::Refused {
            return Ok(exchange.report());
        }
    }
}

fn open(guard: &Guard) -> Exchange {
    let mut exchange = guard.open(&Context::default(), "");
    exchange.begin(Part { direction: Direction::Request, role: Role::User, name: None });
    exchange
}

/// Why a text was refused: rules and policies, no text.
pub(crate) fn refusal(report: &Report) -> String {
    let blocking = report.findings.iter().find(|found| found.action == sandgate_wit::Action::Block);
    if let Some(found) = blocking {
        return format!("refused: {} at byte {} ({})", found.rule, found.start, found.policy);
    }
    match report.faults.iter().find(|fault| fault.refused) {
        Some(fault) => format!("refused: policy `{}`: {}", fault.policy, fault.kind),
        None => "refused: more text held back than the limit".to_owned(),
    }
}
