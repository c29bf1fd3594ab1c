//! What the packed policies cost in the sandbox: prompts, fresh instances, streams, clean text.
//!
//! `cargo pack`, then `cargo bench -p sandgate-engine`. `sandgate bench` shows the same with
//! percentiles; these are for comparing one change with another.

use std::fs;
use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use sandgate_engine::{Engine, Guard, Isolation, Library, Options};
use sandgate_gate::{Config, Context, Direction, Part, Role};

const PERSONAL: &str = "write to jo@example.org, card 4111 1111 1111 1111, from 203.0.113.7, and ";
const PROSE: &str = "nobody minded when the meeting was moved to a larger room, since more people \
    wanted to come than we had thought, and the notes will be shared with everybody later on. ";
/// What a model's token is like.
const CHUNK: usize = 4;

fn prompts(c: &mut Criterion) {
    for isolation in [Isolation::Pooled, Isolation::Exchange] {
        for (name, guard) in guards(isolation) {
            let mut group = c.benchmark_group(format!("{isolation:?}/{name}"));
            for size in [64, 1024, 32 << 10] {
                let text = text(PERSONAL, size);
                guard.check(&text);
                group.bench_function(format!("{size} B"), |b| {
                    b.iter(|| guard.check(black_box(&text)))
                });
            }
        }
    }
}

fn clean_text(c: &mut Criterion) {
    for (name, guard) in guards(Isolation::Pooled) {
        let text = text("", 1 << 20);
        let mut group = c.benchmark_group(format!("clean/{name}"));
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.sample_size(20);
        group.bench_function("1 MiB", |b| b.iter(|| guard.check(black_box(&text))));
    }
}

fn streams(c: &mut Criterion) {
    for (name, guard) in guards(Isolation::Pooled) {
        let text = text("", 4096);
        let mut group = c.benchmark_group(format!("streamed/{name}"));
        group.throughput(Throughput::Elements((text.len() / CHUNK) as u64));
        group.bench_function("4 B chunks", |b| b.iter(|| stream(&guard, &text)));
    }
}

fn stream(guard: &Guard, text: &str) {
    let mut exchange = guard.open(&Context::default(), "");
    exchange.begin(Part { direction: Direction::Response, role: Role::Assistant, name: None });
    // The prose is ASCII, so that any offset is a character's.
    for at in (0..text.len()).step_by(CHUNK) {
        black_box(exchange.feed(&text[at..at + CHUNK]));
    }
    black_box(exchange.end());
}

/// Each packed policy alone, and all together.
fn guards(isolation: Isolation) -> Vec<(String, Guard)> {
    let library = library();
    let engine = Engine::new(Options { isolation, ..Options::default() }).expect("room");
    let names: Vec<String> = library.names().map(str::to_owned).collect();
    let guard = |names: &[String]| {
        let config = Config::with_policies(names);
        engine.guard(&config, &library, Path::new(".")).expect("packed policies load")
    };
    let each = names.iter().map(|name| (name.clone(), guard(std::slice::from_ref(name))));
    each.chain([("all".to_owned(), guard(&names))]).collect()
}

fn library() -> Library {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/policies");
    let mut library = Library::new();
    for entry in fs::read_dir(folder).expect("`cargo pack` was run") {
        let file = entry.expect("the folder can be read").path();
        if file.extension().is_some_and(|ending| ending == "wasm") {
            let name = file.file_stem().expect("it has an ending").to_string_lossy();
            library.insert(name, fs::read(&file).expect("the file can be read"));
        }
    }
    library
}

/// So many bytes of prose after a beginning.
fn text(beginning: &str, size: usize) -> String {
    let mut text = beginning.to_owned() + &PROSE.repeat(size / PROSE.len() + 1);
    text.truncate(size);
    text
}

criterion_group!(benches, prompts, clean_text, streams);
criterion_main!(benches);
