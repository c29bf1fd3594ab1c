//! One walk over a document: where its texts stand, who speaks in them, and what nobody can read.
//!
//! The document is taken in first and understood then, because what a value is may depend on a
//! neighbour that comes after it: `{"data": …, "type": "base64"}`. Every occurrence of a key
//! counts, so that a value cannot hide behind a duplicate of it; where duplicates disagree about
//! what their object is, no rule that asks holds.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::json::{Lexer, Mark, Unescaper, is_number};
use crate::table::{Entry, Table};
use crate::{Kind, Role, Spelling};

/// More texts than this in one document are no document of a language model's.
const MAX_NODES: usize = 1 << 18;
/// The longest word of a protocol.
const MAX_WORD: usize = 512;

/// What a document holds.
#[derive(Debug, Clone, Default)]
pub struct Walk {
    /// Its texts, in order.
    pub texts: Vec<Text>,
    /// How many things in it nobody can read.
    pub unscannable: u64,
    /// Values that say its texts again.
    pub shadows: Vec<Range<usize>>,
    /// The texts that end with this event.
    pub closes: Vec<Ids>,
    /// The names of tools, each with the ids that later events call it by.
    pub names: Vec<(Ids, String)>,
    /// The number that it has among the events of its stream.
    pub serial: Option<Range<usize>>,
}

/// One text of a document.
#[derive(Debug, Clone)]
pub struct Text {
    /// Where it is spelled in the document, without quotes.
    pub span: Range<usize>,
    /// How it is spelled.
    pub spelling: Spelling,
    /// Who speaks.
    pub role: Role,
    /// The name of the tool or speaker.
    pub name: Option<String>,
    /// Which stream of text it goes on with, where it is a piece of one.
    pub stream: Option<StreamKey>,
}

/// Tells one stream of text from another.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StreamKey {
    /// The ids of the objects around it.
    pub ids: Ids,
    rule: u16,
}

/// The ids of the objects around a value.
pub type Ids = BTreeSet<Id>;

/// What an id says.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Id {
    /// How many objects are around its own: the index of a choice is none of a tool call.
    pub depth: usize,
    /// Its key.
    pub key: String,
    /// Its value.
    pub value: String,
}

/// The document cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreadable {
    /// It is not JSON.
    Syntax,
    /// It has more values than anybody would look at.
    TooMany,
}

impl std::fmt::Display for Unreadable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Syntax => "the body is not JSON",
            Self::TooMany => "the body has too many values",
        })
    }
}

impl std::error::Error for Unreadable {}

/// Walks over a document. `event` is what its frame calls it, which rules ask for as `@event`;
/// `role` is who speaks where nothing says otherwise.
///
/// # Errors
/// Where nobody can read it.
pub fn walk(
    document: &str,
    table: &Table,
    event: Option<&str>,
    role: Role,
) -> Result<Walk, Unreadable> {
    let mut tape = Tape::new(document, table, event);
    tape.read()?;
    Ok(Reader { tape: &tape, document, table, default: role, walk: Walk::default() }.read())
}

/// A value that may matter.
struct Node {
    what: What,
    span: Range<usize>,
    scope: u32,
    /// The rules of its path, in `Tape::rules`.
    rules: Range<u32>,
    /// The node after it and all that is in it.
    next: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    Key,
    String,
    Number,
    /// `true`, `false`, `null`.
    Word,
    Container,
}

/// An object, or the document itself.
#[derive(Default)]
struct Scope {
    parent: Option<u32>,
    says: Vec<(String, Option<String>)>,
}

/// A container that is open.
struct Open {
    scope: u32,
    /// Its places in the table, in `Tape::places`.
    places: Range<usize>,
    node: Option<usize>,
    is_object: bool,
}

/// The document's values in order.
struct Tape<'a> {
    document: &'a str,
    table: &'a Table,
    nodes: Vec<Node>,
    rules: Vec<u16>,
    scopes: Vec<Scope>,
    open: Vec<Open>,
    places: Vec<u32>,
    /// Where the value to come stands.
    arrived: Vec<u32>,
    /// The key of the value to come, where a rule asks for it.
    asked: Option<String>,
}

impl<'a> Tape<'a> {
    fn new(document: &'a str, table: &'a Table, event: Option<&str>) -> Self {
        let said = event.map(|event| ("@event".to_owned(), Some(event.to_owned())));
        let scope = Scope { parent: None, says: said.into_iter().collect() };
        let mut arrived = Vec::new();
        table.root(&mut arrived);
        Self {
            document,
            table,
            nodes: Vec::new(),
            rules: Vec::new(),
            scopes: vec![scope],
            open: Vec::new(),
            places: Vec::new(),
            arrived,
            asked: None,
        }
    }

    fn read(&mut self) -> Result<(), Unreadable> {
        let bytes = self.document.as_bytes();
        let mut lexer = Lexer::new();
        let (mut at, mut start, mut number) = (0, 0, None);
        loop {
            if lexer.is_inside() {
                let rest = bytes.get(at..).unwrap_or_default();
                let plain = memchr::memchr2(b'"', b'\\', rest).unwrap_or(rest.len());
                if rest.iter().take(plain).any(|byte| *byte < 0x20) {
                    return Err(Unreadable::Syntax);
                }
                at += plain;
            }
            let Some(byte) = bytes.get(at) else { break };
            let mark = lexer.step(*byte).map_err(|_| Unreadable::Syntax)?;
            if mark != Mark::Number
                && let Some(start) = number.take()
            {
                self.number(start..at)?;
            }
            match mark {
                Mark::Filler | Mark::Content => {}
                Mark::Number => number = number.or(Some(at)),
                Mark::Literal => self.literal(at, *byte)?,
                Mark::KeyOpen | Mark::StringOpen => start = at,
                Mark::KeyClose => self.key(start + 1..at)?,
                Mark::StringClose => self.string(start + 1..at)?,
                Mark::ObjectOpen | Mark::ArrayOpen => self.open(at, mark == Mark::ObjectOpen)?,
                Mark::ObjectClose | Mark::ArrayClose => self.close(at + 1),
            }
            at += 1;
        }
        if let Some(start) = number {
            self.number(start..bytes.len())?;
        }
        if lexer.is_done() { Ok(()) } else { Err(Unreadable::Syntax) }
    }

    /// Goes to where the next value stands, which is an element unless a key said otherwise.
    fn arrive(&mut self) {
        if let Some(open) = self.open.last()
            && !open.is_object
        {
            self.arrived.clear();
            let from = self.places.get(open.places.clone()).unwrap_or_default();
            self.table.element(from, &mut self.arrived);
            // A batch: each of its elements is a document.
            if self.open.len() == 1 {
                self.table.root(&mut self.arrived);
            }
        }
    }

    fn node(&mut self, what: What, span: Range<usize>) -> Result<usize, Unreadable> {
        let idx = self.nodes.len();
        if idx >= MAX_NODES {
            return Err(Unreadable::TooMany);
        }
        let from = self.rules.len() as u32;
        if what != What::Key {
            self.rules.extend(self.table.rules(&self.arrived));
        }
        let scope = self.open.last().map_or(0, |open| open.scope);
        let rules = from..self.rules.len() as u32;
        self.nodes.push(Node { what, span, scope, rules, next: idx + 1 });
        Ok(idx)
    }

    fn has_rules(&self) -> bool {
        self.table.rules(&self.arrived).next().is_some()
    }

    fn key(&mut self, span: Range<usize>) -> Result<(), Unreadable> {
        let key = unescaped(self.document.get(span.clone()).unwrap_or_default());
        let places = self.open.last().map_or(0..0, |open| open.places.clone());
        self.arrived.clear();
        let from = self.places.get(places).unwrap_or_default();
        let known = self.table.key(from, &key, &mut self.arrived);
        self.asked = Some(key.clone()).filter(|key| self.table.asks(key));
        if !known && !is_word(&key) {
            self.node(What::Key, span)?;
        }
        Ok(())
    }

    fn string(&mut self, span: Range<usize>) -> Result<(), Unreadable> {
        self.arrive();
        let spelled = self.document.get(span.clone()).unwrap_or_default();
        self.say(|| Some(unescaped(spelled)).filter(|said| said.len() <= MAX_WORD));
        if !span.is_empty() || self.has_rules() {
            self.node(What::String, span)?;
        }
        Ok(())
    }

    fn number(&mut self, span: Range<usize>) -> Result<(), Unreadable> {
        let spelled = self.document.get(span.clone()).unwrap_or_default();
        if !is_number(spelled.as_bytes()) {
            return Err(Unreadable::Syntax);
        }
        self.arrive();
        self.say(|| Some(spelled.to_owned()));
        if self.has_rules() {
            self.node(What::Number, span)?;
        }
        Ok(())
    }

    fn literal(&mut self, at: usize, first: u8) -> Result<(), Unreadable> {
        self.arrive();
        let end = at + if first == b'f' { 5 } else { 4 };
        self.say(|| None);
        if self.has_rules() {
            self.node(What::Word, at..end)?;
        }
        Ok(())
    }

    /// Notes what the key that a rule asks for says.
    fn say(&mut self, said: impl FnOnce() -> Option<String>) {
        let Some(key) = self.asked.take() else { return };
        let scope = self.open.last().map_or(0, |open| open.scope);
        let Some(scope) = self.scopes.get_mut(scope as usize) else { return };
        let said = said();
        match scope.says.iter_mut().find(|(name, _)| *name == key) {
            Some((_, before)) if *before == said => {}
            Some((_, before)) => *before = None,
            None => scope.says.push((key, said)),
        }
    }

    fn open(&mut self, at: usize, is_object: bool) -> Result<(), Unreadable> {
        self.arrive();
        self.say(|| None);
        let node = if self.has_rules() { Some(self.node(What::Container, at..at)?) } else { None };
        let from = self.places.len();
        self.places.extend_from_slice(&self.arrived);
        let parent = self.open.last().map_or(0, |open| open.scope);
        let scope = match is_object && !self.open.is_empty() {
            true => {
                self.scopes.push(Scope { parent: Some(parent), says: Vec::new() });
                (self.scopes.len() - 1) as u32
            }
            false => parent,
        };
        if self.scopes.len() > MAX_NODES {
            return Err(Unreadable::TooMany);
        }
        self.open.push(Open { scope, places: from..self.places.len(), node, is_object });
        Ok(())
    }

    fn close(&mut self, end: usize) {
        let Some(open) = self.open.pop() else { return };
        self.places.truncate(open.places.start);
        let next = self.nodes.len();
        if let Some(node) = open.node.and_then(|idx| self.nodes.get_mut(idx)) {
            node.span.end = end;
            node.next = next;
        }
    }
}

/// What the objects around a value say.
#[derive(Clone, Default)]
struct Around {
    role: Option<Role>,
    name: Option<String>,
    ids: Ids,
}

/// Understands a tape.
struct Reader<'a> {
    tape: &'a Tape<'a>,
    document: &'a str,
    table: &'a Table,
    default: Role,
    walk: Walk,
}

impl<'a> Reader<'a> {
    fn read(mut self) -> Walk {
        let scopes = self.scopes();
        let tape = self.tape;
        let mut idx = 0;
        while let Some(node) = tape.nodes.get(idx) {
            let around = scopes.get(node.scope as usize);
            let rule = self.rule(node);
            idx = if self.take(node, rule, around) { node.next } else { idx + 1 };
        }
        self.walk
    }

    /// The rule of a node that holds.
    fn rule(&self, node: &Node) -> Option<(u16, &'a Entry)> {
        let range = node.rules.start as usize..node.rules.end as usize;
        let rules = self.tape.rules.get(range).unwrap_or_default();
        let entries = rules.iter().filter_map(|rule| Some((*rule, self.table.entry(*rule)?)));
        let holding = entries.filter(|(_, entry)| self.holds(node.scope, entry));
        // What is said under a condition is the more exact word.
        holding.min_by_key(|(_, entry)| entry.when.is_none())
    }

    fn holds(&self, scope: u32, entry: &Entry) -> bool {
        let Some((key, values)) = &entry.when else { return true };
        let idx = if key == "@event" { 0 } else { scope as usize };
        let Some(scope) = self.tape.scopes.get(idx) else { return false };
        let said = scope.says.iter().find(|(name, _)| name == key);
        match said {
            Some((_, Some(said))) => values.contains(said),
            _ => false,
        }
    }

    /// Roles, names and ids of every object, each with those of the objects around it.
    fn scopes(&self) -> Vec<Around> {
        let mut own: Vec<Around> = vec![Around::default(); self.tape.scopes.len()];
        let mut idx = 0;
        while let Some(node) = self.tape.nodes.get(idx) {
            let rule = self.rule(node).map(|(_, entry)| entry.kind);
            let skips = matches!(rule, Some(Kind::Zone | Kind::Opaque | Kind::Blob | Kind::Shadow));
            idx = if skips { node.next } else { idx + 1 };
            let Some(around) = own.get_mut(node.scope as usize) else { continue };
            let said = || unescaped(self.document.get(node.span.clone()).unwrap_or_default());
            match rule {
                Some(Kind::Role) if node.what == What::String => around.role = role(&said()),
                Some(Kind::Name) if node.what == What::String => around.name = Some(said()),
                Some(Kind::Id | Kind::CloseId)
                    if node.what != What::Container && !is_absent(&said()) =>
                {
                    let depth = self.depth(node.scope);
                    around.ids.insert(Id { depth, key: self.key_before(node), value: said() });
                }
                _ => {}
            }
        }
        for idx in 0..own.len() {
            let parent = self.tape.scopes.get(idx).and_then(|scope| scope.parent);
            let Some(parent) = parent.and_then(|parent| own.get(parent as usize)).cloned() else {
                continue;
            };
            let Some(around) = own.get_mut(idx) else { continue };
            around.role = around.role.or(parent.role);
            around.name = around.name.take().or(parent.name);
            around.ids.extend(parent.ids);
        }
        own
    }

    fn depth(&self, scope: u32) -> usize {
        let parent = |scope: &u32| self.tape.scopes.get(*scope as usize)?.parent;
        std::iter::successors(Some(scope), parent).count()
    }

    /// The key of a value, as it is spelled.
    fn key_before(&self, node: &Node) -> String {
        let before = self.document.get(..node.span.start).unwrap_or_default();
        let key = before.trim_end_matches(['"', ' ', '\t', '\r', '\n', ':']);
        key.rsplit('"').next().unwrap_or_default().to_owned()
    }

    /// Takes a value in. Says whether all that is in it is done with.
    fn take(&mut self, node: &Node, rule: Option<(u16, &Entry)>, around: Option<&Around>) -> bool {
        let kind = rule.map_or(Kind::Text, |(_, entry)| entry.kind);
        let spelled = self.document.get(node.span.clone()).unwrap_or_default();
        match (kind, node.what) {
            (Kind::Opaque, _) => return true,
            (Kind::Shadow, _) => {
                self.walk.shadows.extend((spelled != "null").then(|| whole(node)));
                return true;
            }
            (Kind::Blob, _) => {
                let empty = matches!(spelled, "" | "null" | "[]" | "{}");
                self.walk.unscannable += u64::from(!empty);
                return true;
            }
            (Kind::Zone | Kind::Json, What::Container) => {
                self.text(node, rule, around, Spelling { quoted: false, json: true });
                return true;
            }
            (Kind::Close | Kind::CloseId, _) if node.what != What::Word || spelled == "true" => {
                let ids = around.map(|around| around.ids.clone());
                self.walk.closes.push(ids.unwrap_or_default());
                let is_text = node.what == What::String && !is_word(&unescaped(spelled));
                self.text_if(is_text, node, rule, around);
            }
            (Kind::Token | Kind::Id | Kind::Role, What::String) => {
                self.text_if(!is_word(&unescaped(spelled)), node, rule, around);
            }
            (Kind::Link, What::String) => {
                self.walk.unscannable += 1;
                let is_data = unescaped(spelled.get(..64).unwrap_or(spelled)).starts_with("data:");
                self.text_if(!is_data, node, rule, around);
            }
            (_, What::String | What::Key) => self.text_if(true, node, rule, around),
            (Kind::Serial, What::Number) => self.walk.serial = Some(node.span.clone()),
            (Kind::Zone, What::Number) => {
                self.text(node, None, around, Spelling { quoted: false, json: true });
            }
            // A number where a text belongs: a token's id, which says what only its model knows.
            (
                Kind::Text | Kind::Delta | Kind::Json | Kind::MaybeJson | Kind::Name,
                What::Number,
            ) => self.walk.unscannable += 1,
            _ => {}
        }
        false
    }

    fn text_if(
        &mut self,
        is_text: bool,
        node: &Node,
        rule: Option<(u16, &Entry)>,
        around: Option<&Around>,
    ) {
        let kind = rule.map(|(_, entry)| entry.kind);
        let is_piece = matches!(kind, Some(Kind::Delta | Kind::JsonDelta));
        if is_text && (is_piece || !node.span.is_empty()) {
            let json = [Kind::Json, Kind::JsonDelta, Kind::MaybeJson, Kind::Zone];
            // What a tool answers may be JSON wherever it stands.
            let is_result = speaker(rule, around) == Some(Role::ToolResult);
            let json = kind.is_some_and(|kind| json.contains(&kind))
                || is_result && matches!(kind, None | Some(Kind::Text | Kind::Delta));
            self.text(node, rule, around, Spelling { quoted: true, json });
        }
    }

    fn text(
        &mut self,
        node: &Node,
        rule: Option<(u16, &Entry)>,
        around: Option<&Around>,
        spelling: Spelling,
    ) {
        let entry = rule.map(|(_, entry)| entry);
        let is_name = entry.is_some_and(|entry| entry.kind == Kind::Name);
        let piece = rule.filter(|(_, e)| matches!(e.kind, Kind::Delta | Kind::JsonDelta));
        let ids = || around.map(|around| around.ids.clone()).unwrap_or_default();
        let stream = piece.map(|(rule, _)| StreamKey { ids: ids(), rule });
        let name = around.and_then(|around| around.name.clone());
        self.walk.names.extend(name.clone().filter(|_| is_name).map(|name| (ids(), name)));
        self.walk.texts.push(Text {
            span: node.span.clone(),
            spelling,
            role: speaker(rule, around).unwrap_or(self.default),
            name: name.filter(|_| !is_name),
            stream,
        });
    }
}

/// Who speaks in a value, if anything says it.
fn speaker(rule: Option<(u16, &Entry)>, around: Option<&Around>) -> Option<Role> {
    rule.and_then(|(_, entry)| entry.role).or(around.and_then(|around| around.role))
}

/// The span of a value with its quotes.
fn whole(node: &Node) -> Range<usize> {
    match node.what {
        What::String | What::Key => node.span.start - 1..node.span.end + 1,
        _ => node.span.clone(),
    }
}

fn is_absent(said: &str) -> bool {
    matches!(said, "null" | "false")
}

/// The role of a message, in the words of all providers.
fn role(word: &str) -> Option<Role> {
    Some(match word.to_ascii_lowercase().as_str() {
        "system" | "developer" => Role::System,
        "user" | "human" => Role::User,
        "assistant" | "model" | "chatbot" => Role::Assistant,
        "tool" | "function" => Role::ToolResult,
        _ => return None,
    })
}

/// Whether a string is a word of a protocol by its looks: letters, digits and a few signs, and no
/// run of digits that could be a number of anybody's. What begins with a digit is a size, a version
/// or a time.
fn is_word(text: &str) -> bool {
    let sign = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.:/#$+".contains(&byte);
    let run = text.split(|c: char| !c.is_ascii_digit()).map(str::len).max().unwrap_or_default();
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let starts = |c: char| c.is_ascii_alphabetic() || matches!(c, '_' | '$' | '#' | '/');
    text.len() <= MAX_WORD
        && text.bytes().all(sign)
        && (text.starts_with(starts) || digits <= 8 || is_time(text))
        && (run < 9 || text.len() > run + 12)
}

/// Whether a string begins like `2026-01-01T`.
fn is_time(text: &str) -> bool {
    let shape = |byte: u8| if byte.is_ascii_digit() { b'0' } else { byte };
    text.len() <= 35 && text.bytes().take(11).map(shape).eq(*b"0000-00-00T")
}

/// What the inside of a JSON string says.
fn unescaped(spelled: &str) -> String {
    let mut said = String::with_capacity(spelled.len());
    let mut unescaper = Unescaper::default();
    unescaper.push(spelled, |text, _| said.push_str(text));
    unescaper.end(|text, _| said.push_str(text));
    said
}

#[cfg(test)]
#[path = "walk_tests.rs"]
mod tests;
