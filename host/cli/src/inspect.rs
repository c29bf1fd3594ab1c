//! `sandgate inspect`: what a policy's file says of itself. Nothing in it is run.

use std::fmt::Write as _;
use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use indicatif::HumanBytes;
use sandgate_engine::Inspection;
use serde_json::json;

use crate::bundle;
use crate::exit::Exit;
use crate::paint::{BOLD, DIM, GOOD, of_action, paint, tame};
use crate::table::Table;

/// Show a policy's manifest, imports, size and digest, without running it
#[derive(Args)]
#[command(after_help = "Example:
  sandgate inspect target/policies/pii.wasm
  sandgate inspect acme.wasm --json | jq -r .digest     for `digest:` in sandgate.yaml

Exit codes:
  0  it is a policy
  2  it is not, and standard error says why")]
pub(crate) struct Inspect {
    /// The component
    #[arg(value_name = "POLICY.wasm")]
    file: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Inspect {
    pub(crate) fn run(self) -> Result<Exit> {
        let packed = bundle::read(&self.file)?;
        let seen = sandgate_engine::inspect(&packed.component)
            .with_context(|| self.file.display().to_string())?;
        let page = if self.json { to_json(&seen) } else { render(&seen)? };
        anstream::stdout().write_all(page.as_bytes())?;
        Ok(Exit::Clean)
    }
}

fn to_json(seen: &Inspection) -> String {
    let page = json!({
        "digest": seen.digest, "size": seen.size, "imports": [], "manifest": seen.manifest,
    });
    format!("{page}\n")
}

fn render(seen: &Inspection) -> Result<String> {
    let manifest = &seen.manifest;
    let mut page = String::new();
    let title = format!("{} {}", tame(&manifest.name), tame(&manifest.version));
    writeln!(page, "\n{}\n{}\n", paint(BOLD, title), tame(&manifest.description))?;
    // A component with any was refused.
    let imports = paint(GOOD, "none: it can see text and send it nowhere");
    writeln!(page, "imports   {imports}")?;
    writeln!(page, "contract  {}", tame(&manifest.contract))?;
    writeln!(page, "size      {}", HumanBytes(seen.size as u64))?;
    writeln!(page, "digest    {}\n", seen.digest)?;
    let mut rules = Table::new(["rule", "by default", "what it is"], 3);
    for rule in &manifest.rules {
        let action = serde_json::to_string(&rule.action)?;
        let action = paint(of_action(rule.action), action.trim_matches('"'));
        rules.push([tame(&rule.name), action, tame(&rule.description)]);
    }
    writeln!(page, "{rules}")?;
    if let Some(pointer) = &manifest.rules_from {
        writeln!(page, "and every rule under {} of its settings\n", tame(pointer))?;
    }
    writeln!(page, "{}", paint(DIM, "settings, as a JSON schema"))?;
    writeln!(page, "{}", tame(&serde_json::to_string_pretty(&manifest.settings)?))?;
    Ok(page)
}
