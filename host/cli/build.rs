//! Embeds the policies that the packer made: whatever lies in the folder, none by name.
//!
//! So does the filter that drives policies in Envoy.
//!
//! `SANDGATE_POLICIES` names another folder than `target/policies` of the workspace. Where there is
//! none the binary builds all the same, and says at run time how policies are packed.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-env-changed=SANDGATE_POLICIES");
    let folder = folder();
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut list = String::from("&[\n");
    for component in components(&folder) {
        println!("cargo::rerun-if-changed={}", component.display());
        list.push_str(&entry(&component));
    }
    list.push(']');
    write("bundle.rs", &list);
    write("filter.rs", &filter());
}

fn write(name: &str, source: &str) {
    let out = env::var_os("OUT_DIR").expect("cargo sets OUT_DIR");
    fs::write(Path::new(&out).join(name), source).expect("OUT_DIR can be written to");
}

fn folder() -> PathBuf {
    env::var_os("SANDGATE_POLICIES").map_or_else(|| target().join("policies"), PathBuf::from)
}

fn target() -> PathBuf {
    let here = env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR");
    Path::new(&here).join("../../target")
}

/// `Some(filter)` as Rust source.
fn filter() -> String {
    let file = target().join("hosts/envoy.wasm");
    println!("cargo::rerun-if-changed={}", file.display());
    match fs::canonicalize(file) {
        Ok(file) => format!("Some(include_bytes!({file:?}))"),
        Err(_) => "None".to_owned(),
    }
}

fn components(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<_> = entries.map(|entry| entry.path()).collect();
    files.retain(|file| file.extension().is_some_and(|ending| ending == "wasm"));
    files.sort();
    files
}

/// `("name", component, golden cases),` as Rust source.
fn entry(component: &Path) -> String {
    let component = fs::canonicalize(component).expect("it was just listed");
    let name = component.file_stem().expect("it has an ending").to_string_lossy();
    let cases = component.with_extension("cases.yaml");
    let mut entry = format!("({name:?}, include_bytes!({component:?}), ");
    if cases.is_file() {
        println!("cargo::rerun-if-changed={}", cases.display());
        writeln!(entry, "Some(include_str!({cases:?}))),").expect("strings can be written to");
    } else {
        entry.push_str("None),\n");
    }
    entry
}
