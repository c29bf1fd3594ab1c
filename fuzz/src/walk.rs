//! Documents: every text has its place, and comes back as it was spelled.

use sandgate_wire::{Api, Body, Edit, Release, Role, Table, Text, Unreadable, View, walk};
use serde::de::IgnoredAny;

use super::cut::Cut;

/// Walks over the document that `data` holds after an API's name and `request`, `response`,
/// `event` or `error`.
///
/// # Panics
/// Where spans overlap or leave the document, a text changes on its way, JSON is none, or an edit
/// makes it none.
pub fn run(data: &[u8]) {
    let Some(cut) = Cut::new(data) else { return };
    let [name, kind] = cut.words[..] else { return };
    let api = Api::ALL.into_iter().find(|api| api.name() == name);
    let body = match kind {
        "request" => Body::Request,
        "response" => Body::Response,
        "event" => Body::Event,
        "error" => Body::Error,
        _ => return,
    };
    let Ok(document) = std::str::from_utf8(cut.body) else { return };
    let is_json = is_json(document);
    let walk = match walk(document, Table::for_api(api, body), None, Role::User) {
        Ok(walk) => walk,
        Err(Unreadable::Syntax) => return assert!(!is_json, "JSON was refused"),
        Err(Unreadable::TooMany) => return,
    };
    assert!(is_json, "what is no JSON was read");
    let mut spans: Vec<_> = walk.texts.iter().map(|text| text.span.clone()).collect();
    spans.extend(walk.shadows.iter().cloned());
    spans.extend(walk.serial.clone());
    spans.sort_by_key(|span| (span.start, span.end));
    for pair in spans.windows(2) {
        assert!(pair[0].end <= pair[1].start, "spans overlap");
    }
    for span in spans {
        assert!(document.get(span).is_some(), "a span leaves the document");
    }
    for text in &walk.texts {
        let spelled = &document[text.span.clone()];
        assert_eq!(respelled(text, spelled, None), spelled, "a text nobody edits is spelled anew");
        edited(document, text, spelled);
    }
}

/// Puts an edit in the middle of a text: it stands there, and JSON stays JSON.
fn edited(document: &str, text: &Text, spelled: &str) {
    let mut view = View::new(text.spelling);
    let said = view.push(spelled) + &view.end();
    let start = said.floor_char_boundary(said.len() / 3);
    let end = said.ceil_char_boundary(said.len() * 2 / 3 + 1);
    if end <= start {
        return;
    }
    let edit = Edit { start: start as u64, end: end as u64, text: EDIT.to_owned() };
    let left = respelled(text, spelled, Some(edit));
    let (before, after) = (&document[..text.span.start], &document[text.span.end..]);
    let left_whole = [before, &left, after].concat();
    assert!(is_json(&left_whole), "an edit breaks the document");
    let mut again = View::new(text.spelling);
    let now = again.push(&left) + &again.end();
    if !text.spelling.json {
        assert_eq!(now, [&said[..start], EDIT, &said[end..]].concat(), "another text stands there");
    } else if text.spelling.quoted && is_json(&inner(spelled)) {
        assert!(is_json(&inner(&left)), "an edit breaks the JSON in a string");
    }
}

/// What needs escapes in JSON, and more of them in JSON in a string.
const EDIT: &str = "<\"\\\n>";

/// A text as it is spelled where it leaves, pushed in two pieces.
fn respelled(text: &Text, spelled: &str, edit: Option<Edit>) -> String {
    let middle = spelled.floor_char_boundary(spelled.len() / 2);
    let (mut view, mut out) = (View::new(text.spelling), String::new());
    let said = view.push(&spelled[..middle]) + &view.push(&spelled[middle..]) + &view.end();
    let edits = edit.into_iter().collect();
    view.release(Release { upto: said.len() as u64, edits }, &mut out);
    out
}

/// What a JSON string says, without a look at whether that is JSON.
fn inner(spelled: &str) -> String {
    serde_json::from_str(&format!("\"{spelled}\"")).unwrap_or_default()
}

fn is_json(text: &str) -> bool {
    serde_json::from_str::<IgnoredAny>(text).is_ok()
}
