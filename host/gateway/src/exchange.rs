//! One request and what is answered.

use std::sync::atomic::Ordering;
use std::time::Duration;

use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderName, HeaderValue, UPGRADE};
use hyper::{Method, Request, Response, StatusCode};
use sandgate_gate::{Decision, Delivery, Flow, Reply, RequestHead, ResponseHead, Transit};
use tokio::runtime::{Handle, RuntimeFlavor};

use crate::client::{self, CLIENT};
use crate::head::{end_to_end, joined, onward};
use crate::passage::{Outgoing, Passage, whole};
use crate::upstream::NoResponse;
use crate::{Shared, identity, playground};

/// What became of the text, for whoever reads the head: as far as it is known by then.
const DECISION: HeaderName = HeaderName::from_static("x-sandgate");
/// From where on looking at a body would keep other exchanges of the same thread waiting.
const LARGE: usize = 64 << 10;

/// Why a request is not answered by the model.
#[derive(Debug, Clone, Copy)]
enum Problem {
    Upgrade,
    Target,
    NoUpstream,
    TooLong,
    Unfinished,
    Slow,
    Upstream(NoResponse),
    Cut,
}

/// Answers a request, whatever it takes.
pub(crate) async fn answer(shared: &Shared, request: Request<Incoming>) -> Response<Outgoing> {
    let is_get = request.method() == Method::GET;
    match request.uri().path() {
        "/healthz" if is_get => return plain(StatusCode::OK, "ok"),
        "/readyz" if is_get && shared.leaving.load(Ordering::Relaxed) => {
            return plain(StatusCode::SERVICE_UNAVAILABLE, "leaving");
        }
        "/readyz" if is_get => return plain(StatusCode::OK, "ready"),
        path if is_get => {
            if let Some(response) = playground::at(path) {
                return response;
            }
        }
        _ => {}
    }
    match forward(shared, request).await {
        Ok(response) => response,
        Err(problem) => {
            tracing::info!(?problem, "a request was not answered by the upstream");
            problem.response()
        }
    }
}

async fn forward(
    shared: &Shared,
    request: Request<Incoming>,
) -> Result<Response<Outgoing>, Problem> {
    let (head, body) = request.into_parts();
    if head.headers.contains_key(UPGRADE) || head.method == Method::CONNECT {
        return Err(Problem::Upgrade);
    }
    let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
    let setting = shared.setting.load_full();
    let body = collected(body, setting.config.limits.body, shared.patience).await?;

    let route = setting.config.route(path, |name| identity::named(&head, name));
    let guard = setting.guard.on_route(route);
    let shared = joined(&head.headers, &CLIENT).and_then(|said| client::shared(guard, &said));
    let encoding = joined(&head.headers, &CONTENT_ENCODING);
    let content_type = joined(&head.headers, &CONTENT_TYPE);
    let asked = RequestHead {
        method: head.method.as_str(),
        path,
        content_type: content_type.as_deref(),
        content_encoding: encoding.as_deref(),
    };
    let asked = sandgate_gate::Request::new(&setting.config, &asked, &body);
    let upstream = setting.config.upstream(path, asked.model());
    let scope = identity::scope(&setting.config, &head.headers);
    let mut transit = Transit::new(guard.open(&asked.context(), &scope), &setting.config);
    let edited = looked_at(body.len(), || transit.request(asked));
    let mut headers = onward(&head.headers);
    let body = match edited {
        Ok(Some(edited)) => {
            headers.remove(CONTENT_ENCODING);
            Bytes::from(edited)
        }
        Ok(None) => body,
        Err(reply) => return Ok(client::answer(refused(reply, transit), shared)),
    };
    let upstream =
        upstream.and_then(|idx| setting.upstreams.get(idx)).ok_or(Problem::NoUpstream)?;
    let mut onwards = Request::new(Full::new(body));
    *onwards.method_mut() = head.method;
    *onwards.uri_mut() = upstream.target(path).ok_or(Problem::Target)?;
    *onwards.headers_mut() = headers;
    upstream.authorize(transit.api(), &mut onwards);
    let response = upstream.send(onwards).await.map_err(Problem::Upstream)?;
    let response = back(setting.config.limits.held_ms, response, transit).await?;
    Ok(client::answer(response, shared))
}

/// Brings the response of the upstream back.
async fn back(
    held_ms: Option<u64>,
    response: Response<Incoming>,
    mut transit: Transit,
) -> Result<Response<Outgoing>, Problem> {
    let (head, body) = response.into_parts();
    let content_type = joined(&head.headers, &CONTENT_TYPE);
    let encoding = joined(&head.headers, &CONTENT_ENCODING);
    let delivery = transit.respond(&ResponseHead {
        status: head.status.as_u16(),
        content_type: content_type.as_deref(),
        content_encoding: encoding.as_deref(),
    });
    let mut passage = Passage::new(body, transit, held_ms);
    let mut headers = end_to_end(&head.headers);
    let (decision, decodes, body) = match delivery {
        Delivery::Stream => {
            (passage.transit.decision(), passage.transit.decodes(), passage.outgoing())
        }
        Delivery::Whole => {
            let length = passage.collect().await.map_err(|_| Problem::Cut)?;
            let mut out = Vec::new();
            match looked_at(length, || passage.transit.end(&mut out)) {
                Ok(Flow::Broken) => return Err(Problem::Cut),
                Ok(_) => (passage.transit.decision(), passage.transit.decodes(), whole(out)),
                Err(reply) => return Ok(reply_with(reply, Decision::Refused)),
            }
        }
    };
    let mut answer = Response::new(body);
    *answer.status_mut() = head.status;
    if decodes {
        headers.remove(CONTENT_ENCODING);
    }
    headers.insert(DECISION, word(decision));
    *answer.headers_mut() = headers;
    Ok(answer)
}

/// The whole body, if it comes in time and is no longer than the limit.
async fn collected(body: Incoming, limit: u64, patience: Duration) -> Result<Bytes, Problem> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    match tokio::time::timeout(patience, Limited::new(body, limit).collect()).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(Problem::TooLong),
        Ok(Err(_)) => Err(Problem::Unfinished),
        Err(_) => Err(Problem::Slow),
    }
}

/// Looks at that many bytes; at many of them, beside the other exchanges.
fn looked_at<R>(length: usize, look: impl FnOnce() -> R) -> R {
    let has_others = Handle::current().runtime_flavor() == RuntimeFlavor::MultiThread;
    if length >= LARGE && has_others { tokio::task::block_in_place(look) } else { look() }
}

/// The request does not go on.
fn refused(reply: Reply, transit: Transit) -> Response<Outgoing> {
    crate::passage::record(&transit);
    reply_with(reply, Decision::Refused)
}

fn reply_with(reply: Reply, decision: Decision) -> Response<Outgoing> {
    let mut response = Response::new(whole(reply.body));
    let error = StatusCode::INTERNAL_SERVER_ERROR;
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(error);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(reply.content_type));
    for (name, value) in &reply.headers {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    headers.insert(DECISION, word(decision));
    response
}

fn word(decision: Decision) -> HeaderValue {
    HeaderValue::from_static(match decision {
        Decision::Forward => "forward",
        Decision::Edited => "edited",
        Decision::Refused => "refused",
    })
}

fn plain(status: StatusCode, text: &'static str) -> Response<Outgoing> {
    let mut response = Response::new(whole(text.into()));
    *response.status_mut() = status;
    response
}

impl Problem {
    fn response(self) -> Response<Outgoing> {
        let (status, message) = match self {
            Self::Upgrade => (501, "WebSockets and tunnels cannot be inspected, use HTTP requests"),
            Self::Target => (400, "the path of the request cannot be sent on"),
            Self::NoUpstream => (404, "no upstream is for this path and model"),
            Self::TooLong => (413, "the body is longer than limits.body"),
            Self::Unfinished => (400, "the body broke off"),
            Self::Slow => (408, "the body took too long"),
            Self::Upstream(NoResponse::Unreachable) => (502, "the upstream cannot be reached"),
            Self::Upstream(NoResponse::Late) => (504, "the upstream took too long"),
            Self::Cut => (502, "the upstream's response broke off, or is longer than limits.body"),
        };
        let body = format!(r#"{{"error":{{"type":"sandgate_error","message":"{message}"}}}}"#);
        let mut response = Response::new(whole(body.into_bytes()));
        let error = StatusCode::INTERNAL_SERVER_ERROR;
        *response.status_mut() = StatusCode::from_u16(status).unwrap_or(error);
        let json = HeaderValue::from_static("application/json");
        response.headers_mut().insert(CONTENT_TYPE, json);
        response
    }
}
