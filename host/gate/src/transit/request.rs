//! A request before anybody looks at it: what it asks for, and whether its body can be read.

use sandgate_wire::{Api, Framing, RawId};
use serde::Deserialize;

use super::is_identity;
use crate::Context;

/// What is known of a request before its body.
#[derive(Debug, Clone, Copy, Default)]
pub struct RequestHead<'a> {
    /// The method.
    pub method: &'a str,
    /// The path, with its query.
    pub path: &'a str,
    /// `content-encoding`.
    pub content_encoding: Option<&'a str>,
}

/// A request that came whole.
#[derive(Debug)]
pub struct Request<'a> {
    pub(super) asked: Asked,
    pub(super) is_empty: bool,
    /// Its body, where it can be read.
    pub(super) body: Option<&'a [u8]>,
}

/// What a request says that its answer depends on.
#[derive(Debug, Default)]
pub(super) struct Asked {
    pub(super) api: Option<Api>,
    pub(super) model: String,
    pub(super) id: Option<RawId>,
    stream: bool,
    array: bool,
}

/// The part of a body that says so.
#[derive(Deserialize, Default)]
struct Envelope {
    #[serde(default)]
    model: Option<String>,
    #[serde(default)]
    stream: Option<bool>,
}

impl<'a> Request<'a> {
    /// What a head and a body ask for.
    pub fn new(head: &RequestHead<'_>, body: &'a [u8]) -> Self {
        let readable = is_identity(head.content_encoding).then_some(body);
        let asked = Asked::of(head, readable.unwrap_or_default());
        Self { asked, is_empty: body.is_empty(), body: readable }
    }

    /// The model that is asked for; empty where nothing says it.
    pub fn model(&self) -> &str {
        &self.asked.model
    }

    /// What policies are told of it.
    pub fn context(&self) -> Context {
        let model = Some(self.asked.model.clone()).filter(|model| !model.is_empty());
        let api = self.asked.api.map(|api| ("api".to_owned(), api.name().to_owned()));
        Context { model, labels: api.into_iter().collect() }
    }
}

impl Asked {
    fn of(head: &RequestHead<'_>, body: &[u8]) -> Self {
        let path = head.path.split('?').next().unwrap_or_default();
        let api = Api::detect(head.method, path);
        let envelope: Envelope = serde_json::from_slice(body).unwrap_or_default();
        let stream = api.is_some_and(|api| api.asks_stream(path, envelope.stream));
        Self {
            api,
            model: Api::model_in(path).or(envelope.model).unwrap_or_default(),
            id: if api == Some(Api::Mcp) { RawId::of(body) } else { None },
            stream,
            array: api == Some(Api::GeminiGenerate) && stream && !head.path.contains("alt=sse"),
        }
    }

    /// How the documents of a response follow each other, if it is a stream.
    pub(super) fn framing(&self, content_type: &str) -> Option<Framing> {
        let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match kind.as_str() {
            "text/event-stream" => Some(Framing::Sse),
            "application/x-ndjson" | "application/ndjson" | "application/jsonl" => {
                Some(Framing::Lines)
            }
            "application/vnd.amazon.eventstream" => Some(Framing::EventStream),
            "application/json" if self.array => Some(Framing::Array),
            _ => None,
        }
    }

    /// How a client that asked for a stream expects it.
    pub(super) fn framing_asked(&self) -> Option<Framing> {
        match self.api? {
            _ if !self.stream => None,
            Api::BedrockConverse => Some(Framing::EventStream),
            Api::OllamaChat | Api::OllamaGenerate => Some(Framing::Lines),
            _ if self.array => Some(Framing::Array),
            _ => Some(Framing::Sse),
        }
    }
}
