//! Embeds the playground's files, where they were put together: whatever lies in the folder.
//!
//! `SANDGATE_PLAYGROUND` names another folder than `target/browser/playground` of the workspace.
//! Where there is none the gateway builds all the same, and has no playground.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-env-changed=SANDGATE_PLAYGROUND");
    let folder = folder();
    // Of a folder that is not there cargo says at each build that it changed.
    let _ = fs::create_dir_all(&folder);
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files = Vec::new();
    collect(&folder, &mut files);
    files.sort();
    let mut list = String::from("&[\n");
    for file in &files {
        let name = file.strip_prefix(&folder).expect("it lies in the folder");
        let name = name.to_str().expect("its files have ASCII names").replace('\\', "/");
        let file = fs::canonicalize(file).expect("it was just listed");
        writeln!(list, "({name:?}, include_bytes!({file:?})),").expect("strings can be written to");
    }
    list.push(']');
    let out = env::var_os("OUT_DIR").expect("cargo sets OUT_DIR");
    fs::write(Path::new(&out).join("playground.rs"), list).expect("OUT_DIR can be written to");
}

fn folder() -> PathBuf {
    if let Some(folder) = env::var_os("SANDGATE_PLAYGROUND") {
        return folder.into();
    }
    let here = env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR");
    Path::new(&here).join("../../target/browser/playground")
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() { collect(&path, files) } else { files.push(path) }
    }
}
