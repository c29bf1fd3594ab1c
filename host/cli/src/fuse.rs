//! `sandgate fuse`: plain modules of policies, for hosts that run no components, and what an
//! operator needs beside them.

mod kit;
mod oci;
mod proof;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use clap::{Args, ValueEnum};
use indicatif::HumanBytes;
use sandgate_engine::digest;
use sandgate_fuse::{Limits, Policy, extract, fuse};
use sandgate_gate::Config;

use crate::bundle::{self, Packed};
use crate::exit::Exit;
use crate::setup;
use crate::table::Table;
use kit::{Kit, Upstream};

/// Make plain WebAssembly modules of policies: one for Envoy, or one each for the browser
///
/// The policies are the very components that run everywhere else. Each module is tried with the
/// policies' golden cases before it is written.
#[derive(Args)]
#[command(after_help = "Examples:
  sandgate fuse --target envoy -o envoy/            this binary's policies
  sandgate fuse --target envoy --config sandgate.yaml -o envoy/sandgate.wasm
  sandgate fuse --target browser target/policies/pii.wasm -o web/

For Envoy, the folder then holds the module and beside it
  envoy.yaml           a configuration that starts as it is: envoy -c envoy.yaml
  istio.yaml           for Istio
  envoy-gateway.yaml   for Envoy Gateway
  oci/                 an image layout with both shapes that these two take:
                       oras cp --from-oci-layout oci:image REGISTRY/sandgate:TAG

Exit codes:
  0  the modules are written
  1  one does not answer as its policies do, and nothing is written
  2  a policy cannot be read or fused, or a file cannot be written")]
pub(crate) struct Fuse {
    /// Policies; those of the configuration by default, or else the ones of this binary that have
    /// rules of their own
    #[arg(value_name = "POLICY.wasm")]
    policies: Vec<PathBuf>,
    /// The host that is to run them
    #[arg(long, value_enum)]
    target: Target,
    /// A folder, or for Envoy the module's file
    #[arg(short, long, value_name = "PATH")]
    output: PathBuf,
    /// What is done about which findings; it goes into Envoy's configuration
    #[arg(short, long, value_name = "FILE", conflicts_with = "policies")]
    config: Option<PathBuf>,
    /// Another filter for Envoy than this binary's
    #[arg(long, value_name = "FILE")]
    filter: Option<PathBuf>,
    /// Where Envoy sends requests on to
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8081")]
    upstream: Upstream,
    /// The most memory that a policy may have, in MiB
    #[arg(long, value_name = "MIB", default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..4096))]
    memory: u16,
    /// Write the modules without trying them
    #[arg(long)]
    untested: bool,
    /// Write the configurations anew, over what was edited in them
    #[arg(long)]
    force: bool,
}

/// A host that runs plain modules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Target {
    /// One module with all policies
    Envoy,
    /// A module for each policy
    Browser,
}

/// The policies that are asked for, packed and read.
struct Sources {
    packed: Vec<Packed>,
    policies: Vec<Policy>,
}

/// A file that is to be written.
struct Output {
    path: PathBuf,
    bytes: Vec<u8>,
    /// Nobody is to edit it by hand.
    ours: bool,
}

impl Fuse {
    /// What Envoy needs to run the policies of a configuration before this upstream, in a folder
    /// that nobody keeps.
    pub(crate) fn for_envoy(
        config: Option<PathBuf>,
        upstream: &str,
        output: PathBuf,
    ) -> Result<Self> {
        Ok(Self {
            policies: Vec::new(),
            target: Target::Envoy,
            output,
            config,
            filter: None,
            upstream: upstream.parse().context("--upstream")?,
            memory: 64,
            untested: true,
            force: false,
        })
    }

    pub(crate) fn run(self) -> Result<Exit> {
        let config = self.config.as_deref().map(setup::read_config).transpose()?;
        let sources = self.sources(config.as_ref())?;
        let limits = Limits { memory: u64::from(self.memory) << 20, ..Limits::default() };
        let failures = match self.target {
            _ if self.untested => 0,
            Target::Envoy => proof::fused(&sources, &limits)?,
            Target::Browser => proof::extracted(&sources, &limits)?,
        };
        if failures > 0 {
            return Ok(Exit::Blocked);
        }
        self.write(&match self.target {
            Target::Envoy => self.envoy(&sources.policies, &limits)?,
            Target::Browser => self.browser(&sources.policies, &limits)?,
        })?;
        Ok(Exit::Clean)
    }

    /// The policies that are asked for, by the names that the configuration has for them.
    fn sources(&self, config: Option<&Config>) -> Result<Sources> {
        let named = match config {
            Some(config) => self.configured(config)?,
            None if self.policies.is_empty() => bundle::embedded().collect(),
            None => self.policies.iter().map(|file| bundle::read(file)).collect::<Result<_>>()?,
        };
        ensure!(!named.is_empty(), bundle::NOTHING_PACKED);
        let is_asked_for = config.is_some() || !self.policies.is_empty();
        let (mut packed, mut policies): (Vec<Packed>, Vec<Policy>) = (Vec::new(), Vec::new());
        for source in named {
            let name = &source.name;
            let policy = Policy::read(name, &source.component);
            let policy = policy.with_context(|| format!("policy `{name}`"))?;
            ensure!(
                policies.iter().all(|other| other.name() != name),
                "policy `{name}`: named twice"
            );
            // One that has only its users' rules would find nothing, and cost its code.
            if is_asked_for || !policy.manifest().rules.is_empty() {
                packed.push(source);
                policies.push(policy);
            }
        }
        Ok(Sources { packed, policies })
    }

    fn configured(&self, config: &Config) -> Result<Vec<Packed>> {
        let base = self.config.as_deref().and_then(Path::parent).unwrap_or(Path::new(""));
        let policies = config.policies.iter().map(|(name, policy)| {
            let packed = match &policy.file {
                Some(file) => bundle::read(&base.join(file))?,
                None => bundle::embedded()
                    .find(|packed| packed.name == *name)
                    .with_context(|| format!("policy `{name}`: not one of this binary's"))?,
            };
            Ok(Packed { name: name.clone(), ..packed })
        });
        policies.collect()
    }

    fn envoy(&self, policies: &[Policy], limits: &Limits) -> Result<Vec<Output>> {
        let filter = match &self.filter {
            Some(file) => fs::read(file).with_context(|| file.display().to_string())?.into(),
            None => bundle::filter().context(bundle::NO_FILTER)?,
        };
        let path = match self.output.extension().is_some_and(|ending| ending == "wasm") {
            true => self.output.clone(),
            false => self.output.join("sandgate.wasm"),
        };
        let configuration = match &self.config {
            Some(file) => kit::of_file(file)?,
            None => kit::of_policies(policies.iter().map(Policy::name))?,
        };
        let module = fuse(&filter, policies, limits)?;
        Kit { path, module, configuration, upstream: self.upstream.clone() }.outputs()
    }

    fn browser(&self, policies: &[Policy], limits: &Limits) -> Result<Vec<Output>> {
        let modules = policies.iter().map(|policy| {
            let path = self.output.join(format!("{}.wasm", policy.name()));
            Ok(Output { path, bytes: extract(policy, limits)?, ours: true })
        });
        modules.collect()
    }

    /// Writes the files; one that somebody may have edited stays as it is.
    fn write(&self, outputs: &[Output]) -> Result<()> {
        let mut table = Table::new(["", "file", "digest", "size"], 3);
        for Output { path, bytes, ours } in outputs {
            let is_edited = !ours && fs::read(path).is_ok_and(|there| there != *bytes);
            let keeps = is_edited && !self.force;
            if !keeps {
                let folder = path.parent().unwrap_or(Path::new(""));
                fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
                fs::write(path, bytes).with_context(|| path.display().to_string())?;
            }
            // An image's files have their digests for names.
            if path.components().any(|part| part.as_os_str() == oci::FOLDER) {
                continue;
            }
            let what = if keeps { "kept, see --force" } else { "written" };
            let size = HumanBytes(bytes.len() as u64).to_string();
            table.push([what.to_owned(), path.display().to_string(), digest(bytes), size]);
        }
        writeln!(anstream::stdout(), "{table}")?;
        Ok(())
    }
}
