//! Text in parts and chunks, and what may leave of it.

use sandgate_gate::{Direction, Part, Release, Report, Role};
use serde::Serialize;
use wasm_bindgen::JsError;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::ruler::Ruler;

/// One request with its answer.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Exchange {
    exchange: sandgate_gate::Exchange,
    /// One for each part so far.
    rulers: Vec<Ruler>,
}

/// Gives people their own words back.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Restorer(sandgate_gate::Restorer);

/// A [`Release`] in UTF-16.
#[derive(Serialize)]
struct Left<'a> {
    upto: u64,
    edits: Vec<LeftEdit<'a>>,
}

#[derive(Serialize)]
struct LeftEdit<'a> {
    start: u64,
    end: u64,
    text: &'a str,
}

impl Exchange {
    pub(crate) fn new(exchange: sandgate_gate::Exchange) -> Self {
        Self { exchange, rulers: Vec::new() }
    }

    fn left(&self, release: &Release) -> String {
        let units = |bytes: u64| self.rulers.last().map_or(0, |ruler| ruler.units(bytes));
        let edits = release.edits.iter().map(|edit| LeftEdit {
            start: units(edit.start),
            end: units(edit.end),
            text: &edit.text,
        });
        json(&Left { upto: units(release.upto), edits: edits.collect() })
    }
}

#[wasm_bindgen]
impl Exchange {
    /// A part begins.
    ///
    /// # Errors
    /// Where there is no such direction or role.
    pub fn begin(
        &mut self,
        direction: &str,
        role: &str,
        name: Option<String>,
    ) -> Result<(), JsError> {
        let part = Part { direction: read_direction(direction)?, role: read_role(role)?, name };
        self.rulers.push(Ruler::default());
        self.exchange.begin(part);
        Ok(())
    }

    /// More text, and what may leave now, as JSON.
    pub fn feed(&mut self, chunk: &str) -> String {
        self.rulers.last_mut().into_iter().for_each(|ruler| ruler.push(chunk));
        let release = self.exchange.feed(chunk);
        self.left(&release)
    }

    /// The part ends, and the rest of it may leave.
    pub fn end(&mut self) -> String {
        let release = self.exchange.end();
        self.left(&release)
    }

    /// Text was held for too long.
    pub fn overdue(&mut self) -> String {
        let release = self.exchange.overdue();
        self.left(&release)
    }

    /// How many bytes are held back.
    pub fn held(&self) -> f64 {
        self.exchange.held() as f64
    }

    /// What happened, as JSON.
    pub fn report(&self) -> String {
        let mut report: Report = self.exchange.report();
        for found in &mut report.findings {
            let ruler = usize::try_from(found.part).ok().and_then(|idx| self.rulers.get(idx));
            let units = |bytes: u64| ruler.map_or(0, |ruler| ruler.units(bytes));
            (found.start, found.end) = (units(found.start), units(found.end));
        }
        json(&report)
    }

    /// What restores the pseudonyms that were made so far.
    pub fn restorer(&self) -> Restorer {
        Restorer(self.exchange.restorer())
    }
}

#[wasm_bindgen]
impl Restorer {
    /// A whole text with the person's own words in place of the pseudonyms.
    pub fn restore(&self, text: &str) -> String {
        self.0.clone().whole(text)
    }
}

/// None of what is written here can fail to be JSON: names, numbers and texts.
fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

fn read_direction(direction: &str) -> Result<Direction, JsError> {
    match direction {
        "request" => Ok(Direction::Request),
        "response" => Ok(Direction::Response),
        _ => Err(JsError::new("direction: expected `request` or `response`")),
    }
}

fn read_role(role: &str) -> Result<Role, JsError> {
    Ok(match role {
        "system" => Role::System,
        "user" => Role::User,
        "assistant" => Role::Assistant,
        "tool-call" => Role::ToolCall,
        "tool-result" => Role::ToolResult,
        "other" => Role::Other,
        _ => {
            let expected =
                "expected `system`, `user`, `assistant`, `tool-call`, `tool-result` or `other`";
            return Err(JsError::new(&format!("role: {expected}")));
        }
    })
}
