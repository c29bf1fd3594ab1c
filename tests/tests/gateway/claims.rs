//! What holds of every proxy with Sandgate in it, the gateway and Envoy: a client on one side of it, a
//! model on the other, and a policy that finds every `*`.

use std::io::Write as _;

use anyhow::{Context as _, Result};
use flate2::Compression;
use flate2::write::GzEncoder;
use http_body_util::BodyExt as _;
use hyper::body::{Bytes, Incoming};
use hyper::http::request::Builder;
use hyper::{Request, Response, StatusCode};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::gateway::{Asked, CHAT, Chunks, event, prompt, whole};

/// A proxy under test, between a client and a model.
pub(crate) trait Proxy: Sized {
    /// With these keys of configuration besides the policy.
    async fn configured(config: Value) -> Result<Self>;

    /// Sends a request, which is under way when this returns.
    fn send_with(
        &self,
        request: Builder,
        body: impl Into<Bytes>,
    ) -> JoinHandle<Result<Response<Incoming>>>;

    /// What reaches the model.
    fn model(&mut self) -> &mut mpsc::UnboundedReceiver<Asked>;

    /// Posts a body, which is under way when this returns.
    fn send(&self, path: &str, body: impl Into<Bytes>) -> JoinHandle<Result<Response<Incoming>>> {
        self.send_with(Request::post(path), body)
    }

    /// The next request that reaches the model.
    async fn asked(&mut self) -> Result<Asked> {
        self.model().recv().await.context("the model was not asked")
    }
}

/// Each claim as a test of a proxy.
macro_rules! claims {
    ($proxy:ty, $run:path: $($claim:ident)*) => { $(
        #[test]
        fn $claim() -> anyhow::Result<()> {
            $run($crate::claims::$claim::<$proxy>())
        }
    )* };
    ($proxy:ty, $run:path) => {
        $crate::claims::claims! { $proxy, $run:
            text_is_edited_on_both_ways_and_the_rest_of_the_bytes_is_not
            an_event_reaches_the_client_before_the_next_one_is_there
            a_refused_prompt_never_reaches_the_model
            a_refused_response_has_the_status_of_a_refusal
            a_block_in_a_stream_ends_it_in_the_providers_words
            errors_of_the_upstream_are_looked_at_and_come_back
            what_was_taken_off_is_not_said_to_be_on
            a_client_that_leaves_takes_the_models_connection_with_it
            a_stream_that_breaks_off_is_seen_to_break_off
            a_stream_that_ends_within_an_event_is_seen_to_break_off
        }
    };
}
pub(crate) use claims;

/// A whole answer of a model.
pub(crate) fn answer(text: &str) -> String {
    format!(r#"{{ "choices":[{{"message":{{"content":"{text}"}}}}]}}"#)
}

/// A configuration under which a `*` is refused.
pub(crate) fn blocking() -> Value {
    json!({ "policies": { "it": { "actions": { "STAR": "block" } } } })
}

pub(crate) async fn text_is_edited_on_both_ways_and_the_rest_of_the_bytes_is_not<P: Proxy>()
-> Result<()> {
    let mut proxy = P::configured(json!({})).await?;
    let request = Request::post("/v1/chat/completions?a=b").header("authorization", "key");
    let client = proxy.send_with(request, prompt("a*b", false));
    let asked = proxy.asked().await?;
    assert!(asked.path.ends_with("/v1/chat/completions?a=b"), "{}", asked.path);
    assert_eq!(asked.body, prompt("a<STAR>b", false));
    assert_eq!(asked.headers["content-length"], asked.body.len().to_string());
    assert_eq!(asked.headers["authorization"], "key");
    assert_eq!(asked.headers["accept-encoding"], "identity");
    let mut chunks = asked.answers(200, "application/json")?;
    for chunk in answer("c\\u002ad").as_bytes().chunks(5) {
        chunks.send_data(Bytes::copy_from_slice(chunk)).await?;
    }
    drop(chunks);
    let response = client.await??;
    assert_eq!(response.headers()["x-sandgate"], "edited");
    assert_eq!(response.headers()["content-length"], answer("c<STAR>d").len().to_string());
    assert_eq!(whole(response).await?, (StatusCode::OK, answer("c<STAR>d")));
    Ok(())
}

pub(crate) async fn an_event_reaches_the_client_before_the_next_one_is_there<P: Proxy>()
-> Result<()> {
    let mut proxy = P::configured(json!({})).await?;
    let client = proxy.send(CHAT, prompt("hi", true));
    let mut chunks = proxy.asked().await?.answers(200, "text/event-stream")?;
    chunks.send_data(event("one").into()).await?;
    let mut response = client.await??;
    let mut next = async || -> Result<String> {
        let frame = response.frame().await.context("it ended")??;
        Ok(String::from_utf8(frame.into_data().ok().context("no data")?.to_vec())?)
    };
    assert_eq!(next().await?, event("one"));
    for (said, read) in [("t*o", "t<STAR>o"), ("three", "three")] {
        chunks.send_data(event(said).into()).await?;
        assert_eq!(next().await?, event(read));
    }
    Ok(())
}

pub(crate) async fn a_refused_prompt_never_reaches_the_model<P: Proxy>() -> Result<()> {
    let mut proxy = P::configured(blocking()).await?;
    for path in [CHAT, "/v1/messages", "/v1/anything/else"] {
        let client = proxy.send(path, prompt("a*b", false));
        let response = client.await??;
        assert_eq!(response.headers()["x-sandgate"], "refused", "{path}");
        assert_eq!(response.headers()["content-type"], "application/json", "{path}");
        let (status, body) = whole(response).await?;
        assert_eq!(status, 403, "{path}");
        assert!(body.contains("STAR") && !body.contains("a*b"), "{path}: {body}");
    }
    assert!(proxy.model().try_recv().is_err());
    Ok(())
}

pub(crate) async fn a_refused_response_has_the_status_of_a_refusal<P: Proxy>() -> Result<()> {
    let mut proxy = P::configured(blocking()).await?;
    let client = proxy.send(CHAT, prompt("hi", false));
    let mut chunks = proxy.asked().await?.answers(200, "application/json")?;
    chunks.send_data(answer("a*b").into()).await?;
    drop(chunks);
    let response = client.await??;
    assert_eq!(response.headers()["x-sandgate"], "refused");
    let (status, body) = whole(response).await?;
    assert_eq!(status, 403);
    assert!(body.contains("STAR") && !body.contains("a*b"), "{body}");
    Ok(())
}

pub(crate) async fn a_block_in_a_stream_ends_it_in_the_providers_words<P: Proxy>() -> Result<()> {
    let mut proxy = P::configured(blocking()).await?;
    let client = proxy.send(CHAT, prompt("hi", true));
    let mut chunks = proxy.asked().await?.answers(200, "text/event-stream")?;
    for text in ["fine", "bad *", "more", "secret"] {
        // Who is refused is not read to its end everywhere.
        if chunks.send_data(event(text).into()).await.is_err() {
            break;
        }
    }
    drop(chunks);
    let (status, body) = whole(client.await??).await?;
    assert_eq!(status, 200);
    assert!(body.starts_with(&event("fine")), "{body}");
    assert!(!body.contains('*') && !body.contains("secret"), "{body}");
    assert!(body.contains("content_filter") && body.ends_with("data: [DONE]\n\n"), "{body}");
    Ok(())
}

pub(crate) async fn errors_of_the_upstream_are_looked_at_and_come_back<P: Proxy>() -> Result<()> {
    let mut proxy = P::configured(json!({})).await?;
    for status in [400, 429, 503] {
        let client = proxy.send(CHAT, prompt("hi", true));
        let mut chunks = proxy.asked().await?.answers(status, "application/json")?;
        let error = |text: &str| format!(r#"{{"error":{{"message":"{text}"}}}}"#);
        chunks.send_data(error("you said *").into()).await?;
        drop(chunks);
        let (came, body) = whole(client.await??).await?;
        assert_eq!((came.as_u16(), body), (status, error("you said <STAR>")));
    }
    Ok(())
}

pub(crate) async fn what_was_taken_off_is_not_said_to_be_on<P: Proxy>() -> Result<()> {
    let mut proxy = P::configured(json!({})).await?;
    for (text, edited) in [("a*b", true), ("ab", false)] {
        let request = Request::post(CHAT).header("content-encoding", "gzip");
        let body = gzip(prompt(text, true).as_bytes());
        let client = proxy.send_with(request, body.clone());
        let asked = proxy.asked().await?;
        assert_eq!(asked.headers.get("content-encoding").is_none(), edited);
        match edited {
            true => assert_eq!(asked.body, prompt("a<STAR>b", true)),
            false => assert_eq!(asked.body, body, "it goes on as it came"),
        }
        let streamed = [("content-type", "text/event-stream"), ("content-encoding", "gzip")];
        let mut chunks = asked.answers_with(200, &streamed)?;
        chunks.send_data(gzip(event("c*d").as_bytes()).into()).await?;
        drop(chunks);
        let response = client.await??;
        assert!(!response.headers().contains_key("content-encoding"));
        assert_eq!(whole(response).await?, (StatusCode::OK, event("c<STAR>d")));
    }
    Ok(())
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(body).and_then(|()| encoder.finish()).unwrap_or_default()
}

pub(crate) async fn a_client_that_leaves_takes_the_models_connection_with_it<P: Proxy>()
-> Result<()> {
    let mut proxy = P::configured(json!({})).await?;
    let client = proxy.send(CHAT, prompt("hi", true));
    let mut chunks = proxy.asked().await?.answers(200, "text/event-stream")?;
    chunks.send_data(event("one").into()).await?;
    drop(client.await??);
    until_nobody_reads(chunks).await
}

/// Sends until it fails; an endless stream would fill every buffer, and the time limit ends it.
pub(crate) async fn until_nobody_reads(mut chunks: Chunks) -> Result<()> {
    while chunks.send_data(event("more").into()).await.is_ok() {}
    Ok(())
}

/// A stream that has begun well, and then an event that has not come to its end.
async fn half_an_event<P: Proxy>(proxy: &mut P) -> Result<(Response<Incoming>, Chunks)> {
    let client = proxy.send(CHAT, prompt("hi", true));
    let mut chunks = proxy.asked().await?.answers(200, "text/event-stream")?;
    chunks.send_data(event("one").into()).await?;
    let mut response = client.await??;
    let first = response.frame().await.context("it ended")??;
    assert_eq!(first.into_data().ok(), Some(Bytes::from(event("one"))));
    chunks.send_data(Bytes::from_static(b"data: {\"choices\":[{\"del")).await?;
    Ok((response, chunks))
}

pub(crate) async fn a_stream_that_breaks_off_is_seen_to_break_off<P: Proxy>() -> Result<()> {
    let mut proxy = P::configured(json!({})).await?;
    let (response, chunks) = half_an_event(&mut proxy).await?;
    chunks.abort().await?;
    let rest = response.collect().await;
    assert!(rest.is_err(), "{rest:?}");
    Ok(())
}

pub(crate) async fn a_stream_that_ends_within_an_event_is_seen_to_break_off<P: Proxy>() -> Result<()>
{
    let mut proxy = P::configured(json!({})).await?;
    let (response, chunks) = half_an_event(&mut proxy).await?;
    drop(chunks);
    let rest = response.collect().await;
    assert!(rest.is_err(), "{rest:?}");
    Ok(())
}
