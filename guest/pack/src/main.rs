//! Packs policy crates into components: builds each for wasm, wraps it with wit-component, and
//! adds the manifest, so that a host learns all it needs without running anything.
//!
//! It names no wasmtime: whoever works on policies never has to build an engine. Policies are
//! found by walking the workspace's `policies/` folder, or named on the command line.

mod cargo;
mod component;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use clap::Parser;
use sha2::{Digest, Sha256};

use crate::cargo::{Package, Recipe, Workspace};

/// What runs inside other programs, around the policies: `target/hosts/NAME.wasm`.
const HOSTS: &[&str] = &["envoy"];

/// Packs policy crates into components, `NAME.wasm` with `NAME.cases.yaml` beside it. With no folder
/// named, the modules that drive policies inside other programs are made too, in `target/hosts`.
#[derive(Parser)]
struct Args {
    /// Folders of policy crates, `policies/pii`; all of the workspace's `policies/` by default.
    folders: Vec<PathBuf>,
    /// Where the components go; the workspace's `target/policies` by default.
    #[arg(long)]
    out: Option<PathBuf>,
}

fn main() -> Result<()> {
    let args = Args::parse();
    for folder in &args.folders {
        let manifest = folder.join("Cargo.toml");
        ensure!(manifest.is_file(), "{}: not there, expected a crate's folder", manifest.display());
    }
    let start = args.folders.first().map_or(Path::new("."), PathBuf::as_path);
    let workspace = Workspace::around(start)?;
    if args.folders.is_empty() && args.out.is_none() {
        for package in HOSTS.iter().filter_map(|name| workspace.host(name)) {
            pack_host(&workspace, package).with_context(|| format!("host `{}`", package.name))?;
        }
    }
    let out = args.out.unwrap_or_else(|| workspace.root.join("target/policies"));
    fs::create_dir_all(&out).with_context(|| format!("cannot make {}", out.display()))?;
    let packages = workspace.policies(&args.folders)?;
    ensure!(!packages.is_empty(), "{}: no policy crates found", workspace.root.display());
    for package in &packages {
        pack(&workspace, package, &out).with_context(|| format!("policy `{}`", package.name))?;
    }
    Ok(())
}

fn pack(workspace: &Workspace, package: &Package, out: &Path) -> Result<()> {
    let cases_file = package.folder.join("cases.yaml");
    let cases = fs::read(&cases_file).with_context(|| format!("{}", cases_file.display()))?;
    let mut manifest = workspace.manifest(package)?;
    manifest.cases = hex(&Sha256::digest(&cases));
    let core = fs::read(workspace.build_wasm(package, Recipe::POLICY)?)?;
    let bytes = component::encode(&core, &manifest)?;
    write_whole(&out.join(format!("{}.cases.yaml", package.name)), &cases)?;
    write_whole(&out.join(format!("{}.wasm", package.name)), &bytes)?;
    eprintln!(
        "packed {:<12} {:>5} KiB  {:>3} rules  sha256:{}",
        package.name,
        bytes.len() / 1024,
        manifest.rules.len(),
        hex(&Sha256::digest(&bytes))
    );
    Ok(())
}

/// A host's module stays one: policies are fused with it later.
fn pack_host(workspace: &Workspace, package: &Package) -> Result<()> {
    let core = fs::read(workspace.build_wasm(package, Recipe::HOST)?)?;
    let folder = workspace.root.join("target/hosts");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let name = package.folder.file_name().context("no name")?;
    write_whole(&folder.join(name).with_extension("wasm"), &core)?;
    eprintln!("packed {:<12} {:>5} KiB", name.display(), core.len() / 1024);
    Ok(())
}

/// Writes beside the file and renames, so that nobody ever reads half of it. A file that already
/// holds these bytes is left alone, and what was built from it stays fresh.
fn write_whole(file: &Path, bytes: &[u8]) -> Result<()> {
    if fs::read(file).is_ok_and(|old| old == bytes) {
        return Ok(());
    }
    let half = file.with_extension(format!("{}.part", std::process::id()));
    fs::write(&half, bytes).with_context(|| format!("{}", half.display()))?;
    fs::rename(&half, file).with_context(|| format!("{}", file.display()))
}

fn hex(digest: &[u8]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
