//! Bodies about as long as they may be, and what breaks off.

use anyhow::Result;
use hyper::body::Bytes;
use serde_json::json;

use crate::claims::Proxy as _;
use crate::gateway::{CHAT, event, prompt, whole};
use crate::stage::{Stage, run};

const LIMIT: u32 = 64 << 10;

/// A prompt of so many bytes, with a star in it.
fn long(length: usize) -> String {
    let around = prompt("*", false).len();
    prompt(&format!("*{}", "a".repeat(length - around)), false)
}

#[test]
fn a_request_up_to_envoys_buffer_passes_and_a_longer_one_is_refused() -> Result<()> {
    run(async {
        let mut stage = Stage::with(json!({}), |stand| stand.buffer = LIMIT).await?;
        let body = long(LIMIT as usize - 1024);
        let client = stage.send(CHAT, body.clone());
        let asked = stage.asked().await?;
        assert_eq!(asked.body, body.replace('*', "<STAR>"));
        drop(asked.answers(200, "application/json")?);
        assert_eq!(client.await??.status(), 200);
        let (status, _) = whole(stage.send(CHAT, long(LIMIT as usize * 4)).await??).await?;
        assert_eq!(status, 413);
        assert!(stage.asked.try_recv().is_err());
        Ok(())
    })
}

#[test]
fn a_request_that_outgrows_the_buffer_by_its_edits_harms_nobody() -> Result<()> {
    run(async {
        let mut stage = Stage::with(json!({}), |stand| stand.buffer = LIMIT).await?;
        let stars = prompt(&"*".repeat(LIMIT as usize / 2), false);
        let mut client = stage.send(CHAT, stars);
        // Envoy may take it or not, as long as it goes on.
        tokio::select! {
            asked = stage.asked() => {
                let asked = asked?;
                assert!(!asked.body.contains(&b'*'));
                drop(asked.answers(200, "application/json")?);
                assert_eq!(client.await??.status(), 200);
            }
            response = &mut client => assert_eq!(response??.status(), 413),
        }
        let client = stage.send(CHAT, prompt("a*b", false));
        let asked = stage.asked().await?;
        assert_eq!(asked.body, prompt("a<STAR>b", false));
        drop(asked.answers(200, "application/json")?);
        assert_eq!(client.await??.status(), 200);
        Ok(())
    })
}

#[test]
fn the_limit_of_the_configuration_counts_too() -> Result<()> {
    run(async {
        let mut stage = Stage::new(json!({ "limits": { "body": 1000 } })).await?;
        let (status, body) = whole(stage.send(CHAT, long(1001)).await??).await?;
        assert_eq!(status, 413);
        assert!(body.contains("limits.body"), "{body}");
        let client = stage.send(CHAT, prompt("hi", false));
        let mut chunks = stage.asked().await?.answers(200, "application/json")?;
        chunks.send_data(" ".repeat(1001).into()).await?;
        drop(chunks);
        let (status, body) = whole(client.await??).await?;
        assert_eq!(status, 502);
        assert!(body.contains("limits.body"), "{body}");
        Ok(())
    })
}

#[test]
fn a_response_longer_than_envoys_buffer_is_no_answer() -> Result<()> {
    run(async {
        let mut stage = Stage::with(json!({}), |stand| stand.buffer = LIMIT).await?;
        let client = stage.send(CHAT, prompt("hi", false));
        let mut chunks = stage.asked().await?.answers(200, "application/json")?;
        let sent = tokio::spawn(async move {
            for _ in 0..LIMIT / 1024 * 4 {
                if chunks.send_data(Bytes::from(" ".repeat(1024))).await.is_err() {
                    break;
                }
            }
        });
        let (status, _) = whole(client.await??).await?;
        assert_eq!(status, 500);
        sent.await?;
        Ok(())
    })
}

#[test]
fn a_stream_longer_than_any_buffer_passes() -> Result<()> {
    run(async {
        let mut stage = Stage::with(json!({}), |stand| stand.buffer = LIMIT).await?;
        let client = stage.send(CHAT, prompt("hi", true));
        let mut chunks = stage.asked().await?.answers(200, "text/event-stream")?;
        let text = "a*b".repeat(100);
        let count = LIMIT as usize / text.len() * 4;
        let (sent, read) = (event(&text), event(&text.replace('*', "<STAR>")));
        let sender = tokio::spawn(async move {
            for _ in 0..count {
                chunks.send_data(sent.clone().into()).await?;
            }
            anyhow::Ok(())
        });
        let (status, body) = whole(client.await??).await?;
        assert_eq!((status.as_u16(), body.len()), (200, read.len() * count));
        assert_eq!(body, read.repeat(count));
        sender.await?
    })
}
