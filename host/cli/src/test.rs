//! `sandgate test`: a policy's golden cases, on every host that this build has.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use clap::Args;
use sandgate_engine::{Engine, Extracted, Fused, Isolation, Options};
use sandgate_fuse::{Limits, Policy, extract, probe};
use sandgate_gate as gate;
use sandgate_wit::Cases;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::bundle::{self, Packed};
use crate::exit::Exit;
use crate::golden::{Assets, Configure, check_case};
use crate::paint::{BAD, DIM, GOOD, paint};
use crate::plain;
use crate::setup::cache_folder;

/// Run policies' golden cases, cut in every way, on every host
///
/// Hosts are wasmtime in both isolations, and what Envoy and browsers run: the plain modules that
/// `sandgate fuse` makes of a policy.
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
        for (host, isolation) in
            [("wasmtime, pooled", Isolation::Pooled), ("wasmtime, fresh", Isolation::Exchange)]
        {
            let options = Options { isolation, cache: cache_folder(), ..Options::default() };
            let policy = Engine::new(options)?.load(&packed.component)?;
            let configure = |settings: &Value, assets: Assets| -> Result<Box<dyn gate::Policy>> {
                Ok(Box::new(policy.configure(settings, &assets)?))
            };
            failures += run(&configure, &cases, &packed.name, host)?;
        }
        Ok(failures + plainly(packed, &cases)?)
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

/// The same in the plain modules that Envoy and browsers run.
fn plainly(packed: &Packed, cases: &Cases) -> Result<usize> {
    let (limits, name) = (Limits::default(), &packed.name);
    let policy = match Policy::read(name, &packed.component) {
        Ok(policy) => policy,
        Err(error) => {
            let why = paint(DIM, format!("not for Envoy or browsers: {error}"));
            writeln!(anstream::stdout(), "{name:<16} {why}")?;
            return Ok(0);
        }
    };
    let browser = Extracted::new(&extract(&policy, &limits)?)?;
    let envoy = Fused::new(&probe(std::slice::from_ref(&policy), &limits)?)?.tenant(0);
    let in_envoy =
        |settings: &Value, assets: Assets| plain::configure(&envoy, &policy, settings, assets);
    let in_browser =
        |settings: &Value, assets: Assets| plain::configure(&browser, &policy, settings, assets);
    Ok(run(&in_envoy, cases, name, "as in Envoy")?
        + run(&in_browser, cases, name, "as in a browser")?)
}

fn run(configure: Configure<'_>, cases: &Cases, name: &str, host: &str) -> Result<usize> {
    let (mut cuts, mut failed) = (0, Vec::new());
    for case in &cases.cases {
        match check_case(configure, cases, case) {
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
    writeln!(stdout, "{name:<16} {host:<17} {verdict}  {}", paint(DIM, counts))?;
    for (case, error) in &failed {
        writeln!(stdout, "  {} {case}\n    {error:#}", paint(BAD, "✗"))?;
    }
    Ok(failed.len())
}
