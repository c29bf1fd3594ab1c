//! A line of JSONL: the text to look at, by field name or JSON pointer, and the row's id.
//!
//! Nothing else of the row is built: it is skipped. An error says where and what was expected, and
//! never repeats what the row holds.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// Which string of a row is the text: a field's name, or a JSON pointer that begins with `/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    given: String,
    path: Vec<String>,
}

/// What a line holds.
#[derive(Debug)]
pub struct Row<'a> {
    /// The field `id` as it came, whatever it is; `None` where it is absent or null.
    pub id: Option<&'a RawValue>,
    /// The text, escapes resolved.
    pub text: String,
}

/// Why a line has no text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    kind: ErrorKind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum ErrorKind {
    NotUtf8 { at: usize },
    NotJson { column: usize, expected: String },
    NotReadable { field: String, expected: String },
    Absent { field: String },
    Twice { key: String },
    NotString { field: String },
}

impl Field {
    /// The row in `line`.
    ///
    /// # Errors
    /// Where the line is not UTF-8, not JSON, or holds no such string.
    pub fn read<'a>(&self, line: &'a [u8]) -> Result<Row<'a>, Error> {
        let line = std::str::from_utf8(line)
            .map_err(|e| Error { kind: ErrorKind::NotUtf8 { at: e.valid_up_to() } })?;
        let id = member(line, "id")?.filter(|id| id.get() != "null");
        Ok(Row { id, text: self.text(line)? })
    }

    fn text(&self, line: &str) -> Result<String, Error> {
        let absent = || Error { kind: ErrorKind::Absent { field: self.given.clone() } };
        let mut json = line;
        for key in &self.path {
            json = member(json, key)?.ok_or_else(absent)?.get();
        }
        if !json.trim_start().starts_with('"') {
            return Err(Error { kind: ErrorKind::NotString { field: self.given.clone() } });
        }
        serde_json::from_str(json).map_err(|error| Error {
            kind: ErrorKind::NotReadable { field: self.given.clone(), expected: message(&error) },
        })
    }
}

impl FromStr for Field {
    type Err = Infallible;

    fn from_str(given: &str) -> Result<Self, Infallible> {
        let path = match given.strip_prefix('/') {
            Some(pointer) => {
                pointer.split('/').map(|key| key.replace("~1", "/").replace("~0", "~")).collect()
            }
            None => vec![given.to_owned()],
        };
        Ok(Self { given: given.to_owned(), path })
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.given)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ErrorKind::NotUtf8 { at } => write!(f, "not UTF-8 at byte {at} of the line"),
            ErrorKind::NotJson { column, expected } => {
                write!(f, "not JSON: {expected} at column {column}")
            }
            ErrorKind::NotReadable { field, expected } => write!(f, "field `{field}`: {expected}"),
            ErrorKind::Absent { field } => write!(f, "no field `{field}`"),
            ErrorKind::Twice { key } => write!(f, "field `{key}` is there twice"),
            ErrorKind::NotString { field } => write!(f, "field `{field}` is not a string"),
        }
    }
}

impl std::error::Error for Error {}

/// The value under `key` of the object, or array, in `json`.
fn member<'a>(json: &'a str, key: &str) -> Result<Option<&'a RawValue>, Error> {
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let found = deserializer
        .deserialize_any(Member(key))
        .and_then(|found| deserializer.end().map(|()| found));
    match found {
        Ok(Found::Nothing) => Ok(None),
        Ok(Found::Once(value)) => Ok(Some(value)),
        Ok(Found::Twice) => Err(Error { kind: ErrorKind::Twice { key: key.to_owned() } }),
        // A scalar has no members. Its own message would repeat it.
        Err(error) if error.is_data() => Ok(None),
        Err(error) => Err(Error {
            kind: ErrorKind::NotJson { column: error.column(), expected: message(&error) },
        }),
    }
}

/// A parser's message without its place: each line is the first to the parser.
fn message(error: &serde_json::Error) -> String {
    let message = error.to_string();
    message.split(" at line ").next().unwrap_or(&message).to_owned()
}

struct Member<'k>(&'k str);

enum Found<'a> {
    Nothing,
    Once(&'a RawValue),
    /// Readers differ in which one they take, so neither is safe to take here.
    Twice,
}

impl<'de> Visitor<'de> for Member<'_> {
    type Value = Found<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or an array")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Found<'de>, M::Error> {
        let mut found = Found::Nothing;
        while let Some(wanted) = map.next_key_seed(IsKey(self.0))? {
            if !wanted {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            let value = map.next_value()?;
            found = match found {
                Found::Nothing => Found::Once(value),
                _ => Found::Twice,
            };
        }
        Ok(found)
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut seq: S) -> Result<Found<'de>, S::Error> {
        let wanted: Option<usize> = self.0.parse().ok();
        let mut found = Found::Nothing;
        let mut index = 0;
        while let Some(value) = seq.next_element()? {
            if wanted == Some(index) {
                found = Found::Once(value);
            }
            index += 1;
        }
        Ok(found)
    }
}

struct IsKey<'k>(&'k str);

impl<'de> DeserializeSeed<'de> for IsKey<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for IsKey<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<bool, E> {
        Ok(key == self.0)
    }
}

/// The lines of `bytes`, whitespace at either end taken off: CRLF or LF, the last perhaps without.
pub fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split_inclusive(|&byte| byte == b'\n').map(<[u8]>::trim_ascii)
}
