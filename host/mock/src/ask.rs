//! What a request asks of a model, whichever provider it speaks to.
//!
//! Every provider's reader fills the same [`Conversation`]; what only one provider has is read
//! from the body where it is answered.

use sandgate_wire::Api;
use serde_json::Value;

use crate::problem::Problem;
use crate::steer::{MAX_CHOICES, Steering};
use crate::{provider, route, words};

/// The most texts of a request that has one answer for each.
const MAX_INPUTS: usize = 2048;

/// A request, read.
#[derive(Debug)]
pub(crate) struct Ask {
    pub(crate) api: Api,
    pub(crate) path: String,
    pub(crate) model: String,
    pub(crate) stream: bool,
    pub(crate) body: Value,
    pub(crate) conversation: Conversation,
    pub(crate) steering: Steering,
    pub(crate) choices: u64,
    /// The last user message, without its orders.
    pub(crate) prompt: String,
    /// Which request it is, for ids.
    number: u64,
}

/// What was said so far, and what may be said next.
#[derive(Debug, Default)]
pub(crate) struct Conversation {
    pub(crate) turns: Vec<Turn>,
    pub(crate) tools: Vec<Tool>,
    pub(crate) force: Force,
    pub(crate) wanted: Wanted,
    /// How many choices, if it says so.
    pub(crate) choices: Option<u64>,
}

/// One thing that was said.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Turn {
    pub(crate) speaker: Speaker,
    pub(crate) text: String,
}

/// Who said it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Speaker {
    User,
    /// It is what a tool answered.
    Tool,
    /// The model itself, or the system.
    Other,
}

/// A tool that may be called.
#[derive(Debug)]
pub(crate) struct Tool {
    pub(crate) name: String,
    pub(crate) schema: Value,
}

/// Whether a tool must be called.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) enum Force {
    #[default]
    No,
    Any,
    Tool(String),
}

/// What the text of the answer must be.
#[derive(Debug, Default, PartialEq)]
pub(crate) enum Wanted {
    #[default]
    Text,
    /// Any object.
    Json,
    Schema(Value),
}

impl Ask {
    /// Reads a request that came as the `number`th.
    ///
    /// # Errors
    /// Where it is not as its API wants it, or its orders are none.
    pub(crate) fn read(api: Api, path: &str, body: Value, number: u64) -> Result<Self, Problem> {
        let conversation = provider::read(api, &body)?;
        let turns = conversation.turns.iter().rev();
        let last = turns.clone().find(|turn| turn.speaker == Speaker::User);
        let (steering, prompt) = Steering::read(last.map_or("", |turn| &turn.text))?;
        let named = body["model"].as_str().filter(|model| !model.is_empty());
        let model = named.or_else(|| route::model(path)).unwrap_or("mock").to_owned();
        let stream = api.asks_stream(path, body["stream"].as_bool());
        let choices = steering.choices.filter(|_| has_choices(api)).or(conversation.choices);
        let choices = choices.unwrap_or(1);
        if !(1..=MAX_CHOICES).contains(&choices) {
            let expected = format!("expected a number from 1 to {MAX_CHOICES}");
            return Err(Problem::bad(format!("choices: {expected}: {choices}")));
        }
        let path = path.to_owned();
        Ok(Self { api, path, model, stream, body, conversation, steering, choices, prompt, number })
    }

    /// The texts of a request that has one answer for each.
    ///
    /// # Errors
    /// Where there are too many.
    pub(crate) fn inputs(&self) -> Result<&[Turn], Problem> {
        let turns = &self.conversation.turns;
        let few = turns.len() <= MAX_INPUTS;
        few.then_some(turns)
            .map(Vec::as_slice)
            .ok_or_else(|| Problem::bad(format!("input: more than {MAX_INPUTS} texts")))
    }

    /// What the tools answered, if that was the last that was said.
    pub(crate) fn tool_result(&self) -> Option<String> {
        let last = self.conversation.turns.iter().rev();
        let results = last.take_while(|turn| turn.speaker == Speaker::Tool);
        let mut results: Vec<&str> = results.map(|turn| turn.text.as_str()).collect();
        results.reverse();
        (!results.is_empty()).then(|| results.join("\n"))
    }

    /// The schema of a tool's arguments; of one that nobody knows, none.
    pub(crate) fn tool_schema(&self, name: &str) -> &Value {
        let tool = self.conversation.tools.iter().find(|tool| tool.name == name);
        tool.map_or(&Value::Null, |tool| &tool.schema)
    }

    /// What the request costs.
    pub(crate) fn tokens(&self) -> usize {
        self.conversation.turns.iter().map(|turn| words::count(&turn.text)).sum()
    }

    /// An id that no other request has.
    pub(crate) fn id(&self, prefix: &str) -> String {
        format!("{prefix}mock{}", self.number)
    }

    /// The id of one of its calls.
    pub(crate) fn call_id(&self, prefix: &str, idx: usize) -> String {
        format!("{prefix}mock{}_{idx}", self.number)
    }

    /// The deltas that a text is streamed in.
    pub(crate) fn deltas<'a>(&self, text: &'a str) -> Vec<&'a str> {
        words::deltas(text, self.steering.chunk)
    }
}

impl Turn {
    pub(crate) fn user(text: impl Into<String>) -> Self {
        Self { speaker: Speaker::User, text: text.into() }
    }

    pub(crate) fn tool(content: &Value) -> Self {
        Self { speaker: Speaker::Tool, text: result(content) }
    }

    pub(crate) fn other(text: impl Into<String>) -> Self {
        Self { speaker: Speaker::Other, text: text.into() }
    }

    /// A message with `role` and `content`, as most providers have it.
    pub(crate) fn of_message(message: &Value) -> Self {
        let content = &message["content"];
        match message["role"].as_str() {
            Some("user") => Self::user(text(content)),
            Some("tool" | "function") => Self::tool(content),
            _ => Self::other(text(content)),
        }
    }
}

impl Tool {
    /// A tool with its name, and its schema under the names that providers have for it.
    pub(crate) fn of(tool: &Value) -> Option<Self> {
        let tool = tool.get("function").unwrap_or(tool);
        let schemas = ["parameters", "input_schema", "parametersJsonSchema", "inputSchema"];
        let schema = schemas.iter().find_map(|key| tool.get(key)).unwrap_or(&Value::Null);
        let schema = schema.get("json").unwrap_or(schema).clone();
        Some(Self { name: tool["name"].as_str()?.to_owned(), schema })
    }

    /// All that can be called of a list of tools.
    pub(crate) fn all(tools: &Value) -> Vec<Self> {
        tools.as_array().into_iter().flatten().filter_map(Self::of).collect()
    }
}

impl Force {
    /// A `tool_choice`, as OpenAI, Anthropic and Cohere have it.
    pub(crate) fn of(choice: &Value) -> Self {
        let function = choice.get("function").unwrap_or(choice);
        if let Some(name) = function["name"].as_str() {
            return Self::Tool(name.to_owned());
        }
        let word = choice.as_str().or(choice["type"].as_str()).unwrap_or_default();
        let is_any = ["required", "any"].iter().any(|any| word.eq_ignore_ascii_case(any));
        if is_any { Self::Any } else { Self::No }
    }
}

impl Wanted {
    /// A format with a `type`, as OpenAI, Anthropic and Cohere have it.
    pub(crate) fn of(format: &Value) -> Self {
        if !matches!(format["type"].as_str(), Some("json_schema" | "json_object")) {
            return Self::Text;
        }
        let named = &format["json_schema"];
        let places = [&named["schema"], &format["schema"], named];
        places.into_iter().find(|place| place.is_object()).map_or(Self::Json, Self::schema)
    }

    pub(crate) fn schema(schema: &Value) -> Self {
        Self::Schema(schema.clone())
    }
}

/// Whether answers of an API have choices.
fn has_choices(api: Api) -> bool {
    let talks = matches!(api, Api::OpenAiChat | Api::OpenAiCompletions | Api::GeminiGenerate);
    talks || api == Api::OpenAiImages
}

/// The list at a key that an API insists on.
///
/// # Errors
/// Where there is none.
pub(crate) fn list<'a>(body: &'a Value, key: &str) -> Result<&'a [Value], Problem> {
    let list = body[key].as_array().map(Vec::as_slice);
    list.ok_or_else(|| Problem::bad(format!("{key}: expected a list")))
}

/// The text of a content: a string, or what the `text`s of its blocks say, a line each.
pub(crate) fn text(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        Value::Array(blocks) => {
            let texts = blocks.iter().map(text).filter(|text| !text.is_empty());
            texts.collect::<Vec<_>>().join("\n")
        }
        Value::Object(block) => block.get("text").map(text).unwrap_or_default(),
        _ => String::new(),
    }
}

/// What a tool answered: its text, or else its JSON.
fn result(content: &Value) -> String {
    let text = text(content);
    if text.is_empty() && !content.is_null() && !content.is_string() {
        return content.to_string();
    }
    text
}
