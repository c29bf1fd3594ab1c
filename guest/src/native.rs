//! A policy outside of wasm: its golden cases in `cargo test`, its manifest for the packer.

use std::io;
use std::path::Path;
use std::rc::Rc;

use sandgate_wit::{Case, Cases, Manifest};

use crate::{Asset, Context, Direction, Finding, Part, Policy, Role, Scanner, oracle};

/// Texts up to this length are tried with every cut; longer ones with chunks of some sizes.
const EVERY_CUT: usize = 600;

/// The whole of a policy's `main.rs`. Without arguments its program prints the manifest, for the
/// packer. With `scan` it answers each line `{"settings": {…}, "assets": {…}, "chunks": ["…"]}` of
/// its input with a line `{"findings": […]}`, for tests that compare hosts; with `time` with a line
/// `{"nanoseconds": …}`, for benches that do.
///
/// # Errors
/// Where a line is no such document, or one cannot be read or written.
pub fn main<P: Policy>(manifest: &Manifest) -> io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    match arguments.next().as_deref() {
        None => print_manifest(manifest),
        Some("scan") => oracle::answer::<P>(io::stdin().lock(), io::stdout().lock())?,
        Some("time") => oracle::time::<P>(io::stdin().lock(), io::stdout().lock())?,
        Some(_) => return Err(io::Error::other("arguments: nothing, `scan` or `time`")),
    }
    Ok(())
}

/// Prints the manifest.
#[allow(clippy::print_stdout)]
pub fn print_manifest(manifest: &Manifest) {
    println!("{}", serde_json::json!(manifest));
}

/// Checks every golden case in `file`, whole and cut into chunks.
///
/// # Panics
/// Names the case and how the text was cut.
#[track_caller]
#[allow(clippy::panic)]
pub fn check_cases<P: Policy>(file: &Path) {
    let text = std::fs::read_to_string(file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
    let cases: Cases =
        serde_saphyr::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
    assert!(!cases.cases.is_empty(), "{}: no cases", file.display());
    for case in &cases.cases {
        check_case::<P>(case, &cases);
    }
}

/// Every finding of `policy` in `chunks`, taken as one part.
///
/// # Panics
/// Where the policy breaks the contract: `settled` goes back or past the text, or a finding lies
/// outside of what was settled in its step.
pub fn scan<P: Policy>(policy: &Rc<P>, chunks: &[&str]) -> Vec<Finding> {
    let context = Context { model: None, labels: Vec::new() };
    let part = Part { direction: Direction::Request, role: Role::User, name: None };
    let mut scanner = policy.clone().scanner(&context, &part);
    let (mut findings, mut settled, mut fed) = (Vec::new(), 0, 0);
    for end in 0..=chunks.len() {
        let step = match chunks.get(end) {
            Some(chunk) => scanner.feed(chunk),
            None => scanner.end(),
        };
        fed += chunks.get(end).map_or(0, |chunk| chunk.len() as u64);
        assert!(settled <= step.settled && step.settled <= fed, "settled went astray");
        assert!(step.findings.iter().all(|f| settled <= f.start), "a finding before settled");
        settled = step.settled;
        findings.extend(step.findings);
    }
    assert_eq!(settled, fed, "the end settles everything");
    findings
}

#[track_caller]
#[allow(clippy::panic)]
fn check_case<P: Policy>(case: &Case, cases: &Cases) {
    let settings = case.settings.as_ref().unwrap_or(&cases.settings);
    let settings = serde_json::from_value(settings.clone())
        .unwrap_or_else(|e| panic!("case `{}`: settings: {e}", case.name));
    let assets = case
        .assets
        .iter()
        .map(|(name, text)| Asset { name: name.clone(), bytes: text.clone().into_bytes() });
    let policy = P::configure(settings, assets.collect())
        .unwrap_or_else(|e| panic!("case `{}`: {e}", case.name));
    let (policy, text) = (Rc::new(policy), case.full_text());
    let whole = scan(&policy, &[&text]);
    let seen: Vec<_> = whole
        .iter()
        .filter(|f| f.confidence >= cases.threshold)
        .map(|f| (f.rule.as_str(), &text[f.start as usize..f.end as usize]))
        .collect();
    assert_eq!(seen, case.expected(), "case `{}`", case.name);
    for chunks in splits(&text) {
        let found = scan(&policy, &chunks);
        assert!(same(&found, &whole), "case `{}` cut as {chunks:?}: {found:?}", case.name);
    }
}

/// Ways to cut a text: in two at every place where it is short, and in chunks of some sizes.
fn splits(text: &str) -> Vec<Vec<&str>> {
    let cuts = (1..text.len()).filter(|&cut| text.is_char_boundary(cut));
    let in_two = cuts.take_while(|_| text.len() <= EVERY_CUT).map(|cut| {
        let (head, tail) = text.split_at(cut);
        vec![head, tail]
    });
    let sizes: &[usize] = if text.len() <= 20 * EVERY_CUT { &[1, 3, 7, 64] } else { &[977, 4096] };
    in_two.chain(sizes.iter().map(|&size| chunks(text, size))).collect()
}

/// The text in chunks of about `size` bytes.
pub fn chunks(mut text: &str, size: usize) -> Vec<&str> {
    let mut chunks = Vec::new();
    while !text.is_empty() {
        let (head, tail) = text.split_at(text.ceil_char_boundary(size));
        chunks.push(head);
        text = tail;
    }
    chunks
}

fn same(a: &[Finding], b: &[Finding]) -> bool {
    let key = |f: &Finding| (f.start, f.end, f.rule.clone(), f.confidence, f.replacement.clone());
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| key(a) == key(b))
}
