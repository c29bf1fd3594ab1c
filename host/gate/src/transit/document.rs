//! One document through the gate: its texts go in, and what may leave of them is put back where
//! they stood.

use std::ops::Range;

use sandgate_wire::{Text, View, Walk};

use crate::{Direction, Exchange, Part};

/// What stands in a document instead of something.
pub(super) struct Spot {
    pub(super) span: Range<usize>,
    pub(super) text: String,
}

/// A text that comes whole, as it may leave.
pub(super) fn text(
    exchange: &mut Exchange,
    direction: Direction,
    text: &Text,
    spelled: &str,
) -> String {
    let (mut view, mut out) = (View::new(text.spelling), String::with_capacity(spelled.len()));
    let mut said = view.push(spelled);
    said += &view.end();
    view.release(exchange.whole(part(direction, text), &said), &mut out);
    out
}

/// The part that a text is.
pub(super) fn part(direction: Direction, text: &Text) -> Part {
    Part { direction, role: text.role, name: text.name.clone() }
}

/// A document that comes whole, as it may leave; nothing where it may leave as it came.
pub(super) fn whole(
    exchange: &mut Exchange,
    direction: Direction,
    document: &str,
    walk: &Walk,
) -> Option<String> {
    exchange.unscannable(walk.unscannable);
    let mut spots = Vec::new();
    for found in &walk.texts {
        let spelled = document.get(found.span.clone()).unwrap_or_default();
        let left = text(exchange, direction, found, spelled);
        if left != spelled {
            spots.push(Spot { span: found.span.clone(), text: left });
        }
    }
    if spots.is_empty() {
        return None;
    }
    spots.extend(shadows(walk));
    Some(splice(document, spots))
}

/// What says the texts again says nothing any more.
pub(super) fn shadows(walk: &Walk) -> impl Iterator<Item = Spot> {
    walk.shadows.iter().map(|span| Spot { span: span.clone(), text: "null".to_owned() })
}

/// The document with these spots, which do not overlap.
pub(super) fn splice(document: &str, mut spots: Vec<Spot>) -> String {
    spots.sort_by_key(|spot| spot.span.start);
    let (mut out, mut at) = (String::with_capacity(document.len()), 0);
    for spot in spots {
        out.push_str(document.get(at..spot.span.start).unwrap_or_default());
        out.push_str(&spot.text);
        at = spot.span.end;
    }
    out.push_str(document.get(at..).unwrap_or_default());
    out
}
