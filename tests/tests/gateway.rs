//! The gateway as its users meet it, over real sockets: the tests are the model and the client.

use std::future::Future;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use http_body_util::channel::{Channel, Sender};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::HeaderMap;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use sandgate_engine::{Engine, Guard, Library, Options};
use sandgate_gate::{Config, UpstreamConfig};
use sandgate_gateway::{Gateway, Setting, Upstream};
use sandgate_tests::hostile::{manifest, policy, with_manifest};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

const CHAT: &str = "/v1/chat/completions";

/// Traps on a text that begins with `!`.
const TRAP: &str = "
(func $misbehave (param $exchange i32) (param $text i32) (param $len i32) (result i32)
  (unreachable))";

type Body = Channel<Bytes, std::io::Error>;
type Chunks = Sender<Bytes, std::io::Error>;

/// A request that reached the model.
struct Asked {
    path: String,
    headers: HeaderMap,
    body: String,
    answer: oneshot::Sender<Response<Body>>,
}

/// A gateway between a client and a model.
struct Stage {
    gateway: SocketAddr,
    running: Gateway,
    asked: mpsc::UnboundedReceiver<Asked>,
    stop: Option<oneshot::Sender<()>>,
    served: JoinHandle<()>,
}

impl Stage {
    /// With these lines of configuration besides the policy, which finds every `*`.
    async fn new(config: &str) -> Result<Self> {
        let (model, asked) = model().await?;
        Self::before(&format!("http://{model}/base/"), asked, config).await
    }

    async fn before(
        upstream: &str,
        asked: mpsc::UnboundedReceiver<Asked>,
        config: &str,
    ) -> Result<Self> {
        let config = if config.starts_with("policies:") {
            config.to_owned()
        } else {
            format!("policies: {{ it: }}\n{config}")
        };
        let setting = setting(&config, upstream)?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let gateway = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel::<()>();
        let running = Gateway::new(setting);
        let served = running.clone().serve(
            listener,
            async move {
                let _ = stopped.await;
            },
            Duration::from_secs(20),
        );
        Ok(Self { gateway, running, asked, stop: Some(stop), served: tokio::spawn(served) })
    }

    /// Sends a request, which is under way when this returns.
    fn send(&self, path: &str, body: impl Into<Bytes>) -> JoinHandle<Result<Response<Incoming>>> {
        self.send_with(Request::post(path), body)
    }

    fn send_with(
        &self,
        request: hyper::http::request::Builder,
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

    async fn asked(&mut self) -> Result<Asked> {
        self.asked.recv().await.context("the model was not asked")
    }

    /// What a whole response becomes on its way.
    async fn exchange(&mut self, prompt: &str, answer: &str) -> Result<(StatusCode, String)> {
        let client = self.send(CHAT, prompt.to_owned());
        let asked = self.asked().await?;
        let mut chunks = asked.answers(200, "application/json")?;
        chunks.send_data(Bytes::from(answer.to_owned())).await?;
        drop(chunks);
        whole(client.await??).await
    }
}

impl Asked {
    fn answers(self, status: u16, content_type: &str) -> Result<Chunks> {
        let (chunks, body) = Channel::new(1);
        let head = Response::builder().status(status).header("content-type", content_type);
        let response = head.header("connection", "x-hop").header("x-hop", "1").body(body)?;
        ensure!(self.answer.send(response).is_ok(), "the gateway left");
        Ok(chunks)
    }
}

/// What a configuration makes, with one upstream where it names none.
fn setting(config: &str, upstream: &str) -> Result<Setting> {
    let mut config = Config::from_yaml(config, "sandgate.yaml")?;
    if config.upstreams.is_empty() {
        config.upstreams = vec![UpstreamConfig::at(upstream)];
    }
    let mut library = Library::new();
    library.insert("it", with_manifest(policy(TRAP)?, manifest("it").to_string()));
    let engine = Engine::new(Options { instances: 16, ..Options::default() })?;
    let guard = Guard::new(&engine, &config, &library, Path::new("."))?;
    let upstreams = Upstream::all(&config, Path::new("."))?;
    Ok(Setting { guard, config, upstreams })
}

/// A model that answers as the test tells it.
async fn model() -> Result<(SocketAddr, mpsc::UnboundedReceiver<Asked>)> {
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

async fn model_answers(
    ask: mpsc::UnboundedSender<Asked>,
    request: Request<Incoming>,
) -> Result<Response<Body>> {
    let (head, body) = request.into_parts();
    let body = String::from_utf8(body.collect().await?.to_bytes().to_vec())?;
    let (answer, answered) = oneshot::channel();
    let path = head.uri.to_string();
    ask.send(Asked { path, headers: head.headers, body, answer })?;
    Ok(answered.await?)
}

async fn whole(response: Response<Incoming>) -> Result<(StatusCode, String)> {
    let (head, body) = response.into_parts();
    Ok((head.status, String::from_utf8(body.collect().await?.to_bytes().to_vec())?))
}

/// Runs a claim, which takes seconds at the very most.
fn run(claim: impl Future<Output = Result<()>>) -> Result<()> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async { tokio::time::timeout(Duration::from_secs(60), claim).await })?
}

fn prompt(text: &str, stream: bool) -> String {
    format!(
        r#"{{"model":"m", "stream":{stream}, "messages":[{{"role":"user","content":"{text}"}}]}}"#
    )
}

fn event(text: &str) -> String {
    format!("data: {{\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{text}\"}}}}]}}\n\n")
}

#[test]
fn text_is_edited_on_both_ways_and_the_rest_of_the_bytes_is_not() -> Result<()> {
    run(async {
        let mut stage = Stage::new("").await?;
        let request = Request::post("/v1/chat/completions?a=b").header("authorization", "key");
        let client = stage.send_with(request, prompt("a*b", false));
        let asked = stage.asked().await?;
        assert_eq!(asked.path, "/base/v1/chat/completions?a=b");
        assert_eq!(asked.body, prompt("a<STAR>b", false));
        assert_eq!(asked.headers["authorization"], "key");
        assert_eq!(asked.headers["accept-encoding"], "identity");
        let answer =
            |text: &str| format!(r#"{{ "choices":[{{"message":{{"content":"{text}"}}}}]}}"#);
        let mut chunks = asked.answers(200, "application/json")?;
        for chunk in answer("c\\u002ad").as_bytes().chunks(5) {
            chunks.send_data(Bytes::copy_from_slice(chunk)).await?;
        }
        drop(chunks);
        let response = client.await??;
        assert_eq!(response.headers()["x-sandgate"], "edited");
        assert!(!response.headers().contains_key("x-hop"));
        assert_eq!(whole(response).await?, (StatusCode::OK, answer("c<STAR>d")));
        Ok(())
    })
}

#[test]
fn an_event_reaches_the_client_before_the_next_one_is_there() -> Result<()> {
    run(async {
        let mut stage = Stage::new("").await?;
        let client = stage.send(CHAT, prompt("hi", true));
        let mut chunks = stage.asked().await?.answers(200, "text/event-stream")?;
        chunks.send_data(event("one").into()).await?;
        let mut response = client.await??;
        let mut next = async || -> Result<String> {
            let frame = response.frame().await.context("it ended")??;
            Ok(String::from_utf8(frame.into_data().ok().context("no data")?.to_vec())?)
        };
        assert_eq!(next().await?, event("one"));
        for (said, read) in [("t*o", "t<STAR>o"), ("three", "three")] {
            chunks.send_data(event(said).into()).await?;
            assert_eq!(next().await?, event(read));
        }
        Ok(())
    })
}

#[test]
fn a_refused_prompt_never_reaches_the_model() -> Result<()> {
    run(async {
        let block = "policies: { it: { actions: { STAR: block } } }";
        let mut stage = Stage::new(block).await?;
        for path in [CHAT, "/v1/messages", "/v1/anything/else"] {
            let (status, body) = whole(stage.send(path, prompt("a*b", false)).await??).await?;
            assert_eq!(status, 403, "{path}");
            assert!(body.contains("STAR") && !body.contains("a*b"), "{path}: {body}");
        }
        assert!(stage.asked.try_recv().is_err());
        Ok(())
    })
}

#[test]
fn a_route_says_which_policies_look() -> Result<()> {
    run(async {
        let routes = "routes: [{ match: { path: /v1/*, headers: { x-team: it } }, policies: [] }]";
        let mut stage = Stage::new(routes).await?;
        for (path, team, seen) in
            [(CHAT, "it", "a*b"), (CHAT, "hr", "a<STAR>b"), ("/v1/../x", "it", "a<STAR>b")]
        {
            let request = Request::post(path).header("x-team", team);
            let client = stage.send_with(request, prompt("a*b", false));
            let asked = stage.asked().await?;
            assert_eq!(asked.body, prompt(seen, false), "{path} {team}");
            drop(asked.answers(200, "application/json")?);
            client.await??;
        }
        Ok(())
    })
}

#[test]
fn an_exchange_keeps_the_setting_that_it_began_with() -> Result<()> {
    run(async {
        let mut stage = Stage::new("").await?;
        let client = stage.send(CHAT, prompt("a*b", true));
        let first = stage.asked().await?;
        assert_eq!(first.body, prompt("a<STAR>b", true));
        let upstream = format!("http://{}", stage.gateway);
        let mut other = setting("policies: { it: { actions: { STAR: block } } }", &upstream)?;
        other.config.refusal.status = 418;
        stage.running.replace(other);
        assert_eq!(stage.send(CHAT, prompt("a*b", false)).await??.status(), 418);
        let mut chunks = first.answers(200, "text/event-stream")?;
        chunks.send_data(event("c*d").into()).await?;
        drop(chunks);
        assert_eq!(whole(client.await??).await?, (StatusCode::OK, event("c<STAR>d")));
        Ok(())
    })
}

#[test]
fn requests_go_to_the_first_upstream_that_is_for_them_with_its_key() -> Result<()> {
    run(async {
        let place = tempfile::tempdir()?;
        let file = place.path().join("key");
        std::fs::write(&file, "sk-provider\n")?;
        let (model, asked) = model().await?;
        let key = format!("key: {{ file: {} }}", file.display());
        let config = format!(
            "policies: {{ it: }}
upstreams:
- {{ url: 'http://{model}/one', match: {{ path: /v1/chat/* }}, {key} }}
- {{ url: 'http://{model}/two', match: {{ path: /v1*, model: claude-* }}, {key} }}
- {{ url: 'http://{model}/three', match: {{ path: /v1beta/* }}, {key} }}
- {{ url: 'http://{model}/four', match: {{ path: /own/* }}, {key}, key_header: x-own }}
- {{ url: 'http://{model}/five', match: {{ path: /open/* }} }}
"
        );
        let mut stage = Stage::before("", asked, &config).await?;
        let bearer = "Bearer sk-provider";
        for (path, model, target, header, value) in [
            (CHAT, "m", "/one/v1/chat/completions", "authorization", bearer),
            ("/v1/messages", "claude-x", "/two/v1/messages", "x-api-key", "sk-provider"),
            (
                "/v1beta/models/g:generateContent?key=mine&alt=sse",
                "",
                "/three/v1beta/models/g:generateContent?alt=sse",
                "x-goog-api-key",
                "sk-provider",
            ),
            ("/own/x", "", "/four/own/x", "x-own", "sk-provider"),
            ("/open/x?key=mine", "", "/five/open/x?key=mine", "x-api-key", "mine"),
        ] {
            let request = Request::post(path).header("x-api-key", "mine");
            let client = stage.send_with(request, format!("{{\"model\":\"{model}\"}}"));
            let asked = stage.asked().await?;
            assert_eq!((asked.path.as_str(), &asked.headers[header]), (target, &value.parse()?));
            let brings = asked.headers.get("x-api-key").is_some_and(|key| key == "mine");
            assert_eq!(brings, path.starts_with("/open"), "{path}");
            drop(asked.answers(200, "application/json")?);
            client.await??;
        }
        for path in ["/v1/messages", "/open/../v1/chat/completions"] {
            assert_eq!(stage.send(path, "{\"model\":\"gpt\"}").await??.status(), 404, "{path}");
        }
        Ok(())
    })
}

#[test]
fn an_upstream_that_cannot_be_used_is_named() -> Result<()> {
    let place = tempfile::tempdir()?;
    let file = place.path().join("key");
    std::fs::write(&file, "two words")?;
    let file = file.display();
    for (line, error) in [
        ("url: ftp://a".to_owned(), "upstreams[0].url: the upstream's address: expected http://"),
        ("url: http://a, key: { env: NO_SUCH_KEY }".to_owned(), "upstreams[0].key: `NO_SUCH_KEY`"),
        (format!("url: http://a, key: {{ file: {file} }}"), "upstreams[0].key: no key there"),
        ("url: http://a, match: { model: a*b }".to_owned(), "upstreams[0].match.model: `a*b`"),
        ("url: http://a, match: { path: v1 }".to_owned(), "upstreams[0].match.path: `v1`"),
        ("url: http://a, key_header: x-a".to_owned(), "upstreams[0].key_header: a header for"),
    ] {
        let config = format!("policies: {{ it: }}\nupstreams:\n- {{ {line} }}");
        let found = setting(&config, "").err().context(line)?.to_string();
        assert!(found.starts_with("sandgate.yaml:3: ") && found.contains(error), "{found}");
        assert!(!found.contains("two words"));
    }
    Ok(())
}

#[test]
fn a_block_in_a_stream_ends_it_properly_and_closes_the_models_connection() -> Result<()> {
    run(async {
        let mut stage = Stage::new("policies: { it: { actions: { STAR: block } } }").await?;
        let client = stage.send(CHAT, prompt("hi", true));
        let mut chunks = stage.asked().await?.answers(200, "text/event-stream")?;
        chunks.send_data(event("fine").into()).await?;
        chunks.send_data(event("bad *").into()).await?;
        let (status, body) = whole(client.await??).await?;
        assert_eq!(status, 200);
        assert!(body.starts_with(&event("fine")) && !body.contains('*'), "{body}");
        assert!(body.contains("content_filter") && body.ends_with("data: [DONE]\n\n"), "{body}");
        until_nobody_reads(chunks).await
    })
}

#[test]
fn a_client_that_leaves_takes_the_models_connection_with_it() -> Result<()> {
    run(async {
        let mut stage = Stage::new("").await?;
        let client = stage.send(CHAT, prompt("hi", true));
        let mut chunks = stage.asked().await?.answers(200, "text/event-stream")?;
        chunks.send_data(event("one").into()).await?;
        drop(client.await??);
        until_nobody_reads(chunks).await
    })
}

/// Sends until it fails; an endless stream would fill every buffer, and the time limit ends it.
async fn until_nobody_reads(mut chunks: Chunks) -> Result<()> {
    while chunks.send_data(event("more").into()).await.is_ok() {}
    Ok(())
}

#[test]
fn a_stream_that_breaks_off_is_seen_to_break_off() -> Result<()> {
    run(async {
        let mut stage = Stage::new("").await?;
        let client = stage.send(CHAT, prompt("hi", true));
        let mut chunks = stage.asked().await?.answers(200, "text/event-stream")?;
        chunks.send_data(event("one").into()).await?;
        let mut response = client.await??;
        let first = response.frame().await.context("it ended")??;
        assert_eq!(first.into_data().ok(), Some(Bytes::from(event("one"))));
        chunks.send_data(Bytes::from_static(b"data: {\"choices\":[{\"del")).await?;
        chunks.abort(std::io::Error::other("reset"));
        let rest = response.collect().await;
        assert!(rest.is_err(), "{rest:?}");
        Ok(())
    })
}

#[test]
fn a_policy_that_faults_in_a_stream_ends_it() -> Result<()> {
    run(async {
        let mut stage = Stage::new("").await?;
        let client = stage.send(CHAT, prompt("hi", true));
        let mut chunks = stage.asked().await?.answers(200, "text/event-stream")?;
        chunks.send_data(event("!secret").into()).await?;
        let (_, body) = whole(client.await??).await?;
        assert!(!body.contains("secret") && body.contains("content_filter"), "{body}");
        let answer = r#"{"choices":[{"message":{"content":"next"}}]}"#;
        let next = stage.exchange(&prompt("hi", false), answer).await?;
        assert_eq!(next, (StatusCode::OK, answer.to_owned()), "the next exchange is well");
        Ok(())
    })
}

#[test]
fn errors_of_the_upstream_are_looked_at_and_come_back() -> Result<()> {
    run(async {
        let mut stage = Stage::new("").await?;
        for status in [400, 429, 503] {
            let client = stage.send(CHAT, prompt("hi", true));
            let mut chunks = stage.asked().await?.answers(status, "application/json")?;
            let error = |text: &str| format!(r#"{{"error":{{"message":"{text}"}}}}"#);
            chunks.send_data(error("you said *").into()).await?;
            drop(chunks);
            let (came, body) = whole(client.await??).await?;
            assert_eq!((came.as_u16(), body), (status, error("you said <STAR>")));
        }
        Ok(())
    })
}

#[test]
fn what_nobody_can_read_is_refused_unless_it_is_allowed() -> Result<()> {
    run(async {
        let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
        let bodies = [b"\xff\xfe{}".to_vec(), b"{\"messages\":[".to_vec()];
        let mut closed = Stage::new("").await?;
        for body in &bodies {
            let response = closed.send(CHAT, body.clone()).await??;
            assert_eq!(response.status(), 403, "{}", String::from_utf8_lossy(body));
        }
        let encoded = Request::post(CHAT).header("content-encoding", "gzip");
        assert_eq!(closed.send_with(encoded, "{}").await??.status(), 403);
        assert!(closed.asked.try_recv().is_err());
        let mut open = Stage::new("on_unscannable: allow").await?;
        let answer = r#"{"choices":[]}"#;
        let left = open.exchange("{\"messages\":[", answer).await?;
        assert_eq!(left, (StatusCode::OK, answer.to_owned()));
        let left = open.exchange(&deep, answer).await?;
        assert_eq!(left, (StatusCode::OK, answer.to_owned()));
        Ok(())
    })
}

#[test]
fn an_event_of_ten_megabytes_passes_and_a_longer_one_than_the_limit_does_not() -> Result<()> {
    run(async {
        let mut stage = Stage::new("limits: { body: 11000000, held: 11000000 }").await?;
        for (megabytes, passes) in [(10, true), (12, false)] {
            let client = stage.send(CHAT, prompt("hi", true));
            let mut chunks = stage.asked().await?.answers(200, "text/event-stream")?;
            let long = event(&"long ".repeat(megabytes * 200_000));
            let sent = Bytes::from(long.clone());
            tokio::spawn(async move {
                for at in (0..sent.len()).step_by(16 << 10) {
                    let end = sent.len().min(at + (16 << 10));
                    if chunks.send_data(sent.slice(at..end)).await.is_err() {
                        return;
                    }
                }
            });
            let left = whole(client.await??).await;
            match left {
                Ok((_, body)) if passes => assert!(body == long, "{} bytes", body.len()),
                Ok((_, body)) => {
                    assert!(!passes && !body.contains("long"), "{} bytes", body.len());
                }
                Err(_) => assert!(!passes),
            }
        }
        Ok(())
    })
}

#[test]
fn what_the_gateway_itself_answers_says_why() -> Result<()> {
    run(async {
        let stage = Stage::new("limits: { body: 100 }").await?;
        let upgrade = Request::get("/v1/realtime")
            .header("connection", "upgrade")
            .header("upgrade", "websocket");
        let (status, body) = whole(stage.send_with(upgrade, "").await??).await?;
        assert_eq!(status, 501);
        assert!(body.contains("WebSocket"), "{body}");
        let (status, body) = whole(stage.send(CHAT, " ".repeat(101)).await??).await?;
        assert_eq!(status, 413);
        assert!(body.contains("limits.body"), "{body}");
        for (path, says) in [("/healthz", "ok"), ("/readyz", "ready")] {
            let response = stage.send_with(Request::get(path), "").await??;
            assert_eq!(whole(response).await?, (StatusCode::OK, says.to_owned()));
        }
        let closed = TcpListener::bind("127.0.0.1:0").await?.local_addr()?;
        let (_, asked) = mpsc::unbounded_channel();
        let stage = Stage::before(&format!("http://{closed}"), asked, "").await?;
        let (status, body) = whole(stage.send(CHAT, prompt("a*b", false)).await??).await?;
        assert_eq!(status, 502);
        assert!(body.contains("cannot be reached"), "{body}");
        Ok(())
    })
}

#[test]
fn what_is_under_way_when_it_stops_goes_to_its_end() -> Result<()> {
    run(async {
        let mut stage = Stage::new("").await?;
        let client = stage.send(CHAT, prompt("hi", true));
        let mut chunks = stage.asked().await?.answers(200, "text/event-stream")?;
        chunks.send_data(event("one").into()).await?;
        let response = client.await??;
        drop(stage.stop.take());
        while tokio::net::TcpStream::connect(stage.gateway).await.is_ok() {
            tokio::task::yield_now().await;
        }
        chunks.send_data(event("two").into()).await?;
        drop(chunks);
        let (_, body) = whole(response).await?;
        assert_eq!(body, event("one") + &event("two"));
        stage.served.await?;
        Ok(())
    })
}

#[test]
fn an_address_that_is_none_is_refused() {
    for (url, expected) in [
        ("", "URL"),
        ("api.example.org", "http://"),
        ("ftp://api.example.org", "http://"),
        ("https://me:key@api.example.org", "credentials"),
        ("https://api.example.org/?key=1", "query"),
    ] {
        let error = Upstream::new(url).expect_err(url).to_string();
        assert!(error.contains(expected) && !error.contains("key"), "{url}: {error}");
    }
}
