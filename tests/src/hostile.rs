//! Hostile policies: small components that break the contract, each in its own way.
//!
//! A case is a file in `hostile/`: what it tries, what that becomes, and only the WebAssembly in
//! which it differs from `starry.wat`, a policy that finds every `*`. Written out by hand because
//! no SDK would let a policy answer so.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use sandgate_wit::{Action, MANIFEST_SECTION, Manifest, Rule};
use wasm_encoder::{ComponentSection, CustomSection, Encode};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

const STARRY: &str = include_str!("starry.wat");
const CONTRACT: &str = include_str!("../../wit/v0.1.0/guardrail.wit");

/// Text that provokes every case that has a good side too. It holds characters of one, two and
/// three bytes, and seven bytes in all: the cases' offsets count on that.
pub const PROVOCATION: &str = "!é*…";

/// The case that an engine itself traps on, as nothing in WebAssembly can catch: of a module with many
/// policies all are lost.
pub const LOST: &str = "access-past-memory";

/// One file of the corpus.
#[derive(Debug, Clone)]
pub struct Case {
    /// The file's name, without its ending.
    pub name: String,
    /// What a host makes of it.
    pub becomes: Becomes,
    /// The component, manifest and all.
    pub component: Vec<u8>,
}

/// What a host makes of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Becomes {
    /// Loading or configuring it fails, and the error holds this.
    Error(String),
    /// Its exchange ends with a fault of one of these kinds.
    Fault {
        /// The names that the fault may have.
        kinds: Vec<String>,
        /// Whether unprovoking text ends the same way.
        always: bool,
    },
    /// Nobody notices: all its answers are right.
    Nothing,
}

/// Every case in `hostile/`, by name.
///
/// # Errors
/// Names the file that is no case.
pub fn cases() -> Result<Vec<Case>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("hostile");
    let mut files: Vec<_> = fs::read_dir(&folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    files.retain(|file| file.extension().is_some_and(|ending| ending == "wat"));
    files.sort();
    files.iter().map(|file| case(file).with_context(|| file.display().to_string())).collect()
}

/// The well-behaved policy that the cases differ from: it finds every `*` as a `STAR`.
///
/// # Errors
/// Where `starry.wat` does not fit the contract.
pub fn starry() -> Result<Vec<u8>> {
    Ok(with_manifest(policy("")?, manifest("starry").to_string()))
}

/// The manifest of `starry`, under another name.
pub fn manifest(name: &str) -> serde_json::Value {
    let star = Rule {
        name: "STAR".to_owned(),
        description: "An asterisk.".to_owned(),
        action: Action::Redact,
    };
    serde_json::json!(Manifest {
        contract: sandgate_wit::VERSION.to_owned(),
        name: name.to_owned(),
        version: "1.0.0".to_owned(),
        description: "Every asterisk.".to_owned(),
        rules: vec![star],
        rules_from: None,
        settings: serde_json::json!({ "type": "object" }),
        cases: String::new(),
    })
}

/// A component of `starry.wat` with the items of `changes` in place of its own, without manifest.
///
/// # Errors
/// Where that is no module, or none that fits the contract.
pub fn policy(changes: &str) -> Result<Vec<u8>> {
    component(wat::parse_str(merge(STARRY, changes))?)
}

/// A component of a module with the contract's functions, without manifest.
///
/// # Errors
/// Where it does not fit the contract.
pub fn component(mut module: Vec<u8>) -> Result<Vec<u8>> {
    let mut resolve = Resolve::default();
    let package = resolve.push_source("guardrail.wit", CONTRACT)?;
    let world = resolve.select_world(&[package], Some("guardrail"))?;
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8, false)?;
    // Not validated: what is wrong with a case is for the host to see.
    ComponentEncoder::default().module(&module)?.validate(false).encode()
}

/// A component with a custom section appended that holds `manifest`, be it one or not.
#[must_use]
pub fn with_manifest(mut component: Vec<u8>, manifest: impl AsRef<[u8]>) -> Vec<u8> {
    let section = CustomSection { name: MANIFEST_SECTION.into(), data: manifest.as_ref().into() };
    component.push(section.id());
    section.encode(&mut component);
    component
}

fn case(file: &Path) -> Result<Case> {
    let text = fs::read_to_string(file)?;
    let name = file.file_stem().context("no name")?.to_string_lossy().into_owned();
    let is_component = items(&text).iter().any(|item| item.starts_with("(component"));
    let component = if is_component { wat::parse_str(&text)? } else { policy(&text)? };
    let manifest = manifest("hostile").to_string();
    Ok(Case { name, becomes: becomes(&text)?, component: with_manifest(component, manifest) })
}

/// Reads a case's `;; becomes:` line.
fn becomes(text: &str) -> Result<Becomes> {
    let mut lines = text.lines().filter_map(|line| line.strip_prefix(";; becomes:"));
    let line = lines.next().context("no line that begins with `;; becomes:`")?.trim();
    ensure!(lines.next().is_none(), "more than one line says what it becomes");
    if line == "nothing" {
        return Ok(Becomes::Nothing);
    }
    if let Some(error) = line.strip_prefix("error") {
        return Ok(Becomes::Error(error.trim().to_owned()));
    }
    let kinds = line.strip_suffix(", always").unwrap_or(line);
    Ok(Becomes::Fault {
        kinds: kinds.split('|').map(|kind| kind.trim().to_owned()).collect(),
        always: kinds != line,
    })
}

/// A module of the items of `base`, each replaced by the item of the same kind and name in
/// `changes` where there is one, and of the other items of `changes`.
fn merge(base: &str, changes: &str) -> String {
    let changes = items(changes);
    let kept = items(base).into_iter().filter(|&item| !changes.iter().any(|c| key(c) == key(item)));
    // The text format wants imports first, and those are the base's.
    let (imports, others): (Vec<_>, Vec<_>) =
        kept.chain(changes.iter().copied()).partition(|item| item.starts_with("(import"));
    format!("(module\n{}\n{}\n)", imports.concat(), others.concat())
}

/// The items of a file: each begins with a parenthesis at the start of a line.
fn items(text: &str) -> Vec<&str> {
    let starts: Vec<_> = text
        .match_indices('(')
        .map(|(at, _)| at)
        .filter(|&at| at == 0 || text[..at].ends_with('\n'))
        .collect();
    let ends = starts.iter().copied().skip(1).chain([text.len()]);
    starts.iter().zip(ends).map(|(&start, end)| &text[start..end]).collect()
}

/// What an item is and what it is called: `(func $feed`, `(export "memory"`. One without a name
/// is like no other.
fn key(item: &str) -> (&str, &str) {
    let mut words = item.split_whitespace();
    let kind = words.next().unwrap_or(item);
    let name = words.next().filter(|name| name.starts_with(['$', '"']));
    match (kind, name) {
        // All imports are of one module: the second name tells them apart.
        ("(import", _) | (_, None) => (item, ""),
        (kind, Some(name)) => (kind, name),
    }
}
