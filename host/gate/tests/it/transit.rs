//! The laws for exchanges from bytes to bytes: every format, every way of streaming, cut at every
//! byte.

use std::sync::{Arc, LazyLock, Mutex};

use sandgate_gate::*;
use serde_json::Value;

use crate::script::*;
use crate::streams::{FORMATS, STREAMS, Streamed, stream};

pub(crate) const REDACT: &str = "policies: { p0: }";
const BLOCK: &str = "policies: { p0: { actions: { W0: block } } }";
const PSEUDONYMIZE: &str = "policies: { p0: { actions: { W0: pseudonymize } } }";
/// What is found.
const MAIL: &str = "ana@b.c";

pub(crate) fn transit(yaml: &str) -> Transit {
    Stage::new(MAIL, yaml).transit()
}

/// A configuration with its policy, for many exchanges.
struct Stage {
    word: &'static str,
    config: Config,
    plan: Plan,
}

impl Stage {
    /// With a policy that finds this word.
    fn new(word: &'static str, yaml: &str) -> Self {
        let config = Config::from_yaml(yaml, "sandgate.yaml").expect("it is right");
        let plan = plan(yaml, &[("p0".to_owned(), Words::new(&[word], 0))]);
        Self { word, config, plan }
    }

    fn transit(&self) -> Transit {
        let word = self.word;
        let sessions = move || vec![Box::new(Words::new(&[word], 0)) as Box<dyn Session>];
        Transit::new(self.plan.open(sessions(), "scope").with_more(sessions), &self.config)
    }
}

/// A request to an API that needs no configuration, or to the one that [`FORMATS`] tells.
pub(crate) fn asked<'a>(head: &RequestHead<'_>, body: &'a [u8]) -> Request<'a> {
    static CONFIG: LazyLock<Config> =
        LazyLock::new(|| Config::from_yaml(FORMATS, "sandgate.yaml").expect("it is right"));
    Request::new(&CONFIG, head, body)
}

/// Sends a prompt and takes the head of the response; what the model got, where it is edited.
fn begin(transit: &mut Transit, stream: &Streamed, prompt: &str) -> Option<String> {
    let head = RequestHead { method: "POST", path: &stream.path, ..RequestHead::default() };
    let body = stream.request.replace('@', prompt);
    let sent = transit.request(asked(&head, body.as_bytes())).expect("it goes on");
    let content_type = Some(stream.content_type());
    let head = ResponseHead { status: 200, content_type, content_encoding: None };
    assert_eq!(transit.respond(&head), Delivery::Stream);
    sent.map(|sent| String::from_utf8(sent).expect("it is UTF-8"))
}

/// Sends the response in these chunks; what the client gets.
fn stream_through(transit: &mut Transit, chunks: &[&[u8]]) -> Vec<u8> {
    let mut out = Vec::new();
    for chunk in chunks {
        if transit.push(chunk, &mut out) == Flow::Done {
            return out;
        }
    }
    transit.end(&mut out).expect("streams have no reply");
    out
}

fn run_stream(transit: &mut Transit, stream: &Streamed, prompt: &str, chunks: &[&[u8]]) -> Vec<u8> {
    begin(transit, stream, prompt);
    stream_through(transit, chunks)
}

#[test]
fn however_a_stream_is_cut_the_same_leaves_and_the_same_is_found() {
    let stage = Stage::new(MAIL, REDACT);
    for stream in STREAMS.iter() {
        let found = [2, 100].map(|size| {
            let body = stream.response("{\"to\": \"ana@b.c\"} é", size);
            let mut at_once = stage.transit();
            let whole = run_stream(&mut at_once, stream, "hi", &[&body]);
            assert_eq!(stream.answer(&whole), "{\"to\": \"<W0>\"} é", "{}", stream.name);
            for at in 0..body.len() {
                let (first, second) = body.split_at(at);
                let mut transit = stage.transit();
                let left = run_stream(&mut transit, stream, "hi", &[first, second]);
                assert_eq!(left, whole, "{} cut at {at}", stream.name);
                assert_eq!(transit.report(), at_once.report(), "{} cut at {at}", stream.name);
            }
            at_once.report().findings
        });
        assert_eq!(found[0], found[1], "{}: the pieces change what is found", stream.name);
        assert_eq!(found[0].len(), 1 + stream.n_again(), "{}", stream.name);
    }
}

#[test]
fn byte_by_byte_no_byte_of_an_edited_span_is_out_before_its_edit() {
    let (answer, edited) = ("to ana@b.c and ana@b.c", "to <W0> and <W0>");
    for stream in STREAMS.iter() {
        let body = stream.response(answer, 1);
        let (mut transit, mut out) = (transit(REDACT), Vec::new());
        begin(&mut transit, stream, "hi");
        for byte in &body {
            let before = out.len();
            transit.push(&[*byte], &mut out);
            let said = if out.len() > before { stream.answer(&out) } else { continue };
            assert!(edited.starts_with(&said), "{}: {said:?}", stream.name);
            assert!(transit.held() <= 2 * MAIL.len() as u64, "{}", stream.name);
        }
        transit.end(&mut out).expect("streams have no reply");
        assert_eq!(stream.answer(&out), edited, "{}", stream.name);
        let again = stream.again(&out);
        assert_eq!(again, vec![edited; stream.n_again()], "{}", stream.name);
        assert!(!stream.text(&out).contains("ana@"), "{}", stream.name);
    }
}

#[test]
fn a_stream_without_findings_says_the_same_text() {
    for stream in STREAMS.iter() {
        let body = stream.response("nothing to see, ana@b.d", 4);
        let left = run_stream(&mut transit(REDACT), stream, "hi", &[&body]);
        assert_eq!(stream.answer(&left), "nothing to see, ana@b.d");
        let observed = "policies: { p0: { mode: observe } }";
        let left = run_stream(&mut transit(observed), stream, "hi", &[&body]);
        assert_eq!(left, body, "nothing waits for who only observes");
    }
}

#[test]
fn a_block_ends_the_stream_in_the_providers_words() {
    let stage = Stage::new(MAIL, BLOCK);
    for stream in STREAMS.iter() {
        let body = stream.response("mail to ana@b.c and others", 2);
        let whole = run_stream(&mut stage.transit(), stream, "hi", &[&body]);
        let text = stream.text(&whole);
        assert!(text.contains(&stream.ending), "{}: {text}", stream.name);
        let answer = stream.answer(&whole);
        assert!("mail to ".starts_with(&answer), "{}: {answer:?}", stream.name);
        assert!(!text.contains("others"));
        for at in 0..body.len() {
            let (first, second) = body.split_at(at);
            let left = run_stream(&mut stage.transit(), stream, "hi", &[first, second]);
            assert_eq!(left, whole, "{} cut at {at}", stream.name);
        }
    }
}

/// What an answer says that repeats the placeholder of a sent prompt, in another spelling.
fn mangled(sent: &str) -> String {
    let from = sent.find("<W0_").expect("it has a pseudonym");
    let made = &sent[from..=from + sent[from..].find('>').expect("it ends")];
    format!("{{\"to\": \"{}\"}}", made.to_lowercase().replace('_', " "))
}

#[test]
fn own_words_come_back_from_a_stream_that_mangles_their_pseudonyms() {
    let stage = Stage::new(MAIL, PSEUDONYMIZE);
    for stream in STREAMS.iter() {
        let sent = begin(&mut stage.transit(), stream, "write to ana@b.c").expect("edited");
        assert!(!sent.contains(MAIL));
        let body = stream.response(&mangled(&sent), 3);
        for at in 0..body.len() {
            let mut transit = stage.transit();
            begin(&mut transit, stream, "write to ana@b.c");
            let (first, second) = body.split_at(at);
            let left = stream_through(&mut transit, &[first, second]);
            let own = "{\"to\": \"ana@b.c\"}";
            assert_eq!(stream.answer(&left), own, "{} cut at {at}", stream.name);
            assert_eq!(stream.again(&left), vec![own; stream.n_again()], "{}", stream.name);
        }
    }
}

#[test]
fn words_that_come_back_are_spelled_as_the_place_asks() {
    let (word, escaped) = ("a\"b\\\n\u{1}é", r#"a\"b\\\n\u0001é"#);
    let stage = Stage::new(word, PSEUDONYMIZE);
    for stream in STREAMS.iter() {
        let mut transit = stage.transit();
        let sent = begin(&mut transit, stream, escaped).expect("edited");
        let body = stream.response(&mangled(&sent), 3);
        let answer = stream.answer(&stream_through(&mut transit, &[&body]));
        // Arguments are JSON in a string: there the word is inside of one more string.
        let expected = if stream.has_arguments() { escaped } else { word };
        assert_eq!(answer, format!("{{\"to\": \"{expected}\"}}"), "{}", stream.name);
        if stream.has_arguments() {
            let read: Value = serde_json::from_str(&answer).expect("arguments are JSON");
            assert_eq!(read["to"], word, "{}", stream.name);
        }
    }
}

/// A policy that notes the names of the tools whose arguments it sees.
struct Witness(Arc<Mutex<Vec<Option<String>>>>, Words);

impl Session for Witness {
    fn begin(&mut self, part: &Part) -> Result<(), Fault> {
        let mut names = self.0.lock().expect("nobody panics");
        names.extend((part.role == Role::ToolCall).then(|| part.name.clone()));
        self.1.begin(part)
    }

    fn feed(&mut self, chunk: &str) -> Result<Step, Fault> {
        self.1.feed(chunk)
    }

    fn end(&mut self) -> Result<Step, Fault> {
        self.1.end()
    }
}

#[test]
fn policies_are_told_which_tool_is_called_with_arguments_that_stream_in() {
    let stage = Stage::new(MAIL, REDACT);
    for stream in STREAMS.iter().filter(|stream| stream.has_arguments()) {
        let names = Arc::<Mutex<Vec<_>>>::default();
        let witness = Arc::clone(&names);
        let sessions = move || {
            let witness = Witness(Arc::clone(&witness), Words::new(&[MAIL], 0));
            vec![Box::new(witness) as Box<dyn Session>]
        };
        let exchange = stage.plan.open(sessions(), "scope").with_more(sessions);
        let mut transit = Transit::new(exchange, &stage.config);
        run_stream(&mut transit, stream, "hi", &[&stream.response("{}", 1)]);
        let names = names.lock().expect("nobody panics");
        // The name itself is a part too, and has none.
        assert!(names.contains(&Some("f".to_owned())), "{}: {names:?}", stream.name);
    }
}

#[test]
fn events_are_numbered_without_gap_or_repetition() {
    let numbered = STREAMS.iter().filter(|stream| stream.path == "/v1/responses");
    for stream in numbered {
        for (config, answer) in
            [(REDACT, "mail ana@b.c, ana@b"), (REDACT, "hi"), (BLOCK, "to ana@b.c")]
        {
            let body = stream.response(answer, 3);
            let left = stream.text(&run_stream(&mut transit(config), stream, "hi", &[&body]));
            let numbers = left
                .split("\"sequence_number\":")
                .skip(1)
                .filter_map(|rest| rest.split([',', '}']).next()?.parse::<usize>().ok());
            let numbers: Vec<usize> = numbers.collect();
            assert_eq!(numbers, (0..numbers.len()).collect::<Vec<_>>(), "{left}");
        }
    }
}

#[test]
fn text_that_was_held_too_long_leaves_or_ends_the_stream() {
    for stream in STREAMS.iter() {
        for (on_held, leaves) in [("release", true), ("block", false)] {
            let mut transit = transit(&format!("{REDACT}\nlimits: {{ on_held: {on_held} }}"));
            begin(&mut transit, stream, "hi");
            let body = stream.response("ana@b and on", 1);
            let mut out = Vec::new();
            // All of it, but for what comes after the last piece and the end of that.
            let (first, rest) = body.split_at(body.len() - stream.end("ana@b and on").len() - 20);
            transit.push(first, &mut out);
            assert!(transit.held() > 0, "{}", stream.name);
            let flow = transit.overdue(&mut out);
            if leaves {
                assert_eq!((flow, transit.held()), (Flow::More, 0), "{}", stream.name);
                transit.push(rest, &mut out);
                transit.end(&mut out).expect("streams have no reply");
                assert_eq!(stream.answer(&out), "ana@b and on", "{}", stream.name);
            } else {
                assert_eq!(flow, Flow::Done, "{}", stream.name);
                assert_eq!(transit.report().refused, Some(Refusal::Held));
                assert!(stream.text(&out).contains(&stream.ending), "{}", stream.name);
            }
        }
    }
}

#[test]
fn what_was_held_when_the_stream_broke_off_never_leaves() {
    for stream in STREAMS.iter() {
        let body = stream.response("ana@b", 1);
        let cut = body.len() - stream.end("ana@b").len() - 4;
        let (mut transit, mut out) = (transit(REDACT), Vec::new());
        begin(&mut transit, stream, "hi");
        assert_eq!(transit.push(&body[..cut], &mut out), Flow::More, "{}", stream.name);
        assert!(transit.held() > 0, "{}", stream.name);
        let flow = transit.end(&mut out);
        // A line that is cut is a line, though nobody can read it.
        let refused = transit.report().refused == Some(Refusal::Unscannable);
        assert!(flow == Ok(Flow::Broken) || refused, "{}: {flow:?}", stream.name);
        assert_eq!(stream.answer(&out), "", "{}", stream.name);
    }
}

#[test]
fn a_tool_server_answers_in_a_stream_of_whole_messages() {
    let head = RequestHead { method: "POST", path: "/mcp", ..RequestHead::default() };
    let call = r#"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"f","arguments":{"to":"@"}}}"#;
    let body = concat!(
        "event: message\ndata: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":{\"message\":\"half\"}}\n\n",
        "event: message\ndata: {\"jsonrpc\":\"2.0\",\"id\":7,\"result\":{\"content\":[{\"type\":\"text\",\"text\":\"to ana@b.c\"}]}}\n\n",
    );
    for (config, expected) in [
        (REDACT, body.replace("ana@b.c", "<W0>")),
        (
            BLOCK,
            format!(
                "{}event: message\ndata: {{\"jsonrpc\":\"2.0\",\"id\":7,\"error\"",
                body.split_inclusive("\n\n").next().unwrap_or_default()
            ),
        ),
    ] {
        for at in 0..body.len() {
            let mut transit = transit(config);
            let call = call.replace('@', "bob");
            transit.request(asked(&head, call.as_bytes())).expect("it goes on");
            let sse = Some("text/event-stream");
            let response = ResponseHead { status: 200, content_type: sse, content_encoding: None };
            assert_eq!(transit.respond(&response), Delivery::Stream);
            let mut out = Vec::new();
            transit.push(&body.as_bytes()[..at], &mut out);
            transit.push(&body.as_bytes()[at..], &mut out);
            transit.end(&mut out).expect("streams have no reply");
            let left = String::from_utf8(out).expect("it is UTF-8");
            assert!(left.starts_with(&expected), "cut at {at}: {left}");
            assert!(left.contains(r#""id":7"#) && !left.contains("ana@b.c"), "cut at {at}");
        }
    }
    let call = call.replace('@', "ana@b.c");
    let reply = transit(BLOCK).request(asked(&head, call.as_bytes()));
    let reply = reply.expect_err("it is refused");
    let error: Value = serde_json::from_slice(&reply.body).expect("it is JSON");
    assert_eq!((reply.status, &error["id"]), (200, &Value::from(7)));
}

#[test]
fn what_came_before_a_broken_event_leaves_however_it_is_cut() {
    let stage = Stage::new(MAIL, REDACT);
    for name in ["Gemini, array", "Bedrock"] {
        let stream = stream(name);
        let mut body = stream.response("to bob, and so on", 4);
        let good = body.len() - stream.end("").len();
        body.truncate(good);
        body.extend_from_slice(b"]]]] what follows is no event of any kind");
        let whole = run_stream(&mut stage.transit(), stream, "hi", &[&body]);
        assert!(stream.answer(&whole).starts_with("to bob, "), "{name}");
        for at in 0..body.len() {
            let (first, second) = body.split_at(at);
            let left = run_stream(&mut stage.transit(), stream, "hi", &[first, second]);
            assert_eq!(left, whole, "{name} cut at {at}");
        }
    }
}

#[test]
fn a_request_is_refused_in_the_providers_shape() {
    let body = stream("Anthropic").request.replace('@', "ana@b.c");
    let head = RequestHead { method: "POST", path: "/v1/messages", ..RequestHead::default() };
    let reply = transit(BLOCK).request(asked(&head, body.as_bytes())).expect_err("it is refused");
    let error: Value = serde_json::from_slice(&reply.body).expect("it is JSON");
    assert_eq!((reply.status, &error["type"]), (403, &Value::from("error")));
    let as_message = format!("{BLOCK}\nrefusal: {{ as: message }}");
    let reply =
        transit(&as_message).request(asked(&head, body.as_bytes())).expect_err("it is refused");
    assert_eq!((reply.status, reply.content_type), (200, "text/event-stream"));
    assert!(!String::from_utf8_lossy(&reply.body).contains("ana@b.c"));
}

#[test]
fn a_stream_of_ever_new_choices_is_bounded() {
    let stream = stream("chat");
    let body: Vec<u8> = (0..1000).flat_map(|choice| stream.event("@", choice)).collect();
    let mut transit = transit(REDACT);
    let left = run_stream(&mut transit, stream, "hi", &[&body]);
    assert_eq!(transit.report().refused, Some(Refusal::Unscannable));
    assert!(String::from_utf8_lossy(&left).contains(&stream.ending));
}

#[test]
fn nothing_leaves_before_the_head_of_a_response_or_after_its_end() {
    let stream = stream("chat");
    let mut transit = transit(REDACT);
    let mut out = Vec::new();
    assert_eq!(transit.push(b"ana@b.c", &mut out), Flow::Broken);
    assert!(out.is_empty());
    run_stream(&mut transit, stream, "hi", &[stream.ending.as_bytes()]);
    assert_eq!(transit.push(b"ana@b.c", &mut out), Flow::Broken);
    assert_eq!(transit.end(&mut out), Ok(Flow::Done));
    assert!(out.is_empty());
}
