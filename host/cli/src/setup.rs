//! From flags to a guard: which configuration, which policies, where compiled code is kept.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use clap::{Args, ValueEnum};
use sandgate_engine::{Engine, Guard, Isolation, Library, Options};
use sandgate_gate::Config;

use crate::bundle;

/// What is read where no `--config` is given.
const DEFAULT_CONFIG: &str = "sandgate.yaml";

/// The flags of every command that runs policies.
#[derive(Args)]
#[command(next_help_heading = "Policies")]
pub(crate) struct Setup {
    /// What is done about which findings; ./sandgate.yaml where it is there, else all policies as
    /// they come
    #[arg(short, long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// A folder of more packed policies; also the environment's SANDGATE_POLICIES
    #[arg(long, value_name = "DIR")]
    policies: Vec<PathBuf>,
    /// Whether policies start afresh for every text
    #[arg(long, value_enum, default_value = "pooled")]
    isolation: IsolationArg,
    /// Compile policies anew instead of keeping compiled code in the user's cache folder
    #[arg(long)]
    no_cache: bool,
}

/// How far one text is kept from the next.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum IsolationArg {
    /// Instances are used again
    Pooled,
    /// A fresh instance for every text, so that no memory survives
    Exchange,
}

impl Setup {
    /// The guard that these flags ask for.
    pub(crate) fn guard(&self) -> Result<Guard> {
        Ok(self.timed_guard()?.0)
    }

    /// The same, and how long it took to load.
    pub(crate) fn timed_guard(&self) -> Result<(Guard, Duration)> {
        self.build(None, self.options())
    }

    /// A guard with these options, of the policies of these names as they come, or else of the ones
    /// that the flags ask for.
    pub(crate) fn build(
        &self,
        names: Option<&[String]>,
        options: Options,
    ) -> Result<(Guard, Duration)> {
        let start = Instant::now();
        let library = bundle::library(&self.policies)?;
        let engine = Engine::new(options)?;
        let (config, base) = self.read(names, &library)?;
        let guard = engine.guard(&config, &library, &base)?;
        Ok((guard, start.elapsed()))
    }

    /// The guard that these flags ask for, with room for so many exchanges at a time, the
    /// configuration that it was made of, and the folder that the configuration's files are relative
    /// to.
    pub(crate) fn configured(&self, exchanges: u32) -> Result<(Guard, Config, PathBuf)> {
        let library = bundle::library(&self.policies)?;
        let (config, base) = self.read(None, &library)?;
        let policies = u32::try_from(config.policies.len()).unwrap_or(u32::MAX);
        let instances = exchanges.saturating_mul(policies);
        let engine = Engine::new(Options { instances, ..self.options() })
            .with_context(|| format!("--exchanges {exchanges}, of {policies} policies each"))?;
        Ok((engine.guard(&config, &library, &base)?, config, base))
    }

    fn read(&self, names: Option<&[String]>, library: &Library) -> Result<(Config, PathBuf)> {
        if let (None, Some(file)) = (names, self.config_file()) {
            let base = file.parent().unwrap_or(Path::new("")).to_owned();
            return Ok((read_config(&file)?, base));
        }
        let all = || library.names().map(str::to_owned).collect();
        let names: Vec<String> = names.map_or_else(all, <[String]>::to_vec);
        ensure!(!names.is_empty(), bundle::NOTHING_PACKED);
        Ok((Config::with_policies(names), PathBuf::new()))
    }

    /// The file that is read, if any.
    pub(crate) fn config_file(&self) -> Option<PathBuf> {
        let default = || Some(PathBuf::from(DEFAULT_CONFIG)).filter(|file| file.is_file());
        self.config.clone().or_else(default)
    }

    /// What the flags say about the engine.
    pub(crate) fn options(&self) -> Options {
        let isolation = match self.isolation {
            IsolationArg::Pooled => Isolation::Pooled,
            IsolationArg::Exchange => Isolation::Exchange,
        };
        let cache = if self.no_cache { None } else { cache_folder() };
        Options { isolation, cache, ..Options::default() }
    }
}

/// Where compiled code is kept: `SANDGATE_CACHE`, or the user's cache folder.
pub(crate) fn cache_folder() -> Option<PathBuf> {
    let variable = |name| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    let user = || Some(variable("XDG_CACHE_HOME").or_else(home_cache)?.join("sandgate"));
    variable("SANDGATE_CACHE").or_else(user)
}

fn home_cache() -> Option<PathBuf> {
    Some(std::env::home_dir()?.join(".cache"))
}

/// A configuration in a file, YAML or JSON.
pub(crate) fn read_config(file: &Path) -> Result<Config> {
    let text = bundle::read_text(file)?;
    let name = file.display().to_string();
    let is_json = file.extension().is_some_and(|ending| ending == "json");
    let config =
        if is_json { Config::from_json(&text, &name) } else { Config::from_yaml(&text, &name) };
    let config = config?;
    ensure!(!config.policies.is_empty(), "{name}: policies: none, expected at least one");
    Ok(config)
}
