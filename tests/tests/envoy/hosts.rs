//! Envoy and the gateway are one host: every body of the corpus becomes the same bytes in both.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use http_body_util::BodyExt as _;
use hyper::Request;
use hyper::Response;
use hyper::body::{Bytes, Incoming};
use sandgate_wire::{Framing, close, make};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::mpsc;

use crate::gateway::{self, Asked, model};
use crate::stage::{Stage, run, send, whole_body};

/// A body of the corpus.
#[derive(Debug, Deserialize)]
struct Case {
    name: String,
    body: Kind,
    json: Option<String>,
    #[serde(default)]
    events: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Request,
    Response,
    Event,
    Error,
}

/// How an API is asked: for an answer, and for a stream.
struct Api {
    folder: &'static str,
    path: &'static str,
    stream: &'static str,
    framing: Framing,
}

const APIS: &[Api] = &[
    api("openai-chat", "/v1/chat/completions"),
    api("openai-completions", "/v1/completions"),
    api("openai-responses", "/v1/responses"),
    api("openai-embeddings", "/v1/embeddings"),
    api("openai-images", "/v1/images/generations"),
    api("openai-moderations", "/v1/moderations"),
    api("openai-transcripts", "/v1/audio/transcriptions"),
    api("anthropic-messages", "/v1/messages"),
    api("cohere-chat", "/v2/chat"),
    api("mcp", "/mcp"),
    Api {
        stream: "/v1beta/models/m:streamGenerateContent?alt=sse",
        ..api("gemini-generate", "/v1beta/models/m:generateContent")
    },
    api("gemini-embed", "/v1beta/models/m:embedContent"),
    Api {
        stream: "/model/m/converse-stream",
        framing: Framing::EventStream,
        ..api("bedrock-converse", "/model/m/converse")
    },
    Api { framing: Framing::Lines, ..api("ollama-chat", "/api/chat") },
    Api { framing: Framing::Lines, ..api("ollama-generate", "/api/generate") },
    api("ollama-embed", "/api/embed"),
    api("error", "/v1/chat/completions"),
];

const fn api(folder: &'static str, path: &'static str) -> Api {
    Api { folder, path, stream: path, framing: Framing::Sse }
}

/// One exchange: what the client sends, and what the model answers, in pieces.
#[derive(Debug, Clone)]
struct Exchange {
    path: &'static str,
    request: Bytes,
    status: u16,
    content_type: &'static str,
    answer: Vec<Bytes>,
}

/// What became of it.
#[derive(Debug, PartialEq)]
struct Seen {
    asked: Option<Bytes>,
    status: u16,
    content_type: Option<String>,
    decision: Option<String>,
    /// The body, if it came to its end.
    body: Option<Bytes>,
}

#[test]
fn every_body_becomes_the_same_bytes_in_envoy_and_in_the_gateway() -> Result<()> {
    run(async {
        for config in [
            json!({ "on_unscannable": "allow" }),
            json!({ "policies": {
            "it": { "actions": { "STAR": "block" } } } }),
        ] {
            let mut envoy = Stage::new(config.clone()).await?;
            let mut gateway = the_gateway(&envoy.stand.config).await?;
            let mut wrong = Vec::new();
            for exchange in exchanges()? {
                let here = seen(envoy.address, &mut envoy.asked, &exchange.1).await?;
                let there = seen(gateway.gateway, &mut gateway.asked, &exchange.1).await?;
                if here != there {
                    wrong.push(format!("{}\n  envoy {here:?}\n  gateway {there:?}", exchange.0));
                }
            }
            ensure!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
        }
        Ok(())
    })
}

/// A body that would bring a text past a policy.
#[derive(Debug, Deserialize)]
struct Attack {
    name: String,
    api: String,
    body: String,
}

#[test]
fn what_an_attack_spells_reaches_the_model_through_neither_host() -> Result<()> {
    run(async {
        let mut envoy = Stage::new(json!({})).await?;
        let mut gateway = the_gateway(&envoy.stand.config).await?;
        for attack in attacks()? {
            let api = APIS.iter().find(|api| api.folder == attack.api).context("an API")?;
            let exchange = Exchange { request: attack.body.into(), ..api.exchange() };
            let here = seen(envoy.address, &mut envoy.asked, &exchange).await?;
            let there = seen(gateway.gateway, &mut gateway.asked, &exchange).await?;
            ensure!(here == there, "{}\n  envoy {here:?}\n  gateway {there:?}", attack.name);
            let asked = String::from_utf8_lossy(here.asked.as_deref().unwrap_or_default());
            let spelled = asked.to_ascii_lowercase();
            ensure!(
                !spelled.contains('*') && !spelled.contains("002a"),
                "{} reaches the model",
                attack.name
            );
        }
        Ok(())
    })
}

fn attacks() -> Result<Vec<Attack>> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("attacks/requests.yaml");
    let attacks: Vec<Attack> = serde_saphyr::from_str(&fs::read_to_string(&file)?)?;
    ensure!(!attacks.is_empty(), "no attacks");
    Ok(attacks)
}

async fn the_gateway(config: &serde_json::Value) -> Result<gateway::Stage> {
    let (model, asked) = model().await?;
    gateway::Stage::before(&format!("http://{model}"), asked, &config.to_string()).await
}

/// What becomes of an exchange at this host.
async fn seen(
    host: SocketAddr,
    models: &mut mpsc::UnboundedReceiver<Asked>,
    exchange: &Exchange,
) -> Result<Seen> {
    let request = Request::post(exchange.path).header("content-type", "application/json");
    let client = send(host, false, request, whole_body(exchange.request.clone()));
    let mut client = std::pin::pin!(client);
    tokio::select! {
        response = &mut client => collected(response??, None).await,
        asked = models.recv() => {
            let asked = asked.context("the model is gone")?;
            let body = asked.body.clone();
            let mut chunks = asked.answers(exchange.status, exchange.content_type)?;
            let pieces = exchange.answer.clone();
            tokio::spawn(async move {
                for piece in pieces {
                    if chunks.send_data(piece).await.is_err() {
                        break;
                    }
                }
            });
            collected(client.await??, Some(body)).await
        }
    }
}

async fn collected(response: Response<Incoming>, asked: Option<Bytes>) -> Result<Seen> {
    let (head, body) = response.into_parts();
    let header = |name: &str| Some(head.headers.get(name)?.to_str().ok()?.to_owned());
    let body = body.collect().await.ok().map(|body| body.to_bytes());
    Ok(Seen {
        asked,
        status: head.status.as_u16(),
        content_type: header("content-type"),
        decision: header("x-sandgate"),
        body,
    })
}

/// Every case of the corpus as an exchange, with what it is called.
fn exchanges() -> Result<Vec<(String, Exchange)>> {
    let mut all = Vec::new();
    for api in APIS {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../host/wire/corpus");
        let mut files: Vec<_> = fs::read_dir(folder.join(api.folder))?
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<Result<_, _>>()?;
        files.sort();
        for file in files {
            let cases: Vec<Case> = serde_saphyr::from_str(&fs::read_to_string(&file)?)?;
            for case in cases {
                let name = format!("{}: {}", api.folder, case.name);
                all.extend(api.exchanges(&case).into_iter().map(|e| (name.clone(), e)));
            }
        }
    }
    ensure!(all.len() > 100, "only {} exchanges", all.len());
    Ok(all)
}

impl Api {
    /// One that says nothing.
    fn exchange(&self) -> Exchange {
        Exchange {
            path: self.path,
            request: Bytes::from_static(br#"{"model":"m"}"#),
            status: 200,
            content_type: "application/json",
            answer: vec![Bytes::from_static(b"{}")],
        }
    }

    fn exchanges(&self, case: &Case) -> Vec<Exchange> {
        let starred = |text: &str| Bytes::from(text.replace("na", "*"));
        let json = starred(case.json.as_deref().unwrap_or_default());
        let exchange = self.exchange();
        match case.body {
            Kind::Request => vec![Exchange { request: json, ..exchange }],
            Kind::Response => vec![Exchange { answer: vec![json], ..exchange }],
            Kind::Error => vec![Exchange { status: 400, answer: vec![json], ..exchange }],
            Kind::Event => {
                let stream = Exchange {
                    path: self.stream,
                    request: Bytes::from_static(br#"{"model":"m","stream":true}"#),
                    content_type: self.content_type(),
                    ..exchange
                };
                let bytes = self.stream_of(&case.events);
                // Whole, and cut where it hurts: within events, characters and escapes.
                let cuts = [bytes.len(), 1 + bytes.len() / 2, 97, 11];
                cuts.map(|length| {
                    let answer = bytes.chunks(length.max(1)).map(Bytes::copy_from_slice).collect();
                    Exchange { answer, ..stream.clone() }
                })
                .into()
            }
        }
    }

    fn content_type(&self) -> &'static str {
        match self.framing {
            Framing::Lines => "application/x-ndjson",
            Framing::EventStream => "application/vnd.amazon.eventstream",
            _ => "text/event-stream",
        }
    }

    fn stream_of(&self, events: &[String]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (idx, event) in events.iter().enumerate() {
            let kind = serde_json::from_str::<serde_json::Value>(event).ok();
            let kind = kind.as_ref().and_then(|event| event["type"].as_str());
            let document = event.replace("na", "*");
            bytes.extend(make(self.framing, kind, document.as_bytes(), idx == 0));
        }
        bytes.extend(close(self.framing, events.is_empty()));
        bytes
    }
}
