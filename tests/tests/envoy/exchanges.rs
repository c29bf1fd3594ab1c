//! What becomes of requests and responses.

use std::io::Write as _;

use anyhow::{Context as _, Result};
use flate2::Compression;
use flate2::write::GzEncoder;
use http_body_util::{BodyExt as _, StreamBody};
use hyper::body::{Bytes, Frame};
use hyper::header::HeaderMap;
use hyper::{Request, StatusCode, Version};
use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot};

use crate::gateway::{Asked, CHAT, event, prompt, whole};
use crate::stage::{Stage, run, send, whole_body};

fn answer(text: &str) -> String {
    format!(r#"{{ "choices":[{{"message":{{"content":"{text}"}}}}]}}"#)
}

fn blocking() -> Value {
    json!({ "policies": { "it": { "actions": { "STAR": "block" } } } })
}

#[test]
fn text_is_edited_on_both_ways_and_the_rest_of_the_bytes_is_not() -> Result<()> {
    run(async {
        let mut stage = Stage::new(json!({})).await?;
        let request = Request::post("/v1/chat/completions?a=b").header("authorization", "key");
        let client = stage.send_with(request, prompt("a*b", false));
        let asked = stage.asked().await?;
        assert_eq!(asked.path, "/v1/chat/completions?a=b");
        assert_eq!(asked.body, prompt("a<STAR>b", false));
        assert_eq!(asked.headers["content-length"], prompt("a<STAR>b", false).len().to_string());
        assert_eq!(asked.headers["authorization"], "key");
        assert_eq!(asked.headers["accept-encoding"], "identity");
        let mut chunks = asked.answers(200, "application/json")?;
        for chunk in answer("c\\u002ad").as_bytes().chunks(5) {
            chunks.send_data(Bytes::copy_from_slice(chunk)).await?;
        }
        drop(chunks);
        let response = client.await??;
        assert_eq!(response.headers()["x-sandgate"], "edited");
        assert!(response.headers()["x-sandgate-policies"].to_str()?.starts_with("it@"));
        assert_eq!(response.headers()["content-length"], answer("c<STAR>d").len().to_string());
        assert_eq!(whole(response).await?, (StatusCode::OK, answer("c<STAR>d")));
        Ok(())
    })
}

#[test]
fn an_event_reaches_the_client_before_the_next_one_is_there() -> Result<()> {
    run(async {
        let mut stage = Stage::new(json!({})).await?;
        let client = stage.send(CHAT, prompt("hi", true));
        let mut chunks = stage.asked().await?.answers(200, "text/event-stream")?;
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
    })
}

#[test]
fn a_refused_prompt_never_reaches_the_model() -> Result<()> {
    run(async {
        let mut stage = Stage::new(blocking()).await?;
        for path in [CHAT, "/v1/messages", "/v1/anything/else"] {
            let response = stage.send(path, prompt("a*b", false)).await??;
            assert_eq!(response.headers()["x-sandgate"], "refused", "{path}");
            assert_eq!(response.headers()["content-type"], "application/json", "{path}");
            let (status, body) = whole(response).await?;
            assert_eq!(status, 403, "{path}");
            assert!(body.contains("STAR") && !body.contains("a*b"), "{path}: {body}");
        }
        assert!(stage.asked.try_recv().is_err());
        Ok(())
    })
}

#[test]
fn a_refused_response_has_the_status_of_a_refusal() -> Result<()> {
    run(async {
        let mut stage = Stage::new(blocking()).await?;
        let client = stage.send(CHAT, prompt("hi", false));
        let mut chunks = stage.asked().await?.answers(200, "application/json")?;
        chunks.send_data(answer("a*b").into()).await?;
        drop(chunks);
        let response = client.await??;
        assert_eq!(response.headers()["x-sandgate"], "refused");
        let (status, body) = whole(response).await?;
        assert_eq!(status, 403);
        assert!(body.contains("STAR") && !body.contains("a*b"), "{body}");
        Ok(())
    })
}

#[test]
fn a_block_in_a_stream_ends_it_in_the_providers_words() -> Result<()> {
    run(async {
        let mut stage = Stage::new(blocking()).await?;
        let client = stage.send(CHAT, prompt("hi", true));
        let mut chunks = stage.asked().await?.answers(200, "text/event-stream")?;
        for text in ["fine", "bad *", "more", "secret"] {
            chunks.send_data(event(text).into()).await?;
        }
        drop(chunks);
        let (status, body) = whole(client.await??).await?;
        assert_eq!(status, 200);
        assert!(body.starts_with(&event("fine")) && !body.contains("secret"), "{body}");
        assert!(body.contains("content_filter") && body.ends_with("data: [DONE]\n\n"), "{body}");
        Ok(())
    })
}

#[test]
fn what_is_only_observed_leaves_as_it_came_and_is_counted() -> Result<()> {
    run(async {
        let observe = json!({ "policies": { "it": { "mode": "observe" } } });
        let mut stage = Stage::new(observe).await?;
        let counter = "wasmcustom.sandgate.findings.policy.it.rule.STAR.action.observe";
        let before = stage.envoy.count(counter).await?;
        let client = stage.send(CHAT, prompt("a*b", false));
        let asked = stage.asked().await?;
        assert_eq!(asked.body, prompt("a*b", false));
        asked.answers(200, "application/json")?.send_data(answer("c*d").into()).await?;
        let response = client.await??;
        assert_eq!(response.headers()["x-sandgate"], "forward");
        assert_eq!(whole(response).await?.1, answer("c*d"));
        while stage.envoy.count(counter).await? < before + 2 {
            tokio::task::yield_now().await;
        }
        Ok(())
    })
}

#[test]
fn a_route_says_which_policies_look() -> Result<()> {
    run(async {
        let routes = json!({ "routes": [
            { "match": { "path": "/v1/*", "headers": { "x-team": "it" } }, "policies": [] },
            { "match": { "route": "named" }, "policies": [] },
            { "match": { "authority": "open.example.org" }, "policies": [] },
        ] });
        let mut stage = Stage::new(routes).await?;
        for (path, header, seen) in [
            (CHAT, ("x-team", "it"), "a*b"),
            (CHAT, ("x-team", "hr"), "a<STAR>b"),
            ("/named/v1/chat/completions", ("x-team", "hr"), "a*b"),
            (CHAT, ("host", "open.example.org"), "a*b"),
            ("/v1/%2e%2e/x", ("x-team", "it"), "a<STAR>b"),
        ] {
            let request = Request::post(path).header(header.0, header.1);
            let client = stage.send_with(request, prompt("a*b", false));
            let asked = stage.asked().await?;
            assert_eq!(asked.body, prompt(seen, false), "{path} {header:?}");
            drop(asked.answers(200, "application/json")?);
            client.await??;
        }
        Ok(())
    })
}

#[test]
fn errors_of_the_upstream_are_looked_at_and_come_back() -> Result<()> {
    run(async {
        let mut stage = Stage::new(json!({})).await?;
        for status in [400, 429, 503] {
            let client = stage.send(CHAT, prompt("hi", true));
            let mut chunks = stage.asked().await?.answers(status, "application/json")?;
            let error = |text: &str| format!(r#"{{"error":{{"message":"{text}"}}}}"#);
            chunks.send_data(error("you said *").into()).await?;
            drop(chunks);
            let (came, body) = whole(client.await??).await?;
            assert_eq!((came.as_u16(), body), (status, error("you said <STAR>")));
        }
        Ok(())
    })
}

#[test]
fn upgrades_are_refused() -> Result<()> {
    run(async {
        let stage = Stage::new(json!({})).await?;
        let upgrade = Request::get("/v1/realtime")
            .header("connection", "upgrade")
            .header("upgrade", "websocket");
        let (status, body) = whole(stage.send_with(upgrade, "").await??).await?;
        assert_eq!(status, 501);
        assert!(body.contains("WebSocket"), "{body}");
        Ok(())
    })
}

#[test]
fn both_sides_may_speak_http2_and_trailers_are_let_fall() -> Result<()> {
    run(async {
        let mut stage = Stage::with(json!({}), |stand| stand.http2 = true).await?;
        for stream in [false, true] {
            let mut trailers = HeaderMap::new();
            trailers.insert("x-trailer", "a*b".parse()?);
            let data = Frame::data(Bytes::from(prompt("a*b", stream)));
            let frames = [Ok::<_, std::io::Error>(data), Ok(Frame::trailers(trailers.clone()))];
            let body = StreamBody::new(futures_util::stream::iter(frames)).boxed();
            let client = send(stage.address, true, Request::post(CHAT), body);
            let asked = stage.asked().await?;
            assert_eq!(asked.body, prompt("a<STAR>b", stream));
            let (kind, said, read) = match stream {
                false => ("application/json", answer("c*d"), answer("c<STAR>d")),
                true => ("text/event-stream", event("c*d"), event("c<STAR>d")),
            };
            let mut chunks = asked.answers_with(200, &[("content-type", kind)])?;
            chunks.send_data(said.into()).await?;
            chunks.send_trailers(trailers).await?;
            drop(chunks);
            let response = client.await??;
            assert_eq!(response.version(), Version::HTTP_2);
            let body = response.into_body().collect().await?;
            let came = body.trailers().is_some_and(|trailers| !trailers.is_empty());
            assert!(!came, "trailers were not read by anybody");
            assert_eq!(body.to_bytes(), read);
        }
        Ok(())
    })
}

#[test]
fn what_was_taken_off_is_not_said_to_be_on() -> Result<()> {
    run(async {
        let mut stage = Stage::new(json!({})).await?;
        for (text, edited) in [("a*b", true), ("ab", false)] {
            let request = Request::post(CHAT).header("content-encoding", "gzip");
            let body = gzip(prompt(text, true).as_bytes());
            let client = stage.send_with(request, body.clone());
            let asked = stage.asked().await?;
            assert_eq!(asked.headers.get("content-encoding").is_none(), edited);
            match edited {
                true => assert_eq!(asked.body, prompt("a<STAR>b", true)),
                false => assert_eq!(asked.body, body, "it goes on as it came"),
            }
            let mut chunks = asked.answers_with(
                200,
                &[("content-type", "text/event-stream"), ("content-encoding", "gzip")],
            )?;
            chunks.send_data(gzip(event("c*d").as_bytes()).into()).await?;
            drop(chunks);
            let response = client.await??;
            assert!(!response.headers().contains_key("content-encoding"));
            assert_eq!(whole(response).await?, (StatusCode::OK, event("c<STAR>d")));
        }
        Ok(())
    })
}

#[test]
fn where_heads_cannot_be_held_no_text_leaves_unread_all_the_same() -> Result<()> {
    run(async {
        let mut config = blocking();
        config["envoy"] = json!({ "headers": "pass" });
        let mut stage = Stage::with(config, |stand| stand.holds = false).await?;
        let (status, body) = whole(stage.send(CHAT, prompt("a*b", false)).await??).await?;
        assert_eq!(status, 403);
        assert!(body.contains("STAR") && !body.contains("a*b"), "{body}");

        let client = stage.send(CHAT, prompt("hi", false));
        let asked = stage.asked().await?;
        assert_eq!(asked.body, prompt("hi", false));
        let mut chunks = asked.answers(200, "application/json")?;
        chunks.send_data(answer("a*b").into()).await?;
        drop(chunks);
        let (status, body) = whole(client.await??).await?;
        assert_eq!(status, 200, "its head has gone");
        assert!(body.contains("STAR") && !body.contains("a*b"), "{body}");
        Ok(())
    })
}

#[test]
fn what_was_done_is_in_the_access_log_without_a_word_of_the_text() -> Result<()> {
    run(async {
        let folder = tempfile::tempdir()?;
        let log = folder.path().join("access");
        let mut stage =
            Stage::with(json!({}), |stand| stand.access_log = Some(log.clone())).await?;
        let client = stage.send(CHAT, prompt("qwfp*word", false));
        let asked = stage.asked().await?;
        asked.answers(200, "application/json")?.send_data(answer("zxcd*vk").into()).await?;
        whole(client.await??).await?;
        let refused = stage.send(CHAT, "{broken").await??;
        assert_eq!(whole(refused).await?.0, 403);
        let mut text = String::new();
        while text.lines().count() < 2 {
            // Envoy writes it out when it has some, or is told to.
            stage.envoy.post("/reopen_logs").await?;
            text = std::fs::read_to_string(&log).unwrap_or_default();
        }
        let lines: Vec<Value> = text.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
        assert_eq!(lines[0]["decision"], "edited");
        assert_eq!(lines[0]["findings"], "it/STAR redact 2");
        assert_eq!(
            (&lines[1]["decision"], &lines[1]["refused"]),
            (&json!("refused"), &json!("unscannable"))
        );
        let all = text + &stage.envoy.log();
        assert!(!all.contains("qwfp") && !all.contains("zxcd"), "{all}");
        Ok(())
    })
}

#[test]
fn a_wrong_configuration_is_declined_with_its_place() -> Result<()> {
    run(async {
        let wrong = json!({ "policies": { "other": null } });
        let error = Stage::new(wrong).await.err().context("it is declined")?.to_string();
        let says = "plugin configuration: policies.other: no policy of this name was fused into the \
                    module, expected one of `it`";
        assert!(error.contains(says), "{error}");
        Ok(())
    })
}

#[test]
fn a_new_configuration_is_taken_up_without_a_failed_request() -> Result<()> {
    run(async {
        let Stage { envoy, mut stand, address, asked } = Stage::new(json!({})).await?;
        tokio::spawn(always_answer(asked));
        let (stop, mut stopped) = oneshot::channel::<()>();
        let load = tokio::spawn(async move {
            let mut statuses = Vec::new();
            while stopped.try_recv().is_err() {
                let body = whole_body(prompt("a*b", false));
                let response = send(address, false, Request::post(CHAT), body).await??;
                statuses.push(response.status().as_u16());
            }
            anyhow::Ok(statuses)
        });
        stand.config = json!({
            "policies": { "it": { "actions": { "STAR": "block" } } },
            "refusal": { "status": 451 },
        });
        assert_eq!(envoy.take(stand).await?, address);
        let body = whole_body(prompt("a*b", false));
        let after = send(address, false, Request::post(CHAT), body).await??;
        let (status, said) = whole(after).await?;
        assert_eq!(status, 451, "{said}");
        let _ = stop.send(());
        let statuses = load.await??;
        assert!(statuses.contains(&200), "{statuses:?}");
        assert!(statuses.iter().all(|status| [200, 451].contains(status)), "{statuses:?}");
        Ok(())
    })
}

/// A model that has one answer.
async fn always_answer(mut asked: mpsc::UnboundedReceiver<Asked>) -> Result<()> {
    while let Some(asked) = asked.recv().await {
        asked.answers(200, "application/json")?.send_data("{}".into()).await?;
    }
    Ok(())
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(body).and_then(|()| encoder.finish()).unwrap_or_default()
}
