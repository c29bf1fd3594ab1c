//! Where requests go on to.

use std::path::Path;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{AUTHORIZATION, HeaderName, HeaderValue};
use hyper::{Request, Response, Uri};
use hyper_rustls::{ConfigBuilderExt as _, HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::{ClientConfig, RootCertStore};
use sandgate_engine::secret;
use sandgate_gate::{Api, Config, Error, UpstreamConfig};

/// How long a model may think before it says anything: providers give up at ten minutes.
const PATIENCE: Duration = Duration::from_mins(10);
/// How long a connection may take to be made.
const CONNECTING: Duration = Duration::from_secs(10);

/// A provider, or a server that speaks like one.
#[derive(Debug, Clone)]
pub struct Upstream {
    base: Uri,
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    key: Option<ProviderKey>,
}

/// A key that is sent in place of the client's.
#[derive(Clone)]
struct ProviderKey {
    secret: String,
    /// Its header, where it is not that of the API.
    header: Option<HeaderName>,
}

/// What clients bring their keys in.
const KEYS: [HeaderName; 4] = [
    AUTHORIZATION,
    HeaderName::from_static("api-key"),
    HeaderName::from_static("x-api-key"),
    HeaderName::from_static("x-goog-api-key"),
];

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
        let client = client.pool_timer(TokioTimer::new()).build(connector);
        Ok(Self { base, client, key: None })
    }

    /// Every upstream of a configuration, in its order; key files are relative to `base`.
    ///
    /// # Errors
    /// The first address, key or header that cannot be used, with its place.
    pub fn all(config: &Config, base: &Path) -> Result<Vec<Self>, Error> {
        let upstream = |(idx, upstream): (usize, &UpstreamConfig)| {
            let at = |field: &str, problem: String| {
                config.error_at(format!("upstreams[{idx}].{field}"), problem)
            };
            let mut made = Self::new(&upstream.url).map_err(|e| at("url", e.to_string()))?;
            let header = upstream.key_header.as_ref().map(|name| {
                let problem = || format!("`{name}` is no header");
                name.parse().map_err(|_| at("key_header", problem()))
            });
            let header = header.transpose()?;
            if let Some(source) = &upstream.key {
                let secret = secret(source, base).map_err(|problem| at("key", problem))?;
                let secret = printable(&secret).ok_or_else(|| {
                    at("key", "no key there, expected one line of ASCII characters".to_owned())
                })?;
                made.key = Some(ProviderKey { secret, header });
            }
            Ok(made)
        };
        config.upstreams.iter().enumerate().map(upstream).collect()
    }

    /// Puts the provider's key in place of the client's, if there is one.
    pub(crate) fn authorize(&self, api: Option<Api>, request: &mut Request<Full<Bytes>>) {
        let Some(key) = &self.key else { return };
        let usual = usual_header(api, request.uri().path());
        let header = key.header.as_ref().unwrap_or(&usual);
        let value = match *header == AUTHORIZATION {
            true => format!("Bearer {}", key.secret),
            false => key.secret.clone(),
        };
        let headers = request.headers_mut();
        for name in KEYS {
            headers.remove(name);
        }
        // It was checked to be printable.
        if let Ok(mut value) = HeaderValue::try_from(value) {
            value.set_sensitive(true);
            headers.insert(header.clone(), value);
        }
    }

    /// Where a request for this path and query goes.
    pub(crate) fn target(&self, path: &str) -> Option<Uri> {
        let path = match (&self.key, path.split_once('?')) {
            // Google's clients may bring their key here.
            (Some(_), Some((path, query))) => {
                let left = query.split('&').filter(|pair| !pair.starts_with("key="));
                let left = left.collect::<Vec<_>>().join("&");
                if left.is_empty() { path.to_owned() } else { format!("{path}?{left}") }
            }
            _ => path.to_owned(),
        };
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

/// The header that an API has its key in.
fn usual_header(api: Option<Api>, path: &str) -> HeaderName {
    HeaderName::from_static(match api {
        Some(Api::AnthropicMessages) => "x-api-key",
        Some(Api::GeminiGenerate | Api::GeminiEmbed) => "x-goog-api-key",
        _ if path.contains("/openai/deployments/") => "api-key",
        _ => "authorization",
    })
}

/// A key as it goes into a header.
fn printable(secret: &[u8]) -> Option<String> {
    let secret = std::str::from_utf8(secret).ok()?.trim();
    let is_key = !secret.is_empty() && secret.bytes().all(|byte| byte.is_ascii_graphic());
    is_key.then(|| secret.to_owned())
}

impl std::fmt::Debug for ProviderKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ProviderKey").field("header", &self.header).finish_non_exhaustive()
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
