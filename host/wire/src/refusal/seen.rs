//! What was seen of a stream, so that an ending fits in.
//!
//! Looked at on every event, so most of a document is skipped, not built. What a provider says in
//! another type than expected is as if it had not said it: an ending is then less exact, but there
//! is one. Ids are kept only while they look like ids: whatever a stream puts into its fields, an
//! ending is no way around the policies.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{anthropic, bedrock, cohere, gemini, ollama, openai, responses};
use crate::Api;

/// The most choices of a stream that are told apart; OpenAI gives no more than 128.
const MAX_PIECES: usize = 256;

/// The longest id or name that is kept, in bytes.
const MAX_WORD: usize = 256;

/// What was seen of a stream so far.
#[derive(Debug, Clone)]
pub struct Seen {
    pub(super) api: Option<Api>,
    pub(super) id: Option<String>,
    pub(super) model: Option<String>,
    /// When it was created, as JSON: seconds, or a string that holds a date.
    pub(super) created: Option<String>,
    /// The number that the next event has.
    pub(super) next: u64,
    /// The choices, candidates or blocks that were begun, and whether they are finished.
    pub(super) pieces: BTreeMap<u32, bool>,
    /// Whether the message was begun.
    pub(super) begun: bool,
    /// Whether nothing may follow.
    pub(super) over: bool,
}

impl Seen {
    /// Nothing yet, of a stream of this API.
    pub const fn new(api: Option<Api>) -> Self {
        Self {
            api,
            id: None,
            model: None,
            created: None,
            next: 0,
            pieces: BTreeMap::new(),
            begun: false,
            over: false,
        }
    }

    /// Takes note of an event's document. Of those that the client gets, and of no others: the end
    /// of a choice that is held back is not its end.
    pub fn note(&mut self, document: &[u8]) {
        // What does not parse was not seen: there is nobody to tell.
        let _ = match self.api {
            Some(Api::OpenAiChat | Api::OpenAiCompletions) => openai::note(document, self),
            Some(Api::OpenAiResponses) => responses::note(document, self),
            Some(Api::AnthropicMessages) => anthropic::note(document, self),
            Some(Api::GeminiGenerate) => gemini::note(document, self),
            Some(Api::BedrockConverse) => bedrock::note(document, self),
            Some(Api::CohereChat) => cohere::note(document, self),
            Some(Api::OllamaChat | Api::OllamaGenerate) => ollama::note(document, self),
            _ => None,
        };
    }

    /// A choice, candidate or block goes on, or is finished.
    pub(super) fn piece(&mut self, index: u32, finished: bool) {
        if self.pieces.len() < MAX_PIECES || self.pieces.contains_key(&index) {
            *self.pieces.entry(index).or_default() |= finished;
        }
    }

    /// What is to be finished: what was begun and is not, and the first if nothing was.
    pub(super) fn unfinished(&self) -> Vec<u32> {
        if self.pieces.is_empty() {
            return vec![0];
        }
        self.pieces.iter().filter(|&(_, &finished)| !finished).map(|(&index, _)| index).collect()
    }

    /// When the stream said it was created, if in seconds.
    pub(super) fn seconds(&self) -> u64 {
        self.created.as_deref().and_then(|created| created.parse().ok()).unwrap_or(0)
    }
}

/// Reads what is asked for of a document that is an object.
pub(super) fn object<'a, T: Deserialize<'a>>(document: &'a [u8]) -> Option<T> {
    // Asked for a struct, serde would also take an array of its fields.
    let first = document.trim_ascii_start().first()?;
    if *first != b'{' {
        return None;
    }
    serde_json::from_slice(document).ok()
}

/// Keeps a string or number in `slot`, if that is empty and the value looks like an id.
pub(super) fn keep(slot: &mut Option<String>, value: Option<&RawValue>) {
    if slot.is_none() {
        *slot = value.and_then(word);
    }
}

fn word(value: &RawValue) -> Option<String> {
    let json = value.get();
    if json.len() > MAX_WORD {
        return None;
    }
    let word = match serde_json::from_str(json).ok()? {
        serde_json::Value::String(word) => word,
        serde_json::Value::Number(number) => number.to_string(),
        _ => return None,
    };
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:/+=@".contains(&byte);
    // Azure begins with an event whose id is empty and whose time is 0.
    (!word.is_empty() && word != "0" && word.bytes().all(fits)).then_some(word)
}
