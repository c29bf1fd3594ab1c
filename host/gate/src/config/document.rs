//! A document before anybody knows what it means: its values, and the line of each.
//!
//! YAML and JSON both become plain values first and typed ones then, so that both give the same
//! errors, and an error found long after reading still knows its line.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, DeserializeOwned, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use serde_saphyr::{DuplicateKeyPolicy, Spanned};

use super::nearest;
use crate::Error;

/// Far more than any configuration needs, far less than a bomb.
const MAX_EVENTS: usize = 1_000_000;
const MAX_DEPTH: usize = 64;

/// The values of a document and where they stand.
pub(super) struct Document {
    value: Value,
    lines: BTreeMap<String, u64>,
}

/// Where the values of a document stand.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Places {
    /// What the document is called.
    pub(super) file: Option<String>,
    /// Line by key path.
    lines: BTreeMap<String, u64>,
}

/// Reads YAML. Duplicate keys, several documents, and documents that grow out of all proportion
/// are errors.
pub(super) fn yaml(text: &str) -> Result<Document, Error> {
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

/// Reads JSON, as strictly as JSON is.
pub(super) fn json(text: &str) -> Result<Document, Error> {
    let strict = serde_json::from_str::<Unique>(text).map_err(|e| {
        let line = u64::try_from(e.line()).ok().filter(|line| *line > 0);
        Error::at("", strip_place(&e.to_string())).on_line(line)
    })?;
    // Nearly all JSON is YAML: where this one is not, its errors just have no line.
    let lines = yaml(text).map(|document| document.lines).unwrap_or_default();
    Ok(Document { value: strict.0, lines })
}

impl Document {
    pub(super) fn into_parts(self) -> (Value, Places) {
        (self.value, Places { file: None, lines: self.lines })
    }
}

/// A document as a type, or where it does not fit and why.
pub(super) fn typed<T: DeserializeOwned>(value: &Value) -> Result<T, Error> {
    let typed = serde_path_to_error::deserialize::<_, Mapping<T>>(value);
    typed.map(|mapping| mapping.0).map_err(|e| {
        let place = e.path().to_string();
        let place = if place == "." { String::new() } else { place };
        Error::at(place, with_hint(&e.into_inner().to_string()))
    })
}

impl Places {
    /// The error with its file, and the line of its place or of the nearest place around it.
    pub(super) fn locate(&self, error: Error) -> Error {
        let line = self.line(error.place());
        match &self.file {
            Some(file) => error.on_line(line).in_file(file),
            None => error,
        }
    }

    fn line(&self, mut place: &str) -> Option<u64> {
        loop {
            if let Some(line) = self.lines.get(place) {
                return Some(*line);
            }
            place = place.get(..place.rfind(['.', '['])?)?;
        }
    }
}

/// A type that is written as a mapping, and not as the list of its values that serde takes too.
pub(super) struct Mapping<T>(pub(super) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Mapping<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MappingVisitor(PhantomData)).map(Self)
    }
}

struct MappingVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for MappingVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a mapping")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map))
    }
}

/// Reads a key whose value is a mapping, or nothing, which is its default.
pub(super) fn mapping<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    let value = Option::<Mapping<T>>::deserialize(deserializer)?;
    Ok(value.map(|mapping| mapping.0).unwrap_or_default())
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

/// A value of JSON none of whose objects names a key twice.
struct Unique(Value);

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(UniqueVisitor)
    }
}

struct UniqueVisitor;

impl<'de> Visitor<'de> for UniqueVisitor {
    type Value = Unique;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Unique, E> {
        Ok(Unique(Value::Null))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Unique, E> {
        Ok(Unique(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Unique, E> {
        Ok(Unique(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Unique, E> {
        Ok(Unique(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Unique, E> {
        Ok(Unique(value.into()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Unique, E> {
        Ok(Unique(value.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Unique, A::Error> {
        let mut values = Vec::new();
        while let Some(Unique(value)) = list.next_element()? {
            values.push(value);
        }
        Ok(Unique(values.into()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Unique, A::Error> {
        let mut values = Map::new();
        while let Some((key, Unique(value))) = map.next_entry::<String, Unique>()? {
            if values.contains_key(&key) {
                return Err(de::Error::custom(format!("duplicate key `{key}`")));
            }
            values.insert(key, value);
        }
        Ok(Unique(values.into()))
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

/// A message without its own way of naming the line.
fn strip_place(message: &str) -> String {
    let message = message.lines().next().unwrap_or_default();
    message.split(" at line ").next().unwrap_or_default().to_owned()
}

/// serde's message about an unknown name, with the name that may have been meant.
fn with_hint(message: &str) -> String {
    if !message.starts_with("unknown ") {
        return message.to_owned();
    }
    let mut quoted = message.split('`').skip(1).step_by(2);
    let Some(name) = quoted.next() else { return message.to_owned() };
    let known: Vec<&str> = quoted.collect();
    let hint = nearest(name, &known);
    match hint.starts_with(", did you mean") {
        true => format!("{message}{hint}"),
        false => message.to_owned(),
    }
}
