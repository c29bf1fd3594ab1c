//! Bodies that come whole, of every type.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use sandgate_gate::*;
use serde_json::Value;

use crate::transit::{REDACT, asked, transit};

#[test]
fn a_body_that_nobody_can_read_is_unscannable() {
    let head = RequestHead { method: "POST", path: "/v1/messages", ..RequestHead::default() };
    let gzip = RequestHead { content_encoding: Some("gzip"), ..head };
    let unknown = RequestHead { content_encoding: Some("compress"), ..head };
    for (head, body) in
        [(&head, &b"{\"a\":"[..]), (&head, b"\xff"), (&gzip, b"{}"), (&unknown, b"{}")]
    {
        assert!(transit(REDACT).request(asked(head, body)).is_err());
        let allow = format!("{REDACT}\non_unscannable: allow");
        let mut transit = transit(&allow);
        assert_eq!(transit.request(asked(head, body)), Ok(None));
        assert_eq!(transit.report().unscannable, 1);
    }
}

/// What leaves of a request's body of this type.
fn left(config: &str, path: &str, content_type: &str, body: &str) -> (Option<String>, u64) {
    let head = RequestHead {
        method: "POST",
        path,
        content_type: Some(content_type),
        content_encoding: None,
    };
    let config = format!("{config}\non_unscannable: allow");
    let mut transit = transit(&config);
    let config = Config::from_yaml(&config, "sandgate.yaml").expect("it is right");
    let left = transit.request(Request::new(&config, &head, body.as_bytes()));
    let left = left.expect("it goes on").map(|left| String::from_utf8(left).expect("it is UTF-8"));
    (left, transit.report().unscannable)
}

#[test]
fn a_body_is_read_as_its_type_says() {
    let mail = |body: &str| body.replace('@', "ana@b.c");
    for (content_type, body, edited, unscannable) in [
        ("application/json", r#"{"a":"@"}"#, true, 0),
        ("application/vnd.x+json; charset=utf-8", r#"["@"]"#, true, 0),
        // Curl's default, whatever is sent.
        ("application/x-www-form-urlencoded", r#"{"a":"@"}"#, true, 0),
        ("application/x-www-form-urlencoded", "a=@", false, 1),
        ("application/x-ndjson", "{\"a\":\"@\"}\r\n\n {\"b\":[\"@\"]}", true, 0),
        ("application/jsonl", "{\"a\":\"@\"}\nno JSON @", true, 1),
        ("text/plain", "to @, you know", true, 0),
        ("TEXT/Markdown; charset=utf-8", "# @", true, 0),
        ("text/plain", "{\"@\": 1}", true, 0),
        ("text/html", "<p>@</p>", false, 1),
        ("application/octet-stream", "@", false, 1),
        ("", "@", false, 1),
    ] {
        let (came, expected) = (mail(body), body.replace('@', "<W0>"));
        let (found, counted) = left(REDACT, "/upload", content_type, &came);
        let expected = match unscannable {
            1 if edited => body.replacen('@', "<W0>", 1).replace('@', "ana@b.c"),
            _ => expected,
        };
        assert_eq!(found, edited.then_some(expected), "{content_type} {body}");
        assert_eq!(counted, unscannable, "{content_type} {body}");
    }
    let escaped = left(REDACT, "/upload", "text/plain", r#"{"a":"ana\u0040b.c"}"#);
    assert_eq!(escaped, (Some(r#"{"a":"<W0>"}"#.to_owned()), 0));
}

#[test]
fn the_parts_of_a_form_are_looked_at() {
    let form = |prompt: &str, file: &str| {
        format!(
            "--b\r\nContent-Disposition: form-data; name=\"prompt\"\r\n\r\n{prompt}\r\n--b\r\n\
             Content-Disposition: form-data; name=\"file\"; filename=\"{file}\"\r\n\r\n\
             {{\"a\":\"{prompt}\"}}\r\n--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a.wav\"\r\n\
             Content-Type: audio/wav\r\n\r\nRIFF\r\n--b--\r\n"
        )
    };
    let kind = "multipart/form-data; boundary=b";
    let found = left(REDACT, "/v1/audio/transcriptions", kind, &form("ana@b.c", "ana@b.c.jsonl"));
    assert_eq!(found, (Some(form("<W0>", "<W0>.jsonl")), 1), "the sound is nobody's to read");
    let found = left(REDACT, "/v1/audio/transcriptions", kind, &form("bob", "x.json"));
    assert_eq!(found, (None, 1));
    let found = left(REDACT, "/upload", "multipart/form-data", &form("ana@b.c", "x.json"));
    assert_eq!(found, (None, 1), "it has no boundary");
}

#[test]
fn a_format_is_read_as_the_configuration_says() {
    let formats = "
formats:
  - path: /predict/*
    request:
      $.inputs[*].vector: ignore
      $.call: json
    event:
      $.token: delta
      $.slot: id
      $.done: close
      $..trace: ignore
";
    let config = format!("{REDACT}\non_unscannable: allow{formats}");
    let body =
        r#"{"inputs":[{"text":"ana@b.c","vector":"ana@b.c"}],"call":"{\"to\":\"ana@\\u0062.c\"}"}"#;
    let expected = r#"{"inputs":[{"text":"<W0>","vector":"ana@b.c"}],"call":"{\"to\":\"<W0>\"}"}"#;
    let (found, _) = left(&config.replace("\non_unscannable: allow", ""), "/predict/x", "", body);
    assert_eq!(found.as_deref(), Some(expected));

    let head = RequestHead { method: "POST", path: "/predict/x", ..RequestHead::default() };
    let mut transit = transit(&config);
    let config = Config::from_yaml(&config, "sandgate.yaml").expect("it is right");
    transit.request(Request::new(&config, &head, b"{}")).expect("it goes on");
    let lines = Some("application/x-ndjson");
    let response = ResponseHead { status: 200, content_type: lines, content_encoding: None };
    assert_eq!(transit.respond(&response), Delivery::Stream);
    let mut out = Vec::new();
    for (slot, token) in [(0, "to ana"), (1, "x"), (0, "@b"), (0, ".c!")] {
        let line = format!("{{\"slot\":{slot},\"token\":\"{token}\",\"trace\":\"ana@b.c\"}}\n");
        transit.push(line.as_bytes(), &mut out);
    }
    transit.push(b"{\"slot\":0,\"done\":true}\n", &mut out);
    transit.end(&mut out).expect("streams have no reply");
    let left = String::from_utf8(out).expect("it is UTF-8");
    let documents: Vec<Value> =
        left.lines().map(|line| serde_json::from_str(line).expect("it is JSON")).collect();
    let said = |slot: u64| -> String {
        let of_slot = documents.iter().filter(|document| document["slot"] == slot);
        of_slot.filter_map(|document| document["token"].as_str()).collect()
    };
    assert_eq!((said(0).as_str(), said(1).as_str()), ("to <W0>!", "x"), "{left}");
}

#[test]
fn a_response_that_comes_whole_leaves_as_it_came_but_for_its_edits() {
    let head =
        RequestHead { method: "POST", path: "/v1/chat/completions", ..RequestHead::default() };
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
        transit.request(asked(&head, b"{}")).expect("it goes on");
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

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(body).and_then(|()| encoder.finish()).expect("it encodes")
}

#[test]
fn an_encoded_request_is_looked_at_and_leaves_as_it_came_unless_it_is_edited() {
    let asked = |body: &[u8], limit: u64| {
        let yaml = format!("{REDACT}\non_unscannable: allow\nlimits: {{ body: {limit} }}");
        let config = Config::from_yaml(&yaml, "sandgate.yaml").expect("it is right");
        let head = RequestHead {
            method: "POST",
            path: "/v1/chat/completions",
            content_encoding: Some("gzip"),
            ..RequestHead::default()
        };
        let mut transit = transit(&yaml);
        let request = Request::new(&config, &head, body);
        let model = request.model().to_owned();
        let left = transit.request(request).expect("it goes on");
        (left, model, transit.report().unscannable)
    };
    let body = br#"{"model":"m","messages":[{"role":"user","content":"to ana@b.c"}]}"#;
    let (left, model, unscannable) = asked(&gzip(body), 1 << 20);
    let expected = r#"{"model":"m","messages":[{"role":"user","content":"to <W0>"}]}"#;
    assert_eq!(left.as_deref(), Some(expected.as_bytes()));
    assert_eq!((model.as_str(), unscannable), ("m", 0));
    assert_eq!(asked(&gzip(b"{\"messages\":[]}"), 1 << 20), (None, String::new(), 0));
    // Broken off, and more than there may be.
    assert_eq!(asked(&gzip(body)[..40], 1 << 20), (None, String::new(), 1));
    assert_eq!(asked(&gzip(body), 20), (None, String::new(), 1));
}

#[test]
fn an_encoded_stream_leaves_decoded_however_it_is_cut() {
    let event = |text: &str| {
        format!("data: {{\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{text}\"}}}}]}}\n\n")
    };
    let body = [event("to ana@"), event("b.c and on"), "data: [DONE]\n\n".to_owned()].concat();
    let body = gzip(body.as_bytes());
    for at in 0..body.len() {
        let head =
            RequestHead { path: "/v1/chat/completions", method: "POST", ..RequestHead::default() };
        let mut transit = transit(REDACT);
        transit.request(asked(&head, b"{\"stream\":true}")).expect("it goes on");
        let response = ResponseHead {
            status: 200,
            content_type: Some("text/event-stream"),
            content_encoding: Some("gzip"),
        };
        assert_eq!(transit.respond(&response), Delivery::Stream);
        assert!(transit.decodes());
        let mut out = Vec::new();
        assert_eq!(transit.push(&body[..at], &mut out), Flow::More);
        let mut cut = out.clone();
        assert_eq!(transit.push(&body[at..], &mut out), Flow::More);
        assert_eq!(transit.end(&mut out), Ok(Flow::More));
        let left = String::from_utf8(out).expect("it is UTF-8");
        assert!(left.contains("<W0>") && left.ends_with("data: [DONE]\n\n"), "{left}");
        assert!(!left.contains("ana@") && !left.contains("b.c"), "{left}");
        // The same that breaks off there.
        let mut transit = self::transit(REDACT);
        transit.request(asked(&head, b"{\"stream\":true}")).expect("it goes on");
        transit.respond(&response);
        cut.clear();
        transit.push(&body[..at], &mut cut);
        assert_eq!(transit.end(&mut cut), Ok(Flow::Broken), "cut at {at}");
    }
}

#[test]
fn a_body_stays_in_its_charset() {
    for (content_type, body, expected) in [
        ("application/json; charset=latin1", &b"[\"\xe9 ana@b.c\"]"[..], &b"[\"\xe9 <W0>\"]"[..]),
        ("text/plain; charset=utf-16le", b"a\0n\0a\0@\0b\0.\0c\0", b"<\0W\x000\0>\0"),
    ] {
        let head =
            RequestHead { content_type: Some(content_type), path: "/", ..RequestHead::default() };
        let left = transit(REDACT).request(asked(&head, body)).expect("it goes on");
        assert_eq!(left.as_deref(), Some(expected), "{content_type}");
    }
    let head = RequestHead {
        content_type: Some("application/json; charset=klingon"),
        path: "/",
        ..RequestHead::default()
    };
    assert!(transit(REDACT).request(asked(&head, b"[]")).is_err());
}
