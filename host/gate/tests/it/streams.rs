//! Responses as upstreams stream them, in every format: `streams.yaml`, read.

use std::sync::LazyLock;

use sandgate_wire::{Frame, Framer, Framing, make};
use serde::Deserialize;
use serde_json::Value;

/// Every row of the file.
pub(crate) static STREAMS: LazyLock<Vec<Streamed>> = LazyLock::new(|| {
    serde_saphyr::from_str(include_str!("streams.yaml")).expect("streams.yaml can be read")
});

/// The format that nobody knows but its users.
pub(crate) const FORMATS: &str = "
formats:
  - path: /own/*
    event: { $.token.text: delta, $.index: id, $.generated_text: close }
";

/// A response as an upstream streams it, and what reads it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Streamed {
    pub(crate) name: String,
    pub(crate) path: String,
    framing: How,
    /// The request, `@` for the prompt.
    pub(crate) request: String,
    start: Vec<String>,
    piece: String,
    end: Vec<String>,
    answer: String,
    #[serde(default)]
    again: Vec<String>,
    pub(crate) ending: String,
}

/// How its events follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum How {
    Sse,
    SseCrlf,
    Lines,
    Array,
    Aws,
}

/// The row with this name.
pub(crate) fn stream(name: &str) -> &'static Streamed {
    STREAMS.iter().find(|stream| stream.name == name).expect("streams.yaml has it")
}

impl Streamed {
    pub(crate) fn content_type(&self) -> &'static str {
        match self.framing {
            How::Sse => "text/event-stream; charset=utf-8",
            How::SseCrlf => "text/event-stream",
            How::Lines => "application/x-ndjson",
            How::Array => "application/json",
            How::Aws => "application/vnd.amazon.eventstream",
        }
    }

    /// Whether its text is a tool call's arguments.
    pub(crate) fn has_arguments(&self) -> bool {
        self.name.ends_with("call") || self.name.ends_with("use")
    }

    /// The response that says this, a few characters an event.
    pub(crate) fn response(&self, answer: &str, size: usize) -> Vec<u8> {
        let characters: Vec<char> = answer.chars().collect();
        let pieces = characters.chunks(size).map(|piece| {
            let text: String = piece.iter().collect();
            self.piece.replace('@', &inside(&text))
        });
        let start = self.start.iter().cloned();
        let end = self.end.iter().map(|event| event.replace('@', &inside(answer)));
        self.framed(start.chain(pieces).chain(end))
    }

    /// The last events of the response that says this.
    pub(crate) fn end(&self, answer: &str) -> Vec<u8> {
        self.framed(self.end.iter().map(|event| event.replace('@', &inside(answer))))
    }

    /// One event that says this, of the choice with that number where the format has choices.
    pub(crate) fn event(&self, text: &str, choice: u32) -> Vec<u8> {
        let event = self.piece.replace('@', &inside(text));
        self.framed(std::iter::once(event.replace("\"index\":0", &format!("\"index\":{choice}"))))
    }

    fn framed(&self, events: impl Iterator<Item = String>) -> Vec<u8> {
        let mut body = Vec::new();
        let mut number = 0;
        for (idx, event) in events.enumerate() {
            number += usize::from(idx > 0);
            let event = event.replace('#', &number.to_string());
            let (name, document) = match event.split_once(' ') {
                Some((name, document)) if document.starts_with('{') => (Some(name), document),
                _ => (None, event.as_str()),
            };
            body.extend(self.frame(name, document, idx));
        }
        body.extend_from_slice(if self.framing == How::Array { b"]" } else { b"" });
        body
    }

    fn frame(&self, name: Option<&str>, document: &str, idx: usize) -> Vec<u8> {
        let named = |end: &str| name.map(|name| format!("event: {name}{end}")).unwrap_or_default();
        match self.framing {
            How::Sse => format!("{}data: {document}\n\n", named("\n")).into_bytes(),
            How::SseCrlf => format!("{}data: {document}\r\n\r\n", named("\r\n")).into_bytes(),
            How::Lines => format!("{document}\n").into_bytes(),
            How::Array => format!("{}{document}", if idx == 0 { "[" } else { "\n," }).into_bytes(),
            How::Aws => make(Framing::EventStream, name, document.as_bytes(), idx == 0),
        }
    }

    /// What stands in a body, whose binary messages are a line each.
    pub(crate) fn text(&self, body: &[u8]) -> String {
        if self.framing != How::Aws {
            return String::from_utf8(body.to_vec()).expect("it is UTF-8");
        }
        let mut framer = Framer::new(Framing::EventStream, 1 << 20);
        let mut frames = Vec::new();
        framer.push(body, &mut frames).expect("it can be cut");
        assert_eq!(framer.held(), 0);
        let line = |frame: &Frame| {
            let data = String::from_utf8_lossy(frame.data().unwrap_or_default()).into_owned();
            format!("{} {data}\n", frame.event().unwrap_or_default())
        };
        frames.iter().map(line).collect()
    }

    /// What a client reads: the answer, of a body that may go on.
    pub(crate) fn answer(&self, body: &[u8]) -> String {
        let documents = self.documents(body);
        documents.iter().filter_map(|document| document.pointer(&self.answer)?.as_str()).collect()
    }

    /// The answer where it stands once more.
    pub(crate) fn again(&self, body: &[u8]) -> Vec<String> {
        let documents = self.documents(body);
        let said = |at: &String| {
            let found = documents.iter().filter_map(|document| document.pointer(at)?.as_str());
            // An item is announced before it says anything.
            found.filter(|said| !said.is_empty()).map(str::to_owned).collect::<Vec<_>>()
        };
        self.again.iter().flat_map(said).collect()
    }

    /// How often the answer stands in a whole response besides its pieces.
    pub(crate) fn n_again(&self) -> usize {
        self.again.len()
    }

    fn documents(&self, body: &[u8]) -> Vec<Value> {
        let body = self.text(body);
        let read = |json: &str| serde_json::from_str(json).expect("it is JSON");
        match self.framing {
            How::Array if body.is_empty() => Vec::new(),
            How::Array if body.ends_with(']') => serde_json::from_str(&body).expect("an array"),
            How::Array => serde_json::from_str(&format!("{body}]")).expect("it goes on"),
            How::Lines => body.lines().map(read).collect(),
            How::Aws => {
                body.lines().filter_map(|line| Some(read(line.split_once(' ')?.1))).collect()
            }
            How::Sse | How::SseCrlf => {
                let data = body.lines().filter_map(|line| line.strip_prefix("data: "));
                data.filter(|data| *data != "[DONE]").map(read).collect()
            }
        }
    }
}

/// A text as it stands between the quotes of a JSON string.
fn inside(text: &str) -> String {
    let quoted = Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}
