//! Sockets, and one request after the other.

use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::{Body as _, Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::http::request::Parts;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use sandgate_wire::{Api, Reply};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::answer::Answer;
use crate::ask::Ask;
use crate::problem::Problem;
use crate::route::Route;
use crate::steer::Steering;
use crate::stream::{self, Outgoing};
use crate::{Shared, form, provider};

/// The longest body that is read, in bytes.
const MAX_BODY: usize = 16 << 20;
/// How long a client may take for the head of a request, and for its body.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long what is under way may go on in the end.
const DRAIN: Duration = Duration::from_secs(1);
/// How long nothing is accepted after an error, which is most often too many open files.
const PAUSE: Duration = Duration::from_millis(50);

/// Answers whoever connects until `stop`.
pub(crate) async fn serve(
    shared: Arc<Shared>,
    listener: TcpListener,
    stop: impl Future<Output = ()>,
) {
    let mut server = auto::Builder::new(TokioExecutor::new());
    server.http1().timer(TokioTimer::new()).header_read_timeout(PATIENCE);
    server.http2().timer(TokioTimer::new());
    let graceful = GracefulShutdown::new();
    // Those that are left in the end fall with it.
    let mut connections = JoinSet::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        let stream = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                Err(_) => {
                    tokio::time::sleep(PAUSE).await;
                    continue;
                }
            },
            Some(_) = connections.join_next() => continue,
            () = &mut stop => break,
        };
        // Small events must not wait for more.
        let _ = stream.set_nodelay(true);
        let shared = Arc::clone(&shared);
        let service = service_fn(move |request| {
            let shared = Arc::clone(&shared);
            async move { Ok::<_, Infallible>(answer(&shared, request).await) }
        });
        let connection = server.serve_connection(TokioIo::new(stream), service).into_owned();
        let connection = graceful.watch(connection);
        // A client that left, or spoke no HTTP: its own affair.
        connections.spawn(async move { drop(connection.await) });
    }
    drop(listener);
    let _ = tokio::time::timeout(DRAIN, graceful.shutdown()).await;
}

/// Answers a request, whatever it takes.
async fn answer(shared: &Shared, request: Request<Incoming>) -> Response<Outgoing> {
    let (head, body) = request.into_parts();
    let result = answered(shared, &head, body).await;
    let api = || Api::detect(head.method.as_str(), head.uri.path());
    result.unwrap_or_else(|problem| respond(problem.reply(api()), &Steering::default()))
}

async fn answered(
    shared: &Shared,
    head: &Parts,
    body: Incoming,
) -> Result<Response<Outgoing>, Problem> {
    let (method, path) = (head.method.as_str(), head.uri.path());
    let route = Route::of(method, path);
    let plain = |document: &Value| respond(provider::json(document), &Steering::default());
    if route == Ok(Route::Seen) {
        return Ok(plain(&shared.seen.list()));
    }
    let body = collected(body).await?;
    let seen = shared.seen.note(method, path, &body);
    let api = match route? {
        Route::Api(api) => api,
        Route::Fixed(document) => return Ok(plain(&document)),
        Route::Seen => return Ok(plain(&shared.seen.list())),
    };
    let content_type = head.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let body = form::document(content_type.unwrap_or_default(), &body)?;
    let number = shared.count.fetch_add(1, Ordering::Relaxed) + 1;
    let ask = Ask::read(api, path, body, number)?;
    let answer = Answer::to(&ask);
    shared.seen.answered(seen, &answer.text);
    spoken(&ask, &answer, head.uri.query().unwrap_or_default())
}

/// What a model says.
fn spoken(ask: &Ask, answer: &Answer, query: &str) -> Result<Response<Outgoing>, Problem> {
    if let Some(status) = ask.steering.status {
        return Err(Problem::ordered(status));
    }
    if !ask.stream {
        return Ok(respond(provider::whole(ask, answer)?, &ask.steering));
    }
    let sse = query.split('&').any(|pair| pair == "alt=sse");
    let (framing, content_type) = provider::framing(ask.api, sse);
    let body = stream::events(&provider::events(ask, answer), framing, &ask.steering);
    let mut response = Response::new(body);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    Ok(response)
}

/// The whole body, if it comes in time and is no longer than the limit.
async fn collected(body: Incoming) -> Result<Bytes, Problem> {
    if body.size_hint().lower() > MAX_BODY as u64 {
        return Err(Problem::too_long(MAX_BODY));
    }
    match tokio::time::timeout(PATIENCE, Limited::new(body, MAX_BODY).collect()).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(Problem::too_long(MAX_BODY)),
        Ok(Err(_)) => Err(Problem::bad("the body broke off")),
        Err(_) => Err(Problem::slow()),
    }
}

fn respond(reply: Reply, steering: &Steering) -> Response<Outgoing> {
    let mut response = Response::new(stream::whole(reply.body, steering));
    let error = StatusCode::INTERNAL_SERVER_ERROR;
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(error);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(reply.content_type));
    for (name, value) in reply.headers {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    response
}
