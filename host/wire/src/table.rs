//! Rules, arranged by their paths, so that a walk looks at each key once.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use crate::{Api, Kind, Role, Rule};

/// What the values of a kind of document mean.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    steps: Vec<Step>,
    rules: Vec<Entry>,
    /// The keys whose values some rule asks for.
    asked: BTreeSet<String>,
}

/// A rule without its path.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    pub(crate) kind: Kind,
    pub(crate) role: Option<Role>,
    pub(crate) when: Option<(String, Vec<String>)>,
}

/// A place on the way to values.
#[derive(Debug, Clone, Default, PartialEq)]
struct Step {
    keys: Vec<(String, u32)>,
    any_key: Option<u32>,
    element: Option<u32>,
    /// Where `**` goes on from here.
    deep: Option<u32>,
    /// Whether it is itself the end of a `**`, which every step leads back to.
    is_deep: bool,
    rules: Vec<u16>,
}

/// Which body of an API a table is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body {
    /// A request.
    Request,
    /// A response that comes whole.
    Response,
    /// One document of a streamed response.
    Event,
    /// A response with a status of 400 and above.
    Error,
}

/// The tables of every API, each made when it is first asked for.
static TABLES: [[OnceLock<Table>; 4]; Api::ALL.len()] =
    [const { [const { OnceLock::new() }; 4] }; Api::ALL.len()];
/// Without any rule: every string is text.
static NONE: OnceLock<Table> = OnceLock::new();

/// A path that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadPath(pub String);

impl Table {
    /// The table of these rules.
    ///
    /// # Panics
    /// Never in a release: there a path that is none is left out.
    pub fn new(rules: &[Rule]) -> Self {
        let mut table =
            Self { steps: vec![Step::default()], rules: Vec::new(), asked: BTreeSet::new() };
        for rule in rules {
            let when = rule.when.map(|(key, values)| {
                (key.to_owned(), values.iter().map(|value| (*value).to_owned()).collect())
            });
            let segments = segments(rule.path);
            let entry = Entry { kind: rule.kind, role: rule.role, when };
            let added = segments.and_then(|segments| table.insert(segments, entry));
            debug_assert!(added.is_some(), "{}", rule.path);
        }
        table
    }

    /// The table of an API's bodies.
    pub fn of(api: Api, body: Body) -> &'static Self {
        let rules = || match body {
            Body::Request => api.request(),
            Body::Response => api.response(),
            Body::Event => api.event(),
            Body::Error => api.error(),
        };
        let table = TABLES.get(api as usize).and_then(|tables| tables.get(body as usize));
        table.unwrap_or(&NONE).get_or_init(|| Self::new(rules()))
    }

    /// The same, or for an API that nobody knows the one without rules.
    pub fn for_api(api: Option<Api>, body: Body) -> &'static Self {
        match api {
            Some(api) => Self::of(api, body),
            None => NONE.get_or_init(|| Self::new(&[])),
        }
    }

    /// Adds what is at a JSONPath of somebody else's.
    ///
    /// # Errors
    /// Where it is none, or asks for more than keys, any key and all elements.
    pub fn add(&mut self, path: &str, kind: Kind) -> Result<(), BadPath> {
        let entry = Entry { kind, role: None, when: None };
        let added = json_path(path).and_then(|segments| self.insert(segments, entry));
        added.ok_or_else(|| BadPath(path.to_owned()))
    }

    fn insert(&mut self, segments: Vec<Segment<'_>>, entry: Entry) -> Option<()> {
        let at = segments.into_iter().fold(0, |at, segment| self.child(at, segment));
        let rule = u16::try_from(self.rules.len()).ok()?;
        self.asked.extend(entry.when.as_ref().map(|(key, _)| key.clone()));
        self.rules.push(entry);
        self.steps.get_mut(at as usize)?.rules.push(rule);
        Some(())
    }

    fn child(&mut self, at: u32, segment: Segment<'_>) -> u32 {
        let next = u32::try_from(self.steps.len()).unwrap_or(u32::MAX);
        let Some(step) = self.steps.get_mut(at as usize) else { return at };
        let slot = match segment {
            Segment::Key(key) => {
                if let Some((_, child)) = step.keys.iter().find(|(name, _)| name == key) {
                    return *child;
                }
                step.keys.push((key.to_owned(), next));
                self.steps.push(Step::default());
                return next;
            }
            Segment::AnyKey => &mut step.any_key,
            Segment::Element => &mut step.element,
            Segment::Deep => &mut step.deep,
        };
        if let Some(child) = slot {
            return *child;
        }
        *slot = Some(next);
        self.steps.push(Step { is_deep: segment == Segment::Deep, ..Step::default() });
        next
    }

    /// Where every walk begins.
    pub(crate) fn root(&self, out: &mut Vec<u32>) {
        self.arrive(0, out);
    }

    /// Where a key leads from these places; says whether any of them knows the key by its name.
    pub(crate) fn key(&self, from: &[u32], key: &str, out: &mut Vec<u32>) -> bool {
        let mut known = false;
        for (idx, step) in from.iter().filter_map(|at| Some((*at, self.steps.get(*at as usize)?))) {
            if let Some((_, child)) = step.keys.iter().find(|(name, _)| name == key) {
                self.arrive(*child, out);
                known = true;
            }
            step.any_key.into_iter().for_each(|child| self.arrive(child, out));
            if step.is_deep {
                self.arrive(idx, out);
            }
        }
        known
    }

    /// Where the element of an array leads from these places.
    pub(crate) fn element(&self, from: &[u32], out: &mut Vec<u32>) {
        for (idx, step) in from.iter().filter_map(|at| Some((*at, self.steps.get(*at as usize)?))) {
            step.element.into_iter().for_each(|child| self.arrive(child, out));
            if step.is_deep {
                self.arrive(idx, out);
            }
        }
    }

    /// The rules that end at these places.
    pub(crate) fn rules<'a>(&'a self, at: &'a [u32]) -> impl Iterator<Item = u16> + 'a {
        at.iter()
            .filter_map(|at| self.steps.get(*at as usize))
            .flat_map(|s| s.rules.iter().copied())
    }

    pub(crate) fn entry(&self, rule: u16) -> Option<&Entry> {
        self.rules.get(usize::from(rule))
    }

    /// Whether some rule asks what this key says.
    pub(crate) fn asks(&self, key: &str) -> bool {
        self.asked.contains(key)
    }

    fn arrive(&self, at: u32, out: &mut Vec<u32>) {
        if out.contains(&at) {
            return;
        }
        out.push(at);
        if let Some(deep) = self.steps.get(at as usize).and_then(|step| step.deep) {
            self.arrive(deep, out);
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Segment<'a> {
    Key(&'a str),
    AnyKey,
    Element,
    Deep,
}

/// The steps of a path; none where it is no path.
fn segments(path: &str) -> Option<Vec<Segment<'_>>> {
    let mut segments = Vec::new();
    for part in path.split('.').filter(|_| !path.is_empty()) {
        let key = part.trim_end_matches("[*]");
        match key {
            "" if segments.is_empty() && part.len() > key.len() => {}
            "" => return None,
            "*" => segments.push(Segment::AnyKey),
            "**" => segments.push(Segment::Deep),
            _ if key.contains(['[', ']', '*']) => return None,
            _ => segments.push(Segment::Key(key)),
        }
        segments.extend((0..(part.len() - key.len()) / 3).map(|_| Segment::Element));
    }
    Some(segments)
}

/// The steps of a JSONPath, RFC 9535: names, `*`, `[*]` and `..`; none where it holds anything
/// else.
fn json_path(path: &str) -> Option<Vec<Segment<'_>>> {
    let mut rest = path.strip_prefix('$')?;
    let mut segments = Vec::new();
    while !rest.is_empty() {
        let deep = rest.strip_prefix("..");
        segments.extend(deep.map(|_| Segment::Deep));
        if let Some(inner) = deep.unwrap_or(rest).strip_prefix('[') {
            let quote = inner.chars().next().filter(|c| matches!(c, '"' | '\''));
            let (segment, after) = match quote {
                Some(quote) => {
                    let (key, after) = inner.get(1..)?.split_once(quote)?;
                    (Segment::Key(key), after.strip_prefix(']')?)
                }
                None => (Segment::Element, inner.strip_prefix("*]")?),
            };
            if matches!(segment, Segment::Key(key) if key.contains('\\')) {
                return None;
            }
            segments.push(segment);
            rest = after;
            continue;
        }
        let named = deep.or_else(|| rest.strip_prefix('.'))?;
        let end = named.find(['.', '[']).unwrap_or(named.len());
        let (key, after) = named.split_at(end);
        let is_name = |c: char| c.is_alphanumeric() || c == '_' || c == '-' || !c.is_ascii();
        segments.push(match key {
            "*" => Segment::AnyKey,
            _ if !key.is_empty() && key.chars().all(is_name) => Segment::Key(key),
            _ => return None,
        });
        rest = after;
    }
    Some(segments)
}

impl std::fmt::Display for BadPath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "`{}`, expected a JSONPath of names, `*`, `[*]` and `..`: `$.a[*].b`", self.0)
    }
}

impl std::error::Error for BadPath {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_json_path_is_read_as_its_steps() {
        for (path, same) in [
            ("$", ""),
            ("$.a", "a"),
            ("$.a[*].b", "a[*].b"),
            ("$['a'][\"b-c\"]", "a.b-c"),
            ("$.*.a", "*.a"),
            ("$..a", "**.a"),
            ("$[*]..['a'][*][*]", "[*].**.a[*][*]"),
        ] {
            assert_eq!(json_path(path), segments(same), "{path}");
        }
    }

    #[test]
    fn more_than_names_and_all_elements_is_refused() {
        for path in [
            "",
            "a",
            "$a",
            "$.",
            "$..",
            "$.a[0]",
            "$.a[1:2]",
            "$[?@.a]",
            "$.a,b",
            "$['a",
            "$['a\\'b']",
        ] {
            let added = Table::new(&[]).add(path, Kind::Text);
            assert_eq!(added, Err(BadPath(path.to_owned())), "{path}");
        }
    }
}
