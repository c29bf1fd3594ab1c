//! Writes hostile policies as modules for the browser, those that become faults, and `starry`, which
//! does not, into a folder with a list of what becomes of them: for the package's tests.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use sandgate_fuse::{Limits, Policy, extract};
use sandgate_tests::hostile::{Becomes, PROVOCATION, cases, starry};
use serde_json::{Value, json};

fn main() -> Result<()> {
    let out = PathBuf::from(std::env::args_os().nth(1).context("no folder to write into")?);
    fs::create_dir_all(&out)?;
    let write = |name: &str, component: &[u8]| -> Result<()> {
        let module = extract(&Policy::read("hostile", component)?, &Limits::default())?;
        Ok(fs::write(out.join(name).with_extension("wasm"), module)?)
    };
    write("starry", &starry()?)?;
    let mut written = Vec::new();
    for case in cases()? {
        let Becomes::Fault { kinds, .. } = case.becomes else { continue };
        write(&case.name, &case.component)?;
        written.push(json!({ "name": case.name, "kinds": kinds }));
    }
    let list: Value = json!({ "provocation": PROVOCATION, "cases": written });
    fs::write(out.join("cases.json"), list.to_string())?;
    Ok(())
}
