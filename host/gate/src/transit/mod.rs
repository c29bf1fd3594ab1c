//! One exchange, from bytes to bytes: what a proxy does between two sockets, without the sockets.
//!
//! The request comes whole and leaves whole. The response is a stream whose events leave while it
//! comes, or is collected and leaves whole. Whoever has a clock asks [`Transit::held`] now and
//! then, and calls [`Transit::overdue`].
//!
//! What comes in a content encoding or a charset other than UTF-8 is unscannable.

mod body;
mod document;
mod request;
mod shape;
mod stream;
mod words;

use sandgate_wire::{Api, Body, Framing, Reply, close, make};

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
}

enum Response {
    /// Its head has not come, or its end has.
    Idle,
    Stream(Box<Stream>),
    Whole {
        bytes: Vec<u8>,
        content_type: String,
        is_error: bool,
        unread: bool,
    },
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
        }
    }

    /// Takes the request and gives what goes on instead of its body, or nothing where that goes on
    /// as it came.
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
        match self.exchange.decision() {
            Decision::Refused => Err(self.reply()),
            _ => Ok(left),
        }
    }

    /// Takes the head of the response.
    pub fn respond(&mut self, head: &ResponseHead<'_>) -> Delivery {
        let framing = self.asked.framing(head.content_type.unwrap_or_default());
        let is_plain = is_identity(head.content_encoding);
        let limit = usize::try_from(self.limits.body).unwrap_or(usize::MAX);
        let is_known = self.asked.shape.is_known();
        let (response, mode) = match framing {
            Some(framing) if is_known && is_plain && head.status < 400 => {
                let stream = Stream::new(&self.asked, framing, limit);
                (Response::Stream(Box::new(stream)), Delivery::Stream)
            }
            _ => {
                let unread = !is_plain || framing.is_some();
                let is_error = head.status >= 400;
                let content_type = head.content_type.unwrap_or_default().to_owned();
                let bytes = Vec::new();
                (Response::Whole { bytes, content_type, is_error, unread }, Delivery::Whole)
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
            Response::Whole { bytes: held, .. } => {
                held.extend_from_slice(bytes);
                match held.len() as u64 > self.limits.body {
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
        let (bytes, content_type, is_error, unread) = match response {
            Response::Stream(mut stream) => {
                return Ok(stream.push(&mut self.exchange, &self.asked, None, out));
            }
            Response::Whole { bytes, content_type, is_error, unread } => {
                (bytes, content_type, is_error, unread)
            }
            Response::Idle => return Ok(Flow::Done),
        };
        if bytes.is_empty() {
            return Ok(Flow::Done);
        }
        let too_long = bytes.len() as u64 > self.limits.body;
        let readable = (!unread && !too_long).then_some(bytes.as_slice());
        let kind = if is_error { Body::Error } else { Body::Response };
        let left = self.whole(Direction::Response, kind, &content_type, readable);
        if self.exchange.decision() == Decision::Refused {
            return Err(self.reply());
        }
        match left {
            _ if too_long => return Ok(Flow::Broken),
            Some(left) => out.extend(left),
            None => out.extend_from_slice(&bytes),
        }
        Ok(Flow::Done)
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
        body: Option<&[u8]>,
    ) -> Option<Vec<u8>> {
        let Some(body) = body else {
            self.exchange.unscannable(1);
            return None;
        };
        let (exchange, shape) = (&mut self.exchange, &self.asked.shape);
        Reader { exchange, direction, shape, kind }.read(content_type, body)
    }

    /// What a caller is told of a refusal.
    fn reply(&self) -> Reply {
        let words = Words::of(&self.exchange);
        let refusal = words.refusal(&self.asked);
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

fn is_identity(encoding: Option<&str>) -> bool {
    encoding.is_none_or(|encoding| matches!(encoding.trim(), "" | "identity"))
}

impl std::fmt::Debug for Response {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Idle => "idle",
            Self::Stream(_) => "a stream",
            Self::Whole { .. } => "collected",
        })
    }
}
