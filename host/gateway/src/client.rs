//! What a client says of who looked at its request before: `pii@sha256:…, secrets@sha256:…`.
//!
//! It is a claim, and nothing is skipped for it. But a client that redacts by the same policies can
//! be told from one that has old ones, or none.

use hyper::Response;
use hyper::header::{HeaderName, HeaderValue};
use sandgate_engine::{Guard, GuardPolicy};

/// The header: of requests, the claim; of responses, the policies that are the same here.
pub(crate) const CLIENT: HeaderName = HeaderName::from_static("x-sandgate-client");

/// Those of the guard's policies that the client has too, byte for byte: names from the
/// configuration, whatever the claim says.
pub(crate) fn shared(guard: &Guard, claim: &str) -> Option<HeaderValue> {
    let claims: Vec<_> = claim.split(',').filter_map(|one| one.trim().split_once('@')).collect();
    let policies = guard.policies().filter(|p| claims.contains(&(p.name(), p.digest())));
    let names: Vec<_> = policies.map(GuardPolicy::name).collect();
    let names = names.join(", ");
    tracing::info!(policies = names, "the client looked by the same policies");
    HeaderValue::from_str(&names).ok()
}

/// Tells a client which those are.
pub(crate) fn answer<B>(mut response: Response<B>, shared: Option<HeaderValue>) -> Response<B> {
    shared.into_iter().for_each(|shared| {
        response.headers_mut().insert(CLIENT, shared);
    });
    response
}
