//! A request with its response, as bytes: what `guardFetch` does between a page and the network.

use sandgate_gate::{
    Config, Decision, Delivery, Exchange, Flow, Reply, Request, ResponseHead, Transit,
};
use serde_json::Value;
use wasm_bindgen::prelude::wasm_bindgen;

/// An exchange between a page and the network.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Passage {
    transit: Transit,
    /// What leaves next.
    out: Vec<u8>,
    /// Whether the request goes on with another body.
    edited: bool,
    reply: Option<Reply>,
    flow: Flow,
}

impl Passage {
    pub(crate) fn new(exchange: Exchange, config: &Config, request: Request<'_>) -> Self {
        let mut transit = Transit::new(exchange, config);
        let (out, edited, reply) = match transit.request(request) {
            Ok(Some(body)) => (body, true, None),
            Ok(None) => (Vec::new(), false, None),
            Err(reply) => (Vec::new(), false, Some(reply)),
        };
        Self { transit, out, edited, reply, flow: Flow::More }
    }
}

#[wasm_bindgen]
impl Passage {
    /// Whether the request goes on with another body, which [`Passage::take`] gives.
    pub fn edited(&self) -> bool {
        self.edited
    }

    /// The status of the answer that is given in place of another, if one is: its body is what
    /// [`Passage::take`] gives.
    pub fn refused(&mut self) -> Option<u16> {
        let reply = self.reply.as_mut()?;
        self.out = std::mem::take(&mut reply.body);
        Some(reply.status)
    }

    /// That answer's headers, as names and values in turn.
    pub fn headers(&self) -> Vec<String> {
        let Some(reply) = &self.reply else { return Vec::new() };
        let all = [("content-type", reply.content_type)].into_iter();
        let all = all.chain(reply.headers.iter().copied());
        all.flat_map(|(name, value)| [name.to_owned(), value.to_owned()]).collect()
    }

    /// The bytes that leave now.
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.out)
    }

    /// Takes the head of the response, whose content encoding the browser has taken off, and says
    /// whether it leaves while it comes.
    pub fn respond(&mut self, status: u16, content_type: Option<String>) -> bool {
        let content_type = content_type.as_deref();
        let head = ResponseHead { status, content_type, content_encoding: None };
        self.transit.respond(&head) == Delivery::Stream
    }

    /// Takes more of the response; [`Passage::take`] gives what may leave.
    pub fn push(&mut self, bytes: &[u8]) {
        self.flow = self.transit.push(bytes, &mut self.out);
    }

    /// The response is over.
    pub fn end(&mut self) {
        match self.transit.end(&mut self.out) {
            Ok(flow) => self.flow = flow,
            Err(reply) => self.reply = Some(reply),
        }
    }

    /// Text was held for too long.
    pub fn overdue(&mut self) {
        self.flow = self.transit.overdue(&mut self.out);
    }

    /// Whether more of the response is wanted.
    pub fn goes_on(&self) -> bool {
        self.flow == Flow::More
    }

    /// Whether it broke off.
    pub fn is_broken(&self) -> bool {
        self.flow == Flow::Broken
    }

    /// How many bytes of text are held back.
    pub fn held(&self) -> f64 {
        self.transit.held() as f64
    }

    /// What became of it so far: `forward`, `edited`, `refused`.
    pub fn decision(&self) -> String {
        let decision = match self.transit.report().decision {
            Decision::Forward => "forward",
            Decision::Edited => "edited",
            Decision::Refused => "refused",
        };
        decision.to_owned()
    }

    /// What happened, as JSON: findings without offsets, which are in texts that nobody outside
    /// has seen.
    pub fn report(&self) -> String {
        let mut report = serde_json::to_value(self.transit.report()).unwrap_or_default();
        let findings = report.get_mut("findings").and_then(Value::as_array_mut);
        for found in findings.into_iter().flatten().filter_map(Value::as_object_mut) {
            found.remove("start");
            found.remove("end");
        }
        report.to_string()
    }
}
