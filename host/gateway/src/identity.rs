//! Who asks, as whoever stands in front of the gateway says it.

use hyper::HeaderMap;
use hyper::header::{HOST, HeaderName};
use hyper::http::request;
use sandgate_gate::{Config, Error, IdentitySource};

use crate::head::joined;

/// Whether a gateway can learn who asks as the configuration says.
///
/// # Errors
/// Where only Envoy could: closed, so that nobody's pseudonyms are another's.
pub fn check_identity(config: &Config) -> Result<(), Error> {
    let place = match &config.identity {
        None | Some(IdentitySource::Header(_)) => return Ok(()),
        Some(IdentitySource::Jwt(_)) => "identity.jwt",
        Some(IdentitySource::Certificate(_)) => "identity.certificate",
    };
    Err(config.error_at(place, "only the filter in Envoy can learn it, expected `identity.header`"))
}

/// Whose pseudonyms an exchange makes. Without a word on it all callers are one.
pub(crate) fn scope(config: &Config, headers: &HeaderMap) -> String {
    let Some(IdentitySource::Header(name)) = &config.identity else { return String::new() };
    let name = HeaderName::from_bytes(name.as_bytes()).ok();
    name.and_then(|name| joined(headers, &name)).unwrap_or_default()
}

/// What a route may ask of a head: a header, or the host that the request is for.
pub(crate) fn named(head: &request::Parts, name: &str) -> Option<String> {
    if name == ":authority" {
        let authority = head.uri.authority().map(|authority| authority.as_str().to_owned());
        return authority.or_else(|| joined(&head.headers, &HOST));
    }
    joined(&head.headers, &HeaderName::from_bytes(name.as_bytes()).ok()?)
}
