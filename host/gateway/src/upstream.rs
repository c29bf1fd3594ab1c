//! Where requests go on to.

use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::{Request, Response, Uri};
use hyper_rustls::{ConfigBuilderExt as _, HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::{ClientConfig, RootCertStore};

/// How long a model may think before it says anything: providers give up at ten minutes.
const PATIENCE: Duration = Duration::from_mins(10);
/// How long a connection may take to be made.
const CONNECTING: Duration = Duration::from_secs(10);

/// A provider, or a server that speaks like one.
#[derive(Debug, Clone)]
pub struct Upstream {
    base: Uri,
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
}

/// An upstream that cannot be used.
#[derive(Debug)]
pub enum UpstreamError {
    /// Its address is none; what was expected.
    Address(&'static str),
    /// The system's root certificates cannot be read.
    Roots(std::io::Error),
}

/// Why there was no response.
#[derive(Debug, Clone, Copy)]
pub(crate) enum NoResponse {
    Unreachable,
    Late,
}

impl Upstream {
    /// At `https://host`, `http://host:port` or one of these with a path, which is put before the
    /// path of every request.
    ///
    /// # Errors
    /// An address that is not of this form, or root certificates that cannot be read.
    pub fn new(url: &str) -> Result<Self, UpstreamError> {
        let base: Uri = url.parse().map_err(|_| UpstreamError::Address("it is no URL"))?;
        let tls = match base.scheme_str() {
            Some("https") => {
                let roots = ClientConfig::builder().with_native_roots();
                roots.map_err(UpstreamError::Roots)?.with_no_client_auth()
            }
            Some("http") => ClientConfig::builder()
                .with_root_certificates(RootCertStore::empty())
                .with_no_client_auth(),
            _ => return Err(UpstreamError::Address("expected http:// or https://")),
        };
        if base.query().is_some() {
            return Err(UpstreamError::Address("expected no query"));
        }
        if base.authority().is_some_and(|authority| authority.as_str().contains('@')) {
            return Err(UpstreamError::Address("expected no credentials in it"));
        }
        let mut connector = HttpConnector::new();
        connector.enforce_http(false);
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(CONNECTING));
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_all_versions()
            .wrap_connector(connector);
        let mut client = Client::builder(TokioExecutor::new());
        Ok(Self { base, client: client.pool_timer(TokioTimer::new()).build(connector) })
    }

    /// Where a request for this path and query goes.
    pub(crate) fn target(&self, path: &str) -> Option<Uri> {
        let path = format!("{}{path}", self.base.path().trim_end_matches('/'));
        let mut parts = self.base.clone().into_parts();
        parts.path_and_query = Some(path.parse().ok()?);
        Uri::from_parts(parts).ok()
    }

    pub(crate) async fn send(
        &self,
        request: Request<Full<Bytes>>,
    ) -> Result<Response<Incoming>, NoResponse> {
        match tokio::time::timeout(PATIENCE, self.client.request(request)).await {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(error)) => {
                tracing::warn!(%error, "the upstream gave no response");
                Err(NoResponse::Unreachable)
            }
            Err(_) => Err(NoResponse::Late),
        }
    }
}

impl std::fmt::Display for UpstreamError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Address(expected) => write!(f, "the upstream's address: {expected}"),
            Self::Roots(error) => write!(f, "the system's root certificates: {error}"),
        }
    }
}

impl std::error::Error for UpstreamError {}
