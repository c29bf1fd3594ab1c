//! What becomes of requests and responses.

use anyhow::{Context as _, Result};
use http_body_util::{BodyExt as _, StreamBody};
use hyper::body::{Bytes, Frame};
use hyper::header::HeaderMap;
use hyper::{Request, Version};
use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot};

use crate::claims::{Proxy as _, answer, blocking};
use crate::gateway::{Asked, CHAT, event, prompt, whole};
use crate::stage::{Stage, run, send, whole_body};

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
        assert!(response.headers()["x-sandgate-policies"].to_str()?.starts_with("it@"));
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

/// Envoy's filter that makes dynamic metadata of what the header says: no WebAssembly may.
fn makes_metadata() -> Value {
    json!({
        "name": "metadata",
        "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.filters.http.header_to_metadata.v3.Config",
            "response_rules": [{
                "header": "x-sandgate",
                "on_header_present": { "metadata_namespace": "sandgate", "key": "decision" },
            }],
        },
    })
}

#[test]
fn what_was_done_is_in_the_access_log_without_a_word_of_the_text() -> Result<()> {
    run(async {
        let folder = tempfile::tempdir()?;
        let log = folder.path().join("access");
        let mut stage = Stage::with(json!({}), |stand| {
            stand.access_log = Some(log.clone());
            stand.before.push(makes_metadata());
        })
        .await?;
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
        assert_eq!(
            (&lines[0]["metadata"], &lines[1]["metadata"]),
            (&json!("edited"), &json!("refused"))
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
