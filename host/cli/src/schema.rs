//! `sandgate schema`: what a configuration may hold, for editors and validators.

use std::io::Write;

use anyhow::Result;
use clap::Args;
use sandgate_gate::Config;

use crate::exit::Exit;

/// Print the JSON schema of sandgate.yaml
#[derive(Args)]
#[command(after_help = "Example:
  sandgate schema > sandgate.schema.json
  (and as the first line of sandgate.yaml, so that an editor completes it:
  # yaml-language-server: $schema=./sandgate.schema.json)")]
pub(crate) struct Schema {}

impl Schema {
    pub(crate) fn run(self) -> Result<Exit> {
        let mut stdout = anstream::stdout();
        writeln!(stdout, "{}", serde_json::to_string_pretty(&Config::schema())?)?;
        Ok(Exit::Clean)
    }
}
