//! Transcriptions: the mock hears text files, and the prompt that comes with a recording.

use sandgate_wire::{Event, Reply};
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::ask::{Ask, Conversation, Turn, text};
use crate::problem::Problem;
use crate::provider::{json, typed};

pub(crate) fn read(body: &Value) -> Result<Conversation, Problem> {
    let prompt = text(&body["prompt"]);
    let heard = if prompt.is_empty() { text(&body["file"]) } else { prompt };
    Ok(Conversation { turns: vec![Turn::user(heard)], ..Conversation::default() })
}

pub(crate) fn whole(ask: &Ask, answer: &Answer) -> Reply {
    let text = &answer.text;
    let plain = |text: String, content_type| Reply {
        status: 200,
        content_type,
        headers: Vec::new(),
        body: text.into_bytes(),
    };
    match ask.body["response_format"].as_str() {
        Some("text") => plain(format!("{text}\n"), "text/plain; charset=utf-8"),
        Some("srt") => {
            let cue = format!("1\n00:00:00,000 --> 00:00:01,000\n{text}\n\n");
            plain(cue, "text/plain; charset=utf-8")
        }
        Some("vtt") => {
            let cue = format!("WEBVTT\n\n00:00:00.000 --> 00:00:01.000\n{text}\n\n");
            plain(cue, "text/vtt; charset=utf-8")
        }
        Some("verbose_json") => json(&json!({
            "task": "transcribe", "language": "english", "duration": 1.0, "text": text,
            "segments": [{
                "id": 0, "seek": 0, "start": 0.0, "end": 1.0, "text": text, "tokens": [],
                "temperature": 0.0, "avg_logprob": 0.0, "compression_ratio": 1.0,
                "no_speech_prob": 0.0,
            }],
            "usage": {"type": "duration", "seconds": 1},
        })),
        _ => json(&json!({"text": text, "usage": usage(ask, answer)})),
    }
}

pub(crate) fn events(ask: &Ask, answer: &Answer) -> Vec<Event> {
    let deltas = ask.deltas(&answer.text).into_iter();
    let deltas = deltas.map(|delta| typed("transcript.text.delta", json!({"delta": delta})));
    let done = json!({"text": answer.text, "usage": usage(ask, answer)});
    deltas.chain([typed("transcript.text.done", done)]).collect()
}

fn usage(ask: &Ask, answer: &Answer) -> Value {
    let (input, output) = (ask.tokens(), answer.tokens());
    json!({
        "type": "tokens", "input_tokens": input, "output_tokens": output,
        "total_tokens": input + output,
        "input_token_details": {"text_tokens": input, "audio_tokens": 0},
    })
}
