//! Packs the npm package: the gate as WebAssembly with its glue, a module for each policy, and the
//! hand-written JavaScript around them. It builds nothing on anybody else's machine, prints what it
//! made and how large that is, and fails where it is larger than it may be.
//!
//! wasm-opt is left out on purpose: tried on the gate, it took 13 % off the bytes and added 1 % to
//! them compressed, which is how they travel.

mod cargo;
mod sizes;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use clap::Parser;
use sandgate_fuse::{Limits, Policy, extract};
use wasm_bindgen_cli_support::Bindgen;

use crate::sizes::Sizes;

/// Packs the npm package `sandgate-browser`.
#[derive(Parser)]
struct Args {
    /// Components of policies; all of `target/policies` by default.
    policies: Vec<PathBuf>,
    /// Where the package goes; `target/browser/sandgate-browser` of the workspace by default.
    #[arg(long)]
    out: Option<PathBuf>,
}

/// A policy that was packed.
struct Packed {
    name: String,
    /// Whether it looks for anything before its user says so.
    has_rules: bool,
}

fn main() -> Result<()> {
    let args = Args::parse();
    let workspace = cargo::Workspace::here()?;
    let out = args.out.unwrap_or_else(|| workspace.target_dir.join("browser/sandgate-browser"));
    if out.exists() {
        fs::remove_dir_all(&out).with_context(|| format!("cannot empty {}", out.display()))?;
    }
    let room = workspace.root.join("host/browser");
    copy(&room.join("package"), &out)?;
    copy(&room.join("element"), &out.join("element"))?;
    fs::copy(workspace.root.join("LICENSE"), out.join("LICENSE"))?;
    bind(&workspace.build_gate()?, &out)?;
    let policies = match args.policies.is_empty() {
        true => components(&workspace.target_dir.join("policies"))?,
        false => args.policies,
    };
    ensure!(!policies.is_empty(), "no policies; `cargo pack` makes them");
    let packed = policies.iter().map(|file| pack(file, &out)).collect::<Result<Vec<_>>>()?;
    fs::write(out.join("policies.js"), list(&packed))?;
    let sizes = Sizes::of(&out)?;
    eprint!("packed {}\n{sizes}", out.display());
    sizes.check(|policy| packed.iter().any(|packed| packed.name == policy && packed.has_rules))
}

/// The gate's module with the JavaScript that calls it.
fn bind(gate: &Path, out: &Path) -> Result<()> {
    let mut bindgen = Bindgen::new();
    bindgen.input_path(gate).out_name("gate").web(true)?;
    bindgen.typescript(false).omit_default_module_path(true).remove_name_section(true);
    bindgen.remove_producers_section(true).generate(out).context("wasm-bindgen")
}

/// Extracts a policy's module.
fn pack(file: &Path, out: &Path) -> Result<Packed> {
    let place = || format!("{}", file.display());
    let name = file.file_stem().and_then(|name| name.to_str()).with_context(place)?;
    let component = fs::read(file).with_context(place)?;
    let policy = Policy::read(name, &component).with_context(place)?;
    let module = extract(&policy, &Limits::default()).with_context(place)?;
    fs::create_dir_all(out.join("policies"))?;
    fs::write(out.join("policies").join(name).with_extension("wasm"), module)?;
    Ok(Packed { name: name.to_owned(), has_rules: !policy.manifest().rules.is_empty() })
}

/// A module that says where the policies are, in words that bundlers understand.
fn list(policies: &[Packed]) -> String {
    let entry = |Packed { name, .. }: &Packed| {
        format!("  {name:?}: new URL(\"./policies/{name}.wasm\", import.meta.url),\n")
    };
    let entries: String = policies.iter().map(entry).collect();
    format!("// The policies of this package.\n\nexport const policies = {{\n{entries}}};\n")
}

/// The components of a folder, in order.
fn components(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("{}", folder.display()))?;
    let files = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    let is_component = |file: &PathBuf| file.extension().is_some_and(|ending| ending == "wasm");
    let mut files: Vec<_> = files.into_iter().filter(is_component).collect();
    files.sort();
    Ok(files)
}

/// Copies a folder, as far as it is there: tests stay behind.
fn copy(from: &Path, to: &Path) -> Result<()> {
    if !from.is_dir() {
        return Ok(());
    }
    fs::create_dir_all(to).with_context(|| format!("cannot make {}", to.display()))?;
    for entry in fs::read_dir(from)? {
        let (path, name) = entry.map(|entry| (entry.path(), entry.file_name()))?;
        if path.is_dir() {
            if name != "tests" && name != "node_modules" {
                copy(&path, &to.join(name))?;
            }
        } else {
            fs::copy(&path, to.join(name))?;
        }
    }
    Ok(())
}
