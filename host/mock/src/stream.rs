//! Bodies that leave: whole, event by event, or broken off.

use std::collections::VecDeque;
use std::time::Duration;

use futures_util::stream::try_unfold;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::body::{Bytes, Frame};
use sandgate_wire::{Event, Framing, close, make};

use crate::steer::Steering;

/// How long a body that breaks off waits until its bytes are on their way.
const GRACE: Duration = Duration::from_millis(20);

/// What leaves to the client.
pub(crate) type Outgoing = UnsyncBoxBody<Bytes, Broken>;

/// A body that was ordered to break off: its reader sees a broken connection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Broken;

/// A body that comes whole; where it is to be cut before its first event, half of it.
pub(crate) fn whole(body: Vec<u8>, steering: &Steering) -> Outgoing {
    match steering.cut {
        Some(0) => paced(vec![body], steering),
        _ => Full::new(Bytes::from(body)).map_err(|never| match never {}).boxed_unsync(),
    }
}

/// A body of events.
pub(crate) fn events(events: &[Event], framing: Framing, steering: &Steering) -> Outgoing {
    let frame = |(idx, event): (usize, &Event)| make(framing, event.event, &event.data, idx == 0);
    let mut pieces: Vec<Vec<u8>> = events.iter().enumerate().map(frame).collect();
    if steering.cut.is_none_or(|cut| cut >= events.len()) {
        // It belongs to the last event: nothing comes after it.
        let end = close(framing, events.is_empty());
        match pieces.last_mut() {
            Some(last) => last.extend(end),
            None => pieces.push(end),
        }
    }
    paced(pieces, steering)
}

/// The pieces, one after the other, as far as the orders go.
fn paced(pieces: Vec<Vec<u8>>, steering: &Steering) -> Outgoing {
    let mut pieces: VecDeque<Bytes> = pieces.into_iter().map(Bytes::from).collect();
    let broken = steering.cut.is_some_and(|cut| cut < pieces.len());
    if let Some(cut) = steering.cut.filter(|_| broken) {
        pieces.truncate(cut + 1);
        if let Some(last) = pieces.back_mut() {
            last.truncate(last.len() / 2);
        }
    }
    let delay = steering.delay;
    let chunks = try_unfold((pieces, true), move |(mut pieces, is_first)| async move {
        let Some(piece) = pieces.pop_front() else {
            if broken {
                // What is not written yet when it breaks is never written.
                tokio::time::sleep(GRACE).await;
                return Err(Broken);
            }
            return Ok(None);
        };
        if !is_first && delay > Duration::ZERO {
            tokio::time::sleep(delay).await;
        }
        Ok(Some((Frame::data(piece), (pieces, false))))
    });
    StreamBody::new(chunks).boxed_unsync()
}

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the response was told to break off")
    }
}

impl std::error::Error for Broken {}
