//! Heads of requests: what the gate and the routes want to know of them.

use sandgate_gate::{CertificateField, Config, IdentitySource, RequestHead};

use crate::host::Host;

/// The headers of a request or a response, pseudo-headers among them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Headers(pub Vec<(String, Vec<u8>)>);

/// What is kept of the head of a request.
#[derive(Debug, Clone, Default)]
pub(crate) struct Head {
    method: String,
    path: String,
    content_type: Option<String>,
    content_encoding: Option<String>,
    /// The route of the configuration that it takes.
    pub(crate) route: Option<usize>,
    /// Whose pseudonyms it makes.
    pub(crate) scope: String,
}

impl Headers {
    /// All values of a header, as one. A value that is no text is in it as something nobody knows.
    pub(crate) fn get(&self, name: &str) -> Option<String> {
        let values: Vec<&str> =
            self.0.iter().filter(|(n, _)| n == name).map(|(_, value)| visible(value)).collect();
        (!values.is_empty()).then(|| values.join(", "))
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(found, _)| found == name)
    }

    /// How long the body is said to be.
    pub(crate) fn length(&self) -> Option<u64> {
        self.get("content-length")?.parse().ok()
    }

    /// Whether the body is encoded.
    pub(crate) fn encoded(&self) -> bool {
        self.get("content-encoding").is_some_and(|coding| !coding.eq_ignore_ascii_case("identity"))
    }
}

impl Head {
    pub(crate) fn of(headers: &Headers, config: &Config, host: &impl Host) -> Self {
        let path = headers.get(":path").unwrap_or_default();
        let named = |name: &str| match name {
            ":route" => host.property(&["xds", "route_name"]).and_then(|name| text(&name)),
            name => headers.get(name),
        };
        Self {
            method: headers.get(":method").unwrap_or_default(),
            content_type: headers.get("content-type"),
            content_encoding: headers.get("content-encoding"),
            route: config.route(&path, named),
            scope: scope(config.identity.as_ref(), headers, host),
            path,
        }
    }

    /// The same as the gate wants it.
    pub(crate) fn asked(&self) -> RequestHead<'_> {
        RequestHead {
            method: &self.method,
            path: &self.path,
            content_type: self.content_type.as_deref(),
            content_encoding: self.content_encoding.as_deref(),
        }
    }
}

/// Who asks, as far as anybody says it.
fn scope(source: Option<&IdentitySource>, headers: &Headers, host: &impl Host) -> String {
    let property = |path: &[&str]| host.property(path).map(|value| unique(&value));
    let found = match source {
        None => None,
        Some(IdentitySource::Header(name)) => headers.get(name),
        Some(IdentitySource::Jwt(claim)) => {
            let mut path = vec!["metadata", "filter_metadata", "envoy.filters.http.jwt_authn"];
            path.extend(claim.split('.'));
            property(&path)
        }
        Some(IdentitySource::Certificate(CertificateField::Uri)) => {
            property(&["connection", "uri_san_peer_certificate"])
        }
        Some(IdentitySource::Certificate(CertificateField::Subject)) => {
            property(&["connection", "subject_peer_certificate"])
        }
    };
    found.unwrap_or_default()
}

/// A value as a text that no other value has.
fn unique(value: &[u8]) -> String {
    text(value).unwrap_or_else(|| format!("{value:?}"))
}

fn text(value: &[u8]) -> Option<String> {
    std::str::from_utf8(value).ok().map(str::to_owned)
}

/// A value of visible characters, or else a word that no header means anything by.
fn visible(value: &[u8]) -> &str {
    let is_visible = |byte: &u8| *byte == b'\t' || (b' '..=b'~').contains(byte);
    let text = value.iter().all(is_visible).then(|| std::str::from_utf8(value).ok()).flatten();
    text.unwrap_or("?")
}
