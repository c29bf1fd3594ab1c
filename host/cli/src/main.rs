//! The `sandgate` binary: policies over text, from a command line. A subcommand is a file.

mod bench;
mod bundle;
mod check;
mod envoy;
mod eval;
mod excerpt;
mod exit;
mod fuse;
mod golden;
mod input;
mod inspect;
mod label;
mod paint;
mod pipeline;
mod plain;
mod prose;
mod redact;
mod scan;
mod schema;
mod score;
mod scoreboard;
mod serve;
mod setup;
mod sink;
mod table;
mod test;
mod text;

use std::io;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::exit::Exit;

/// Guardrails for text on its way to and from a language model.
///
/// Policies are WebAssembly components that import nothing: they see the text and cannot send it
/// anywhere. They find; a configuration says what is done about it. This binary carries policies of
/// its own, so that every command works without any set-up.
#[derive(Parser)]
#[command(version, propagate_version = true, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "Examples:
  sandgate check \"mail ana@example.org, card 4111 1111 1111 1111\"
  sandgate redact notes.txt > clean.txt
  sandgate scan prompts.jsonl.gz > out.jsonl

Without --config, ./sandgate.yaml is read where it is there, and else every policy runs with the
actions it proposes. `sandgate help COMMAND` says more.";

#[derive(Subcommand)]
enum Command {
    Check(check::Check),
    Redact(redact::Redact),
    Scan(scan::Scan),
    Serve(serve::Serve),
    Inspect(inspect::Inspect),
    Fuse(fuse::Fuse),
    Envoy(envoy::Envoy),
    Test(test::Test),
    Eval(eval::Eval),
    Bench(bench::Bench),
    Schema(schema::Schema),
}

impl Command {
    fn run(self) -> Result<Exit> {
        match self {
            Self::Check(check) => check.run(),
            Self::Redact(redact) => redact.run(),
            Self::Scan(scan) => scan.run(),
            Self::Serve(serve) => serve.run(),
            Self::Inspect(inspect) => inspect.run(),
            Self::Fuse(fuse) => fuse.run(),
            Self::Envoy(envoy) => envoy.run(),
            Self::Test(test) => test.run(),
            Self::Eval(eval) => eval.run(),
            Self::Bench(bench) => bench.run(),
            Self::Schema(schema) => schema.run(),
        }
    }
}

fn main() -> ExitCode {
    let exit = match Cli::parse().command.run() {
        Ok(exit) => exit,
        // Whoever read the output has seen enough, as in `sandgate scan … | head`.
        Err(error) if is_broken_pipe(&error) => Exit::Clean,
        Err(error) => {
            paint::complain(format!("{error:#}"));
            Exit::Error
        }
    };
    exit.into()
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        let io = cause.downcast_ref::<io::Error>().map(io::Error::kind);
        let json = cause.downcast_ref::<serde_json::Error>().and_then(|e| e.io_error_kind());
        io.or(json) == Some(io::ErrorKind::BrokenPipe)
    })
}
