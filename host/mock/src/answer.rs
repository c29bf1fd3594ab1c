//! What is answered, before any provider's shape.

use serde_json::{Value, json};

use crate::ask::{Ask, Force, Wanted};
use crate::{schema, words};

/// The longest text that is said, in bytes: models stop as well.
const MAX_TEXT: usize = 1 << 20;

/// An answer: a text, calls of tools, or both. Every choice of a request is the same.
#[derive(Debug, PartialEq)]
pub(crate) struct Answer {
    /// Empty where there is none.
    pub(crate) text: String,
    pub(crate) calls: Vec<Call>,
}

/// A call of a tool.
#[derive(Debug, PartialEq)]
pub(crate) struct Call {
    pub(crate) name: String,
    /// An object.
    pub(crate) arguments: Value,
}

impl Answer {
    /// What a request is answered.
    pub(crate) fn to(ask: &Ask) -> Self {
        if let Some(result) = ask.tool_result() {
            return Self::text(wanted(ask, said("The tool said: ", &result)));
        }
        let echo = said("You said: ", ask.prompt.trim());
        let say = ask.steering.say.as_deref().map(|say| said("", say));
        if !ask.steering.calls.is_empty() {
            let calls = ask.steering.calls.iter();
            let calls = calls.map(|(name, given)| call(ask, name, given.as_ref(), &echo));
            return Self { text: say.unwrap_or_default(), calls: calls.collect() };
        }
        if let Some(say) = say {
            return Self::text(say);
        }
        let forced = match &ask.conversation.force {
            Force::No => None,
            Force::Any => ask.conversation.tools.first().map(|tool| &tool.name),
            Force::Tool(name) => Some(name),
        };
        match forced {
            Some(name) => Self { text: String::new(), calls: vec![call(ask, name, None, &echo)] },
            None => Self::text(wanted(ask, echo)),
        }
    }

    fn text(text: String) -> Self {
        Self { text, calls: Vec::new() }
    }

    /// What the answer costs.
    pub(crate) fn tokens(&self) -> usize {
        let calls = self.calls.iter().map(|call| words::count(&call.arguments.to_string()));
        words::count(&self.text) + calls.sum::<usize>()
    }
}

/// The text, or JSON with the text in it.
fn wanted(ask: &Ask, text: String) -> String {
    match &ask.conversation.wanted {
        Wanted::Text => text,
        Wanted::Json => json!({"text": text}).to_string(),
        Wanted::Schema(schema) => schema::smallest(schema, &text).to_string(),
    }
}

fn call(ask: &Ask, name: &str, given: Option<&Value>, echo: &str) -> Call {
    let smallest = || schema::smallest(ask.tool_schema(name), echo);
    let arguments = given.cloned().unwrap_or_else(smallest);
    // Without a schema, or with one that wants anything else.
    let arguments = if arguments.is_object() { arguments } else { json!({}) };
    Call { name: name.to_owned(), arguments }
}

fn said(opening: &str, text: &str) -> String {
    [opening, text.get(..text.floor_char_boundary(MAX_TEXT)).unwrap_or(text)].concat()
}
