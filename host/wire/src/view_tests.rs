//! What is read of a spelling, and what is written after an edit.

use proptest::prelude::*;

use super::*;

const TEXT: Spelling = Spelling { quoted: true, json: false };
const JSON: Spelling = Spelling { quoted: true, json: true };
const ZONE: Spelling = Spelling { quoted: false, json: true };

/// Replaces every `needle` in a body that comes as these chunks.
fn edit(spelling: Spelling, chunks: &[&str], needle: &str, with: &str) -> (String, String) {
    let mut view = View::new(spelling);
    let mut text: String = chunks.iter().map(|chunk| view.push(chunk)).collect();
    text += &view.end();
    let edits = text.match_indices(needle).map(|(at, hit)| Edit {
        start: at as u64,
        end: (at + hit.len()) as u64,
        text: with.into(),
    });
    let mut out = String::new();
    view.release(Release { upto: text.len() as u64, edits: edits.collect() }, &mut out);
    assert_eq!(view.held(), 0);
    (text, out)
}

#[track_caller]
fn check(spelling: Spelling, body: &str, text: &str, needle: &str, expected: &str) {
    for at in (0..=body.len()).filter(|at| body.is_char_boundary(*at)) {
        let (first, second) = body.split_at(at);
        let (seen, out) = edit(spelling, &[first, second], needle, "<\"X\">");
        assert_eq!(seen, text, "cut at {at}");
        assert_eq!(out, expected, "cut at {at}");
    }
}

#[test]
fn escapes_do_not_hide_a_text() {
    check(TEXT, r"hi ana\u0040b.c\n", "hi ana@b.c\n", "ana@b.c", r#"hi <\"X\">\n"#);
}

#[test]
fn what_is_not_edited_keeps_its_spelling() {
    check(TEXT, r"\u0061\/\ud83d\ude00 a@b", "a/😀 a@b", "a@b", r#"\u0061\/\ud83d\ude00 <\"X\">"#);
}

#[test]
fn json_in_a_string_is_read_as_json() {
    let body = r#"{\"to\": \"ana\\u0040b.c\", \"n\": 1}"#;
    let out = r#"{\"to\": \"<\\\"X\\\">\", \"n\": 1}"#;
    check(JSON, body, r#"{"to": "ana@b.c", "n": 1}"#, "ana@b.c", out);
}

#[test]
fn json_in_place_is_read_as_json() {
    check(
        ZONE,
        r#"{"to":["ana\u0040b.c", true]}"#,
        r#"{"to":["ana@b.c", true]}"#,
        "ana@b.c",
        r#"{"to":["<\"X\">", true]}"#,
    );
}

#[test]
fn a_number_that_is_edited_becomes_a_string() {
    check(
        ZONE,
        r#"{"a":4111, "b":2}"#,
        r#"{"a":4111, "b":2}"#,
        "4111",
        r#"{"a":"<\"X\">", "b":2}"#,
    );
    check(ZONE, "[-4111.5]", "[-4111.5]", "4111", r#"["-<\"X\">.5"]"#);
    check(JSON, "[4111]", "[4111]", "4111", r#"[\"<\\\"X\\\">\"]"#);
}

#[test]
fn an_edit_within_what_is_spelled_by_escapes_keeps_the_rest() {
    let broken = r#"{\"a\":\"\\u006m4111\"}"#;
    let out = r#"{\"a\":\"\\u0<\\\"X\\\">111\"}"#;
    check(JSON, broken, r#"{"a":"\u006m4111"}"#, "06m4", out);
    check(JSON, broken, r#"{"a":"\u006m4111"}"#, "u006", r#"{\"a\":\"\\<\\\"X\\\">m4111\"}"#);
    check(JSON, r"[\u00314111]", "[14111]", "4111", r#"[\"1<\\\"X\\\">\"]"#);
    check(JSON, r"[41\u003122]", "[41122]", "122", r#"[\"41<\\\"X\\\">\"]"#);
}

#[test]
fn an_edit_over_several_strings_keeps_what_holds_them_together() {
    check(ZONE, r#"["a","b","c"]"#, r#"["a","b","c"]"#, r#"a","b"#, r#"["<\"X\">","","c"]"#);
}

#[test]
fn what_only_begins_like_json_is_plain_text() {
    check(JSON, r"{name} a@b", "{name} a@b", "a@b", r#"{name} <\"X\">"#);
    check(JSON, r"  see a@b", "  see a@b", "a@b", r#"  see <\"X\">"#);
    check(
        JSON,
        r#"{\"a\": \"x\\q\" a@b"#,
        r#"{"a": "x\q" a@b"#,
        "a@b",
        r#"{\"a\": \"x\\q\" <\"X\">"#,
    );
}

#[test]
fn what_is_cut_off_is_written_as_it_came() {
    for body in [r#"{\"a\": \"x\\ud83d"#, r"{\", r#"[1, 2, "#, r#"{\"a\": \"\\u00"#, r"\ud83d\u"] {
        assert_eq!(edit(JSON, &[body], "nothing", "").1, body);
    }
}

proptest! {
    /// Faithfulness and split invariance: however a body is cut and released, without edits the
    /// same bytes come out, and the same text is seen.
    #[test]
    fn without_edits_the_same_bytes_come_out(
        body in r#"([a-c{}\[\]:, 0-9é😀]|\\\\"|\\"|\\u0040|\\\\u00e9|\\ud83d|\\ude00|\\|"|true){0,24}"#,
        cuts in prop::collection::vec(0usize..64, 0..6),
        quoted: bool,
        json: bool,
    ) {
        let spelling = Spelling { quoted, json };
        let whole = edit(spelling, &[&body], "\0", "").0;
        let mut view = View::new(spelling);
        let (mut text, mut out, mut at) = (String::new(), String::new(), 0);
        for cut in cuts {
            let next = body.floor_char_boundary(at + cut);
            text += &view.push(&body[at..next]);
            at = next;
            let upto = text.floor_char_boundary(text.len().saturating_sub(cut % 5)) as u64;
            view.release(Release { upto, edits: Vec::new() }, &mut out);
        }
        text += &view.push(&body[at..]);
        text += &view.end();
        view.release(Release { upto: text.len() as u64, edits: Vec::new() }, &mut out);
        prop_assert_eq!(out, body);
        prop_assert_eq!(text, whole);
    }
}
