//! A stand-in for every language model: it answers as its provider would, and needs no key and no
//! network.
//!
//! It says what it heard, `You said: …`, in the shape that the client of each provider expects,
//! whole or streamed. What it heard can steer it: lines of the last user message that start with
//! `mock:` are orders, not text.
//!
//! | line | what it does |
//! |---|---|
//! | `mock: say TEXT` | answers with this text; several lines are several lines |
//! | `mock: tool NAME {"key": …}` | calls a tool; without arguments with what its schema asks for |
//! | `mock: status 429` | answers with the provider's error |
//! | `mock: chunk 3` | characters a streamed delta; by default a delta is a word |
//! | `mock: delay 20` | milliseconds between the events of a stream |
//! | `mock: cut 4` | breaks off in the middle of the event after the fourth |
//! | `mock: choices 2` | so many choices, where the API has them |
//!
//! Where a schema is asked for, or a tool is, the answer is the smallest value that fits. After the
//! result of a tool it says `The tool said: …`. The same requests in the same order get the same
//! bytes: it reads no clock and draws no lots. What it saw is listed at `GET /mock/seen`.
//!
//! It leaves out on purpose whatever needs a memory: stored responses, batches, files.

mod answer;
mod anthropic;
mod ask;
mod bedrock;
mod cohere;
mod form;
mod gemini;
mod mcp;
mod ollama;
mod openai;
mod problem;
mod provider;
mod route;
mod schema;
mod seen;
mod server;
mod steer;
mod stream;
mod vector;
mod words;

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use tokio::net::TcpListener;

/// The stand-in. Its clones are the same one.
///
/// ```
/// use sandgate_mock::Mock;
/// use tokio::net::TcpListener;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// let listener = TcpListener::bind("127.0.0.1:0").await?;
/// let url = format!("http://{}/v1", listener.local_addr()?);
/// let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
/// let mock = tokio::spawn(Mock::new().serve(listener, async { stopped.await.unwrap_or(()) }));
/// // Any client may now speak to `url`.
/// drop(stop);
/// mock.await?;
/// # drop(url);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default)]
pub struct Mock(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    seen: seen::Log,
    /// How many requests there were, for ids.
    count: AtomicU64,
}

impl Mock {
    /// One that has seen nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers whoever connects, over HTTP/1.1 and HTTP/2, until `stop`; then lets what is under
    /// way finish for a second.
    pub async fn serve(self, listener: TcpListener, stop: impl Future<Output = ()>) {
        server::serve(self.0, listener, stop).await;
    }
}
