//! A document of YAML: its values, and the line of each.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use serde_saphyr::{DuplicateKeyPolicy, Spanned};

use super::document::{Document, strip_place};
use crate::Error;

/// Far more than any configuration needs, far less than a bomb.
const MAX_EVENTS: usize = 1_000_000;
const MAX_DEPTH: usize = 64;

/// Reads YAML. Duplicate keys, several documents, and documents that grow out of all proportion
/// are errors.
pub(super) fn read(text: &str) -> Result<Document, Error> {
    let options = serde_saphyr::options! {
        with_snippet: false,
        duplicate_keys: DuplicateKeyPolicy::Error,
        budget: serde_saphyr::budget! {
            max_events: MAX_EVENTS,
            max_nodes: MAX_EVENTS,
            max_depth: MAX_DEPTH,
            max_aliases: 1_000,
        },
    };
    let read = serde_saphyr::from_str_with_options::<Option<Spanned<Node>>>(text, options);
    let Some(root) = read.map_err(|e| syntax(&e))? else {
        return Ok(Document { value: Value::Object(Map::new()), lines: BTreeMap::new() });
    };
    let mut lines = BTreeMap::new();
    note_lines("", &root, &mut lines);
    Ok(Document { value: root.value.into_value(), lines })
}

/// A value of YAML, each part of it with its place.
enum Node {
    Scalar(Value),
    List(Vec<Spanned<Node>>),
    Map(Vec<(String, Spanned<Node>)>),
}

impl Node {
    fn into_value(self) -> Value {
        match self {
            Node::Scalar(value) => value,
            Node::List(nodes) => nodes.into_iter().map(|node| node.value.into_value()).collect(),
            Node::Map(nodes) => {
                nodes.into_iter().map(|(key, node)| (key, node.value.into_value())).collect()
            }
        }
    }
}

fn note_lines(place: &str, node: &Spanned<Node>, lines: &mut BTreeMap<String, u64>) {
    lines.insert(place.to_owned(), node.referenced.line());
    match &node.value {
        Node::Scalar(_) => {}
        Node::List(nodes) => {
            for (idx, node) in nodes.iter().enumerate() {
                note_lines(&format!("{place}[{idx}]"), node, lines);
            }
        }
        Node::Map(nodes) => {
            for (key, node) in nodes {
                let dot = if place.is_empty() { "" } else { "." };
                note_lines(&format!("{place}{dot}{key}"), node, lines);
            }
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Scalar(Value::Null))
    }

    fn visit_none<E>(self) -> Result<Node, E> {
        Ok(Node::Scalar(Value::Null))
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        Node::deserialize(deserializer)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Scalar(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Scalar(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Scalar(value.into()))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Node, E> {
        let number = serde_json::Number::from_f64(value);
        Ok(Node::Scalar(number.ok_or_else(|| E::custom("a number without a value"))?.into()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Node, E> {
        Ok(Node::Scalar(value.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Node, A::Error> {
        let mut nodes = Vec::new();
        while let Some(node) = list.next_element()? {
            nodes.push(node);
        }
        Ok(Node::List(nodes))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut nodes = Vec::new();
        while let Some(entry) = map.next_entry()? {
            nodes.push(entry);
        }
        Ok(Node::Map(nodes))
    }
}

/// A YAML error as ours.
fn syntax(error: &serde_saphyr::Error) -> Error {
    let line = error.location().map(|location| location.line()).filter(|line| *line > 0);
    let problem = match error.without_snippet() {
        serde_saphyr::Error::DuplicateMappingKey { key: Some(key), .. } => {
            format!("duplicate key `{key}`")
        }
        other => strip_place(&other.to_string()),
    };
    Error::at("", problem).on_line(line)
}
