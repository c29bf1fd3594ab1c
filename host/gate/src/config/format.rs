//! Formats that only their users know: where the text is, told by JSONPaths.

use std::collections::BTreeMap;
use std::sync::Arc;

use sandgate_wire::{Kind, Table};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};

use super::document::Mapping;
use super::route::{check_path, fits, plain};
use crate::Error;

/// What the bodies under a path look like. A string that nothing is said about is text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FormatConfig {
    /// The path of its requests; a `*` at the end stands for anything.
    pub path: String,
    /// What the values of a request are, by their JSONPaths: `$.inputs[*].text`, `$..token`.
    #[serde(default)]
    pub request: BTreeMap<String, Meaning>,
    /// What the values of a response are that comes whole.
    #[serde(default)]
    pub response: BTreeMap<String, Meaning>,
    /// What the values are of each event, line or element of a streamed response.
    #[serde(default)]
    pub event: BTreeMap<String, Meaning>,
}

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Meaning {
    /// A string of text.
    Text,
    /// A piece of text that goes on in the next event.
    Delta,
    /// A string that holds JSON.
    Json,
    /// A piece of such a string that goes on in the next event.
    JsonDelta,
    /// Who speaks in the objects at and below its own: `system`, `user`, `assistant`, `tool`.
    Role,
    /// Tells one text that goes on from another: an index, an id.
    Id,
    /// The texts that go on are over where it is anything but `null` or `false`.
    Close,
    /// Says the text again in pieces: `null` where the text may not leave as it came.
    Repeats,
    /// What nobody can read: counted as unscannable.
    Unreadable,
    /// Nothing to look at, with all that is in it.
    Ignore,
}

/// A format, ready to be read.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Format {
    path: String,
    pub(crate) request: Table,
    pub(crate) response: Table,
    pub(crate) event: Table,
}

impl FormatConfig {
    pub(super) fn made(&self, place: &str) -> Result<Format, Error> {
        check_path(&format!("{place}.path"), &self.path)?;
        let table = |name: &str, values: &BTreeMap<String, Meaning>| {
            let mut table = Table::new(&[]);
            for (path, meaning) in values {
                let at = || format!("{place}.{name}");
                table.add(path, meaning.kind()).map_err(|e| Error::at(at(), e.to_string()))?;
            }
            Ok(table)
        };
        Ok(Format {
            path: self.path.clone(),
            request: table("request", &self.request)?,
            response: table("response", &self.response)?,
            event: table("event", &self.event)?,
        })
    }
}

impl Meaning {
    fn kind(self) -> Kind {
        match self {
            Self::Text => Kind::Text,
            Self::Delta => Kind::Delta,
            Self::Json => Kind::Json,
            Self::JsonDelta => Kind::JsonDelta,
            Self::Role => Kind::Role,
            Self::Id => Kind::Id,
            Self::Close => Kind::Close,
            Self::Repeats => Kind::Shadow,
            Self::Unreadable => Kind::Blob,
            Self::Ignore => Kind::Opaque,
        }
    }
}

/// The format of a request's path; nothing for one that can be read as another path.
pub(super) fn of_path(formats: &[Arc<Format>], path: &str) -> Option<Arc<Format>> {
    let path = plain(path)?;
    formats.iter().find(|format| fits(&format.path, path)).map(Arc::clone)
}

/// The formats; nothing is none.
pub(super) fn list<'de, D>(deserializer: D) -> Result<Vec<FormatConfig>, D::Error>
where
    D: Deserializer<'de>,
{
    let formats = Option::<Vec<Mapping<FormatConfig>>>::deserialize(deserializer)?;
    Ok(formats.unwrap_or_default().into_iter().map(|format| format.0).collect())
}
