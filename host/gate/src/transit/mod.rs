//! One exchange, from bytes to bytes: what a proxy does between two sockets, without the sockets.
//!
//! The request comes whole and leaves whole. The response is a stream whose events leave while it
//! comes, or is collected and leaves whole. Whoever has a clock asks [`Transit::held`] now and
//! then, and calls [`Transit::overdue`].
//!
//! Content encodings are taken off: what is edited leaves without them, and so does every streamed
//! response. Charsets stay as they are.

mod body;
mod document;
mod request;
mod shape;
mod stream;
mod words;

use std::borrow::Cow;

use sandgate_wire::{Api, Body, Decoder, Framing, Reply, close, make};

use crate::{Config, Decision, Direction, Exchange, Limits, RefusalConfig, RefusalForm, Report};
use body::Reader;
use request::Asked;
use stream::Stream;
use words::Words;

pub use request::{Request, RequestHead};

/// What is known of a response before its body.
#[derive(Debug, Clone, Copy, Default)]
pub struct ResponseHead<'a> {
    /// The status.
    pub status: u16,
    /// `content-type`.
    pub content_type: Option<&'a str>,
    /// `content-encoding`.
    pub content_encoding: Option<&'a str>,
}

/// How a response leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// While it comes.
    Stream,
    /// At its end.
    Whole,
}

/// How a response goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// It does.
    More,
    /// It was ended, properly: nothing more of it is wanted.
    Done,
    /// It broke off: whoever reads it should see a broken connection.
    Broken,
}

/// An exchange between two connections.
#[derive(Debug)]
pub struct Transit {
    exchange: Exchange,
    refusal: RefusalConfig,
    limits: Limits,
    asked: Asked,
    response: Response,
    /// Whether the response leaves without its content encoding.
    decodes: bool,
}

enum Response {
    /// Its head has not come, or its end has.
    Idle,
    Stream(Box<Stream>),
    Whole(Whole),
}

/// A response that is collected.
struct Whole {
    bytes: Vec<u8>,
    content_type: String,
    content_encoding: Option<String>,
    is_error: bool,
    /// It is framed, and nobody knows what its documents mean.
    unread: bool,
}

impl Transit {
    /// For an exchange that was just opened.
    pub fn new(exchange: Exchange, config: &Config) -> Self {
        Self {
            exchange,
            refusal: config.refusal.clone(),
            limits: config.limits.clone(),
            asked: Asked::default(),
            response: Response::Idle,
            decodes: false,
        }
    }

    /// Takes the request and gives what goes on instead of its body, without its
    /// `content-encoding`, or nothing where that goes on as it came.
    ///
    /// # Errors
    /// What the caller is told where it does not go on.
    pub fn request(&mut self, request: Request<'_>) -> Result<Option<Vec<u8>>, Reply> {
        self.asked = request.asked;
        if request.is_empty {
            return Ok(None);
        }
        let content_type = &request.content_type;
        let left = self.whole(Direction::Request, Body::Request, content_type, request.body);
        // Models take their time, and others want to be looked at meanwhile.
        self.exchange.rest();
        match self.exchange.decision() {
            Decision::Refused => Err(self.reply()),
            _ => Ok(left),
        }
    }

    /// Takes the head of the response.
    pub fn respond(&mut self, head: &ResponseHead<'_>) -> Delivery {
        let framing = self.asked.framing(head.content_type.unwrap_or_default());
        let limit = usize::try_from(self.limits.body).unwrap_or(usize::MAX);
        let encoding = head.content_encoding.unwrap_or_default();
        let decoder = Decoder::new(encoding, self.limits.body).ok();
        let is_known = self.asked.shape.is_known() && head.status < 400;
        let (response, mode) = match (framing, decoder) {
            (Some(framing), Some(decoder)) if is_known => {
                self.decodes = !decoder.is_identity();
                let stream = Stream::new(&self.asked, framing, decoder, limit);
                (Response::Stream(Box::new(stream)), Delivery::Stream)
            }
            _ => {
                let whole = Whole {
                    bytes: Vec::new(),
                    content_type: head.content_type.unwrap_or_default().to_owned(),
                    content_encoding: head.content_encoding.map(str::to_owned),
                    is_error: head.status >= 400,
                    unread: framing.is_some(),
                };
                (Response::Whole(whole), Delivery::Whole)
            }
        };
        self.response = response;
        mode
    }

    /// Takes more of the response and appends what may leave of it: nothing of what comes before
    /// its head or after its end.
    pub fn push(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Flow {
        match &mut self.response {
            Response::Stream(stream) => {
                stream.push(&mut self.exchange, &self.asked, Some(bytes), out)
            }
            Response::Whole(whole) => {
                whole.bytes.extend_from_slice(bytes);
                match whole.bytes.len() as u64 > self.limits.body {
                    true => Flow::Done,
                    false => Flow::More,
                }
            }
            Response::Idle => Flow::Broken,
        }
    }

    /// The response is over. Appends what is left to leave.
    ///
    /// # Errors
    /// What the caller is told instead of a response that was collected.
    pub fn end(&mut self, out: &mut Vec<u8>) -> Result<Flow, Reply> {
        let response = std::mem::replace(&mut self.response, Response::Idle);
        let whole = match response {
            Response::Stream(mut stream) => {
                return Ok(stream.push(&mut self.exchange, &self.asked, None, out));
            }
            Response::Whole(whole) => whole,
            Response::Idle => return Ok(Flow::Done),
        };
        if whole.bytes.is_empty() {
            return Ok(Flow::Done);
        }
        let too_long = whole.bytes.len() as u64 > self.limits.body;
        let readable = (!whole.unread && !too_long)
            .then(|| decoded(whole.content_encoding.as_deref(), self.limits.body, &whole.bytes))
            .flatten();
        let kind = if whole.is_error { Body::Error } else { Body::Response };
        let left = self.whole(Direction::Response, kind, &whole.content_type, readable);
        if self.exchange.decision() == Decision::Refused {
            return Err(self.reply());
        }
        match left {
            _ if too_long => return Ok(Flow::Broken),
            Some(left) => {
                self.decodes = true;
                out.extend(left);
            }
            None => out.extend_from_slice(&whole.bytes),
        }
        Ok(Flow::Done)
    }

    /// Whether the response leaves without its `content-encoding`: known for a stream when it
    /// begins, and for one that is collected at its end.
    pub fn decodes(&self) -> bool {
        self.decodes
    }

    /// How many bytes of text are held back.
    pub fn held(&self) -> u64 {
        self.exchange.held()
    }

    /// Text was held for longer than `limits.held_ms`: does as `limits.on_held` says.
    pub fn overdue(&mut self, out: &mut Vec<u8>) -> Flow {
        let Response::Stream(stream) = &mut self.response else { return Flow::More };
        stream.overdue(&mut self.exchange, &self.asked, out)
    }

    /// What becomes of the exchange, so far.
    pub fn decision(&self) -> Decision {
        self.exchange.decision()
    }

    /// What happened, so far.
    pub fn report(&self) -> Report {
        self.exchange.report()
    }

    /// The API that is spoken, where it is known.
    pub fn api(&self) -> Option<Api> {
        self.asked.api
    }

    /// A whole body as it may leave; nothing where it may leave as it came. One that is not given
    /// cannot be read.
    fn whole(
        &mut self,
        direction: Direction,
        kind: Body,
        content_type: &str,
        body: Option<Cow<'_, [u8]>>,
    ) -> Option<Vec<u8>> {
        let Some(body) = body else {
            self.exchange.unscannable(1);
            return None;
        };
        let (exchange, shape) = (&mut self.exchange, &self.asked.shape);
        Reader { exchange, direction, shape, kind }.read(content_type, &body)
    }

    /// What a caller is told of a refusal.
    fn reply(&self) -> Reply {
        let words = Words::of(&self.exchange);
        let refusal = words.refusal(&self.asked);
        if words.is_passing {
            return refusal.error(503);
        }
        if self.refusal.form == RefusalForm::Error {
            return refusal.error(self.refusal.status);
        }
        let framing = self.asked.framing_asked();
        let events = framing.map(|_| refusal.message_events()).unwrap_or_default();
        match framing {
            Some(framing) if !events.is_empty() => streamed(framing, &events),
            _ => refusal.message(),
        }
    }
}

/// A refusal as a whole stream.
fn streamed(framing: Framing, events: &[sandgate_wire::Event]) -> Reply {
    let mut body = Vec::new();
    for (idx, event) in events.iter().enumerate() {
        body.extend(make(framing, event.event, &event.data, idx == 0));
    }
    body.extend(close(framing, events.is_empty()));
    let content_type = match framing {
        Framing::Sse => "text/event-stream",
        Framing::Lines => "application/x-ndjson",
        Framing::EventStream => "application/vnd.amazon.eventstream",
        Framing::Whole | Framing::Array => "application/json",
    };
    Reply { status: 200, content_type, headers: Vec::new(), body }
}

/// A body without its content encoding, where it can be taken off.
fn decoded<'a>(encoding: Option<&str>, limit: u64, body: &'a [u8]) -> Option<Cow<'a, [u8]>> {
    let mut decoder = Decoder::new(encoding.unwrap_or_default(), limit).ok()?;
    if decoder.is_identity() {
        return Some(Cow::Borrowed(body));
    }
    let mut out = Vec::new();
    decoder.push(body, &mut out).and_then(|()| decoder.end(&mut out)).ok()?;
    Some(Cow::Owned(out))
}

impl std::fmt::Debug for Response {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Idle => "idle",
            Self::Stream(_) => "a stream",
            Self::Whole(_) => "collected",
        })
    }
}
