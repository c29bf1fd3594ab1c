//! A mock, and a client that speaks to it.

use std::net::Ipv4Addr;

use http_body_util::{BodyExt as _, Full};
use hyper::Request;
use hyper::body::Bytes;
use hyper::header::CONTENT_TYPE;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use sandgate_mock::Mock;
use sandgate_wire::{Framer, Framing};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A mock that listens until it is left.
pub(crate) struct Stage {
    address: String,
    client: Client<HttpConnector, Full<Bytes>>,
    stop: Option<oneshot::Sender<()>>,
    served: JoinHandle<()>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) body: String,
    /// The same, where it is no text.
    bytes: Vec<u8>,
    /// It broke off.
    pub(crate) broken: bool,
}

impl Stage {
    pub(crate) async fn new() -> Self {
        Self::speaking(false).await
    }

    /// With a client that speaks HTTP/2, or HTTP/1.1.
    pub(crate) async fn speaking(http2: bool) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let address = listener.local_addr().expect("it listens").to_string();
        let (stop, stopped) = oneshot::channel();
        let stopped = async { stopped.await.unwrap_or(()) };
        let served = tokio::spawn(Mock::new().serve(listener, stopped));
        let client = Client::builder(TokioExecutor::new()).http2_only(http2).build_http();
        Self { address, client, stop: Some(stop), served }
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Reply {
        self.send("POST", path, "application/json", body.to_string().into()).await
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send("GET", path, "", Vec::new()).await
    }

    pub(crate) async fn send(&self, method: &str, path: &str, kind: &str, body: Vec<u8>) -> Reply {
        let request = Request::builder()
            .method(method)
            .uri(format!("http://{}{path}", self.address))
            .header(CONTENT_TYPE, kind)
            .body(Full::new(Bytes::from(body)))
            .expect("it is a request");
        let response = self.client.request(request).await.expect("there is an answer");
        let (head, mut body) = response.into_parts();
        let content_type = head.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let (mut bytes, mut broken) = (Vec::new(), false);
        while let Some(frame) = body.frame().await {
            let Ok(frame) = frame else {
                broken = true;
                break;
            };
            bytes.extend(frame.into_data().unwrap_or_default());
        }
        Reply {
            status: head.status.as_u16(),
            content_type: content_type.unwrap_or_default().to_owned(),
            body: String::from_utf8_lossy(&bytes).into_owned(),
            bytes,
            broken,
        }
    }

    /// Stops the mock, which must end.
    pub(crate) async fn leave(mut self) {
        drop(self.stop.take());
        self.served.await.expect("the mock ends");
    }
}

impl Reply {
    /// The document of a 200.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        assert_eq!(
            (self.status, self.content_type.as_str()),
            (200, "application/json"),
            "{self:?}"
        );
        serde_json::from_str(&self.body).expect("it is JSON")
    }

    /// The status and the document of an error.
    #[track_caller]
    pub(crate) fn error(&self) -> (u16, Value) {
        assert!(self.status >= 400, "{self:?}");
        (self.status, serde_json::from_str(&self.body).expect("it is JSON"))
    }

    /// The documents of a stream: `null` for `[DONE]`.
    #[track_caller]
    pub(crate) fn events(&self, framing: Framing) -> Vec<Value> {
        self.named(framing).into_iter().map(|(_, document)| document).collect()
    }

    /// The documents of a stream, with the names of their events.
    #[track_caller]
    pub(crate) fn named(&self, framing: Framing) -> Vec<(String, Value)> {
        let kind = match framing {
            Framing::Sse => "text/event-stream",
            Framing::Lines => "application/x-ndjson",
            Framing::EventStream => "application/vnd.amazon.eventstream",
            _ => "application/json",
        };
        assert_eq!((self.status, self.content_type.as_str()), (200, kind), "{self:?}");
        assert!(!self.broken, "{self:?}");
        let mut framer = Framer::new(framing, 1 << 20);
        let mut frames = Vec::new();
        framer.push(&self.bytes, &mut frames).expect("it is framed");
        framer.end(&mut frames).expect("it is whole");
        let documents = frames.iter().filter_map(|frame| {
            let name = frame.event().unwrap_or_default().to_owned();
            let document = serde_json::from_slice(frame.data()?);
            Some((name, document.unwrap_or_default()))
        });
        documents.collect()
    }
}

/// A request with one user message, as most APIs have it, and a key besides.
pub(crate) fn saying(text: &str, key: &str, value: Value) -> Value {
    let mut body = json!({"model": "m", "messages": [{"role": "user", "content": text}]});
    body[key] = value;
    body
}

/// What stands at one place of all documents, together.
pub(crate) fn joined(documents: &[Value], place: &str) -> String {
    documents.iter().filter_map(|document| document.pointer(place)?.as_str()).collect()
}
