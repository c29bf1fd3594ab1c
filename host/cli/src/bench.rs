//! `sandgate bench`: what policies cost on this machine, over text that is made up here.

use std::hint::black_box;
use std::io::Write;
use std::time::{Duration, Instant};

use anyhow::Result;
use clap::Args;
use sandgate_engine::{Guard, Isolation, Options};
use sandgate_gate::{Context, Direction, Part, Role};
use serde::Serialize;

use crate::exit::Exit;
use crate::paint::{DIM, paint};
use crate::prose;
use crate::setup::Setup;
use crate::table::Table;

/// Sizes of prompts, in bytes.
const SIZES: [usize; 3] = [64, 1024, 32 * 1024];
/// What a model's token is like.
const CHUNK: usize = 4;
const STREAMED: usize = 4096;
/// Between requests, where fresh instances are compared with pooled ones: they are made meanwhile.
const PAUSE: Duration = Duration::from_millis(1);
const THROUGHPUT: usize = 4 << 20;

/// Measure latency, throughput, start-up and memory on this machine
///
/// All policies together, and each on its own. Prompts hold an e-mail address, a card number and an
/// IP address among made-up prose; throughput is over prose alone. One thread, everything warm
/// except where it says cold.
#[derive(Args)]
#[command(after_help = "Examples:
  sandgate bench
  sandgate bench secrets --json | jq .

Exit codes:
  0  measured
  2  something could not be loaded")]
pub(crate) struct Bench {
    /// Names of policies, each measured on its own; by default all, together and on their own
    #[arg(value_name = "POLICY")]
    names: Vec<String>,
    /// How long each figure is measured, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 300)]
    time: u64,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    setup: Setup,
}

/// The figures of one choice of policies. Times are in microseconds.
#[derive(Serialize)]
struct Figures {
    policies: String,
    start_cold_ms: f64,
    start_warm_ms: f64,
    prompts: Vec<Latency>,
    fresh_instance_extra: f64,
    clean_mb_per_s: f64,
    chunk: Latency,
    held_bytes_max: u64,
}

#[derive(Serialize)]
struct Latency {
    bytes: usize,
    p50: f64,
    p99: f64,
}

impl Bench {
    pub(crate) fn run(self) -> Result<Exit> {
        let mut choices: Vec<Option<Vec<String>>> = Vec::new();
        if self.names.is_empty() {
            let (all, _) = self.setup.timed_guard()?;
            let names: Vec<_> = all.policies().map(|policy| policy.name().to_owned()).collect();
            choices.push(None);
            choices.extend(names.into_iter().map(|name| Some(vec![name])));
        } else {
            choices.extend(self.names.iter().map(|name| Some(vec![name.clone()])));
        }
        let figures: Result<Vec<_>> = choices.iter().map(|c| self.measure(c.as_deref())).collect();
        let (figures, memory) = (figures?, peak_memory());
        let mut stdout = anstream::stdout();
        if self.json {
            let page = serde_json::json!({ "figures": figures, "peak_memory_bytes": memory });
            writeln!(stdout, "{page}")?;
        } else {
            write!(stdout, "{}", render(&figures, memory))?;
        }
        Ok(Exit::Clean)
    }

    fn measure(&self, names: Option<&[String]>) -> Result<Figures> {
        let folder = tempfile::tempdir()?;
        let cached = || Options { cache: Some(folder.path().to_owned()), ..self.setup.options() };
        let (_, cold) = self.setup.build(names, cached())?;
        let (guard, warm) = self.setup.build(names, cached())?;
        let fresh = Options { isolation: Isolation::Exchange, ..cached() };
        let (fresh, _) = self.setup.build(names, fresh)?;
        let pooled = Options { isolation: Isolation::Pooled, ..cached() };
        let (pooled, _) = self.setup.build(names, pooled)?;
        let prompt = prose::prompt(1024);
        let paused = |guard| self.latency(guard, &prompt, PAUSE).p50;
        let extra = paused(&fresh) - paused(&pooled);
        let back_to_back = |size| self.latency(&guard, &prose::prompt(size), Duration::ZERO);
        let prompts = SIZES.map(back_to_back);
        let (chunk, held_bytes_max) = self.stream(&guard);
        Ok(Figures {
            policies: names.map_or("all".to_owned(), |names| names.join(", ")),
            start_cold_ms: micros(cold) / 1e3,
            start_warm_ms: micros(warm) / 1e3,
            prompts: prompts.into(),
            fresh_instance_extra: extra,
            clean_mb_per_s: self.throughput(&guard),
            chunk,
            held_bytes_max,
        })
    }

    fn latency(&self, guard: &Guard, text: &str, pause: Duration) -> Latency {
        guard.check(text);
        let mut times = Vec::new();
        let end = Instant::now() + Duration::from_millis(self.time);
        while Instant::now() < end {
            if !pause.is_zero() {
                std::thread::sleep(pause);
            }
            let start = Instant::now();
            black_box(guard.check(black_box(text)));
            times.push(start.elapsed());
        }
        Latency::of(text.len(), times)
    }

    fn throughput(&self, guard: &Guard) -> f64 {
        let text = prose::clean(THROUGHPUT);
        let (start, mut bytes) = (Instant::now(), 0);
        while bytes == 0 || start.elapsed() < Duration::from_millis(self.time) {
            black_box(guard.check(black_box(&text)));
            bytes += text.len();
        }
        bytes as f64 / 1e6 / start.elapsed().as_secs_f64()
    }

    /// What a chunk waits for the policies, and how much text they held back at most.
    fn stream(&self, guard: &Guard) -> (Latency, u64) {
        let text = prose::clean(STREAMED);
        let (mut times, mut held) = (Vec::new(), 0);
        let end = Instant::now() + Duration::from_millis(self.time);
        while times.is_empty() || Instant::now() < end {
            let mut exchange = guard.open(&Context::default(), "");
            let role = Role::Assistant;
            exchange.begin(Part { direction: Direction::Response, role, name: None });
            // Prose is ASCII, so that any offset is a character's.
            for chunk in text.as_bytes().chunks(CHUNK).map(String::from_utf8_lossy) {
                let start = Instant::now();
                black_box(exchange.feed(&chunk));
                times.push(start.elapsed());
                held = held.max(exchange.held());
            }
            exchange.end();
        }
        (Latency::of(CHUNK, times), held)
    }
}

impl Latency {
    fn of(bytes: usize, mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        let at = |share: usize| times.get(times.len() * share / 100).copied().unwrap_or_default();
        Self { bytes, p50: micros(at(50)), p99: micros(at(99)) }
    }
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

fn render(figures: &[Figures], memory: Option<u64>) -> String {
    let mut table = Table::new(
        [
            "", "64 B", "p99", "1 KB", "p99", "32 KB", "p99", "fresh +", "chunk", "p99", "held",
            "clean", "cold", "warm",
        ],
        1,
    );
    for figure in figures {
        let us = |time: f64| format!("{time:.1}");
        let both = |latency: &Latency| [us(latency.p50), us(latency.p99)];
        let [small, medium, large] =
            [0, 1, 2].map(|i| figure.prompts.get(i).map_or_else(Default::default, both));
        let ([a, b], [c, d], [e, f], [g, h]) = (small, medium, large, both(&figure.chunk));
        table.push([
            figure.policies.clone(),
            a,
            b,
            c,
            d,
            e,
            f,
            us(figure.fresh_instance_extra),
            g,
            h,
            figure.held_bytes_max.to_string(),
            format!("{:.0}", figure.clean_mb_per_s),
            format!("{:.0}", figure.start_cold_ms),
            format!("{:.1}", figure.start_warm_ms),
        ]);
    }
    let legend = "prompts and chunk in µs, p50 and p99; fresh: what an instance of its own adds to 1 KB, a \
        request each ms; held in bytes; clean text in \
        MB/s, one thread; start-up in ms with an empty and with a full cache";
    let memory = memory.map_or(String::new(), |bytes| format!("; {} MiB at most", bytes >> 20));
    format!("{table}\n{}\n", paint(DIM, format!("{legend}{memory}")))
}

/// The most memory this process had, where the system says so.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().trim_end_matches("kB").trim().parse::<u64>().ok()? * 1024)
}
