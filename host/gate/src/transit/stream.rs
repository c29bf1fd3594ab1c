//! A streamed response through the gate, one event after the other.
//!
//! An event leaves when it comes, with as much of its text as is settled; what is held leaves with
//! the next event of the same text, or in a copy of the last one before whatever ends the text.
//! So the pace is the provider's, no other choice or tool call waits, and an event without any
//! text leaves at once, byte for byte.

use std::collections::{BTreeMap, VecDeque};

use sandgate_wire::{
    Body, CodingError, Decoder, Frame, FrameError, Framer, Framing, Ids, Part, Role, Seen,
    StreamKey, Text, View, Walk, close, make, walk,
};

use super::document::{self, Spot};
use super::shape::Shape;
use super::words::Words;
use super::{Asked, Flow};
use crate::{Decision, Direction, Exchange, StrandId};

/// The most texts that go on at a time: more choices and tool calls than any provider sends.
const MAX_OPEN: usize = 256;

/// A stream between its first and its last byte.
pub(super) struct Stream {
    framing: Framing,
    decoder: Decoder,
    framer: Framer,
    shape: Shape,
    texts: BTreeMap<StreamKey, Open>,
    /// The tools that were named last, with the ids of their calls.
    names: VecDeque<(Ids, String)>,
    seen: Seen,
    /// Whether no document left yet.
    first: bool,
    serial: Serial,
    over: bool,
}

/// The numbers of events, where the API gives them some.
#[derive(Default)]
struct Serial {
    /// How many events were added to those that came.
    added: u64,
    /// The number of the event to leave next.
    next: u64,
}

/// A text that goes on.
struct Open {
    strand: StrandId,
    view: View,
    last: Option<Template>,
}

/// The last event of a text, with room for more of it.
#[derive(Clone)]
struct Template {
    frame: Frame,
    before: String,
    after: String,
}

/// What became of the texts of an event.
struct Inspected {
    /// As they may leave, each with the stream it is a piece of.
    spots: Vec<(Spot, Option<StreamKey>)>,
    /// Whether it may be sent again with another text in it: it ends nothing and calls nothing.
    is_plain: bool,
}

impl Stream {
    pub(super) fn new(asked: &Asked, framing: Framing, decoder: Decoder, limit: usize) -> Self {
        Self {
            framing,
            decoder,
            framer: Framer::new(framing, limit),
            shape: asked.shape.clone(),
            texts: BTreeMap::new(),
            names: VecDeque::new(),
            seen: Seen::new(asked.api),
            first: true,
            serial: Serial::default(),
            over: false,
        }
    }

    /// Takes bytes of the response and gives what may leave now.
    pub(super) fn push(
        &mut self,
        exchange: &mut Exchange,
        asked: &Asked,
        bytes: Option<&[u8]>,
        out: &mut Vec<u8>,
    ) -> Flow {
        if self.over {
            return Flow::Done;
        }
        let mut frames = Vec::new();
        let cut = self.cut(bytes, &mut frames);
        for frame in frames {
            self.frame(exchange, &frame, out);
            if exchange.decision() == Decision::Refused {
                return self.stop(exchange, asked, out);
            }
        }
        match cut {
            Ok(()) if bytes.is_none() => self.finish(exchange, |_| true, out),
            Ok(()) => {}
            Err(FrameError::Truncated) => return self.broken(),
            Err(FrameError::TooLong | FrameError::Malformed) => {
                exchange.unscannable(1);
                if exchange.decision() != Decision::Refused {
                    return self.broken();
                }
            }
        }
        match exchange.decision() {
            Decision::Refused => self.stop(exchange, asked, out),
            _ => Flow::More,
        }
    }

    /// Adds the events that are whole with these bytes, or with the end.
    fn cut(&mut self, bytes: Option<&[u8]>, frames: &mut Vec<Frame>) -> Result<(), FrameError> {
        let mut decoded = Vec::new();
        let coding = match bytes {
            Some(bytes) if self.decoder.is_identity() => return self.framer.push(bytes, frames),
            Some(bytes) => {
                self.decoder.renew();
                self.decoder.push(bytes, &mut decoded)
            }
            None => self.decoder.end(&mut decoded),
        };
        self.framer.push(&decoded, frames)?;
        coding.map_err(|error| match error {
            CodingError::Truncated => FrameError::Truncated,
            CodingError::TooLong => FrameError::TooLong,
            CodingError::Corrupt | CodingError::Unknown => FrameError::Malformed,
        })?;
        if bytes.is_none() { self.framer.end(frames) } else { Ok(()) }
    }

    /// Text was held for too long: it leaves, or the exchange is refused.
    pub(super) fn overdue(
        &mut self,
        exchange: &mut Exchange,
        asked: &Asked,
        out: &mut Vec<u8>,
    ) -> Flow {
        let mut due = Vec::new();
        for open in self.texts.values_mut().filter(|open| open.view.held() > 0) {
            let mut rest = String::new();
            open.view.release(exchange.overdue_in(open.strand), &mut rest);
            due.extend(open.last.clone().map(|last| (last, rest)));
        }
        for (last, rest) in due {
            self.send_more(&last, &rest, out);
        }
        match exchange.decision() {
            Decision::Refused => self.stop(exchange, asked, out),
            _ => Flow::More,
        }
    }

    /// Nothing that is held leaves any more.
    fn broken(&mut self) -> Flow {
        self.over = true;
        Flow::Broken
    }

    /// Ends the stream in the provider's own words.
    fn stop(&mut self, exchange: &Exchange, asked: &Asked, out: &mut Vec<u8>) -> Flow {
        self.over = true;
        for event in Words::of(exchange).refusal(asked).ending(&self.seen) {
            out.extend(make(self.framing, event.event, &event.data, self.first));
            self.first = false;
        }
        out.extend(close(self.framing, self.first));
        Flow::Done
    }

    fn frame(&mut self, exchange: &mut Exchange, frame: &Frame, out: &mut Vec<u8>) {
        let Some(data) = frame.data() else { return out.extend(frame.raw()) };
        if data == b"[DONE]" {
            self.finish(exchange, |_| true, out);
            if exchange.decision() != Decision::Refused {
                self.send(frame, None, out);
            }
            return;
        }
        let text = std::str::from_utf8(data).ok();
        let read = text
            .map(|text| walk(text, self.shape.table(Body::Event), frame.event(), Role::Assistant));
        match (text, read) {
            (Some(text), Some(Ok(walk))) => self.document(exchange, frame, (text, &walk), out),
            _ => {
                exchange.unscannable(1);
                if exchange.decision() != Decision::Refused {
                    self.send(frame, None, out);
                }
            }
        }
    }

    fn document(
        &mut self,
        exchange: &mut Exchange,
        frame: &Frame,
        (document, walk): (&str, &Walk),
        out: &mut Vec<u8>,
    ) {
        exchange.unscannable(walk.unscannable);
        let goes_on: Vec<StreamKey> = walk.texts.iter().filter_map(|t| t.stream.clone()).collect();
        let replaced = |key: &StreamKey| {
            let by = walk.texts.iter().filter(|text| !text.span.is_empty());
            let mut by = by.filter_map(|text| text.stream.as_ref());
            !goes_on.contains(key) && by.any(|other| key.ids.is_subset(&other.ids))
        };
        // Whoever begins to say something else has ended what was said before.
        self.finish(exchange, replaced, out);
        let names = walk.names.iter().filter(|(ids, _)| !ids.is_empty());
        self.names.extend(names.cloned());
        self.names.drain(..self.names.len().saturating_sub(MAX_OPEN));
        let mut inspected = self.inspect(exchange, document, walk);
        let ends = |key: &StreamKey| walk.closes.iter().any(|ids| ids.is_subset(&key.ids));
        self.end_here(exchange, &mut inspected, ends);
        self.finish(exchange, ends, out);
        let refused = exchange.decision() == Decision::Refused;
        let said = |(spot, key): &(Spot, Option<StreamKey>)| key.is_some() && !spot.text.is_empty();
        let only_pieces = inspected.spots.iter().all(|(_, key)| key.is_some());
        if refused && !(inspected.is_plain && only_pieces && inspected.spots.iter().any(said)) {
            return;
        }
        self.remember(frame, document, walk, &inspected);
        let conceals = exchange.may_change() && !walk.shadows.is_empty();
        let is_as_it_came = |(spot, _): &(Spot, Option<StreamKey>)| {
            document.get(spot.span.clone()) == Some(spot.text.as_str())
        };
        let numbered = self.serial.of(document, walk);
        if !conceals && numbered.is_none() && inspected.spots.iter().all(is_as_it_came) {
            return self.send(frame, None, out);
        }
        let shadows = document::shadows(walk).filter(|_| conceals);
        let spots = inspected.spots.into_iter().map(|(spot, _)| spot).chain(shadows);
        let left = document::splice(document, spots.chain(numbered).collect());
        self.send(frame, Some(&left), out);
    }

    /// Feeds the texts of an event.
    fn inspect(&mut self, exchange: &mut Exchange, document: &str, walk: &Walk) -> Inspected {
        let mut spots = Vec::new();
        for text in &walk.texts {
            let spelled = document.get(text.span.clone()).unwrap_or_default();
            let left = match &text.stream {
                None => document::text(exchange, Direction::Response, text, spelled),
                Some(key) => self.feed(exchange, key, text, spelled),
            };
            spots.push((Spot { span: text.span.clone(), text: left }, text.stream.clone()));
        }
        let calls = walk.texts.iter().any(|text| text.stream.is_none() && text.spelling.json);
        Inspected { spots, is_plain: walk.closes.is_empty() && !calls }
    }

    fn feed(
        &mut self,
        exchange: &mut Exchange,
        key: &StreamKey,
        text: &Text,
        spelled: &str,
    ) -> String {
        if self.texts.len() >= MAX_OPEN && !self.texts.contains_key(key) {
            exchange.unscannable(1);
            return String::new();
        }
        let names = &self.names;
        let open = self.texts.entry(key.clone()).or_insert_with(|| Open {
            strand: exchange.begin_beside(part(names, key, text)),
            view: View::new(text.spelling),
            last: None,
        });
        let mut left = String::with_capacity(spelled.len());
        let said = open.view.push(spelled);
        open.view.release(exchange.feed_in(open.strand, &said), &mut left);
        left
    }

    /// Ends the texts of this event that it closes itself, or that no later event could carry on.
    fn end_here(
        &mut self,
        exchange: &mut Exchange,
        inspected: &mut Inspected,
        ends: impl Fn(&StreamKey) -> bool,
    ) {
        for (spot, key) in inspected.spots.iter_mut().rev() {
            let Some(key) = key else { continue };
            let stuck = |open: &Open| open.view.held() > 0 && open.last.is_none();
            let is_stuck = !inspected.is_plain && self.texts.get(key).is_some_and(stuck);
            if (ends(key) || is_stuck)
                && let Some(open) = self.texts.remove(key)
            {
                spot.text += &rest(exchange, open).0;
            }
        }
    }

    /// Ends texts that have nothing in this event: what was held of them leaves before it.
    fn finish(
        &mut self,
        exchange: &mut Exchange,
        over: impl Fn(&StreamKey) -> bool,
        out: &mut Vec<u8>,
    ) {
        let keys: Vec<StreamKey> = self.texts.keys().filter(|key| over(key)).cloned().collect();
        for key in keys {
            let Some(open) = self.texts.remove(&key) else { continue };
            let (rest, last) = rest(exchange, open);
            if let Some(last) = last {
                self.send_more(&last, &rest, out);
            }
        }
    }

    /// Keeps an event for each of its texts that holds something back.
    fn remember(&mut self, frame: &Frame, document: &str, walk: &Walk, inspected: &Inspected) {
        if !inspected.is_plain {
            return;
        }
        for (idx, (spot, key)) in inspected.spots.iter().enumerate() {
            let open = key.as_ref().and_then(|key| self.texts.get_mut(key));
            let Some(open) = open.filter(|open| open.view.held() > 0) else { continue };
            let others = inspected.spots.iter().enumerate().filter(|(other, _)| *other != idx);
            let others = others.map(|(_, (other, key))| Spot {
                span: other.span.clone(),
                text: if key.is_some() { String::new() } else { other.text.clone() },
            });
            let shadows = document::shadows(walk);
            let (before, after): (Vec<Spot>, Vec<Spot>) =
                others.chain(shadows).partition(|other| other.span.start < spot.span.start);
            let start = document.get(..spot.span.start).unwrap_or_default();
            let end = document.get(spot.span.end..).unwrap_or_default();
            let moved = after.into_iter().map(|other| Spot {
                span: other.span.start - spot.span.end..other.span.end - spot.span.end,
                text: other.text,
            });
            open.last = Some(Template {
                frame: frame.clone(),
                before: document::splice(start, before),
                after: document::splice(end, moved.collect()),
            });
        }
    }

    /// Sends an event, as it came or with another document.
    fn send(&mut self, frame: &Frame, document: Option<&str>, out: &mut Vec<u8>) {
        self.first = false;
        match document {
            Some(document) => {
                self.seen.note(document.as_bytes());
                out.extend(frame.with_data(document.as_bytes()));
            }
            None => {
                frame.data().into_iter().for_each(|data| self.seen.note(data));
                out.extend(frame.raw());
            }
        }
    }

    /// Sends what was held of a text in a copy of its last event.
    fn send_more(&mut self, last: &Template, rest: &str, out: &mut Vec<u8>) {
        if rest.is_empty() {
            return;
        }
        let document = [&last.before, rest, &last.after].concat();
        let walk =
            walk(&document, self.shape.table(Body::Event), last.frame.event(), Role::Assistant);
        let numbered = walk.ok().and_then(|walk| self.serial.one_more(&walk));
        let document = document::splice(&document, numbered.into_iter().collect());
        self.seen.note(document.as_bytes());
        out.extend(last.frame.another(document.as_bytes()));
    }
}

impl Serial {
    /// The number of an event that came, where it has another one by now.
    fn of(&mut self, document: &str, walk: &Walk) -> Option<Spot> {
        let span = walk.serial.clone()?;
        let came: u64 = document.get(span.clone())?.parse().ok()?;
        let number = came.saturating_add(self.added);
        self.next = number.saturating_add(1);
        (self.added > 0).then(|| Spot { span, text: number.to_string() })
    }

    /// The number of an event that is added.
    fn one_more(&mut self, walk: &Walk) -> Option<Spot> {
        let spot = Spot { span: walk.serial.clone()?, text: self.next.to_string() };
        (self.added, self.next) = (self.added.saturating_add(1), self.next.saturating_add(1));
        Some(spot)
    }
}

/// The part that a text begins: arguments are of the tool that was named with their ids.
fn part(names: &VecDeque<(Ids, String)>, key: &StreamKey, text: &Text) -> Part {
    let mut part = document::part(Direction::Response, text);
    if part.name.is_none() && part.role == Role::ToolCall {
        let named = names.iter().rev().find(|(ids, _)| ids.is_subset(&key.ids));
        part.name = named.map(|(_, name)| name.clone());
    }
    part
}

/// What was held of a text that is over.
fn rest(exchange: &mut Exchange, mut open: Open) -> (String, Option<Template>) {
    let mut rest = String::new();
    let said = open.view.end();
    open.view.release(exchange.feed_in(open.strand, &said), &mut rest);
    open.view.release(exchange.end_in(open.strand), &mut rest);
    (rest, open.last)
}
