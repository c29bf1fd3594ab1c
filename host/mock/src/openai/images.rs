//! Images: one transparent pixel, whatever it should show.

use sandgate_wire::Event;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::ask::{Ask, Conversation, Turn, text};
use crate::problem::Problem;
use crate::provider::{CREATED, typed};

/// A PNG.
const PIXEL: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";

pub(crate) fn read(body: &Value) -> Result<Conversation, Problem> {
    let turns = vec![Turn::user(text(&body["prompt"]))];
    Ok(Conversation { turns, choices: body["n"].as_u64(), ..Conversation::default() })
}

pub(crate) fn whole(ask: &Ask, answer: &Answer) -> Value {
    let image = |_| json!({"b64_json": PIXEL, "revised_prompt": answer.text});
    let mut body = json!({"data": (0..ask.choices).map(image).collect::<Vec<_>>()});
    describe(ask, "created", &mut body);
    body
}

pub(crate) fn events(ask: &Ask, _: &Answer) -> Vec<Event> {
    let mut image = json!({"b64_json": PIXEL});
    describe(ask, "created_at", &mut image);
    let edits = ask.path.ends_with("/edits");
    let name = if edits { "image_edit.completed" } else { "image_generation.completed" };
    vec![typed(name, image)]
}

fn describe(ask: &Ask, created: &str, body: &mut Value) {
    body[created] = CREATED.into();
    for (key, value) in [
        ("background", "transparent"),
        ("output_format", "png"),
        ("quality", "low"),
        ("size", "1024x1024"),
    ] {
        body[key] = value.into();
    }
    let input = ask.tokens();
    body["usage"] = json!({
        "input_tokens": input, "output_tokens": 1, "total_tokens": input + 1,
        "input_tokens_details": {"text_tokens": input, "image_tokens": 0},
    });
}
