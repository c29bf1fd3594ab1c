//! One HTTP stream through the gate: what Envoy calls, in the order in which it calls.
//!
//! A request waits until all of it was seen. A response leaves while it comes, or waits too, as the
//! gate says. Where headers cannot be held (`envoy: { headers: pass }`) they go on without what could
//! become wrong, and text waits all the same.
//!
//! Whatever goes wrong between the proxy and the filter ends the exchange: there is no way from an
//! error to text that goes on unread.

use std::rc::Rc;
use std::time::Duration;

use sandgate_gate::{
    Decision, Delivery, Direction, Flow, HeldHeaders, Policy, Reply, Request, ResponseHead, Transit,
};

use crate::head::{Head, Headers};
use crate::host::{Answer, Host, Next};
use crate::problem::Problem;
use crate::record;
use crate::setting::Setting;

/// What became of the text, for whoever reads the head: as far as it is known by then.
const DECISION: &str = "x-sandgate";
/// The policies that looked, and which components they are.
const POLICIES: &str = "x-sandgate-policies";

/// A request with its response.
pub struct Filter<H, P> {
    host: H,
    setting: Rc<Setting<P>>,
    head: Head,
    transit: Option<Transit>,
    request: Asking,
    response: Answering,
    /// How much of the body that is collected has come.
    size: usize,
    /// The body that is collected is encoded.
    encoded: bool,
    /// Since when text of a stream is held back while none leaves.
    held_since: Option<Duration>,
    /// The most bytes of a stream that were held back at a time.
    held: u64,
}

/// Where the request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asking {
    /// Its end has not come.
    Open,
    /// It goes on.
    Passed,
    /// It never will.
    Ended,
}

/// Where the response stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answering {
    /// Its head has not come.
    Idle,
    /// It is collected.
    Whole,
    /// It leaves while it comes.
    Stream,
    /// Nothing more of it leaves.
    Over,
    /// It is the filter's own.
    Own,
}

impl<H: Host, P: Policy> Filter<H, P> {
    /// For a stream whose head has not come.
    pub fn new(host: H, setting: Rc<Setting<P>>) -> Self {
        Self {
            host,
            setting,
            head: Head::default(),
            transit: None,
            request: Asking::Open,
            response: Answering::Idle,
            size: 0,
            encoded: false,
            held_since: None,
            held: 0,
        }
    }

    /// The head of the request came, and with `end` there is no more of it.
    pub fn request_headers(&mut self, end: bool) -> Next {
        self.closed(|filter| filter.ask(end))
    }

    /// So much of the request's body is there.
    pub fn request_body(&mut self, size: usize, end: bool) -> Next {
        self.closed(|filter| filter.collect(size, end))
    }

    /// The request ends with trailers, which nobody could read: they are let fall.
    pub fn request_trailers(&mut self) -> Next {
        self.closed(|filter| {
            filter.host.drop_trailers(Direction::Request)?;
            filter.collect(filter.size, true)
        })
    }

    /// The head of the response came, and with `end` there is no more of it.
    pub fn response_headers(&mut self, end: bool) -> Next {
        self.closed(|filter| filter.respond(end))
    }

    /// So much of the response's body is there.
    pub fn response_body(&mut self, size: usize, end: bool) -> Next {
        self.closed(|filter| filter.deliver(size, end))
    }

    /// The response ends with trailers, which are let fall as the request's.
    pub fn response_trailers(&mut self) -> Next {
        self.closed(|filter| match filter.response {
            Answering::Idle | Answering::Own => Ok(Next::Go),
            response => {
                filter.host.drop_trailers(Direction::Response)?;
                let size = if response == Answering::Whole { filter.size } else { 0 };
                filter.deliver(size, true)
            }
        })
    }

    /// The stream is over, however it ended: what happened is counted.
    pub fn log(&mut self) {
        if let Some(transit) = &self.transit {
            record::note(&self.host, &transit.report());
            record::count(&self.host, &transit.report(), self.held);
        }
    }

    /// Does a step, or ends the exchange where it fails.
    fn closed(&mut self, step: impl FnOnce(&mut Self) -> Result<Next, Problem>) -> Next {
        step(self).unwrap_or_else(|problem| self.end(&problem.answer()))
    }

    fn ask(&mut self, end: bool) -> Result<Next, Problem> {
        let headers = self.host.headers(Direction::Request)?;
        if headers.has("upgrade") || headers.get(":method").as_deref() == Some("CONNECT") {
            return Err(Problem::Upgrade);
        }
        self.head = Head::of(&headers, &self.setting.config, &self.host);
        self.encoded = headers.encoded();
        // What comes back compressed could not be read.
        self.host.set_header(Direction::Request, "accept-encoding", Some("identity"))?;
        if end {
            return Ok(self.judge(0)?.map_or(Next::Wait, |_| Next::Go));
        }
        self.bounded(headers.length().unwrap_or_default(), Problem::TooLong)?;
        self.hold(Direction::Request)
    }

    fn collect(&mut self, size: usize, end: bool) -> Result<Next, Problem> {
        self.size = size;
        match self.request {
            Asking::Passed => return Ok(Next::Go),
            Asking::Ended => return Ok(Next::Wait),
            Asking::Open => self.bounded(size as u64, Problem::TooLong)?,
        }
        if !end {
            return Ok(Next::Wait);
        }
        let Some(length) = self.judge(size)? else { return Ok(Next::Wait) };
        if self.holds() {
            self.set_length(Direction::Request, length)?;
        }
        Ok(Next::Go)
    }

    /// Takes the request, which is all there. Gives the length of what goes on, if anything does.
    fn judge(&mut self, size: usize) -> Result<Option<usize>, Problem> {
        let body = self.body(Direction::Request, size)?;
        let setting = Rc::clone(&self.setting);
        let asked = Request::new(&setting.config, &self.head.asked(), &body);
        let exchange =
            setting.guard.on_route(self.head.route).open(&asked.context(), &self.head.scope);
        let transit = self.transit.insert(Transit::new(exchange, &setting.config));
        let edited = transit.request(asked);
        record::note(&self.host, &transit.report());
        match edited {
            Err(reply) => {
                self.end(&self.refusal(reply));
                Ok(None)
            }
            Ok(None) => {
                self.request = Asking::Passed;
                Ok(Some(body.len()))
            }
            Ok(Some(_)) if self.encoded && !self.holds() => Err(Problem::Compressed),
            Ok(Some(edited)) => {
                self.host.set_body(Direction::Request, size, &edited)?;
                if self.encoded {
                    self.host.set_header(Direction::Request, "content-encoding", None)?;
                }
                self.request = Asking::Passed;
                Ok(Some(edited.len()))
            }
        }
    }

    fn respond(&mut self, end: bool) -> Result<Next, Problem> {
        if self.response == Answering::Own {
            return Ok(Next::Go);
        }
        let headers = self.host.headers(Direction::Response)?;
        (self.size, self.encoded) = (0, headers.encoded());
        let transit = self.transit_of_answer();
        let delivery = with_head(&headers, |head| transit.respond(head));
        let decodes = transit.decodes();
        self.response = match delivery {
            Delivery::Stream => Answering::Stream,
            Delivery::Whole => Answering::Whole,
        };
        if end || self.response == Answering::Stream || !self.holds() {
            self.say()?;
        }
        if end {
            return Ok(Next::Go);
        }
        if self.response == Answering::Whole {
            self.bounded(headers.length().unwrap_or_default(), Problem::Cut)?;
            return self.hold(Direction::Response);
        }
        self.host.set_header(Direction::Response, "content-length", None)?;
        if decodes {
            self.host.set_header(Direction::Response, "content-encoding", None)?;
        }
        Ok(Next::Go)
    }

    fn deliver(&mut self, size: usize, end: bool) -> Result<Next, Problem> {
        match self.response {
            Answering::Idle | Answering::Own => Ok(Next::Go),
            Answering::Over => {
                self.put(size, &[])?;
                Ok(Next::Go)
            }
            Answering::Stream => self.stream(size, end),
            Answering::Whole => {
                self.size = size;
                self.bounded(size as u64, Problem::Cut)?;
                if end { self.finish(size) } else { Ok(Next::Wait) }
            }
        }
    }

    /// Takes a piece of a stream, and lets go what may leave now.
    fn stream(&mut self, size: usize, end: bool) -> Result<Next, Problem> {
        let chunk = self.body(Direction::Response, size)?;
        let is_late = self.is_late();
        let transit = self.transit.as_mut().ok_or(Problem::Proxy)?;
        let (mut flow, mut out) = (Flow::More, Vec::new());
        if is_late {
            flow = transit.overdue(&mut out);
        }
        if flow == Flow::More {
            flow = transit.push(&chunk, &mut out);
        }
        if flow == Flow::More && end {
            flow = transit.end(&mut out).unwrap_or(Flow::Broken);
        }
        let held = transit.held();
        self.held = self.held.max(held);
        if held == 0 || !out.is_empty() {
            self.held_since = None;
        }
        if held > 0 && self.setting.config.limits.held_ms.is_some() {
            self.held_since.get_or_insert_with(|| self.host.now());
        }
        if flow == Flow::Broken {
            return Err(Problem::Cut);
        }
        if out != chunk {
            self.put(size, &out)?;
        }
        if flow == Flow::Done || end {
            self.response = Answering::Over;
            self.note();
        }
        Ok(Next::Go)
    }

    /// Takes a response that was collected.
    fn finish(&mut self, size: usize) -> Result<Next, Problem> {
        let body = self.body(Direction::Response, size)?;
        let transit = self.transit.as_mut().ok_or(Problem::Proxy)?;
        let mut out = Vec::new();
        transit.push(&body, &mut Vec::new());
        let ended = transit.end(&mut out);
        let decodes = transit.decodes() && self.encoded;
        self.note();
        match ended {
            Ok(Flow::Broken) => return Err(Problem::Cut),
            Ok(_) if decodes && !self.holds() => return Err(Problem::Cut),
            Ok(_) if out == body => {}
            Ok(_) => self.put(size, &out)?,
            Err(reply) if self.holds() => {
                self.end(&self.refusal(reply));
                return Ok(Next::Wait);
            }
            // Its head has gone: what it said instead follows.
            Err(reply) => self.put(size, &reply.body)?,
        }
        if self.holds() {
            if decodes {
                self.host.set_header(Direction::Response, "content-encoding", None)?;
            }
            self.say()?;
            self.set_length(Direction::Response, out.len())?;
        }
        self.response = Answering::Over;
        Ok(Next::Go)
    }

    /// What a response is looked at by: also one to a request whose end has not come, of which
    /// no more goes on then.
    fn transit_of_answer(&mut self) -> &mut Transit {
        if self.request == Asking::Open {
            self.request = Asking::Ended;
        }
        let setting = &self.setting;
        self.transit.get_or_insert_with(|| {
            let asked = Request::new(&setting.config, &self.head.asked(), &[]);
            let guard = setting.guard.on_route(self.head.route);
            let exchange = guard.open(&asked.context(), &self.head.scope);
            let mut transit = Transit::new(exchange, &setting.config);
            // It is empty, and so nothing that could be refused.
            let _ = transit.request(asked);
            transit
        })
    }

    /// Answers in place of the upstream, or breaks off where it is too late for that.
    fn end(&mut self, answer: &Answer) -> Next {
        let is_late = self.response != Answering::Idle && !self.waits();
        (self.request, self.response) = (Asking::Ended, Answering::Own);
        if is_late || self.host.answer(answer).is_err() {
            self.host.reset();
        }
        Next::Wait
    }

    /// Whether the response is one whose head waits.
    fn waits(&self) -> bool {
        self.response == Answering::Whole && self.holds()
    }

    fn holds(&self) -> bool {
        self.setting.config.envoy.headers == HeldHeaders::Hold
    }

    /// Holds the head that came, or lets it go on without the length that may become wrong.
    fn hold(&self, of: Direction) -> Result<Next, Problem> {
        if self.holds() {
            return Ok(Next::Wait);
        }
        self.host.set_header(of, "content-length", None)?;
        Ok(Next::Go)
    }

    fn bounded(&self, size: u64, problem: Problem) -> Result<(), Problem> {
        if size > self.setting.config.limits.body { Err(problem) } else { Ok(()) }
    }

    fn body(&self, of: Direction, size: usize) -> Result<Vec<u8>, Problem> {
        if size == 0 { Ok(Vec::new()) } else { Ok(self.host.body(of, size)?) }
    }

    /// Puts bytes in place of what came of the response.
    fn put(&self, size: usize, bytes: &[u8]) -> Result<(), Problem> {
        if size > 0 || !bytes.is_empty() {
            self.host.set_body(Direction::Response, size, bytes)?;
        }
        Ok(())
    }

    fn set_length(&self, of: Direction, length: usize) -> Result<(), Problem> {
        Ok(self.host.set_header(of, "content-length", Some(&length.to_string()))?)
    }

    /// Says in the head of the response what was done so far.
    fn say(&self) -> Result<(), Problem> {
        let decision = self.transit.as_ref().map(|transit| transit.report().decision);
        let word = record::word(&decision.unwrap_or(Decision::Forward));
        self.host.set_header(Direction::Response, DECISION, Some(&word))?;
        let policies = self.setting.policies(self.head.route);
        Ok(self.host.set_header(Direction::Response, POLICIES, Some(&policies))?)
    }

    fn note(&self) {
        if let Some(transit) = &self.transit {
            record::note(&self.host, &transit.report());
        }
    }

    /// Whether text was held for longer than it may be.
    fn is_late(&self) -> bool {
        let patience = self.setting.config.limits.held_ms.map(Duration::from_millis);
        self.held_since
            .zip(patience)
            .is_some_and(|(since, patience)| self.host.now().saturating_sub(since) >= patience)
    }

    /// What the gate tells a caller, as an answer.
    fn refusal(&self, reply: Reply) -> Answer {
        let own = [
            ("content-type".to_owned(), reply.content_type.to_owned()),
            (DECISION.to_owned(), record::word(&Decision::Refused)),
            (POLICIES.to_owned(), self.setting.policies(self.head.route)),
        ];
        let others =
            reply.headers.iter().map(|(name, value)| (name.to_string(), value.to_string()));
        Answer {
            status: reply.status,
            headers: own.into_iter().chain(others).collect(),
            body: reply.body,
        }
    }
}

/// The head of a response as the gate wants it.
fn with_head<R>(headers: &Headers, look: impl FnOnce(&ResponseHead<'_>) -> R) -> R {
    let content_type = headers.get("content-type");
    let encoding = headers.get("content-encoding");
    look(&ResponseHead {
        status: headers.get(":status").and_then(|status| status.parse().ok()).unwrap_or_default(),
        content_type: content_type.as_deref(),
        content_encoding: encoding.as_deref(),
    })
}
