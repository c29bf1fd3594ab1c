//! `sandgate test`: a policy's golden cases, on every host that this build has.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use clap::Args;
use sandgate_engine::{Engine, Isolation, Options, Policy};
use sandgate_wit::Cases;
use sha2::{Digest, Sha256};

use crate::bundle::{self, Packed};
use crate::exit::Exit;
use crate::golden::check_case;
use crate::paint::{BAD, DIM, GOOD, paint};
use crate::setup::cache_folder;

/// Run policies' golden cases, cut in every way, in both isolations
///
/// A policy's cases lie beside it, as NAME.cases.yaml beside NAME.wasm, and must be the ones it was
/// packed with. Each text is fed whole, cut in two at every place, and in chunks of several sizes,
/// and must give the same findings each time.
#[derive(Args)]
#[command(after_help = "Examples:
  sandgate test                                    the policies of this binary
  sandgate test target/policies/*.wasm
  sandgate test acme.wasm --cases more-cases.yaml

Exit codes:
  0  every case holds
  1  some case does not
  2  a policy or its cases could not be loaded")]
pub(crate) struct Test {
    /// Policies; the ones of this binary by default
    #[arg(value_name = "POLICY.wasm")]
    policies: Vec<PathBuf>,
    /// Run these cases instead of the ones beside the policy
    #[arg(long, value_name = "FILE")]
    cases: Option<PathBuf>,
}

impl Test {
    pub(crate) fn run(self) -> Result<Exit> {
        let policies = match self.policies.is_empty() {
            true => bundle::embedded().collect(),
            false => {
                self.policies.iter().map(|file| bundle::read(file)).collect::<Result<Vec<_>>>()?
            }
        };
        ensure!(!policies.is_empty(), bundle::NOTHING_PACKED);
        let mut failures = 0;
        for packed in &policies {
            failures += self.policy(packed).with_context(|| format!("policy `{}`", packed.name))?;
        }
        Ok(if failures == 0 { Exit::Clean } else { Exit::Blocked })
    }

    /// How many cases of this policy fail, on all hosts together.
    fn policy(&self, packed: &Packed) -> Result<usize> {
        let cases = self.cases(packed)?;
        let mut failures = 0;
        for (host, isolation) in [("pooled", Isolation::Pooled), ("fresh", Isolation::Exchange)] {
            let options = Options { isolation, cache: cache_folder(), ..Options::default() };
            let policy = Engine::new(options)?.load(&packed.component)?;
            failures += run(&policy, &cases, &packed.name, host)?;
        }
        Ok(failures)
    }

    fn cases(&self, packed: &Packed) -> Result<Cases> {
        let text = match (&self.cases, &packed.cases) {
            (Some(file), _) => bundle::read_text(file)?,
            (None, Some(text)) => {
                let manifest = sandgate_engine::inspect(&packed.component)?.manifest;
                let digest = Sha256::digest(text.as_bytes());
                let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
                ensure!(digest == manifest.cases, "its cases are not the ones it was packed with");
                text.to_string()
            }
            (None, None) => anyhow::bail!("no {}.cases.yaml beside it; see --cases", packed.name),
        };
        let cases: Cases = serde_saphyr::from_str(&text).context("its cases")?;
        ensure!(!cases.cases.is_empty(), "its cases: none, expected at least one");
        Ok(cases)
    }
}

fn run(policy: &Policy, cases: &Cases, name: &str, host: &str) -> Result<usize> {
    let (mut cuts, mut failed) = (0, Vec::new());
    for case in &cases.cases {
        match check_case(policy, cases, case) {
            Ok(ways) => cuts += ways,
            Err(error) => failed.push((&case.name, error)),
        }
    }
    let mut stdout = anstream::stdout();
    let counts = format!("{} cases, {cuts} ways to cut them", cases.cases.len());
    let verdict = match failed.len() {
        0 => paint(GOOD, "ok"),
        n => paint(BAD, format!("{n} failed")),
    };
    writeln!(stdout, "{name:<16} wasmtime, {host:<8} {verdict}  {}", paint(DIM, counts))?;
    for (case, error) in &failed {
        writeln!(stdout, "  {} {case}\n    {error:#}", paint(BAD, "✗"))?;
    }
    Ok(failed.len())
}
