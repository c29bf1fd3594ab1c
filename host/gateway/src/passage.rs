//! A response on its way back: read as its reader takes it.

use std::time::Duration;

use futures_util::stream::try_unfold;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::body::{Bytes, Frame, Incoming};
use sandgate_gate::{Flow, Transit};
use tokio::time::Instant;
use tracing::Level;

/// What leaves to the client.
pub(crate) type Outgoing = UnsyncBoxBody<Bytes, Broken>;

/// A response that does not reach its end: its reader sees a broken connection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Broken;

/// A response between the upstream and the client.
pub(crate) struct Passage {
    upstream: Incoming,
    pub(crate) transit: Transit,
    patience: Option<Duration>,
    /// Since when something is held back while nothing leaves.
    held_since: Option<Instant>,
    /// How it ended, once it has: nothing more is read.
    ended: Option<Result<(), Broken>>,
}

impl Passage {
    pub(crate) fn new(upstream: Incoming, transit: Transit, held_ms: Option<u64>) -> Self {
        let patience = held_ms.map(Duration::from_millis);
        Self { upstream, transit, patience, held_since: None, ended: None }
    }

    /// As a body.
    pub(crate) fn outgoing(self) -> Outgoing {
        let chunks = try_unfold(self, |mut passage| async move {
            let more = passage.next().await?;
            Ok(more.map(|bytes| (Frame::data(bytes), passage)))
        });
        StreamBody::new(chunks).boxed_unsync()
    }

    /// Takes all of it, to leave at once, and says how long it is.
    pub(crate) async fn collect(&mut self) -> Result<usize, Broken> {
        let mut length = 0;
        while let Some(bytes) = self.incoming().await? {
            length += bytes.len();
            if self.transit.push(&bytes, &mut Vec::new()) != Flow::More {
                break;
            }
        }
        Ok(length)
    }

    /// The next bytes that leave, nothing at the end.
    async fn next(&mut self) -> Result<Option<Bytes>, Broken> {
        let mut out = Vec::new();
        while self.ended.is_none() && out.is_empty() {
            let flow = match self.wait().await {
                Some(Ok(Some(bytes))) => self.transit.push(&bytes, &mut out),
                Some(Ok(None)) => match self.transit.end(&mut out) {
                    Ok(Flow::More) => Flow::Done,
                    Ok(flow) => flow,
                    Err(_) => Flow::Broken,
                },
                Some(Err(Broken)) => Flow::Broken,
                None => {
                    self.held_since = None;
                    self.transit.overdue(&mut out)
                }
            };
            match flow {
                Flow::More => {}
                Flow::Done => self.ended = Some(Ok(())),
                Flow::Broken => self.ended = Some(Err(Broken)),
            }
            if !out.is_empty() || self.transit.held() == 0 {
                self.held_since = None;
            }
            if self.transit.held() > 0 {
                self.held_since.get_or_insert_with(Instant::now);
            }
        }
        match self.ended {
            Some(ended) if out.is_empty() => ended.map(|()| None),
            _ => Ok(Some(out.into())),
        }
    }

    /// Waits for more of the response; nothing where text was held for too long.
    async fn wait(&mut self) -> Option<Result<Option<Bytes>, Broken>> {
        let Some((since, patience)) = self.held_since.zip(self.patience) else {
            return Some(self.incoming().await);
        };
        tokio::time::timeout_at(since + patience, self.incoming()).await.ok()
    }

    /// The next bytes of the upstream, nothing at the end. Trailers are let fall.
    async fn incoming(&mut self) -> Result<Option<Bytes>, Broken> {
        while let Some(frame) = self.upstream.frame().await {
            if let Ok(bytes) = frame.map_err(|_| Broken)?.into_data() {
                return Ok(Some(bytes));
            }
        }
        Ok(None)
    }
}

/// A response goes to its end, is ended, or is left by its reader: in each case this is the last of it.
impl Drop for Passage {
    fn drop(&mut self) {
        record(&self.transit);
    }
}

/// What happened, in names and numbers.
pub(crate) fn record(transit: &Transit) {
    if !tracing::enabled!(Level::INFO) {
        return;
    }
    let report = transit.report();
    tracing::info!(
        api = transit.api().map(|api| api.name()),
        decision = ?report.decision,
        refused = ?report.refused,
        findings = report.findings.len(),
        faults = report.faults.len(),
        unscannable = report.unscannable,
        restored = report.restored,
        bytes = report.bytes,
        "exchange"
    );
}

/// A body that is there.
pub(crate) fn whole(bytes: Vec<u8>) -> Outgoing {
    Full::new(Bytes::from(bytes)).map_err(|never| match never {}).boxed_unsync()
}

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the response broke off")
    }
}

impl std::error::Error for Broken {}
