//! What the values of a body mean: the words that every format's table is written in.
//!
//! A string that no rule speaks of is text, spoken by whoever speaks in the message around it:
//! what is new in a format is looked at before anybody has heard of it. Numbers, `true`, `false`
//! and `null` that no rule speaks of are nobody's text.

use crate::Role;

/// One rule of a table: where a value stands, and what it is.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// The way to it from the document's root. Keys with dots between them; `*` is any key, `[*]`
    /// any element of an array, `**` any way at all, also none: `messages[*].content[*].text`.
    pub path: &'static str,
    /// What it is.
    pub kind: Kind,
    /// Who speaks in it; without one, whoever speaks in the message around it.
    pub role: Option<Role>,
    /// What a neighbour must say for the rule to hold: a key of the same object, and the strings
    /// of which its value must be one. Of several rules for one path the first that holds counts, those
    /// with a condition before those without. `@event` is the name that the frame has.
    pub when: Option<(&'static str, &'static [&'static str])>,
}

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A word of the protocol: a model's name, an id, a type. Not text, as long as it looks like
    /// one.
    Token,
    /// Like `Token`, or a number, and tells one stream of text from another: an index, an item's
    /// id. It counts for everything in its object and below.
    Id,
    /// An `Id` in an event that ends the texts it tells.
    CloseId,
    /// The role of the message that its object is: `system`, `user`, `assistant`, `tool`, ….
    Role,
    /// The name of the tool or speaker that the texts of its object are from. It is text itself.
    Name,
    /// A string of text.
    Text,
    /// A string of text that goes on in later events of a stream.
    Delta,
    /// A string that holds JSON: a tool call's arguments.
    Json,
    /// A piece of a string that holds JSON and goes on in later events.
    JsonDelta,
    /// A string that may hold JSON: a tool's result. Where it does, it is read as such.
    MaybeJson,
    /// Any value of JSON, seen as one text: a tool's definition, arguments in place.
    Zone,
    /// What nobody can read: an image, a sound. Counted, whatever its type; `null` is nothing.
    Blob,
    /// A link to something that nobody has read: text, and counted as unscannable. One that begins
    /// with `data:` is only counted.
    Link,
    /// Says the text again in pieces, as log probabilities do: set to `null` where the text may
    /// not leave as it came.
    Shadow,
    /// Says that texts are over where it is anything but `null` or `false`: of those whose ids
    /// agree with the ids of its object, and of all of them where it has none.
    Close,
    /// The number of an event: one more than that of the event before it.
    Serial,
    /// Nothing to look at, whatever it is and whatever is in it: a vector, counts.
    Opaque,
}

impl Rule {
    /// A value of this kind at this path.
    pub const fn new(path: &'static str, kind: Kind) -> Self {
        Self { path, kind, role: None, when: None }
    }

    /// With this role.
    pub const fn by(self, role: Role) -> Self {
        Self { role: Some(role), ..self }
    }

    /// Where the neighbour `key` says one of `values`.
    pub const fn when(self, key: &'static str, values: &'static [&'static str]) -> Self {
        Self { when: Some((key, values)), ..self }
    }
}
