//! A whole body through the gate, whatever its type: JSON, lines of it, plain text, a form.

use std::ops::Range;

use sandgate_wire::{
    Body, Charset, FormPart, Role, Spelling, Table, Text, Walk, boundary, parts, walk,
};

use super::document::{self, Spot};
use super::shape::Shape;
use crate::{Direction, Exchange};

/// How a body is read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// As JSON, and not at all where it is none.
    Json,
    /// A document of JSON a line.
    Lines,
    /// As it stands there.
    Plain,
    /// Nobody reads it.
    Other,
}

/// Takes a body through.
pub(super) struct Reader<'a> {
    pub(super) exchange: &'a mut Exchange,
    pub(super) direction: Direction,
    pub(super) shape: &'a Shape,
    pub(super) kind: Body,
}

impl Reader<'_> {
    /// The body as it may leave; nothing where it may leave as it came.
    pub(super) fn read(&mut self, content_type: &str, body: &[u8]) -> Option<Vec<u8>> {
        if Form::is_multipart(content_type) {
            return self.multipart(content_type, body);
        }
        // JSON is JSON, whatever it is sent as: many servers do not ask.
        let form = match Form::of(content_type) {
            Form::Other => Form::Json,
            form => form,
        };
        self.text(self.shape.table(self.kind), form, content_type, body)
    }

    fn text(
        &mut self,
        table: &Table,
        form: Form,
        content_type: &str,
        body: &[u8],
    ) -> Option<Vec<u8>> {
        let charset = Charset::of(content_type, body);
        let Some((charset, text)) = charset.and_then(|c| Some((c, c.decode(body)?))) else {
            return self.unread();
        };
        let text = text.as_ref();
        let is_nested = self.shape.is_known() && is_json(text);
        let read = (form != Form::Plain || is_nested)
            .then(|| walk(text, table, None, self.role()).ok())
            .flatten();
        let left = match (read, form) {
            (Some(walk), _) => self.document(text, &walk),
            (None, Form::Lines) => self.lines(table, text),
            (None, Form::Plain) => self.plain(text, self.role()),
            (None, Form::Json | Form::Other) => return self.unread(),
        };
        left.map(|left| charset.encode(&left))
    }

    fn document(&mut self, text: &str, walk: &Walk) -> Option<String> {
        document::whole(self.exchange, self.direction, text, walk)
    }

    /// A text that is nothing else.
    fn plain(&mut self, text: &str, role: Role) -> Option<String> {
        let whole = Text {
            span: 0..text.len(),
            spelling: Spelling { quoted: false, json: is_json(text) },
            role,
            name: None,
            stream: None,
        };
        let left = document::text(self.exchange, self.direction, &whole, text);
        (left != text).then_some(left)
    }

    fn lines(&mut self, table: &Table, text: &str) -> Option<String> {
        let mut spots = Vec::new();
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            let start = at + line.len() - line.trim_start().len();
            at += line.len();
            let line = line.trim();
            if line.is_empty() {
                continue;
            }
            let left = match walk(line, table, None, self.role()) {
                Ok(walk) => self.document(line, &walk),
                Err(_) => {
                    self.exchange.unscannable(1);
                    None
                }
            };
            spots.extend(left.map(|text| Spot { span: start..start + line.len(), text }));
        }
        (!spots.is_empty()).then(|| document::splice(text, spots))
    }

    fn multipart(&mut self, content_type: &str, body: &[u8]) -> Option<Vec<u8>> {
        let Some((boundary, parts)) =
            boundary(content_type).and_then(|boundary| Some((boundary, parts(body, boundary)?)))
        else {
            return self.unread();
        };
        let mut spots = Vec::new();
        for part in parts {
            spots.extend(self.part(&part, body));
        }
        // An edit that would look like the end of its part is none that can be made.
        let breaks = |left: &[u8]| memchr::memmem::find(left, boundary.as_bytes()).is_some();
        if spots.iter().any(|(_, left)| breaks(left)) {
            return self.unread();
        }
        splice(body, spots)
    }

    /// What stands in a part of a form instead of something.
    fn part(&mut self, part: &FormPart, body: &[u8]) -> Vec<(Range<usize>, Vec<u8>)> {
        let bytes = |span: &Range<usize>| body.get(span.clone()).unwrap_or_default();
        let mut spots = Vec::new();
        if let Ok(head) = std::str::from_utf8(bytes(&part.head))
            && let Some(left) = self.plain(head, Role::Other)
        {
            if left.matches(['\r', '\n']).count() != head.matches(['\r', '\n']).count() {
                self.exchange.unscannable(1);
            }
            spots.push((part.head.clone(), left.into_bytes()));
        }
        let form = match Form::of_part(part) {
            _ if part.encoded => Form::Other,
            form => form,
        };
        let left = match form {
            Form::Other => self.unread(),
            form => {
                let content_type = part.content_type.as_deref().unwrap_or_default();
                self.text(Table::for_api(None, self.kind), form, content_type, bytes(&part.body))
            }
        };
        spots.extend(left.map(|left| (part.body.clone(), left)));
        spots
    }

    /// Nobody reads it: it leaves as it came, if at all.
    fn unread(&mut self) -> Option<Vec<u8>> {
        self.exchange.unscannable(1);
        None
    }

    fn role(&self) -> Role {
        if self.direction == Direction::Request { Role::User } else { Role::Assistant }
    }
}

impl Form {
    fn is_multipart(content_type: &str) -> bool {
        essence(content_type).starts_with("multipart/")
    }

    fn of(content_type: &str) -> Self {
        match essence(content_type).as_str() {
            "application/x-ndjson"
            | "application/ndjson"
            | "application/jsonl"
            | "application/x-jsonlines" => Self::Lines,
            // Neither HTML nor XML: their escapes are not read.
            "text/plain" | "text/markdown" | "text/csv" | "text/vtt" | "application/x-subrip" => {
                Self::Plain
            }
            "" | "application/json" | "text/json" => Self::Json,
            kind if kind.ends_with("+json") => Self::Json,
            _ => Self::Other,
        }
    }

    /// That of a part of a form: a file whose type says nothing is told by its name.
    fn of_part(part: &FormPart) -> Self {
        let name = part.file_name.as_deref().unwrap_or_default().to_ascii_lowercase();
        match (part.content_type.as_deref(), name.rsplit_once('.').map(|(_, ending)| ending)) {
            (None | Some("application/octet-stream"), Some("jsonl" | "ndjson")) => Self::Lines,
            (None | Some("application/octet-stream"), Some("json")) => Self::Json,
            (Some("application/octet-stream"), Some("txt" | "md" | "csv")) => Self::Plain,
            (None, _) => Self::Plain,
            (Some(kind), _) => Self::of(kind),
        }
    }
}

/// A content type without its parameters.
fn essence(content_type: &str) -> String {
    content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Whether a text begins as JSON does that holds texts.
fn is_json(text: &str) -> bool {
    text.trim_start().starts_with(['{', '['])
}

/// The body with these spots, which come in order; nothing without any.
fn splice(body: &[u8], spots: Vec<(Range<usize>, Vec<u8>)>) -> Option<Vec<u8>> {
    if spots.is_empty() {
        return None;
    }
    let (mut out, mut at) = (Vec::with_capacity(body.len()), 0);
    for (span, left) in spots {
        out.extend_from_slice(body.get(at..span.start).unwrap_or_default());
        out.extend(left);
        at = span.end;
    }
    out.extend_from_slice(body.get(at..).unwrap_or_default());
    Some(out)
}
