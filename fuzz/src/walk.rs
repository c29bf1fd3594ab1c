//! Documents: every text has its place, and comes back as it was spelled.

use sandgate_wire::{Api, Body, Release, Role, Table, Unreadable, View, walk};
use serde::de::IgnoredAny;

use super::cut::Cut;

/// Walks over the document that `data` holds after an API's name and `request`, `response`,
/// `event` or `error`.
///
/// # Panics
/// Where spans overlap or leave the document, a text changes on its way, or JSON is none.
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
    let is_json = serde_json::from_str::<IgnoredAny>(document).is_ok();
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
        let middle = spelled.floor_char_boundary(spelled.len() / 2);
        let (mut view, mut out) = (View::new(text.spelling), String::new());
        let mut upto = 0;
        for said in [view.push(&spelled[..middle]), view.push(&spelled[middle..]), view.end()] {
            upto += said.len() as u64;
            view.release(Release { upto, edits: Vec::new() }, &mut out);
        }
        assert_eq!(out, spelled, "a text that nobody edits is spelled anew");
    }
}
