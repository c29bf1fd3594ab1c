//! The stage for an exchange: the gateway with a client before it and a model behind it.

use std::future::Future;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::body::{Bytes, Frame, Incoming};
use hyper::header::HeaderMap;
use hyper::http::request::Builder;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use sandgate_engine::{Engine, Library, Options};
use sandgate_gate::{Config, UpstreamConfig};
use sandgate_gateway::{Gateway, Setting, Upstream};
use sandgate_tests::hostile::{manifest, policy, with_manifest};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::claims::Proxy;

pub(crate) const CHAT: &str = "/v1/chat/completions";

/// Traps on a text that begins with `!`.
const TRAP: &str = "
(func $misbehave (param $exchange i32) (param $text i32) (param $len i32) (result i32)
  (unreachable))";

/// How many exchanges may be looked at at a time.
pub(crate) const INSTANCES: u32 = 16;

pub(crate) type Body = UnsyncBoxBody<Bytes, std::io::Error>;

/// Where the pieces of an answer are put; it ends when this is dropped. `http_body_util`'s channel may
/// lose the last one (0.1.5), where it comes while the channel is looked at.
pub(crate) struct Chunks(mpsc::Sender<std::io::Result<Frame<Bytes>>>);

impl Chunks {
    fn new() -> (Self, Body) {
        let (sender, mut pieces) = mpsc::channel(1);
        let stream = futures_util::stream::poll_fn(move |cx| pieces.poll_recv(cx));
        (Self(sender), StreamBody::new(stream).boxed_unsync())
    }

    pub(crate) async fn send_data(&mut self, data: Bytes) -> Result<()> {
        self.send(Ok(Frame::data(data))).await
    }

    pub(crate) async fn send_trailers(&mut self, trailers: HeaderMap) -> Result<()> {
        self.send(Ok(Frame::trailers(trailers))).await
    }

    /// Breaks the answer off after what was sent.
    pub(crate) async fn abort(mut self) -> Result<()> {
        self.send(Err(std::io::Error::other("reset"))).await
    }

    async fn send(&mut self, piece: std::io::Result<Frame<Bytes>>) -> Result<()> {
        self.0.send(piece).await.ok().context("nobody reads the answer")
    }
}

/// A request that reached the model.
pub(crate) struct Asked {
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) answer: oneshot::Sender<Response<Body>>,
}

/// A gateway between a client and a model.
pub(crate) struct Stage {
    pub(crate) gateway: SocketAddr,
    pub(crate) running: Gateway,
    pub(crate) asked: mpsc::UnboundedReceiver<Asked>,
    pub(crate) stop: Option<oneshot::Sender<()>>,
    pub(crate) served: JoinHandle<()>,
}

impl Stage {
    /// With these lines of configuration besides the policy, which finds every `*`.
    pub(crate) async fn new(config: &str) -> Result<Self> {
        let (model, asked) = model().await?;
        Self::before(&format!("http://{model}/base/"), asked, config).await
    }

    pub(crate) async fn before(
        upstream: &str,
        asked: mpsc::UnboundedReceiver<Asked>,
        config: &str,
    ) -> Result<Self> {
        Self::of(Gateway::new(setting(&with_it(config), upstream)?), asked).await
    }

    /// With a gateway that waits for a client no longer than this.
    pub(crate) async fn impatient(patience: Duration) -> Result<Self> {
        let (model, asked) = model().await?;
        let setting = setting(&with_it(""), &format!("http://{model}"))?;
        Self::of(Gateway::with_patience(setting, patience), asked).await
    }

    async fn of(running: Gateway, asked: mpsc::UnboundedReceiver<Asked>) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let gateway = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel::<()>();
        let served = running.clone().serve(
            listener,
            async move {
                let _ = stopped.await;
            },
            Duration::from_secs(20),
        );
        Ok(Self { gateway, running, asked, stop: Some(stop), served: tokio::spawn(served) })
    }

    /// What a whole response becomes on its way.
    pub(crate) async fn exchange(
        &mut self,
        prompt: &str,
        answer: &str,
    ) -> Result<(StatusCode, String)> {
        let client = self.send(CHAT, prompt.to_owned());
        let asked = self.asked().await?;
        let mut chunks = asked.answers(200, "application/json")?;
        chunks.send_data(Bytes::from(answer.to_owned())).await?;
        drop(chunks);
        whole(client.await??).await
    }
}

impl Proxy for Stage {
    async fn configured(config: Value) -> Result<Self> {
        Self::new(&with_policy(config).to_string()).await
    }

    fn send_with(
        &self,
        request: Builder,
        body: impl Into<Bytes>,
    ) -> JoinHandle<Result<Response<Incoming>>> {
        let (gateway, body) = (self.gateway, Full::new(body.into()));
        tokio::spawn(async move {
            let mut request = request.body(body)?;
            let url = format!("http://{gateway}{}", request.uri());
            *request.uri_mut() = url.parse()?;
            let client = Client::builder(TokioExecutor::new()).build_http();
            Ok(client.request(request).await?)
        })
    }

    fn model(&mut self) -> &mut mpsc::UnboundedReceiver<Asked> {
        &mut self.asked
    }
}

impl Asked {
    pub(crate) fn answers(self, status: u16, content_type: &str) -> Result<Chunks> {
        let headers = [("content-type", content_type), ("connection", "x-hop"), ("x-hop", "1")];
        self.answers_with(status, &headers)
    }

    pub(crate) fn answers_with(self, status: u16, headers: &[(&str, &str)]) -> Result<Chunks> {
        let (chunks, body) = Chunks::new();
        let head = Response::builder().status(status);
        let head = headers.iter().fold(head, |head, (name, value)| head.header(*name, *value));
        let response = head.body(body)?;
        ensure!(self.answer.send(response).is_ok(), "the gateway left");
        Ok(chunks)
    }
}

/// A configuration with a policy, which finds every `*`.
pub(crate) fn with_policy(mut config: Value) -> Value {
    if config.get("policies").is_none() {
        config["policies"] = json!({ "it": null });
    }
    config
}

/// The same of one in YAML.
fn with_it(config: &str) -> String {
    let is_whole = config.starts_with("policies:") || config.starts_with('{');
    if is_whole { config.to_owned() } else { format!("policies: {{ it: }}\n{config}") }
}

/// What a configuration makes, with one upstream where it names none.
pub(crate) fn setting(config: &str, upstream: &str) -> Result<Setting> {
    let mut config = Config::from_yaml(config, "sandgate.yaml")?;
    if config.upstreams.is_empty() {
        config.upstreams = vec![UpstreamConfig::at(upstream)];
    }
    let mut library = Library::new();
    library.insert("it", it()?);
    let engine = Engine::new(Options { instances: INSTANCES, ..Options::default() })?;
    let guard = engine.guard(&config, &library, Path::new("."))?;
    let upstreams = Upstream::all(&config, Path::new("."))?;
    Ok(Setting { guard, config, upstreams, tls: None })
}

/// A policy that finds every `*`, and traps on a text that begins with `!`.
pub(crate) fn it() -> Result<Vec<u8>> {
    Ok(with_manifest(policy(TRAP)?, manifest("it").to_string()))
}

/// A model that answers as the test tells it.
pub(crate) async fn model() -> Result<(SocketAddr, mpsc::UnboundedReceiver<Asked>)> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let (ask, asked) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let ask = ask.clone();
            let service = service_fn(move |request| model_answers(ask.clone(), request));
            tokio::spawn(async move {
                let server = auto::Builder::new(TokioExecutor::new());
                let _ = server.serve_connection(TokioIo::new(stream), service).await;
            });
        }
    });
    Ok((address, asked))
}

pub(crate) async fn model_answers(
    ask: mpsc::UnboundedSender<Asked>,
    request: Request<Incoming>,
) -> Result<Response<Body>> {
    let (head, body) = request.into_parts();
    let body = body.collect().await?.to_bytes();
    let (answer, answered) = oneshot::channel();
    let path = head.uri.to_string();
    ask.send(Asked { path, headers: head.headers, body, answer })?;
    Ok(answered.await?)
}

pub(crate) async fn whole(response: Response<Incoming>) -> Result<(StatusCode, String)> {
    let (head, body) = response.into_parts();
    Ok((head.status, String::from_utf8(body.collect().await?.to_bytes().to_vec())?))
}

/// Runs a claim, which takes seconds at the very most.
pub(crate) fn run(claim: impl Future<Output = Result<()>>) -> Result<()> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async { tokio::time::timeout(Duration::from_secs(60), claim).await })?
}

pub(crate) fn prompt(text: &str, stream: bool) -> String {
    format!(
        r#"{{"model":"m", "stream":{stream}, "messages":[{{"role":"user","content":"{text}"}}]}}"#
    )
}

pub(crate) fn event(text: &str) -> String {
    format!("data: {{\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{text}\"}}}}]}}\n\n")
}
