//! Rows that others wrote: what is taken from a line, and what is said of one that holds no text.

use sandgate_cli::jsonl::{self, Field};

/// Id and text of a line, or what is wrong with it.
#[track_caller]
fn check(field: &str, line: &[u8], expected: Result<(Option<&str>, &str), &str>) {
    let field: Field = field.parse().unwrap();
    let read = field.read(line);
    let read = read.as_ref().map(|row| (row.id.map(|id| id.get()), row.text.as_str()));
    assert_eq!(read.map_err(ToString::to_string), expected.map_err(str::to_owned));
}

#[test]
fn ids_come_as_they_are() {
    check("text", br#"{"id":"a","text":"t"}"#, Ok((Some(r#""a""#), "t")));
    check(
        "text",
        br#"{"text":"t","id":123456789012345678901234567890}"#,
        Ok((Some("123456789012345678901234567890"), "t")),
    );
    check("text", br#"{"id":{"a": [1]},"text":"t"}"#, Ok((Some(r#"{"a": [1]}"#), "t")));
    check("text", br#"{"id":null,"text":"t"}"#, Ok((None, "t")));
    check("id", br#"{"id":"t"}"#, Ok((Some(r#""t""#), "t")));
}

#[test]
fn fields_are_names_or_pointers() {
    check("a/b", br#"{"a/b":"t"}"#, Ok((None, "t")));
    check("/a~1b/1/~0", br#"{"a/b":[0,{"~":"t"}]}"#, Ok((None, "t")));
    check("/a/2", br#"{"a":[0]}"#, Err("no field `/a/2`"));
}

#[test]
fn escapes_are_resolved() {
    check("text", br#"{"t\u0065xt":"\ud83e\udd80\n"}"#, Ok((None, "🦀\n")));
}

#[test]
fn what_is_wrong_is_said_without_what_is_there() {
    check("text", b"{\"text\":\"\xff\"}", Err("not UTF-8 at byte 9 of the line"));
    check("text", br#"{"text":"t""#, Err("not JSON: EOF while parsing an object at column 11"));
    check("text", br#"{"text":"t"} x"#, Err("not JSON: trailing characters at column 14"));
    check("text", br#"{"txet":"t"}"#, Err("no field `text`"));
    check("text", br#""t""#, Err("no field `text`"));
    check("text", br#"{"text":5}"#, Err("field `text` is not a string"));
    check("text", br#"{"text":"a","text":"b"}"#, Err("field `text` is there twice"));
    check("text", br#"{"text":"\ud800"}"#, Err("field `text`: unexpected end of hex escape"));
}

#[test]
fn deep_nesting_is_skipped_without_a_stack() {
    let line = format!("{{\"x\":{}{},\"text\":\"t\"}}", "[".repeat(100_000), "]".repeat(100_000));
    check("text", line.as_bytes(), Ok((None, "t")));
}

#[test]
fn lines_end_in_any_way() {
    let lines: Vec<_> = jsonl::lines(b"a\r\n\nb\nc").collect();
    assert_eq!(lines, [&b"a"[..], b"", b"b", b"c"]);
}
