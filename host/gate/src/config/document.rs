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

use super::nearest;
use crate::Error;

/// The values of a document and where they stand.
pub(super) struct Document {
    pub(super) value: Value,
    /// Line by key path.
    pub(super) lines: BTreeMap<String, u64>,
}

/// Where the values of a document stand.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Places {
    /// What the document is called.
    pub(super) file: Option<String>,
    /// Line by key path.
    lines: BTreeMap<String, u64>,
}

/// Reads JSON, as strictly as JSON is.
pub(super) fn json(text: &str) -> Result<Document, Error> {
    let strict = serde_json::from_str::<Unique>(text).map_err(|e| {
        let line = u64::try_from(e.line()).ok().filter(|line| *line > 0);
        Error::at("", strip_place(&e.to_string())).on_line(line)
    })?;
    Ok(Document { value: strict.0, lines: lines(text) })
}

/// The lines of a JSON document: nearly all JSON is YAML, and where this one is not, its errors
/// just have none.
#[cfg(feature = "yaml")]
fn lines(text: &str) -> BTreeMap<String, u64> {
    super::yaml::read(text).map(|document| document.lines).unwrap_or_default()
}

#[cfg(not(feature = "yaml"))]
fn lines(_: &str) -> BTreeMap<String, u64> {
    BTreeMap::new()
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

/// A message without its own way of naming the line.
pub(super) fn strip_place(message: &str) -> String {
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
