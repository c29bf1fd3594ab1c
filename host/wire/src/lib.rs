//! Provider bytes to parts of text, and back.
//!
//! A body of an API that talks to language models is walked once, and the walk that reads it is
//! the walk that writes it: edits are spliced into the bytes that came, so that what nobody asked
//! to change leaves as it was.
//!
//! It does no I/O, reads no clock and decides nothing. What a text means and what becomes of it
//! is the gate's.

mod api;
mod charset;
mod coding;
mod edit;
mod format;
mod frame;
mod json;
mod multipart;
mod part;
mod refusal;
mod rule;
mod table;
mod view;
mod walk;

pub use api::Api;
pub use charset::Charset;
pub use coding::{CodingError, Decoder};
pub use edit::{Edit, Release};
pub use frame::{Frame, FrameError, Framer, Framing, close, make};
pub use multipart::{FormPart, boundary, parts};
pub use part::{Direction, Part, Role};
pub use refusal::{Event, RawId, Refusal, Reply, Seen};
pub use rule::{Kind, Rule};
pub use table::{BadPath, Body, Table};
pub use view::{Spelling, View};
pub use walk::{Id, Ids, StreamKey, Text, Unreadable, Walk, walk};
