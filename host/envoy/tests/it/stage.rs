//! A proxy and a policy.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use sandgate_envoy::{About, Answer, Declined, Filter, Headers, Host, Setting};
use sandgate_gate::{Context, Direction, Fault, Finding, Manifest, Part, Policy, Session, Step};
use serde_json::json;

/// Finds every `*`.
pub(crate) struct Stars(pub(crate) Manifest);

#[derive(Default)]
struct Scan {
    fed: u64,
}

/// A proxy with one stream. Cheap to clone: clones are the same one.
#[derive(Clone, Default)]
pub(crate) struct Proxy(Rc<Stream>);

#[derive(Default)]
pub(crate) struct Stream {
    headers: [RefCell<BTreeMap<String, Vec<u8>>>; 2],
    bodies: [RefCell<Vec<u8>>; 2],
    answers: RefCell<Vec<Answer>>,
    resets: Cell<u32>,
    notes: RefCell<BTreeMap<String, String>>,
    counts: RefCell<BTreeMap<String, u64>>,
    properties: RefCell<BTreeMap<String, Vec<u8>>>,
    now: Cell<Duration>,
    /// Nothing that is asked of it is done from now on.
    declines: Cell<bool>,
    without_trailers: Cell<u32>,
}

pub(crate) fn about() -> About {
    let policy = |name: &str, action: &str| {
        json!({
            "name": name,
            "digest": format!("sha256:{}", "0123456789abcdef".repeat(4)),
            "manifest": {
                "contract": "0.1.0", "name": name, "version": "1.0.0", "description": "",
                "rules": [{"name": "STAR", "description": "", "action": action}],
                "settings": {}, "cases": ""
            }
        })
    };
    let policies = [policy("stars", "redact"), policy("keyed", "pseudonymize")];
    serde_json::from_value(json!({ "policies": policies })).expect("it is what the linker writes")
}

pub(crate) fn setting(json: &str) -> Result<Setting<Stars>, sandgate_gate::Error> {
    let about = about();
    Setting::read(json, &about, |number, _| Ok(Stars(about.policies[number].manifest.clone())))
}

/// A filter with this configuration, and its proxy.
pub(crate) fn stage(config: serde_json::Value) -> (Filter<Proxy, Stars>, Proxy) {
    let proxy = Proxy::default();
    let mut config = config;
    config["policies"] = json!({ "stars": null });
    let setting = setting(&config.to_string()).expect("it is a configuration");
    (Filter::new(proxy.clone(), Rc::new(setting)), proxy)
}

impl Proxy {
    pub(crate) fn has(&self, of: Direction, headers: &[(&str, &str)]) {
        let pairs =
            headers.iter().map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()));
        *self.0.headers[of as usize].borrow_mut() = pairs.collect();
    }

    /// A request for a chat, of so many bytes.
    pub(crate) fn asks(&self, length: usize) {
        self.has(
            Direction::Request,
            &[
                (":method", "POST"),
                (":path", "/v1/chat/completions"),
                ("accept-encoding", "gzip"),
                ("content-type", "application/json"),
                ("content-length", &length.to_string()),
            ],
        );
    }

    pub(crate) fn answers(&self, status: &str, content_type: &str) {
        let headers =
            [(":status", status), ("content-type", content_type), ("content-length", "9")];
        self.has(Direction::Response, &headers);
    }

    /// Puts bytes into a body, as they come.
    pub(crate) fn comes(&self, of: Direction, bytes: &str) -> usize {
        let mut body = self.0.bodies[of as usize].borrow_mut();
        body.extend(bytes.as_bytes());
        body.len()
    }

    /// What is in a body, which leaves.
    pub(crate) fn leaves(&self, of: Direction) -> String {
        String::from_utf8(self.0.bodies[of as usize].take()).expect("it is text")
    }

    pub(crate) fn header(&self, of: Direction, name: &str) -> Option<String> {
        let headers = self.0.headers[of as usize].borrow();
        headers.get(name).map(|value| String::from_utf8_lossy(value).into_owned())
    }

    /// The answer of the filter's own, of which there is one.
    pub(crate) fn answered(&self) -> (u16, String) {
        let answers = self.0.answers.borrow();
        assert_eq!(answers.len(), 1, "{answers:?}");
        (answers[0].status, String::from_utf8_lossy(&answers[0].body).into_owned())
    }

    pub(crate) fn answer_headers(&self) -> Vec<(String, String)> {
        self.0.answers.borrow()[0].headers.clone()
    }

    pub(crate) fn is_answered(&self) -> bool {
        !self.0.answers.borrow().is_empty()
    }

    pub(crate) fn resets(&self) -> u32 {
        self.0.resets.get()
    }

    pub(crate) fn noted(&self, name: &str) -> String {
        self.0.notes.borrow().get(name).cloned().unwrap_or_default()
    }

    pub(crate) fn counts(&self) -> BTreeMap<String, u64> {
        self.0.counts.borrow().clone()
    }

    pub(crate) fn knows(&self, path: &[&str], value: &[u8]) {
        self.0.properties.borrow_mut().insert(path.join("/"), value.to_vec());
    }

    pub(crate) fn later(&self, by: Duration) {
        self.0.now.set(self.0.now.get() + by);
    }

    pub(crate) fn declines(&self) {
        self.0.declines.set(true);
    }

    pub(crate) fn trailers_dropped(&self) -> u32 {
        self.0.without_trailers.get()
    }

    fn done<R>(&self, result: R) -> Result<R, Declined> {
        if self.0.declines.get() { Err(Declined) } else { Ok(result) }
    }
}

impl Host for Proxy {
    fn headers(&self, of: Direction) -> Result<Headers, Declined> {
        let headers = self.0.headers[of as usize].borrow().clone();
        self.done(Headers(headers.into_iter().collect()))
    }

    fn set_header(&self, of: Direction, name: &str, value: Option<&str>) -> Result<(), Declined> {
        let mut headers = self.0.headers[of as usize].borrow_mut();
        match value {
            Some(value) => headers.insert(name.to_owned(), value.as_bytes().to_vec()),
            None => headers.remove(name),
        };
        self.done(())
    }

    fn drop_trailers(&self, _: Direction) -> Result<(), Declined> {
        self.0.without_trailers.set(self.0.without_trailers.get() + 1);
        self.done(())
    }

    fn body(&self, of: Direction, size: usize) -> Result<Vec<u8>, Declined> {
        self.done(self.0.bodies[of as usize].borrow()[..size].to_vec())
    }

    fn set_body(&self, of: Direction, size: usize, bytes: &[u8]) -> Result<(), Declined> {
        let mut body = self.0.bodies[of as usize].borrow_mut();
        body.splice(..size, bytes.iter().copied());
        self.done(())
    }

    fn answer(&self, answer: &Answer) -> Result<(), Declined> {
        self.0.answers.borrow_mut().push(answer.clone());
        self.done(())
    }

    fn reset(&self) {
        self.0.resets.set(self.0.resets.get() + 1);
    }

    fn property(&self, path: &[&str]) -> Option<Vec<u8>> {
        self.0.properties.borrow().get(&path.join("/")).cloned()
    }

    fn note(&self, name: &str, value: &str) {
        self.0.notes.borrow_mut().insert(name.to_owned(), value.to_owned());
    }

    fn now(&self) -> Duration {
        self.0.now.get()
    }

    fn count(&self, name: &str, by: u64) {
        *self.0.counts.borrow_mut().entry(name.to_owned()).or_default() += by;
    }

    fn observe(&self, name: &str, value: u64) {
        self.0.counts.borrow_mut().insert(name.to_owned(), value);
    }
}

impl Policy for Stars {
    fn manifest(&self) -> &Manifest {
        &self.0
    }

    fn digest(&self) -> &str {
        "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
    }

    fn session(&self, _: &Context) -> Box<dyn Session> {
        Box::<Scan>::default()
    }
}

impl Session for Scan {
    fn begin(&mut self, _: &Part) -> Result<(), Fault> {
        self.fed = 0;
        Ok(())
    }

    /// Whatever begins with `…` might go on until the end.
    fn feed(&mut self, chunk: &str) -> Result<Step, Fault> {
        let finding = |(at, _): (usize, &str)| Finding {
            rule: "STAR".into(),
            start: self.fed + at as u64,
            end: self.fed + at as u64 + 1,
            confidence: 100,
            replacement: None,
        };
        let findings = chunk.match_indices('*').map(finding).collect();
        let settled = self.fed + chunk.find('…').unwrap_or(chunk.len()) as u64;
        self.fed += chunk.len() as u64;
        Ok(Step { findings, settled })
    }

    fn end(&mut self) -> Result<Step, Fault> {
        Ok(Step { findings: Vec::new(), settled: self.fed })
    }
}
