//! The fuzz targets on their seeds: nobody fuzzes for long on every commit.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

#[path = "../../fuzz/src/lib.rs"]
#[expect(unreachable_pub, reason = "it is the library of another crate")]
mod fuzz;

/// Modules that are made up and compared.
const N_MODULES: usize = 200;

#[test]
fn components() -> Result<()> {
    replay("component", fuzz::component::run)
}

#[test]
fn configurations() -> Result<()> {
    replay("config", fuzz::config::run)
}

#[test]
fn rows() -> Result<()> {
    replay("jsonl", fuzz::jsonl::run)
}

#[test]
fn exchanges() -> Result<()> {
    replay("gate", fuzz::gate::run)
}

#[test]
fn patterns() -> Result<()> {
    replay("pattern", fuzz::pattern::run)
}

#[test]
fn encodings() -> Result<()> {
    replay("coding", fuzz::coding::run)
}

#[test]
fn frames() -> Result<()> {
    replay("frame", fuzz::frame::run)
}

#[test]
fn made_up_modules() -> Result<()> {
    for file in fs::read_dir(seeds("fuse"))? {
        fuzz::fuse::run(&fs::read(file?.path())?);
    }
    // A module takes some thousand bytes to make up: here are a few from a generator of numbers.
    let mut calls = 0;
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    for _ in 0..N_MODULES {
        let bytes = std::iter::repeat_with(|| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state.to_le_bytes()
        });
        calls += fuzz::fuse::run(&bytes.take(400).flatten().collect::<Vec<_>>());
    }
    ensure!(calls > N_MODULES / 2, "only {calls} calls came back");
    Ok(())
}

#[test]
fn responses() -> Result<()> {
    replay("transit", fuzz::transit::run)
}

#[test]
fn documents() -> Result<()> {
    replay("walk", fuzz::walk::run)
}

/// Runs a target on every file of its folder, and on every beginning of it.
fn replay(target: &str, run: impl Fn(&[u8])) -> Result<()> {
    let folder = seeds(target);
    let files = fs::read_dir(&folder).with_context(|| folder.display().to_string())?;
    let mut n_files = 0;
    for file in files {
        let bytes = fs::read(file?.path())?;
        for end in 0..=bytes.len() {
            run(&bytes[..end]);
        }
        n_files += 1;
    }
    ensure!(n_files > 0, "{}: no seeds", folder.display());
    Ok(())
}

fn seeds(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/seeds").join(target)
}
