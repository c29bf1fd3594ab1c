//! A reverse proxy in front of a language model: every request and every response passes the
//! policies on its way, streams while they stream.
//!
//! What passes and how is the gate's business ([`sandgate_gate::Transit`]); here are the sockets.
//! A request is collected, because it must not leave before its end was seen. A response leaves
//! while it comes, at the pace of its reader: nothing is read from the model before the client took
//! what was there, and a client that goes away takes the connection to the model with it.
//!
//! It keeps no text: what it logs are the names and numbers of a [`sandgate_gate::Report`].

mod client;
mod exchange;
mod head;
mod identity;
mod passage;
mod playground;
mod tls;
mod upstream;

use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use arc_swap::ArcSwap;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use sandgate_engine::Guard;
use sandgate_gate::Config;
use tokio::net::TcpListener;
use tokio_io_timeout::TimeoutStream;

pub use identity::check_identity;
pub use tls::{Tls, TlsError};
pub use upstream::{Upstream, UpstreamError};

/// How long a client may take for a handshake, for the head of a request, for its body, and for taking
/// more of a response.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long nothing is accepted after an error, which is most often too many open files.
const PAUSE: Duration = Duration::from_millis(50);

/// The proxy. Its clones are the same one.
#[derive(Debug, Clone)]
pub struct Gateway(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    setting: ArcSwap<Setting>,
    patience: Duration,
    /// It goes away, and wants no new work.
    leaving: AtomicBool,
}

/// What a configuration makes: an exchange has the same one from its beginning to its end.
#[derive(Debug)]
pub struct Setting {
    /// Its policies.
    pub guard: Guard,
    /// Itself.
    pub config: Config,
    /// Where requests go on to, in its order.
    pub upstreams: Vec<Upstream>,
    /// What clients are shown; without it they speak plain HTTP.
    pub tls: Option<Tls>,
}

impl Gateway {
    /// A gateway with this setting.
    pub fn new(setting: Setting) -> Self {
        Self::with_patience(setting, PATIENCE)
    }

    /// The same, where a client may take so long for a handshake, for the head of a request, for its
    /// body, and for taking more of a response.
    pub fn with_patience(setting: Setting, patience: Duration) -> Self {
        let (setting, leaving) = (ArcSwap::from_pointee(setting), AtomicBool::new(false));
        Self(Arc::new(Shared { setting, patience, leaving }))
    }

    /// From now on exchanges begin with this setting; those under way keep theirs.
    pub fn replace(&self, setting: Setting) {
        self.0.setting.store(Arc::new(setting));
    }

    /// Answers whoever connects until `stop`; then lets what is under way finish, for as long as
    /// `drain`.
    pub async fn serve(
        self,
        listener: TcpListener,
        stop: impl Future<Output = ()>,
        drain: Duration,
    ) {
        let mut server = auto::Builder::new(TokioExecutor::new());
        server.http1().timer(TokioTimer::new()).header_read_timeout(self.0.patience);
        server.http2().timer(TokioTimer::new());
        let graceful = GracefulShutdown::new();
        let mut stop = std::pin::pin!(stop);
        loop {
            let stream = tokio::select! {
                accepted = listener.accept() => match accepted {
                    Ok((stream, _)) => stream,
                    Err(error) => {
                        tracing::warn!(%error, "a connection was not accepted");
                        tokio::time::sleep(PAUSE).await;
                        continue;
                    }
                },
                () = &mut stop => break,
            };
            // Small events must not wait for more.
            let _ = stream.set_nodelay(true);
            let shared = Arc::clone(&self.0);
            let service = service_fn(move |request| {
                let shared = Arc::clone(&shared);
                async move { Ok::<_, Infallible>(exchange::answer(&shared, request).await) }
            });
            let patience = self.0.patience;
            let mut stream = TimeoutStream::new(stream);
            // A response whose reader takes nothing holds what it needs no longer than this.
            stream.set_write_timeout(Some(patience));
            let stream = Box::pin(stream);
            let tls = self.0.setting.load().tls.clone();
            let (server, watcher) = (server.clone(), graceful.watcher());
            tokio::spawn(async move {
                let ended = match tls {
                    None => {
                        let plain = TokioIo::new(stream);
                        watcher.watch(server.serve_connection(plain, service).into_owned()).await
                    }
                    Some(tls) => {
                        let Some(secured) = tls.accept(stream, patience).await else { return };
                        let secured = TokioIo::new(secured);
                        watcher.watch(server.serve_connection(secured, service).into_owned()).await
                    }
                };
                // A client that left, or spoke no HTTP: its own affair.
                if let Err(error) = ended {
                    tracing::debug!(error, "a connection ended early");
                }
            });
        }
        drop(listener);
        self.0.leaving.store(true, Ordering::Relaxed);
        let drained = tokio::time::timeout(drain, graceful.shutdown()).await;
        if drained.is_err() {
            tracing::warn!("exchanges were cut off: they took longer than the drain time");
        }
    }
}
