//! The stage for an exchange: Envoy with a client before it and a model behind it.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use anyhow::{Result, anyhow};
use http_body_util::BodyExt as _;
use http_body_util::Full;
use http_body_util::combinators::BoxBody;
use hyper::Response;
use hyper::body::{Bytes, Incoming};
use hyper::http::request::Builder;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use sandgate_fuse::{Limits, Policy, fuse};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::claims::Proxy;
use crate::gateway::{Asked, it, model, with_policy};
use crate::proxy::{Envoy, filter, shared};
use crate::resources::Stand;

pub(crate) type Sent = BoxBody<Bytes, std::io::Error>;

/// Envoy between a client and a model.
pub(crate) struct Stage {
    pub(crate) envoy: &'static Envoy,
    pub(crate) stand: Stand,
    pub(crate) address: SocketAddr,
    pub(crate) asked: mpsc::UnboundedReceiver<Asked>,
}

impl Stage {
    /// With these keys of configuration besides the policy, which finds every `*`.
    pub(crate) async fn new(config: Value) -> Result<Self> {
        Self::with(config, |_| {}).await
    }

    /// The same with another listener than usual.
    pub(crate) async fn with(config: Value, change: impl FnOnce(&mut Stand)) -> Result<Self> {
        let (model, asked) = model().await?;
        let envoy = shared().await?;
        let mut stand = stand(module("it", || Ok(vec![("it".to_owned(), it()?)]))?, model);
        stand.config = with_policy(config);
        change(&mut stand);
        let address = envoy.take(stand.clone()).await?;
        Ok(Self { envoy, stand, address, asked })
    }
}

impl Proxy for Stage {
    async fn configured(config: Value) -> Result<Self> {
        Self::new(config).await
    }

    fn send_with(
        &self,
        request: Builder,
        body: impl Into<Bytes>,
    ) -> JoinHandle<Result<Response<Incoming>>> {
        send(self.address, false, request, whole_body(body))
    }

    fn model(&mut self) -> &mut mpsc::UnboundedReceiver<Asked> {
        &mut self.asked
    }
}

/// A listener of its own name.
pub(crate) fn stand(module: PathBuf, model: SocketAddr) -> Stand {
    static COUNT: AtomicU32 = AtomicU32::new(1);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    Stand {
        name: format!("stand-{number}"),
        host: Ipv4Addr::from_bits(Ipv4Addr::new(127, 1, 0, 0).to_bits() + number),
        module,
        config: json!({}),
        model,
        http2: false,
        buffer: 4 << 20,
        holds: true,
        access_log: None,
        before: Vec::new(),
        transport: None,
    }
}

/// The filter with these policies, in a file. It is fused once for each name.
pub(crate) fn module(
    name: &'static str,
    policies: impl FnOnce() -> Result<Vec<(String, Vec<u8>)>>,
) -> Result<PathBuf> {
    static FOLDER: OnceLock<tempfile::TempDir> = OnceLock::new();
    static FUSING: std::sync::Mutex<()> = std::sync::Mutex::new(());
    let _guard = FUSING.lock().map_err(|_| anyhow!("fusing panicked"))?;
    let folder = FOLDER.get_or_init(|| tempfile::tempdir().expect("there is a place for files"));
    let file = folder.path().join(format!("{name}.wasm"));
    if !file.is_file() {
        let policies = policies()?.into_iter().map(|(name, component)| {
            Policy::read(&name, &component).map_err(|e| anyhow!("{name}: {e}"))
        });
        let policies = policies.collect::<Result<Vec<_>>>()?;
        let fused = fuse(&filter()?, &policies, &Limits::default()).map_err(|e| anyhow!("{e}"))?;
        std::fs::write(&file, fused)?;
    }
    Ok(file)
}

/// Runs a claim. Envoy compiles every module for it, and everybody else's.
pub(crate) fn run(claim: impl Future<Output = Result<()>>) -> Result<()> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async { tokio::time::timeout(Duration::from_mins(5), claim).await })?
}

pub(crate) fn whole_body(bytes: impl Into<Bytes>) -> Sent {
    Full::new(bytes.into()).map_err(|never| match never {}).boxed()
}

/// Sends a request to whoever listens there, with HTTP/2 or 1.1.
pub(crate) fn send(
    to: SocketAddr,
    http2: bool,
    request: Builder,
    body: Sent,
) -> JoinHandle<Result<Response<Incoming>>> {
    tokio::spawn(async move {
        let mut request = request.body(body)?;
        *request.uri_mut() = format!("http://{to}{}", request.uri()).parse()?;
        let client = Client::builder(TokioExecutor::new()).http2_only(http2).build_http();
        Ok(client.request(request).await?)
    })
}
