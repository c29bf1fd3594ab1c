//! OpenAI's APIs, and the same of Azure and every compatible server.

pub(crate) mod chat;
pub(crate) mod completions;
pub(crate) mod embeddings;
pub(crate) mod images;
pub(crate) mod moderations;
pub(crate) mod responses;
pub(crate) mod transcripts;

use sandgate_wire::Event;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::ask::Ask;

/// The tokens of a chat or a completion.
fn usage(ask: &Ask, answer: &Answer) -> Value {
    let (input, output) = (ask.tokens(), answer.tokens());
    json!({
        "prompt_tokens": input, "completion_tokens": output, "total_tokens": input + output,
        "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
    })
}

/// The last word of a stream.
fn done() -> Event {
    Event { event: None, data: b"[DONE]".to_vec() }
}
