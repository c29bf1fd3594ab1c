//! Why the filter answers a request that no policy refused.

use crate::host::{Answer, Declined};

/// Why a request is not answered by the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Problem {
    Upgrade,
    TooLong,
    /// Text was taken out of a compressed body whose headers had gone on.
    Compressed,
    Cut,
    /// The proxy did not do what it was asked, or had no configuration.
    Proxy,
}

impl Problem {
    pub(crate) fn answer(self) -> Answer {
        let (status, message) = match self {
            Self::Upgrade => (501, "WebSockets and tunnels cannot be inspected, use HTTP requests"),
            Self::TooLong => (413, "the body is longer than limits.body"),
            Self::Compressed => (415, "the body has to be edited and is compressed, send it plain"),
            Self::Cut => (502, "the upstream's response broke off, or is longer than limits.body"),
            Self::Proxy => (500, "the exchange could not be inspected"),
        };
        let body = format!(r#"{{"error":{{"type":"sandgate_error","message":"{message}"}}}}"#);
        let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        Answer { status, headers, body: body.into_bytes() }
    }
}

impl From<Declined> for Problem {
    fn from(_: Declined) -> Self {
        Self::Proxy
    }
}
