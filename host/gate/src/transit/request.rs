//! A request before anybody looks at it: what it asks for, and whether its body can be read.

use std::borrow::Cow;

use sandgate_wire::{Api, Charset, Framing, RawId, boundary, parts};
use serde::Deserialize;

use super::decoded;
use super::shape::Shape;
use crate::{Config, Context};

/// What is known of a request before its body.
#[derive(Debug, Clone, Copy, Default)]
pub struct RequestHead<'a> {
    /// The method.
    pub method: &'a str,
    /// The path, with its query.
    pub path: &'a str,
    /// `content-type`.
    pub content_type: Option<&'a str>,
    /// `content-encoding`.
    pub content_encoding: Option<&'a str>,
}

/// A request that came whole.
#[derive(Debug)]
pub struct Request<'a> {
    pub(super) asked: Asked,
    pub(super) is_empty: bool,
    pub(super) content_type: String,
    /// Its body, where it can be read.
    pub(super) body: Option<Cow<'a, [u8]>>,
}

/// What a request says that its answer depends on.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) api: Option<Api>,
    pub(super) shape: Shape,
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
    pub fn new(config: &Config, head: &RequestHead<'_>, body: &'a [u8]) -> Self {
        let readable = decoded(head.content_encoding, config.limits.body, body);
        let mut asked = Asked::of(head, readable.as_deref().unwrap_or_default());
        if let Some(format) = config.format(head.path) {
            asked.shape = Shape::Own(format);
        }
        let content_type = head.content_type.unwrap_or_default().to_owned();
        Self { asked, is_empty: body.is_empty(), content_type, body: readable }
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

impl Default for Asked {
    fn default() -> Self {
        Self::of(&RequestHead::default(), &[])
    }
}

impl Envelope {
    fn of(content_type: &str, body: &[u8]) -> Self {
        let Some(parts) = boundary(content_type).and_then(|boundary| parts(body, boundary)) else {
            let text = Charset::of(content_type, body).and_then(|charset| charset.decode(body));
            return serde_json::from_str(text.as_deref().unwrap_or_default()).unwrap_or_default();
        };
        let field = |name: &str| {
            let part = parts.iter().find(|part| part.name.as_deref() == Some(name))?;
            std::str::from_utf8(body.get(part.body.clone())?).ok()
        };
        Self {
            model: field("model").map(str::to_owned),
            stream: field("stream").map(|said| said.eq_ignore_ascii_case("true")),
        }
    }
}

impl Asked {
    fn of(head: &RequestHead<'_>, body: &[u8]) -> Self {
        let path = head.path.split('?').next().unwrap_or_default();
        let api = Api::detect(head.method, path);
        let envelope = Envelope::of(head.content_type.unwrap_or_default(), body);
        let stream = api.is_some_and(|api| api.asks_stream(path, envelope.stream));
        Self {
            api,
            shape: Shape::Api(api),
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
