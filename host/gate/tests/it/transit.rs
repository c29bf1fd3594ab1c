//! Exchanges from bytes to bytes, in every way of streaming, cut at every byte.

use sandgate_gate::*;
use sandgate_wire::{Frame, Framer, Framing, make};
use serde_json::Value;

use crate::script::*;

/// A response as an upstream streams it, and what reads it.
struct Streamed {
    path: &'static str,
    content_type: &'static str,
    request: &'static str,
    /// Its events, `@` for each next piece of the answer.
    events: &'static [&'static str],
    /// Where the answer stands in an event.
    pointers: &'static [&'static str],
    ending: &'static str,
}

const STREAMS: &[Streamed] = &[
    Streamed {
        path: "/v1/chat/completions",
        content_type: "text/event-stream; charset=utf-8",
        request: r#"{"model":"m","stream":true,"messages":[{"role":"user","content":"@"}]}"#,
        events: &[
            "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\n\n",
            "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"@\"},\"logprobs\":{\"content\":[{\"token\":\"ana\"}]}}]}\n\n",
            "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n",
        ],
        pointers: &["/choices/0/delta/content"],
        ending: "content_filter",
    },
    Streamed {
        path: "/v1/chat/completions",
        content_type: "text/event-stream",
        request: r#"{"model":"m","stream":true,"messages":[{"role":"user","content":"@"}]}"#,
        events: &[
            "data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"t\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"\"}}]}}]}\r\n\r\n",
            "data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"@\"}}]}}]}\r\n\r\n",
            "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"tool_calls\"}]}\r\n\r\ndata: [DONE]\r\n\r\n",
        ],
        pointers: &["/choices/0/delta/tool_calls/0/function/arguments"],
        ending: "content_filter",
    },
    Streamed {
        path: "/v1/messages",
        content_type: "text/event-stream",
        request: r#"{"model":"m","stream":true,"messages":[{"role":"user","content":[{"type":"text","text":"@"}]}]}"#,
        events: &[
            "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n",
            "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"@\"}}\n\n",
            "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\nevent: message_stop\ndata: {\"type\":\"message_stop\"}\n\n",
        ],
        pointers: &["/delta/text"],
        ending: "\"error\"",
    },
    Streamed {
        path: "/v1beta/models/g:streamGenerateContent",
        content_type: "application/json",
        request: r#"{"contents":[{"role":"user","parts":[{"text":"@"}]}]}"#,
        events: &[
            "[{\"candidates\":[{\"index\":0,\"content\":{\"role\":\"model\",\"parts\":[{\"text\":\"\"}]}}]}",
            "\n,{\"candidates\":[{\"index\":0,\"content\":{\"role\":\"model\",\"parts\":[{\"text\":\"@\"}]}}]}",
            ",{\"candidates\":[{\"index\":0,\"finishReason\":\"STOP\"}]}]",
        ],
        pointers: &["/candidates/0/content/parts/0/text"],
        ending: "PROHIBITED_CONTENT",
    },
    Streamed {
        path: "/api/chat",
        content_type: "application/x-ndjson",
        request: r#"{"model":"m","messages":[{"role":"user","content":"@"}]}"#,
        events: &[
            "{\"model\":\"m\",\"message\":{\"role\":\"assistant\",\"content\":\"\"},\"done\":false}\n",
            "{\"model\":\"m\",\"message\":{\"role\":\"assistant\",\"content\":\"@\"},\"done\":false}\n",
            "{\"model\":\"m\",\"message\":{\"role\":\"assistant\",\"content\":\"\"},\"done\":true}\n",
        ],
        pointers: &["/message/content"],
        ending: "content_filter",
    },
    Streamed {
        path: "/v1/completions",
        content_type: "text/event-stream",
        request: r#"{"model":"m","stream":true,"prompt":"@"}"#,
        events: &[
            "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"text\":\"\"}]}\n\n",
            "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"text\":\"@\",\"logprobs\":{\"tokens\":[\"ana\"]}}]}\n\n",
            "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"text\":\"\",\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n",
        ],
        pointers: &["/choices/0/text"],
        ending: "content_filter",
    },
    Streamed {
        path: "/v1/responses",
        content_type: "text/event-stream",
        request: r#"{"model":"m","stream":true,"input":"@"}"#,
        events: &[
            "event: response.created\ndata: {\"type\":\"response.created\",\"sequence_number\":0,\"response\":{\"id\":\"r\",\"status\":\"in_progress\",\"output\":[]}}\n\n",
            "event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",\"sequence_number\":#,\"item_id\":\"i\",\"output_index\":0,\"content_index\":0,\"delta\":\"@\",\"logprobs\":[]}\n\n",
            "event: response.output_text.done\ndata: {\"type\":\"response.output_text.done\",\"sequence_number\":#,\"item_id\":\"i\",\"output_index\":0,\"content_index\":0,\"text\":\"@\"}\n\n\
             event: response.completed\ndata: {\"type\":\"response.completed\",\"sequence_number\":#,\"response\":{\"id\":\"r\",\"status\":\"completed\",\"output\":[{\"type\":\"message\",\"id\":\"i\",\"role\":\"assistant\",\"content\":[{\"type\":\"output_text\",\"text\":\"@\"}]}]}}\n\n",
        ],
        pointers: &["/delta"],
        ending: "content_filter",
    },
    Streamed {
        path: "/v2/chat",
        content_type: "text/event-stream",
        request: r#"{"model":"m","stream":true,"messages":[{"role":"user","content":"@"}]}"#,
        events: &[
            "event: content-start\ndata: {\"type\":\"content-start\",\"index\":0,\"delta\":{\"message\":{\"content\":{\"type\":\"text\",\"text\":\"\"}}}}\n\n",
            "event: content-delta\ndata: {\"type\":\"content-delta\",\"index\":0,\"delta\":{\"message\":{\"content\":{\"text\":\"@\"}}}}\n\n",
            "event: content-end\ndata: {\"type\":\"content-end\",\"index\":0}\n\nevent: message-end\ndata: {\"type\":\"message-end\",\"delta\":{\"finish_reason\":\"COMPLETE\"}}\n\n",
        ],
        pointers: &["/delta/message/content/text"],
        ending: "ERROR",
    },
    Streamed {
        path: "/model/m/converse-stream",
        content_type: AWS,
        request: r#"{"messages":[{"role":"user","content":[{"text":"@"}]}]}"#,
        events: &[
            "messageStart {\"role\":\"assistant\"}\n",
            "contentBlockDelta {\"contentBlockIndex\":0,\"delta\":{\"text\":\"@\"},\"p\":\"abcd\"}\n",
            "contentBlockStop {\"contentBlockIndex\":0,\"p\":\"ab\"}\nmessageStop {\"stopReason\":\"end_turn\"}\nmetadata {\"metrics\":{\"latencyMs\":1}}\n",
        ],
        pointers: &["/delta/text"],
        ending: "guardrail_intervened",
    },
];

/// Its events are written as lines here, of a name and a document.
const AWS: &str = "application/vnd.amazon.eventstream";

/// The documents of a body of binary messages, each with its name, a line each.
fn unframed(body: &[u8]) -> String {
    let mut framer = Framer::new(Framing::EventStream, 1 << 20);
    let frames = framer.push(body).expect("it can be cut");
    assert_eq!(framer.held(), 0);
    let line = |frame: &Frame| {
        let data = String::from_utf8_lossy(frame.data().unwrap_or_default()).into_owned();
        format!("{} {data}\n", frame.event().unwrap_or_default())
    };
    frames.iter().map(line).collect()
}

impl Streamed {
    /// The response that says this, a few characters an event.
    fn response(&self, answer: &str, size: usize) -> Vec<u8> {
        let characters: Vec<char> = answer.chars().collect();
        let piece = |piece: &[char]| {
            let text: String = piece.iter().collect();
            let quoted = Value::from(text).to_string();
            self.events[1].replace('@', &quoted[1..quoted.len() - 1])
        };
        let pieces: String = characters.chunks(size).map(piece).collect();
        let quoted = Value::from(answer).to_string();
        let last = self.events[2].replace('@', &quoted[1..quoted.len() - 1]);
        let mut body = format!("{}{pieces}{last}", self.events[0]);
        for number in 1..=body.matches('#').count() {
            body = body.replacen('#', &number.to_string(), 1);
        }
        if self.content_type != AWS {
            return body.into_bytes();
        }
        let message = |line: &str| {
            let (name, document) = line.split_once(' ').expect("a name and a document");
            make(Framing::EventStream, Some(name), document.as_bytes(), false)
        };
        body.lines().flat_map(message).collect()
    }

    /// What stands in a body.
    fn text(&self, body: &[u8]) -> String {
        match self.content_type {
            AWS => unframed(body),
            _ => String::from_utf8(body.to_vec()).expect("it is UTF-8"),
        }
    }

    /// What a client reads: the answer.
    fn answer(&self, body: &[u8]) -> String {
        let body = self.text(body);
        let documents: Vec<Value> = match self.content_type {
            "application/json" => serde_json::from_str(&body).expect("it is an array"),
            AWS => {
                let documents = body.lines().filter_map(|line| line.split_once(' '));
                documents.map(|(_, json)| serde_json::from_str(json).expect("JSON")).collect()
            }
            _ => {
                let lines = body.lines().map(|line| line.strip_prefix("data: ").unwrap_or(line));
                lines.filter_map(|line| serde_json::from_str(line).ok()).collect()
            }
        };
        let text = |document: &Value| -> String {
            let said = self.pointers.iter().filter_map(|at| document.pointer(at)?.as_str());
            said.collect()
        };
        documents.iter().map(text).collect()
    }
}

pub(crate) fn transit(yaml: &str) -> Transit {
    let words = vec![("p0".to_owned(), Words::new(&["ana@b.c"], 0))];
    let config = Config::from_yaml(yaml, "sandgate.yaml").expect("it is right");
    let more = {
        let words = words.clone();
        move || vec![Box::new(words[0].1.clone()) as Box<dyn Session>]
    };
    Transit::new(open(yaml, &words).with_more(more), &config)
}

/// A request to an API that needs no configuration.
pub(crate) fn asked<'a>(head: &RequestHead<'_>, body: &'a [u8]) -> Request<'a> {
    Request::new(&Config::default(), head, body)
}

/// Sends a prompt and the response in these chunks; what the model got, and the client.
fn run_stream(transit: &mut Transit, stream: &Streamed, prompt: &str, chunks: &[&[u8]]) -> Vec<u8> {
    let head = RequestHead { method: "POST", path: stream.path, ..RequestHead::default() };
    let body = stream.request.replace('@', prompt);
    transit.request(asked(&head, body.as_bytes())).expect("it goes on");
    let head = ResponseHead {
        status: 200,
        content_type: Some(stream.content_type),
        content_encoding: None,
    };
    assert_eq!(transit.respond(&head), Delivery::Stream);
    let mut out = Vec::new();
    for chunk in chunks {
        if transit.push(chunk, &mut out) == Flow::Done {
            return out;
        }
    }
    transit.end(&mut out).expect("streams have no reply");
    out
}

pub(crate) const REDACT: &str = "policies: { p0: }";
const BLOCK: &str = "policies: { p0: { actions: { W0: block } } }";
const PSEUDONYMIZE: &str = "policies: { p0: { actions: { W0: pseudonymize } } }";

#[test]
fn however_a_stream_is_cut_the_same_leaves_and_nothing_of_what_is_edited() {
    for stream in STREAMS {
        for size in [2, 100] {
            let body = stream.response("{\"to\": \"ana@b.c\"} é", size);
            let whole = run_stream(&mut transit(REDACT), stream, "hi", &[&body]);
            assert_eq!(stream.answer(&whole), "{\"to\": \"<W0>\"} é", "{}", stream.path);
            assert!(!stream.text(&whole).contains("ana@b.c"), "{}", stream.path);
            for at in 0..body.len() {
                let (first, second) = body.split_at(at);
                let mut transit = transit(REDACT);
                let left = run_stream(&mut transit, stream, "hi", &[first, second]);
                assert_eq!(left, whole, "{} cut at {at}", stream.path);
                assert!(!transit.report().findings.is_empty());
            }
        }
    }
}

#[test]
fn a_stream_without_findings_says_the_same_text() {
    for stream in STREAMS {
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
    for stream in STREAMS {
        let body = stream.response("mail to ana@b.c and others", 2);
        let left = run_stream(&mut transit(BLOCK), stream, "hi", &[&body]);
        let text = stream.text(&left);
        assert!(text.contains(stream.ending), "{}: {text}", stream.path);
        let answer = stream.answer(&left);
        assert!("mail to ".starts_with(&answer), "{}: {answer:?}", stream.path);
        assert!(!text.contains("others"));
    }
}

#[test]
fn own_words_come_back_from_a_stream_that_mangles_their_pseudonyms() {
    for stream in STREAMS {
        let mut transit = transit(PSEUDONYMIZE);
        let head = RequestHead { method: "POST", path: stream.path, ..RequestHead::default() };
        let body = stream.request.replace('@', "write to ana@b.c");
        let sent =
            transit.request(asked(&head, body.as_bytes())).expect("it goes on").expect("edited");
        let sent = String::from_utf8(sent).expect("it is UTF-8");
        assert!(!sent.contains("ana@b.c"));
        let from = sent.find("<W0_").expect("it has a pseudonym");
        let made = &sent[from..=from + sent[from..].find('>').expect("it ends")];
        let answer = format!("{{\"to\": \"{}\"}}", made.to_lowercase().replace('_', " "));
        let body = stream.response(&answer, 3);
        let left = run_stream(&mut transit, stream, "write to ana@b.c", &[&body]);
        assert_eq!(stream.answer(&left), "{\"to\": \"ana@b.c\"}", "{}", stream.path);
    }
}

#[test]
fn events_are_numbered_without_gap_or_repetition() {
    let stream = STREAMS.iter().find(|stream| stream.path == "/v1/responses").expect("it is there");
    for (config, answer) in [(REDACT, "mail ana@b.c, ana@b"), (REDACT, "hi"), (BLOCK, "to ana@b.c")]
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

#[test]
fn text_that_was_held_too_long_leaves_or_ends_the_stream() {
    for stream in STREAMS {
        for (on_held, leaves) in [("release", true), ("block", false)] {
            let config = format!("{REDACT}\nlimits: {{ on_held: {on_held} }}");
            let mut transit = transit(&config);
            let body = stream.response("ana@b and on", 1);
            let last = stream.response("", 1).len() - stream.events[0].len();
            let head = RequestHead { method: "POST", path: stream.path, ..RequestHead::default() };
            let request = stream.request.as_bytes();
            transit.request(asked(&head, request)).expect("it goes on");
            let content_type = Some(stream.content_type);
            transit.respond(&ResponseHead { status: 200, content_type, content_encoding: None });
            let mut out = Vec::new();
            let (first, rest) = body.split_at(body.len() - last - 60);
            transit.push(first, &mut out);
            assert!(transit.held() > 0, "{}", stream.path);
            let flow = transit.overdue(&mut out);
            if leaves {
                assert_eq!((flow, transit.held()), (Flow::More, 0), "{}", stream.path);
                transit.push(rest, &mut out);
                transit.end(&mut out).expect("streams have no reply");
                assert_eq!(stream.answer(&out), "ana@b and on", "{}", stream.path);
            } else {
                assert_eq!(flow, Flow::Done, "{}", stream.path);
                assert_eq!(transit.report().refused, Some(Refusal::Held));
                assert!(stream.text(&out).contains(stream.ending), "{}", stream.path);
            }
        }
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
fn what_was_held_when_the_stream_broke_off_never_leaves() {
    let stream = &STREAMS[0];
    let body = stream.response("ana@b", 1);
    let cut = body.len() - stream.events[2].len() - 4;
    let mut transit = transit(REDACT);
    let head = RequestHead { method: "POST", path: stream.path, ..RequestHead::default() };
    transit.request(asked(&head, stream.request.as_bytes())).expect("it goes on");
    transit.respond(&ResponseHead {
        status: 200,
        content_type: Some(stream.content_type),
        content_encoding: None,
    });
    let mut out = Vec::new();
    assert_eq!(transit.push(&body[..cut], &mut out), Flow::More);
    assert!(transit.held() > 0);
    assert_eq!(transit.end(&mut out), Ok(Flow::Broken));
    assert_eq!(stream.answer(&out), "");
}

#[test]
fn a_request_is_refused_in_the_providers_shape() {
    let body = STREAMS[2].request.replace('@', "ana@b.c");
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
    let stream = &STREAMS[0];
    let chunk = |n: u32| stream.events[1].replace("\"index\":0", &format!("\"index\":{n}"));
    let body: String = (0..1000).map(chunk).collect();
    let mut transit = transit(REDACT);
    let left = run_stream(&mut transit, stream, "hi", &[body.as_bytes()]);
    assert_eq!(transit.report().refused, Some(Refusal::Unscannable));
    assert!(String::from_utf8_lossy(&left).contains(stream.ending));
}

#[test]
fn nothing_leaves_before_the_head_of_a_response_or_after_its_end() {
    let stream = &STREAMS[0];
    let mut transit = transit(REDACT);
    let mut out = Vec::new();
    assert_eq!(transit.push(b"ana@b.c", &mut out), Flow::Broken);
    assert!(out.is_empty());
    run_stream(&mut transit, stream, "hi", &[stream.ending.as_bytes()]);
    assert_eq!(transit.push(b"ana@b.c", &mut out), Flow::Broken);
    assert_eq!(transit.end(&mut out), Ok(Flow::Done));
    assert!(out.is_empty());
}
