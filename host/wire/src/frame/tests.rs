//! Bodies cut at every byte.

use proptest::prelude::*;

use super::*;

/// The documents of a body that comes in these chunks, and its bytes again.
fn read(framing: Framing, chunks: &[&[u8]]) -> Result<(Vec<String>, Vec<u8>), FrameError> {
    let mut framer = Framer::new(framing, 1 << 20);
    let mut frames = Vec::new();
    for chunk in chunks {
        framer.push(chunk, &mut frames)?;
    }
    framer.end(&mut frames)?;
    let name = |frame: &Frame| frame.event().map(|event| format!("{event}: ")).unwrap_or_default();
    let text = |data: &[u8]| String::from_utf8_lossy(data).into_owned();
    let documents = frames.iter().filter_map(|f| Some(name(f) + &text(f.data()?))).collect();
    Ok((documents, frames.iter().flat_map(|frame| frame.raw.clone()).collect()))
}

#[track_caller]
fn check(framing: Framing, body: &str, documents: &[&str]) {
    for at in 0..=body.len() {
        let (first, second) = body.as_bytes().split_at(at);
        let (found, raw) = read(framing, &[first, second]).expect("it can be cut");
        assert_eq!(found, documents, "cut at {at}");
        assert_eq!(raw, body.as_bytes(), "cut at {at}");
    }
}

#[track_caller]
fn rewrite(framing: Framing, body: &str, data: &str, expected: &str) {
    let mut framer = Framer::new(framing, 1 << 20);
    let mut frames = Vec::new();
    framer.push(body.as_bytes(), &mut frames).expect("it can be cut");
    framer.end(&mut frames).expect("it is whole");
    let frame = frames.iter().find(|frame| frame.data().is_some()).expect("it has a document");
    assert_eq!(String::from_utf8_lossy(&frame.with_data(data.as_bytes())), expected);
}

#[test]
fn events_end_at_blank_lines() {
    check(Framing::Sse, "data: 1\n\ndata:2\n\n", &["1", "2"]);
    check(Framing::Sse, "event: a\r\ndata: 1\r\n\r\n: hi\r\n\r\ndata\r\r", &["a: 1", ""]);
    check(Framing::Sse, "\u{feff}data: 1\n\n\n\n", &["1"]);
    check(Framing::Sse, "data: {\ndata:  \"a\"\ndata: }\nid: 7\n\n", &["{\n \"a\"\n}"]);
}

#[test]
fn a_last_event_without_its_blank_line_counts_if_its_lines_are_whole() {
    check(Framing::Sse, "data: 1\n\ndata: [DONE]", &["1", "[DONE]"]);
    check(Framing::Sse, "data: 1\n", &["1"]);
    let half = read(Framing::Sse, &[b"data: 1\n\ndata: {\"a"]);
    assert_eq!(half.map(|_| ()), Err(FrameError::Truncated));
}

#[test]
fn lines_are_documents() {
    check(Framing::Lines, "{\"a\":1}\r\n\n {\"b\":2}", &["{\"a\":1}", "{\"b\":2}"]);
}

#[test]
fn elements_of_an_array_are_documents() {
    check(
        Framing::Array,
        "[{\"a\":\"]}\\\"\"}\n,\r\n{\"b\":[1]}]\n",
        &["{\"a\":\"]}\\\"\"}", "{\"b\":[1]}"],
    );
    check(Framing::Array, " [ ] ", &[]);
    check(Framing::Array, "[1,\"a,b\" , [2],true ]", &["1", "\"a,b\"", "[2]", "true"]);
    let half = read(Framing::Array, &[b"[{\"a\":1},"]);
    assert_eq!(half.map(|_| ()), Err(FrameError::Truncated));
    assert_eq!(read(Framing::Array, &[b"[] x"]).map(|_| ()), Err(FrameError::Malformed));
}

#[test]
fn another_document_stands_where_the_first_one_stood() {
    rewrite(
        Framing::Sse,
        ": c\nevent: a\r\ndata:1\nid: 7\n\n",
        "2",
        ": c\nevent: a\r\ndata:2\nid: 7\n\n",
    );
    rewrite(Framing::Sse, "data: 1\ndata: 2\nid: 7\n\n", "3", "data: 3\nid: 7\n\n");
    rewrite(Framing::Sse, "data: 1\n\n", "a\nb", "data: a\ndata: b\n\n");
    rewrite(Framing::Lines, " 1 \r\n", "2", " 2 \r\n");
    rewrite(Framing::Array, "[\n{}\n]", "{\"a\":1}", "[\n{\"a\":1}");
}

#[test]
fn what_is_made_can_be_read() {
    for framing in [Framing::Sse, Framing::Lines, Framing::Array, Framing::EventStream] {
        let mut body = make(framing, None, b"{\"a\":1}", true);
        body.extend(make(framing, None, b"{}", false));
        body.extend(close(framing, false));
        let (documents, _) = read(framing, &[&body]).expect("it can be cut");
        assert_eq!(documents, ["{\"a\":1}", "{}"], "{framing:?}");
    }
}

/// A message as botocore's own tests have it: one header, and a payload.
const AWS: &[u8] =
    b"\x00\x00\x00=\x00\x00\x00 \x07\xfd\x83\x96\x0ccontent-type\x07\x00\x10application/json\
    {'foo':'bar'}\x8d\x9c\x08\xb1";

#[test]
fn binary_messages_are_documents() {
    for at in 0..=AWS.len() {
        let (first, second) = AWS.split_at(at);
        let (found, raw) = read(Framing::EventStream, &[first, second]).expect("it can be cut");
        assert_eq!((found, raw), (vec!["{'foo':'bar'}".to_owned()], AWS.to_vec()), "cut at {at}");
    }
    let half = read(Framing::EventStream, &[&AWS[..40]]).map(|_| ());
    assert_eq!(half, Err(FrameError::Truncated));
}

#[test]
fn a_binary_message_whose_checksum_is_wrong_is_none() {
    for at in 0..AWS.len() {
        let mut body = AWS.to_vec();
        body[at] ^= 1;
        assert!(read(Framing::EventStream, &[&body]).is_err(), "byte {at}");
    }
}

#[test]
fn a_binary_message_keeps_its_headers() {
    let mut body = make(Framing::EventStream, Some("contentBlockDelta"), b"{}", true);
    let mut framer = Framer::new(Framing::EventStream, 1 << 20);
    let mut frames = Vec::new();
    framer.push(&body, &mut frames).expect("it can be cut");
    assert_eq!(frames[0].event(), Some("contentBlockDelta"));
    assert_eq!(frames[0].with_data(b"{}"), body);
    let changed = frames[0].with_data(b"{\"a\":1}");
    assert_eq!(changed, make(Framing::EventStream, Some("contentBlockDelta"), b"{\"a\":1}", false));
    body.extend(changed);
    let (documents, _) = read(Framing::EventStream, &[&body]).expect("it can be cut");
    assert_eq!(documents, ["contentBlockDelta: {}", "contentBlockDelta: {\"a\":1}"]);
}

#[test]
fn a_header_that_holds_text_is_refused() {
    let sneaky = make(Framing::EventStream, Some("mail ana@b.c"), b"{}", true);
    assert_eq!(read(Framing::EventStream, &[&sneaky]).map(|_| ()), Err(FrameError::Malformed));
}

#[test]
fn an_event_without_end_is_bounded() {
    let mut framer = Framer::new(Framing::Sse, 1000);
    let mut frames = Vec::new();
    let ends = (0..100).map(|_| framer.push(b"data: and so on", &mut frames)).find(Result::is_err);
    assert_eq!(ends, Some(Err(FrameError::TooLong)));
}

proptest! {
    /// However it is cut, the same frames come of a body, and nothing of it is lost.
    #[test]
    fn cuts_do_not_matter(
        body in r#"(data: ?|event: a|[\[\]{},":\\ 1]|\r|\n|\r\n|\n\n|é){0,24}"#,
        cuts in prop::collection::vec(0usize..40, 0..5),
        framing in prop::sample::select(vec![
            Framing::Whole, Framing::Sse, Framing::Lines, Framing::Array, Framing::EventStream,
        ]),
    ) {
        let whole = read(framing, &[body.as_bytes()]);
        let (mut chunks, mut rest) = (Vec::new(), body.as_bytes());
        for cut in cuts {
            let (chunk, after) = rest.split_at(cut.min(rest.len()));
            chunks.push(chunk);
            rest = after;
        }
        chunks.push(rest);
        let found = read(framing, &chunks);
        if let Ok((_, raw)) = &found {
            prop_assert_eq!(raw, body.as_bytes());
        }
        prop_assert_eq!(found, whole);
    }
}
