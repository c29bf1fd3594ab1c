//! Golden cases: what a policy must find in which text, the same on every host.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

/// A policy's `cases.yaml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cases {
    /// Settings of every case that brings none of its own.
    #[serde(default = "empty_object")]
    pub settings: Value,
    /// Findings of less confidence, in per cent, are not compared.
    #[serde(default = "half")]
    pub threshold: u8,
    /// The cases, in order.
    pub cases: Vec<Case>,
}

/// One text and what must be found in it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// The claim this case proves.
    pub name: String,
    /// The text of the part.
    pub text: String,
    /// How often the text is repeated: for huge inputs.
    #[serde(default = "once")]
    pub repeat: usize,
    /// Settings in place of the file's.
    #[serde(default)]
    pub settings: Option<Value>,
    /// Assets by name, as text.
    #[serde(default)]
    pub assets: BTreeMap<String, String>,
    /// Rule and matched text of every finding, in the order of their start; of one repetition.
    #[serde(default)]
    pub find: Vec<Expected>,
}

/// One expected finding: `RULE: matched text`.
pub type Expected = BTreeMap<String, String>;

impl Case {
    /// The whole text, repetitions and all.
    pub fn full_text(&self) -> String {
        self.text.repeat(self.repeat)
    }

    /// Rule and matched text of every finding in [`Case::full_text`], in order.
    pub fn expected(&self) -> Vec<(&str, &str)> {
        let one = self.find.iter().flatten().map(|(rule, text)| (rule.as_str(), text.as_str()));
        std::iter::repeat_n(one, self.repeat).flatten().collect()
    }
}

fn empty_object() -> Value {
    Value::Object(serde_json::Map::new())
}

fn half() -> u8 {
    50
}

fn once() -> usize {
    1
}
