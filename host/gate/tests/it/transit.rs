//! Whole exchanges from bytes to bytes, in every way of streaming, cut at every byte.

use sandgate_gate::*;
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
];

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
        format!("{}{pieces}{}", self.events[0], self.events[2]).into_bytes()
    }

    /// What a client reads: the answer.
    fn answer(&self, body: &[u8]) -> String {
        let body = String::from_utf8(body.to_vec()).expect("it is UTF-8");
        let documents: Vec<Value> = match self.content_type {
            "application/json" => serde_json::from_str(&body).expect("it is an array"),
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

fn transit(yaml: &str) -> Transit {
    let words = vec![("p0".to_owned(), Words::new(&["ana@b.c"], 0))];
    let config = Config::from_yaml(yaml, "sandgate.yaml").expect("it is right");
    let more = {
        let words = words.clone();
        move || vec![Box::new(words[0].1.clone()) as Box<dyn Session>]
    };
    Transit::new(open(yaml, &words).with_more(more), &config)
}

/// Sends a prompt and the response in these chunks; what the model got, and the client.
fn run_stream(transit: &mut Transit, stream: &Streamed, prompt: &str, chunks: &[&[u8]]) -> Vec<u8> {
    let head = RequestHead { method: "POST", path: stream.path, content_encoding: None };
    let body = stream.request.replace('@', prompt);
    transit.request(&head, body.as_bytes()).expect("it goes on");
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

const REDACT: &str = "policies: { p0: }";
const BLOCK: &str = "policies: { p0: { actions: { W0: block } } }";
const PSEUDONYMIZE: &str = "policies: { p0: { actions: { W0: pseudonymize } } }";

#[test]
fn however_a_stream_is_cut_the_same_leaves_and_nothing_of_what_is_edited() {
    for stream in STREAMS {
        for size in [2, 100] {
            let body = stream.response("{\"to\": \"ana@b.c\"} é", size);
            let whole = run_stream(&mut transit(REDACT), stream, "hi", &[&body]);
            assert_eq!(stream.answer(&whole), "{\"to\": \"<W0>\"} é", "{}", stream.path);
            for at in 0..body.len() {
                let (first, second) = body.split_at(at);
                let mut transit = transit(REDACT);
                let left = run_stream(&mut transit, stream, "hi", &[first, second]);
                assert_eq!(left, whole, "{} cut at {at}", stream.path);
                assert_eq!(transit.report().findings.len(), 1);
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
        let text = String::from_utf8(left.clone()).expect("it is UTF-8");
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
        let head = RequestHead { method: "POST", path: stream.path, content_encoding: None };
        let body = stream.request.replace('@', "write to ana@b.c");
        let sent = transit.request(&head, body.as_bytes()).expect("it goes on").expect("edited");
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
fn what_was_held_when_the_stream_broke_off_never_leaves() {
    let stream = &STREAMS[0];
    let body = stream.response("ana@b", 1);
    let cut = body.len() - stream.events[2].len() - 4;
    let mut transit = transit(REDACT);
    let head = RequestHead { method: "POST", path: stream.path, content_encoding: None };
    transit.request(&head, stream.request.as_bytes()).expect("it goes on");
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
    let head = RequestHead { method: "POST", path: "/v1/messages", content_encoding: None };
    let reply = transit(BLOCK).request(&head, body.as_bytes()).expect_err("it is refused");
    let error: Value = serde_json::from_slice(&reply.body).expect("it is JSON");
    assert_eq!((reply.status, &error["type"]), (403, &Value::from("error")));
    let as_message = format!("{BLOCK}\nrefusal: {{ as: message }}");
    let reply = transit(&as_message).request(&head, body.as_bytes()).expect_err("it is refused");
    assert_eq!((reply.status, reply.content_type), (200, "text/event-stream"));
    assert!(!String::from_utf8_lossy(&reply.body).contains("ana@b.c"));
}

#[test]
fn a_body_that_nobody_can_read_is_unscannable() {
    let head = RequestHead { method: "POST", path: "/v1/messages", content_encoding: None };
    let gzip = RequestHead { content_encoding: Some("gzip"), ..head };
    for (head, body) in [(&head, &b"{\"a\":"[..]), (&head, b"\xff"), (&gzip, b"{}")] {
        assert!(transit(REDACT).request(head, body).is_err());
        let allow = format!("{REDACT}\non_unscannable: allow");
        let mut transit = transit(&allow);
        assert_eq!(transit.request(head, body), Ok(None));
        assert_eq!(transit.report().unscannable, 1);
    }
}

#[test]
fn a_response_that_comes_whole_leaves_as_it_came_but_for_its_edits() {
    let head = RequestHead { method: "POST", path: "/v1/chat/completions", content_encoding: None };
    let json = Some("application/json");
    let body = |content: &str| {
        format!(
            r#"{{ "choices":[{{"index":0, "message":{{"content":"{content}"}}, "logprobs":{{"content":[]}}}}] }}"#
        )
    };
    for (came, left) in [
        (body("nothing"), body("nothing")),
        (body("ana\\u0040b.c"), body("<W0>").replace(r#"{"content":[]}"#, "null")),
    ] {
        let mut transit = transit(REDACT);
        transit.request(&head, b"{}").expect("it goes on");
        let response = ResponseHead { status: 200, content_type: json, content_encoding: None };
        assert_eq!(transit.respond(&response), Delivery::Whole);
        let mut out = Vec::new();
        came.as_bytes()
            .chunks(7)
            .for_each(|chunk| assert_eq!(transit.push(chunk, &mut out), Flow::More));
        assert!(out.is_empty());
        assert_eq!(transit.end(&mut out), Ok(Flow::Done));
        assert_eq!(String::from_utf8_lossy(&out), left);
    }
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
