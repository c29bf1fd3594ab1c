//! OpenAI's audio transcriptions and translations: sound in, text out.
//!
//! Requests are `multipart/form-data`, whose fields stand here by their names. The words with
//! their times say the text once more in pieces too small to be looked at by themselves. Answers
//! that are no JSON (`text`, `srt`, `vtt`) have no table.

use std::sync::LazyLock;

use crate::{
    Kind::{Blob, Close, Delta, Id, Opaque, Shadow, Text, Token},
    Role::{Assistant, Other, User},
    format::{Line, Tables, error::ERROR_LINES, line, table},
};

pub(in crate::format) static TABLES: LazyLock<Tables> = LazyLock::new(|| Tables {
    request: table(&[("", REQUEST)]),
    response: table(&[("", RESPONSE), ("", ERROR_LINES)]),
    event: table(&[("", EVENT), ("", ERROR_LINES)]),
});

const REQUEST: &[Line] = &[
    line(Blob, &["file", "known_speaker_references"]),
    line(Text, &["prompt"]).by(User),
    line(Text, &["known_speaker_names", "known_speaker_names[*]"]).by(Other),
    line(Token, &["model", "language", "response_format", "timestamp_granularities[*]"]),
    line(Token, &["include[*]", "chunking_strategy", "chunking_strategy.type"]),
];

const RESPONSE: &[Line] = &[
    line(Token, &["task", "language", "segments[*].id", "segments[*].type"]),
    line(Text, &["text", "segments[*].text", "segments[*].speaker"]).by(Assistant),
    line(Shadow, &["words", "logprobs"]),
    line(Opaque, &["usage"]),
];

const EVENT: &[Line] = &[
    line(Close, &["type"]).when("type", &["transcript.text.done"]),
    line(Token, &["type", "id"]),
    line(Id, &["segment_id"]),
    line(Delta, &["delta"]).by(Assistant),
    line(Text, &["text", "speaker"]).by(Assistant),
    line(Shadow, &["words", "logprobs"]),
    line(Opaque, &["usage"]),
];
