//! A text as a policy sees it, and as it is spelled.
//!
//! What is inspected is what a reader of the body would read: escapes decoded, and in JSON that is
//! held in a string those of its strings as well. What is written is what came, byte for byte,
//! except where an edit stands: that is spelled anew, escaped as often as its place asks for.
//!
//! In a text that is JSON an edit changes strings and numbers and never what holds them together:
//! a number with an edit in it becomes a string. JSON that breaks off, or never was any, is plain
//! text from there on.

use std::collections::VecDeque;

use crate::edit::{Edit, Release};
use crate::json::{Lexer, Mark, Unescaper, escape_into};

/// How a text is spelled in its body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Spelling {
    /// It is the inside of a JSON string.
    pub quoted: bool,
    /// It is read as JSON itself where it begins like it.
    pub json: bool,
}

/// One text, in as many chunks as it comes.
#[derive(Clone)]
pub struct View {
    outer: Option<Unescaper>,
    nested: Nested,
    /// The spelling of what is held.
    spelled: String,
    pieces: VecDeque<Piece>,
    /// Offset in the text of the first piece.
    base: u64,
    edits: VecDeque<Pending>,
    ended: bool,
}

/// A run of the text that is handled as one.
#[derive(Clone)]
struct Piece {
    /// Bytes of text.
    text: usize,
    /// Bytes of its spelling.
    spelled: usize,
    kind: Kind,
    /// The text is its own spelling, so that it may be cut anywhere.
    verbatim: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Text, within a string of nested JSON or not.
    Content { nested: bool },
    /// What holds JSON together: never edited.
    Structure,
    /// A number of nested JSON: edited as a whole.
    Number,
}

/// An edit, and whether its text was written.
#[derive(Clone)]
struct Pending {
    edit: Edit,
    written: bool,
}

/// Whether the text is JSON itself.
#[derive(Clone)]
enum Nested {
    No,
    /// So far it is white space.
    Perhaps,
    Json(Box<Inner>),
}

#[derive(Clone)]
struct Inner {
    lexer: Lexer,
    unescaper: Unescaper,
    /// An escape of the nested JSON that is not whole: bytes of each character and its spelling.
    pending: VecDeque<(usize, usize)>,
    pending_spelled: String,
}

impl View {
    /// Before the first byte of a text.
    pub fn new(spelling: Spelling) -> Self {
        Self {
            outer: spelling.quoted.then(Unescaper::default),
            nested: if spelling.json { Nested::Perhaps } else { Nested::No },
            spelled: String::new(),
            pieces: VecDeque::new(),
            base: 0,
            edits: VecDeque::new(),
            ended: false,
        }
    }

    /// Takes more of the body and gives the text it says.
    pub fn push(&mut self, body: &str) -> String {
        let mut text = String::with_capacity(body.len());
        match self.outer.take() {
            Some(mut outer) => {
                outer.push(body, |said, spelled| self.say(said, spelled, &mut text));
                self.outer = Some(outer);
            }
            None => self.say(body, body, &mut text),
        }
        text
    }

    /// No more comes: gives what was waiting for more.
    pub fn end(&mut self) -> String {
        let mut text = String::new();
        if let Some(mut outer) = self.outer.take() {
            outer.end(|said, spelled| self.say(said, spelled, &mut text));
            self.outer = Some(outer);
        }
        if let Nested::Json(mut inner) = std::mem::replace(&mut self.nested, Nested::No) {
            self.flush(&mut inner, &mut text);
        }
        self.ended = true;
        text
    }

    /// How many bytes of text were taken and not written.
    pub fn held(&self) -> usize {
        self.pieces.iter().map(|piece| piece.text).sum()
    }

    /// Writes what `release` lets go, spelled as it came but for the edits.
    pub fn release(&mut self, release: Release, out: &mut String) {
        let edits = release.edits.into_iter();
        self.edits.extend(edits.map(|edit| Pending { edit, written: false }));
        let mut from = 0;
        while self.base < release.upto {
            let Some(mut piece) = self.pieces.pop_front() else { break };
            let room = usize::try_from(release.upto - self.base).unwrap_or(usize::MAX);
            if piece.kind == Kind::Number && self.pieces.is_empty() && !self.ended
                || piece.text > room && !(piece.verbatim && piece.kind != Kind::Number)
            {
                self.pieces.push_front(piece);
                break;
            }
            if piece.text > room {
                let rest = Piece { text: piece.text - room, spelled: piece.text - room, ..piece };
                self.pieces.push_front(rest);
                piece.text = room;
                piece.spelled = room;
            }
            self.write(&piece, from, out);
            from += piece.spelled;
            self.base += piece.text as u64;
            while self.edits.front().is_some_and(|next| next.edit.end <= self.base) {
                self.edits.pop_front();
            }
        }
        self.spelled.drain(..from);
    }

    /// Writes a piece whose spelling starts at `from`.
    fn write(&mut self, piece: &Piece, from: usize, out: &mut String) {
        let (start, end) = (self.base, self.base + piece.text as u64);
        let quoted = self.outer.is_some();
        let spelled = self.spelled.get(from..from + piece.spelled).unwrap_or_default();
        // In order, and those before the piece are gone: only the first ones can touch it.
        let touching = self.edits.iter().take_while(|next| next.edit.start < end).count();
        if piece.kind == Kind::Structure || touching == 0 {
            out.push_str(spelled);
            return;
        }
        let (nested, is_number) = match piece.kind {
            Kind::Content { nested } => (nested, false),
            _ => (true, true),
        };
        let quote = if quoted { "\\\"" } else { "\"" };
        let said = (!piece.verbatim).then(|| unescaped(spelled));
        let spelled = said.as_deref().unwrap_or(spelled);
        out.push_str(if is_number { quote } else { "" });
        let mut at = start;
        for next in self.edits.iter_mut().take(touching) {
            out.push_str(between(spelled, start, at, next.edit.start));
            if !next.written {
                spell(&next.edit.text, quoted, nested, out);
                next.written = true;
            }
            at = next.edit.end;
        }
        out.push_str(between(spelled, start, at, end));
        out.push_str(if is_number { quote } else { "" });
    }

    /// Text without its outer spelling.
    fn say(&mut self, said: &str, spelled: &str, text: &mut String) {
        if matches!(self.nested, Nested::No) {
            return self.piece(said, spelled, Kind::Content { nested: false }, text);
        }
        if said != spelled {
            return self.nest(said, spelled, text);
        }
        let mut rest = said;
        while !rest.is_empty() {
            let plain = self.plain_run(rest);
            let width = rest.chars().next().map_or(0, char::len_utf8);
            let (run, after) = rest.split_at(plain.max(width));
            match plain {
                0 => self.nest(run, run, text),
                _ => {
                    let nested = matches!(self.nested, Nested::Json(_));
                    self.piece(run, run, Kind::Content { nested }, text);
                }
            }
            rest = after;
        }
    }

    /// How many bytes from the start are content without a question.
    fn plain_run(&self, text: &str) -> usize {
        let is_plain = |byte: &u8| *byte >= 0x20 && !matches!(byte, b'"' | b'\\');
        match &self.nested {
            Nested::No => text.len(),
            Nested::Json(inner) if inner.lexer.is_inside() && inner.pending.is_empty() => {
                text.bytes().take_while(is_plain).count()
            }
            _ => 0,
        }
    }

    /// A character of text that may be JSON.
    fn nest(&mut self, said: &str, spelled: &str, text: &mut String) {
        let mut inner = match std::mem::replace(&mut self.nested, Nested::No) {
            Nested::Json(inner) => inner,
            Nested::Perhaps if said.trim_matches([' ', '\t', '\r', '\n']).is_empty() => {
                self.nested = Nested::Perhaps;
                return self.piece(said, spelled, Kind::Structure, text);
            }
            Nested::Perhaps if said.starts_with(['{', '[']) => Box::new(Inner {
                lexer: Lexer::new(),
                unescaper: Unescaper::default(),
                pending: VecDeque::new(),
                pending_spelled: String::new(),
            }),
            _ => return self.piece(said, spelled, Kind::Content { nested: false }, text),
        };
        // Beyond ASCII every byte is the same to the lexer; an escape may say several characters
        // only where it is none, and then each is itself.
        let marks = said.bytes().try_fold(None, |_, byte| inner.lexer.step(byte).map(Some));
        let kind = match marks {
            Ok(Some(Mark::Content)) => {
                self.content(&mut inner, said, spelled, text);
                self.nested = Nested::Json(inner);
                return;
            }
            Ok(Some(Mark::Number)) => Kind::Number,
            Ok(_) => Kind::Structure,
            Err(_) => Kind::Content { nested: false },
        };
        self.flush(&mut inner, text);
        self.piece(said, spelled, kind, text);
        if marks.is_ok() {
            self.nested = Nested::Json(inner);
        }
    }

    /// A character within quotes of nested JSON.
    fn content(&mut self, inner: &mut Inner, said: &str, spelled: &str, text: &mut String) {
        inner.pending.push_back((said.len(), spelled.len()));
        inner.pending_spelled.push_str(spelled);
        let mut given = Vec::new();
        inner.unescaper.push(said, |text, raw| give(&mut given, text, raw));
        self.given(inner, given, text);
    }

    /// The nested JSON's string is over, or it broke: an escape that is not whole is itself.
    fn flush(&mut self, inner: &mut Inner, text: &mut String) {
        let mut given = Vec::new();
        inner.unescaper.end(|text, raw| give(&mut given, text, raw));
        self.given(inner, given, text);
    }

    fn given(&mut self, inner: &mut Inner, given: Vec<(String, usize)>, text: &mut String) {
        for (said, mut raw) in given {
            let mut length = 0;
            while raw > 0 {
                let Some((width, spelled)) = inner.pending.pop_front() else { break };
                raw -= width.min(raw);
                length += spelled;
            }
            let spelled: String = inner.pending_spelled.drain(..length).collect();
            self.piece(&said, &spelled, Kind::Content { nested: true }, text);
        }
    }

    fn piece(&mut self, said: &str, spelled: &str, kind: Kind, text: &mut String) {
        text.push_str(said);
        self.spelled.push_str(spelled);
        let verbatim = said == spelled;
        let (said, spelled) = (said.len(), spelled.len());
        match self.pieces.back_mut() {
            Some(last)
                if last.kind == kind && (last.verbatim && verbatim || kind == Kind::Number) =>
            {
                last.text += said;
                last.spelled += spelled;
                last.verbatim &= verbatim;
            }
            _ => self.pieces.push_back(Piece { text: said, spelled, kind, verbatim }),
        }
    }
}

/// Adds what a string of nested JSON says, and of how many bytes there. What is no escape may be edited
/// in its middle: each of its characters is on its own.
fn give(given: &mut Vec<(String, usize)>, text: &str, raw: &str) {
    if text == raw {
        given.extend(text.chars().map(|c| (c.to_string(), c.len_utf8())));
    } else {
        given.push((text.to_owned(), raw.len()));
    }
}

/// What the inside of a string says.
fn unescaped(spelled: &str) -> String {
    let (mut unescaper, mut said) = (Unescaper::default(), String::new());
    unescaper.push(spelled, |text, _| said.push_str(text));
    unescaper.end(|text, _| said.push_str(text));
    said
}

/// What is between two offsets of a piece that starts at `base`: of a character that is spelled by an
/// escape, nothing is left beside an edit.
fn between(spelled: &str, base: u64, start: u64, end: u64) -> &str {
    let index = |offset: u64| usize::try_from(offset.saturating_sub(base)).unwrap_or(usize::MAX);
    spelled.get(index(start)..index(end).min(spelled.len())).unwrap_or_default()
}

/// Spells a text for its place.
fn spell(text: &str, quoted: bool, nested: bool, out: &mut String) {
    match (quoted, nested) {
        (false, false) => out.push_str(text),
        (true, true) => {
            let mut once = String::new();
            escape_into(text, &mut once);
            escape_into(&once, out);
        }
        _ => escape_into(text, out),
    }
}

impl std::fmt::Debug for View {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "View({} bytes from {})", self.held(), self.base)
    }
}

#[cfg(test)]
#[path = "view_tests.rs"]
mod tests;
