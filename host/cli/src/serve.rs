//! `sandgate serve`: the gateway.

use std::io::IsTerminal as _;
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context as _, Result};
use clap::Args;
use sandgate_gateway::{Gateway, Upstream};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
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
    /// Where requests go on to; a path is put before theirs
    #[arg(short, long, value_name = "URL")]
    upstream: String,
    /// How many seconds exchanges may go on after it was told to stop
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    drain: u64,
    #[command(flatten)]
    setup: Setup,
}

impl Serve {
    pub(crate) fn run(self) -> Result<Exit> {
        let upstream = Upstream::new(&self.upstream).context("--upstream")?;
        let (guard, config) = self.setup.configured()?;
        log();
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(async {
            let listener = TcpListener::bind(self.listen).await;
            let listener = listener.with_context(|| format!("--listen {}", self.listen))?;
            let stop = stopped().context("signals")?;
            anstream::eprintln!("listening on http://{}", listener.local_addr()?);
            let drain = Duration::from_secs(self.drain);
            Gateway::new(guard, config, upstream).serve(listener, stop, drain).await;
            Ok(Exit::Clean)
        })
    }
}

/// Ends when the process is told to.
fn stopped() -> std::io::Result<impl Future<Output = ()>> {
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
        .with_env_filter(asked.unwrap_or_else(|_| EnvFilter::new("warn,sandgate_gateway=info")))
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
}
