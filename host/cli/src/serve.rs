//! `sandgate serve`: the gateway.

use std::io::IsTerminal as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use clap::{Args, value_parser};
use sandgate_gate::UpstreamConfig;
use sandgate_gateway::{Gateway, Setting, Tls, Upstream, check_identity};
use sandgate_mock::Mock;
use sha2::{Digest as _, Sha256};
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tracing_subscriber::EnvFilter;

use crate::exit::Exit;
use crate::setup::Setup;

/// Stand between clients and a language model, and put what passes through the policies
///
/// Clients use the gateway's address instead of the provider's, with the key they always use.
/// Prompts are looked at whole, answers while they stream. A refused exchange is told in the
/// provider's own shape. What is logged has names and numbers, and no text.
#[derive(Args)]
#[command(after_help = "Examples:
  sandgate serve --upstream https://api.openai.com
  sandgate serve --upstream mock        # a stand-in for every provider: no key, no network
  OPENAI_BASE_URL=http://127.0.0.1:8080/v1 python chat.py

  /healthz answers while it runs, /readyz while it takes new work. The environment's RUST_LOG says
  how much is logged.

Exit codes:
  0  stopped by SIGTERM or SIGINT
  2  could not start")]
pub(crate) struct Serve {
    /// The address to listen on
    #[arg(short, long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Where requests go on to, instead of to the configuration's `upstreams`; a path is put before
    /// theirs. `mock` is an embedded stand-in that echoes
    #[arg(short, long, value_name = "URL|mock")]
    upstream: Option<String>,
    /// Speak TLS with this certificate, and those that vouch for it, in PEM
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The certificate's key, in PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// How many seconds exchanges may go on after it was told to stop
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    drain: u64,
    /// How many exchanges may be looked at or stream at a time: about half a megabyte each. One more
    /// is answered with 503
    #[arg(long, value_name = "N", default_value_t = 2000, value_parser = value_parser!(u32).range(1..=MOST))]
    exchanges: u32,
    #[command(flatten)]
    setup: Setup,
}

/// Each exchange has addresses of its own, of which a machine has so many.
const MOST: i64 = 10_000;

impl Serve {
    pub(crate) fn run(mut self) -> Result<Exit> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        if self.upstream.as_deref() == Some("mock") {
            let mock = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))?;
            let url = format!("http://{}", mock.local_addr()?);
            anstream::eprintln!("the mock listens on {url}, what it sees is at {url}/mock/seen");
            runtime.spawn(Mock::new().serve(mock, std::future::pending()));
            self.upstream = Some(url);
        }
        let serve = Arc::new(self);
        // Before the configuration is read: a change while that goes on is one.
        let watch = runtime.block_on(async { Watch::new(serve.setup.config_file()) });
        let watch = watch.context("signals")?;
        let gateway = Gateway::new(serve.setting()?);
        log();
        runtime.block_on(async {
            let listener = TcpListener::bind(serve.listen).await;
            let listener = listener.with_context(|| format!("--listen {}", serve.listen))?;
            let stop = stopped().context("signals")?;
            let scheme = if serve.tls_cert.is_some() { "https" } else { "http" };
            anstream::eprintln!("listening on {scheme}://{}", listener.local_addr()?);
            let drain = Duration::from_secs(serve.drain);
            let watch = tokio::spawn(watch.run({
                let gateway = gateway.clone();
                move || serve.reload(&gateway)
            }));
            gateway.serve(listener, stop, drain).await;
            watch.abort();
            Ok(Exit::Clean)
        })
    }

    /// What the flags and the configuration say.
    fn setting(&self) -> Result<Setting> {
        let (guard, mut config, base) = self.setup.configured(self.exchanges)?;
        check_identity(&config)?;
        if let Some(url) = &self.upstream {
            Upstream::new(url).context("--upstream")?;
            config.upstreams = vec![UpstreamConfig::at(url)];
        }
        ensure!(
            !config.upstreams.is_empty(),
            "no upstream, expected `upstreams` in the configuration or --upstream URL"
        );
        let upstreams = Upstream::all(&config, &base)?;
        let files = self.tls_cert.as_ref().zip(self.tls_key.as_ref());
        let tls = files.map(|(cert, key)| Tls::from_files(cert, key)).transpose()?;
        Ok(Setting { guard, config, upstreams, tls })
    }

    /// Takes the configuration as it is now, or goes on with the one there was.
    fn reload(&self, gateway: &Gateway) {
        match self.setting() {
            Ok(setting) => {
                gateway.replace(setting);
                tracing::info!("the configuration was read anew");
            }
            Err(error) => {
                let error = format!("{error:#}");
                tracing::error!(error, "the configuration was not taken, the old one goes on");
            }
        }
    }
}

/// Looks for a reason to read the configuration anew: SIGHUP, or another file than before.
struct Watch {
    file: Option<PathBuf>,
    last: Option<[u8; 32]>,
    hangup: Signal,
}

/// How often the file is looked at.
const EVERY: Duration = Duration::from_secs(1);

impl Watch {
    fn new(file: Option<PathBuf>) -> std::io::Result<Self> {
        let mut watch = Self { file, last: None, hangup: signal(SignalKind::hangup())? };
        watch.last = watch.digest();
        Ok(watch)
    }

    async fn run(mut self, reload: impl Fn() + Clone + Send + 'static) {
        loop {
            tokio::select! {
                _ = self.hangup.recv() => self.last = self.digest(),
                () = tokio::time::sleep(EVERY) => match self.digest() {
                    // A file that is being replaced is not there for a moment.
                    None => continue,
                    same if same == self.last => continue,
                    other => self.last = other,
                },
            }
            // Compiling policies takes a while: exchanges go on.
            let _ = tokio::task::spawn_blocking(reload.clone()).await;
        }
    }

    fn digest(&self) -> Option<[u8; 32]> {
        Some(Sha256::digest(std::fs::read(self.file.as_ref()?).ok()?).into())
    }
}

/// Ends when the process is told to.
pub(crate) fn stopped() -> std::io::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// What the gateway tells goes to standard error, a line an exchange.
fn log() {
    let asked = EnvFilter::try_from_default_env();
    tracing_subscriber::fmt()
        .with_env_filter(
            asked.unwrap_or_else(|_| EnvFilter::new("warn,sandgate=info,sandgate_gateway=info")),
        )
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
}
