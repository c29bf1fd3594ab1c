//! What goes wrong, and what is seen of it.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use http_body_util::BodyExt as _;
use hyper::body::Bytes;
use hyper::{Request, StatusCode};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::claims::{Proxy as _, until_nobody_reads};
use crate::stage::*;

#[test]
fn a_block_in_a_stream_closes_the_models_connection() -> Result<()> {
    run(async {
        let mut stage = Stage::new("policies: { it: { actions: { STAR: block } } }").await?;
        let client = stage.send(CHAT, prompt("hi", true));
        let mut chunks = stage.asked().await?.answers(200, "text/event-stream")?;
        chunks.send_data(event("bad *").into()).await?;
        whole(client.await??).await?;
        until_nobody_reads(chunks).await
    })
}

#[test]
fn a_policy_that_faults_in_a_stream_ends_it() -> Result<()> {
    run(async {
        let mut stage = Stage::new("").await?;
        let client = stage.send(CHAT, prompt("hi", true));
        let mut chunks = stage.asked().await?.answers(200, "text/event-stream")?;
        chunks.send_data(event("!secret").into()).await?;
        let (_, body) = whole(client.await??).await?;
        assert!(!body.contains("secret") && body.contains("content_filter"), "{body}");
        let answer = r#"{"choices":[{"message":{"content":"next"}}]}"#;
        let next = stage.exchange(&prompt("hi", false), answer).await?;
        assert_eq!(next, (StatusCode::OK, answer.to_owned()), "the next exchange is well");
        Ok(())
    })
}

#[test]
fn what_nobody_can_read_is_refused_unless_it_is_allowed() -> Result<()> {
    run(async {
        let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
        let bodies = [b"\xff\xfe{}".to_vec(), b"{\"messages\":[".to_vec()];
        let mut closed = Stage::new("").await?;
        for body in &bodies {
            let response = closed.send(CHAT, body.clone()).await??;
            assert_eq!(response.status(), 403, "{}", String::from_utf8_lossy(body));
        }
        let encoded = Request::post(CHAT).header("content-encoding", "gzip");
        assert_eq!(closed.send_with(encoded, "{}").await??.status(), 403);
        assert!(closed.asked.try_recv().is_err());
        let mut open = Stage::new("on_unscannable: allow").await?;
        let answer = r#"{"choices":[]}"#;
        let left = open.exchange("{\"messages\":[", answer).await?;
        assert_eq!(left, (StatusCode::OK, answer.to_owned()));
        let left = open.exchange(&deep, answer).await?;
        assert_eq!(left, (StatusCode::OK, answer.to_owned()));
        Ok(())
    })
}

#[test]
fn an_event_of_ten_megabytes_passes_and_a_longer_one_than_the_limit_does_not() -> Result<()> {
    run(async {
        let mut stage = Stage::new("limits: { body: 11000000, held: 11000000 }").await?;
        for (megabytes, passes) in [(10, true), (12, false)] {
            let client = stage.send(CHAT, prompt("hi", true));
            let mut chunks = stage.asked().await?.answers(200, "text/event-stream")?;
            let long = event(&"long ".repeat(megabytes * 200_000));
            let sent = Bytes::from(long.clone());
            tokio::spawn(async move {
                for at in (0..sent.len()).step_by(16 << 10) {
                    let end = sent.len().min(at + (16 << 10));
                    if chunks.send_data(sent.slice(at..end)).await.is_err() {
                        return;
                    }
                }
            });
            let left = whole(client.await??).await;
            match left {
                Ok((_, body)) if passes => assert!(body == long, "{} bytes", body.len()),
                Ok((_, body)) => {
                    assert!(!passes && !body.contains("long"), "{} bytes", body.len());
                }
                Err(_) => assert!(!passes),
            }
        }
        Ok(())
    })
}

#[test]
fn a_slow_client_slows_the_model_down_and_misses_nothing() -> Result<()> {
    run(async {
        let mut stage = Stage::new("").await?;
        let client = stage.send(CHAT, prompt("hi", true));
        let mut chunks = stage.asked().await?.answers(200, "text/event-stream")?;
        let mut response = client.await??;
        let text = "x".repeat(64 << 10);
        let mut sent = 0;
        // What fits into sockets and windows goes out; then nobody takes any more.
        while let Ok(done) =
            timeout(Duration::from_millis(500), chunks.send_data(event(&text).into())).await
        {
            done?;
            sent += 1;
            ensure!(sent < 2000, "125 MiB went out to a client that reads nothing");
        }
        let model = tokio::spawn(async move {
            chunks.send_data(event("last").into()).await?;
            Ok::<_, anyhow::Error>(())
        });
        let mut read = 0;
        while let Some(frame) = response.frame().await {
            read += frame?.into_data().map_or(0, |data| data.len());
        }
        model.await??;
        let whole = sent * event(&text).len() + event("last").len();
        // The event that was given up while it waited was either never sent or sent whole.
        assert!(read == whole || read == whole + event(&text).len(), "{read} of {whole}");
        Ok(())
    })
}

#[test]
fn a_client_that_is_too_slow_is_not_waited_for() -> Result<()> {
    run(async {
        let mut stage = Stage::impatient(Duration::from_millis(300)).await?;
        let begun = format!("POST {CHAT} HTTP/1.1\r\nhost: model\r\n");
        let unfinished = format!("{begun}content-length: 100\r\n\r\n{{\"messages\":");
        for (sent, status) in [(begun.as_str(), ""), (&unfinished, "HTTP/1.1 408 ")] {
            let mut client = TcpStream::connect(stage.gateway).await?;
            client.write_all(sent.as_bytes()).await?;
            let mut answer = String::new();
            client.read_to_string(&mut answer).await?;
            assert!(answer.starts_with(status), "{answer}");
        }
        assert!(stage.asked.try_recv().is_err(), "the model was asked");
        Ok(())
    })
}

#[test]
fn a_client_that_takes_nothing_is_left() -> Result<()> {
    run(async {
        let mut stage = Stage::impatient(Duration::from_millis(300)).await?;
        let client = stage.send(CHAT, prompt("hi", true));
        let mut chunks = stage.asked().await?.answers(200, "text/event-stream")?;
        // Held, and never read.
        let _response = client.await??;
        let much = event(&"x".repeat(64 << 10));
        while chunks.send_data(much.clone().into()).await.is_ok() {}
        Ok(())
    })
}

#[test]
fn one_exchange_more_than_there_is_room_for_is_told_to_come_again() -> Result<()> {
    run(async {
        let mut stage = Stage::new("refusal: { as: message }").await?;
        let mut streams = Vec::new();
        for number in 0..INSTANCES {
            let client = stage.send(CHAT, prompt(&format!("{number}"), true));
            let mut chunks = stage.asked().await?.answers(200, "text/event-stream")?;
            chunks.send_data(event("one").into()).await?;
            let mut response = client.await??;
            response.frame().await.context("it ended")??;
            streams.push((response, chunks));
        }
        let refused = stage.send(CHAT, prompt("one more", false)).await??;
        let (status, body) = whole(refused).await?;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(body.contains("try again later") && body.contains("overloaded"), "{body}");
        assert!(stage.asked.try_recv().is_err(), "the model was asked");

        let (mut response, mut chunks) = streams.pop().context("no stream")?;
        chunks.send_data(event("two").into()).await?;
        drop(chunks);
        while let Some(frame) = response.frame().await {
            frame?;
        }
        let answer = r#"{"choices":[{"message":{"content":"next"}}]}"#;
        let next = stage.exchange(&prompt("hi", false), answer).await?;
        assert_eq!(next, (StatusCode::OK, answer.to_owned()), "there is room again");
        Ok(())
    })
}

#[test]
fn an_endless_event_ends_at_the_limit() -> Result<()> {
    run(async {
        let mut stage = Stage::new("limits: { body: 100000 }").await?;
        let client = stage.send(CHAT, prompt("hi", true));
        let mut chunks = stage.asked().await?.answers(200, "text/event-stream")?;
        chunks.send_data(event("first").into()).await?;
        let mut response = client.await??;
        let model = tokio::spawn(async move {
            let endless = Bytes::from(vec![b'x'; 4096]);
            chunks.send_data("data: {\"choices\":[{\"delta\":{\"content\":\"".into()).await?;
            for _ in 0..10_000 {
                chunks.send_data(endless.clone()).await?;
            }
            Ok::<_, anyhow::Error>(())
        });
        let mut left = Vec::new();
        while let Some(frame) = response.frame().await {
            left.extend(frame?.into_data().unwrap_or_default());
        }
        let left = String::from_utf8(left)?;
        assert!(left.starts_with(&event("first")) && left.contains("content_filter"), "{left}");
        assert!(!left.contains("xxx"));
        assert!(model.await?.is_err(), "the model's connection is closed");
        Ok(())
    })
}

#[test]
fn a_stream_of_many_events_passes_one_by_one() -> Result<()> {
    run(async {
        let mut stage = Stage::new("limits: { body: 4096, held: 64 }").await?;
        let client = stage.send(CHAT, prompt("hi", true));
        let mut chunks = stage.asked().await?.answers(200, "text/event-stream")?;
        let model = tokio::spawn(async move {
            for number in 0..20_000 {
                chunks.send_data(event(&format!("{number}*")).into()).await?;
            }
            Ok::<_, anyhow::Error>(())
        });
        let (status, body) = whole(client.await??).await?;
        model.await??;
        assert_eq!((status, body.matches("<STAR>").count()), (StatusCode::OK, 20_000));
        Ok(())
    })
}

#[test]
fn trailers_are_let_fall_and_the_body_is_whole() -> Result<()> {
    run(async {
        let mut stage = Stage::new("").await?;
        let client = stage.send(CHAT, prompt("hi", true));
        let mut chunks = stage.asked().await?.answers(200, "text/event-stream")?;
        chunks.send_data(event("o*e").into()).await?;
        let trailers = [("x-checksum".parse()?, "of the body as it came".parse()?)];
        chunks.send_trailers(trailers.into_iter().collect()).await?;
        drop(chunks);
        let mut response = client.await??;
        let mut left = Vec::new();
        while let Some(frame) = response.frame().await {
            let frame = frame?;
            ensure!(!frame.is_trailers(), "trailers");
            left.extend(frame.into_data().unwrap_or_default());
        }
        assert_eq!(String::from_utf8(left)?, event("o<STAR>e"));
        Ok(())
    })
}

#[test]
fn an_answer_that_breaks_off_is_no_answer() -> Result<()> {
    run(async {
        let mut stage = Stage::new("").await?;
        let client = stage.send(CHAT, prompt("hi", false));
        let mut chunks = stage.asked().await?.answers(200, "application/json")?;
        chunks.send_data("{\"choices\":[{\"message\":{\"content\":\"secret".into()).await?;
        chunks.abort().await?;
        let (status, body) = whole(client.await??).await?;
        assert_eq!(status, StatusCode::BAD_GATEWAY);
        assert!(!body.contains("secret"));
        Ok(())
    })
}

#[test]
fn a_request_that_breaks_off_goes_nowhere() -> Result<()> {
    run(async {
        let mut stage = Stage::new("").await?;
        for head in ["content-length: 1000", "transfer-encoding: chunked"] {
            let mut client = TcpStream::connect(stage.gateway).await?;
            let body = "3e8\r\n{\"messages\":[{\"content\":\"hi";
            let body = if head.starts_with("content") { &body[5..] } else { body };
            let head = format!("POST {CHAT} HTTP/1.1\r\nhost: model\r\n{head}\r\n\r\n{body}");
            client.write_all(head.as_bytes()).await?;
            client.shutdown().await?;
            let mut answer = String::new();
            client.read_to_string(&mut answer).await?;
            let status = answer.lines().next().unwrap_or("HTTP/1.1 400 Bad Request");
            assert!(status.contains(" 400 "), "{answer}");
        }
        assert!(stage.asked.try_recv().is_err());
        Ok(())
    })
}

#[test]
fn nothing_of_an_event_that_nobody_can_read_leaves_unless_it_is_allowed() -> Result<()> {
    run(async {
        let deep = format!("data: {}{}\n\n", "[".repeat(10_000), "]".repeat(10_000));
        let broken = b"data: {\"choices\":[{\"delta\":{\"content\":\"\xff\"}}]}\n\n".to_vec();
        let cut = b"data: {\"choices\":[{\"delta\":\n\n".to_vec();
        let mut closed = Stage::new("").await?;
        let mut open = Stage::new("on_unscannable: allow").await?;
        for (unread, is_read) in [(deep.into_bytes(), true), (broken, false), (cut, false)] {
            for (stage, leaves) in [(&mut closed, is_read), (&mut open, true)] {
                let client = stage.send(CHAT, prompt("hi", true));
                let mut chunks = stage.asked().await?.answers(200, "text/event-stream")?;
                chunks.send_data(event("one*").into()).await?;
                chunks.send_data(unread.clone().into()).await?;
                drop(chunks);
                let body = client.await??.collect().await?.to_bytes();
                let all = [event("one<STAR>").into_bytes(), unread.clone()].concat();
                assert_eq!(body == all, leaves, "{}", String::from_utf8_lossy(&body));
                let ends = String::from_utf8_lossy(&body).contains("content_filter");
                assert_eq!(ends, !leaves, "{}", String::from_utf8_lossy(&body));
            }
        }
        Ok(())
    })
}

#[test]
fn an_answer_of_ten_thousand_levels_is_looked_at_to_the_last() -> Result<()> {
    run(async {
        let mut stage = Stage::new("").await?;
        let deep = |text: &str| {
            let (open, close) = ("{\"a\":[".repeat(5_000), "]}".repeat(5_000));
            format!("{open}\"{text}\"{close}")
        };
        let left = stage.exchange(&prompt("hi", false), &deep("b * d")).await?;
        assert_eq!(left, (StatusCode::OK, deep("b <STAR> d")));
        Ok(())
    })
}

#[test]
fn text_that_is_held_too_long_leaves_or_ends_the_stream() -> Result<()> {
    run(async {
        for (on_held, left) in [("release", "<STAR"), ("block", "content_filter")] {
            let mut stage = Stage::new(&format!(
                "policies: {{ it: {{ actions: {{ STAR: pseudonymize }} }} }}\n\
                 limits: {{ held_ms: 50, on_held: {on_held} }}"
            ))
            .await?;
            let client = stage.send(CHAT, prompt("a*b", true));
            let mut chunks = stage.asked().await?.answers(200, "text/event-stream")?;
            // It may become the stand-in that was made for the `*`, and nothing more comes.
            chunks.send_data(event("to <STAR").into()).await?;
            let mut response = client.await??;
            let mut read = String::new();
            while !read.contains(left) {
                let frame = response.frame().await.context("it ended")??;
                read += std::str::from_utf8(&frame.into_data().unwrap_or_default())?;
            }
            assert!(read.starts_with(&event("to ")), "{read}");
            assert_eq!(read.contains("<STAR"), on_held == "release", "{read}");
        }
        Ok(())
    })
}
