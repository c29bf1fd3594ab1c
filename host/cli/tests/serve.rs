//! `sandgate serve` as a process: where it listens, what it does with its configuration, how it ends.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

const PATIENCE: Duration = Duration::from_secs(60);
const REDACT: &str = "policies: { pii: { actions: { '*': redact } } }";
const BLOCK: &str = "policies: { pii: { actions: { '*': block } } }";

/// A gateway in front of the mock, in a folder of its own. It is ended with the test.
struct Serve {
    place: TempDir,
    child: Child,
    /// The lines of what it tells.
    told: Receiver<String>,
    address: String,
    /// Where its mock listens, if it has one.
    mock: String,
}

impl Serve {
    fn start(config: &str) -> Self {
        Self::with(config, &["--upstream", "mock"], &[])
    }

    /// With these flags, and with these variables in its environment.
    fn with(config: &str, flags: &[&str], variables: &[(&str, &str)]) -> Self {
        let place = tempfile::tempdir().unwrap();
        fs::write(place.path().join("sandgate.yaml"), config).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_sandgate"))
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(flags)
            .current_dir(place.path())
            .env_remove("RUST_LOG")
            .env("SANDGATE_CACHE", place.path().join("cache"))
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (stderr, (teller, told)) = (child.stderr.take().unwrap(), channel());
        std::thread::spawn(move || {
            let lines = BufReader::new(stderr).lines().map_while(Result::ok);
            lines.for_each(|line| drop(teller.send(line)));
        });
        let mut serve = Self { place, child, told, address: String::new(), mock: String::new() };
        if flags.contains(&"mock") {
            let line = serve.line("the mock listens on http://");
            serve.mock = line.split(['/', ',']).nth(2).unwrap().to_owned();
        }
        let line = serve.line("listening on http://");
        serve.address = line.trim().rsplit('/').next().unwrap().to_owned();
        serve
    }

    /// The next line of what it tells that holds this.
    #[track_caller]
    fn line(&self, part: &str) -> String {
        let end = Instant::now() + PATIENCE;
        let next = || self.told.recv_timeout(end.saturating_duration_since(Instant::now())).ok();
        let line = std::iter::from_fn(next).find(|line| line.contains(part));
        assert!(line.is_some(), "it never said `{part}`");
        line.unwrap()
    }

    fn configure(&self, config: &str) {
        let (new, file) = (self.place.path().join("new"), self.place.path().join("sandgate.yaml"));
        fs::write(&new, config).unwrap();
        fs::rename(new, file).unwrap();
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    fn chat(&self, text: &str) -> (u16, String) {
        chat(&self.address, text)
    }

    fn answer(&self, text: &str) -> Value {
        let body: Value = serde_json::from_str(&self.chat(text).1).unwrap();
        body["choices"][0]["message"]["content"].clone()
    }

    /// Waits until a chat has this status.
    fn until(&self, status: u16) {
        let end = Instant::now() + PATIENCE;
        while self.chat("ana@example.org").0 != status {
            assert!(Instant::now() < end, "never {status}");
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

/// Status and body of a chat that says this.
fn chat(address: &str, text: &str) -> (u16, String) {
    let body = format!(r#"{{"model":"m","messages":[{{"role":"user","content":"{text}"}}]}}"#);
    fetch(address, "POST /v1/chat/completions", &body)
}

/// Status and body of an answer, its chunks' lengths included where it comes in chunks.
fn fetch(address: &str, what: &str, body: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let length = body.len();
    write!(
        stream,
        "{what} HTTP/1.1\r\nhost: gateway\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
    (status, answer.split_once("\r\n\r\n").unwrap().1.to_owned())
}

impl Drop for Serve {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn the_mock_needs_nothing_and_sees_what_is_left() {
    let serve = Serve::start(REDACT);
    assert_eq!(serve.answer("mail ana@example.org"), "You said: mail <EMAIL_ADDRESS>");
}

#[test]
fn another_configuration_is_taken_and_a_wrong_one_is_not() {
    let serve = Serve::start(REDACT);
    serve.configure(BLOCK);
    serve.line("the configuration was read anew");
    serve.until(403);
    serve.configure("policies:\n  pii: { mood: enforce }");
    let told = serve.line("the configuration was not taken");
    assert!(told.contains("sandgate.yaml:2: policies.pii.mood"), "{told}");
    assert_eq!(serve.chat("ana@example.org").0, 403);
    serve.configure(REDACT);
    serve.line("the configuration was read anew");
    serve.until(200);
}

#[test]
fn a_hangup_reads_the_configuration_anew() {
    let serve = Serve::start(REDACT);
    serve.signal(Signal::HUP);
    serve.line("the configuration was read anew");
    assert_eq!(serve.chat("hi").0, 200);
}

#[test]
fn what_is_under_way_goes_to_its_end_when_it_is_told_to_stop() {
    let mut serve = Serve::start(REDACT);
    let address = serve.address.clone();
    std::thread::scope(|scope| {
        let slow = scope.spawn(move || chat(&address, "mock: delay 300\\nslow but whole"));
        // The chat is on its way once the mock was asked, or even answered: both are well.
        std::thread::sleep(Duration::from_millis(100));
        serve.signal(Signal::TERM);
        assert_eq!(slow.join().unwrap().0, 200);
    });
    assert!(serve.child.wait().unwrap().success());
    assert!(TcpStream::connect(&serve.address).is_err());
}

#[test]
fn what_it_tells_has_no_text() {
    let serve = Serve::start(BLOCK);
    assert_eq!(serve.chat("sesame ana@example.org").0, 403);
    let line = serve.line("exchange");
    assert!(line.contains("Refused"), "{line}");
    serve.signal(Signal::TERM);
    let rest: String = std::iter::once(line).chain(serve.told.iter()).collect();
    assert!(!rest.contains("sesame") && !rest.contains("ana@"), "{rest}");
}

#[test]
fn neither_a_providers_key_nor_text_is_told_at_any_level() {
    let mocked = Serve::start(REDACT);
    let config = format!(
        "{REDACT}\nupstreams: [{{ url: 'http://{}', key: {{ env: PROVIDER_KEY }} }}]",
        mocked.mock
    );
    let (key, loud) = ("sk-never-to-be-told", ("RUST_LOG", "trace"));
    let serve = Serve::with(&config, &[], &[("PROVIDER_KEY", key), loud]);
    assert_eq!(serve.chat("sesame").0, 200);
    let seen = fetch(&mocked.mock, "GET /mock/seen", "").1;
    assert!(seen.contains("sesame"), "{seen}");
    serve.signal(Signal::TERM);
    let told: Vec<String> = serve.told.iter().collect();
    assert!(told.iter().any(|line| line.contains("TRACE")), "it was not asked for all it knows");
    let is_told = |line: &&String| line.contains(key) || line.contains("sesame");
    let hits: Vec<_> = told.iter().filter(is_told).collect();
    assert!(hits.is_empty(), "{hits:?}");
}

#[test]
fn text_is_held_no_longer_than_it_may() {
    let serve = Serve::start(&format!("{REDACT}\nlimits: {{ held_ms: 100, on_held: block }}"));
    // What may become a card's number, and then nothing for longer than that.
    let order = "mock: delay 3000\\nmock: chunk 4\\nmock: say 4111 1111 1111 1111";
    let body = format!(
        r#"{{"model":"m","stream":true,"messages":[{{"role":"user","content":"{order}"}}]}}"#
    );
    let (status, events) = fetch(&serve.address, "POST /v1/chat/completions", &body);
    assert_eq!(status, 200);
    assert!(events.contains("content_filter") && !events.contains("4111"), "{events}");
}
