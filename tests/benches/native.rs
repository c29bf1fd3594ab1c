//! The price of the sandbox: each packed policy on wasmtime, and the same code natively.
//!
//! `cargo pack`, then `cargo bench -p sandgate-tests`. Both look through the same texts in the same
//! chunks, natively with the component's own optimisation; of each the least time counts.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::{Duration, Instant};

use anyhow::Result;
use sandgate_engine::{Configured, Engine, Options};
use sandgate_gate::{Context, Direction, Part, Policy as _, Role};
use sandgate_tests::policies::{Packed, Question, packed};

const MEASURED: Duration = Duration::from_millis(500);
const CHUNK: usize = 64 << 10;
const PROSE: &str = "nobody minded when the meeting was moved to a larger room, since more people \
    wanted to come than we had thought, and the notes will be shared with everybody later on. ";

#[allow(clippy::print_stdout)]
fn main() -> Result<()> {
    let engine = Engine::new(Options::default())?;
    println!("{:<12} {:<16} {:>12} {:>12} {:>7}", "policy", "text", "wasmtime", "native", "ratio");
    for policy in packed()? {
        let texts = texts(&policy);
        let questions: Vec<_> = texts.iter().map(|(_, text)| question(&policy, text)).collect();
        let native = policy.timed_natively(&questions)?;
        let configured = engine.load(&policy.component)?.configure(&policy.cases.settings, &[])?;
        for (((name, _), question), native) in texts.iter().zip(&questions).zip(native) {
            let wasm = least(|| scan(&configured, &question.chunks));
            let ratio = wasm as f64 / native as f64;
            let [wasm, native] = [wasm, native].map(|ns| format!("{:.1} µs", ns as f64 / 1e3));
            println!("{:<12} {name:<16} {wasm:>12} {native:>12} {ratio:>7.2}", policy.name);
        }
    }
    Ok(())
}

/// Prose without anything to find, and the policy's golden cases one after the other.
fn texts(policy: &Packed) -> Vec<(&'static str, String)> {
    let golden: Vec<_> = policy.cases.cases.iter().map(|case| case.text.as_str()).collect();
    let prose = |size: usize| PROSE.repeat(size / PROSE.len() + 1)[..size].to_owned();
    vec![
        ("prose, 1 KB", prose(1 << 10)),
        ("prose, 1 MB", prose(1 << 20)),
        ("golden cases", golden.join("\n")),
    ]
}

fn question(policy: &Packed, text: &str) -> Question {
    let mut chunks = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (chunk, tail) = rest.split_at(rest.floor_char_boundary(CHUNK));
        chunks.push(chunk.to_owned());
        rest = tail;
    }
    Question { settings: policy.cases.settings.clone(), assets: BTreeMap::new(), chunks }
}

fn scan(policy: &Configured, chunks: &[String]) {
    let mut session = policy.session(&Context::default());
    let part = Part { direction: Direction::Request, role: Role::User, name: None };
    session.begin(&part).expect("the policy begins");
    for chunk in chunks {
        black_box(session.feed(black_box(chunk)).expect("the policy answers"));
    }
    black_box(session.end().expect("the policy ends"));
}

fn least(mut turn: impl FnMut()) -> u64 {
    let (begin, mut least) = (Instant::now(), Duration::MAX);
    while begin.elapsed() < MEASURED {
        let start = Instant::now();
        turn();
        least = least.min(start.elapsed());
    }
    u64::try_from(least.as_nanos()).unwrap_or(u64::MAX)
}
