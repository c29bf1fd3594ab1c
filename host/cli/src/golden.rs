//! One golden case on one host: whole, and cut in every way.

use anyhow::{Context as _, Result, anyhow, ensure};
use sandgate_gate::{Context, Direction, Finding, Part, Policy, Role};
use sandgate_wit::{Case, Cases};
use serde_json::Value;

/// Texts up to this length are cut in two at every place; longer ones only into chunks.
const EVERY_CUT: usize = 600;

/// The files that a case's policy is configured with, by name.
pub(crate) type Assets = Vec<(String, Vec<u8>)>;

/// Configures a policy on some host.
pub(crate) type Configure<'a> = &'a dyn Fn(&Value, Assets) -> Result<Box<dyn Policy>>;

/// How many ways of cutting the text gave what the case says.
pub(crate) fn check_case(configure: Configure<'_>, cases: &Cases, case: &Case) -> Result<usize> {
    let settings = case.settings.as_ref().unwrap_or(&cases.settings);
    let asset = |(name, text): (&String, &String)| (name.clone(), text.clone().into_bytes());
    let assets: Vec<_> = case.assets.iter().map(asset).collect();
    let policy = configure(settings, assets)?;
    let text = case.full_text();
    let whole = scan(&*policy, &[&text]).context("whole")?;
    let seen = seen(&whole, &text, cases.threshold)?;
    let expected = case.expected();
    ensure!(seen == expected, "found {}\n    expected {}", list(&seen), list(&expected));
    let cuts = cuts(&text);
    for chunks in &cuts {
        let found = scan(&*policy, chunks).with_context(|| cut(chunks))?;
        ensure!(found == whole, "{}: other findings than in the whole text", cut(chunks));
    }
    Ok(1 + cuts.len())
}

fn scan(policy: &dyn Policy, chunks: &[&str]) -> Result<Vec<Finding>> {
    let mut session = policy.session(&Context::default());
    session.begin(&Part { direction: Direction::Request, role: Role::User, name: None })?;
    let mut findings = Vec::new();
    for chunk in chunks {
        findings.extend(session.feed(chunk)?.findings);
    }
    findings.extend(session.end()?.findings);
    Ok(findings)
}

/// Rule and text of the findings that are sure enough.
fn seen<'a>(findings: &'a [Finding], text: &'a str, sure: u8) -> Result<Vec<(&'a str, &'a str)>> {
    let sure = findings.iter().filter(|found| found.confidence >= sure);
    let seen = sure.map(|found| {
        let span = usize::try_from(found.start)?..usize::try_from(found.end)?;
        let matched = text.get(span).ok_or_else(|| anyhow!("a finding outside the text"))?;
        Ok((found.rule.as_str(), matched))
    });
    seen.collect()
}

/// Ways to cut a text: in two at every place where it is short, and in chunks of some sizes.
fn cuts(text: &str) -> Vec<Vec<&str>> {
    let places = (1..text.len()).take_while(|_| text.len() <= EVERY_CUT);
    let in_two = places.filter_map(|at| text.split_at_checked(at)).map(|(a, b)| vec![a, b]);
    let sizes: &[usize] = if text.len() <= 20 * EVERY_CUT { &[1, 3, 7, 64] } else { &[977, 4096] };
    in_two.chain(sizes.iter().map(|&size| chunks(text, size))).collect()
}

/// Chunks of `size` bytes, or a few more where a character would be cut.
fn chunks(mut text: &str, size: usize) -> Vec<&str> {
    let mut chunks = Vec::new();
    while !text.is_empty() {
        let (chunk, rest) = text.split_at(text.ceil_char_boundary(size));
        chunks.push(chunk);
        text = rest;
    }
    chunks
}

fn cut(chunks: &[&str]) -> String {
    match chunks {
        [head, _] => format!("cut at byte {}", head.len()),
        _ => format!("in {} chunks", chunks.len()),
    }
}

/// Golden cases are the policy's own, so their text may be shown.
fn list(findings: &[(&str, &str)]) -> String {
    let list: Vec<_> = findings.iter().map(|(rule, text)| format!("{rule}: {text:?}")).collect();
    if list.is_empty() { "nothing".to_owned() } else { list.join(", ") }
}
