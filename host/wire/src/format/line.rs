//! Lines of a table: one meaning, and all the paths that have it.
//!
//! Written down they read like the provider's own reference; put under the places where their
//! object stands they are the rules. It leaves out macros: a table is built once, when first asked.

use crate::{Kind, Role, Rule};

/// One meaning and the paths that have it, from the object that they are written for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line {
    rule: Rule,
    paths: &'static [&'static str],
}

/// What is at `paths` is of this kind.
pub(super) const fn line(kind: Kind, paths: &'static [&'static str]) -> Line {
    Line { rule: Rule::new("", kind), paths }
}

impl Line {
    /// With this role.
    pub(super) const fn by(self, role: Role) -> Self {
        Self { rule: self.rule.by(role), ..self }
    }

    /// Where the neighbour `key` says one of `values`.
    pub(super) const fn when(self, key: &'static str, values: &'static [&'static str]) -> Self {
        Self { rule: self.rule.when(key, values), ..self }
    }
}

/// The rules of lines, each put under the place where its object stands. The empty place is the
/// root, and the empty path the place itself.
pub(super) fn table(pieces: &[(&str, &[Line])]) -> Vec<Rule> {
    let mut rules = Vec::new();
    for (place, lines) in pieces {
        for line in *lines {
            rules.extend(
                line.paths.iter().map(|path| Rule { path: join(place, path), ..line.rule }),
            );
        }
    }
    rules
}

/// A path below a place. What is made here is kept for good: a handful of tables, each built once.
fn join(place: &str, path: &'static str) -> &'static str {
    match (place, path) {
        ("", _) => path,
        (_, "") => place.to_owned().leak(),
        _ => format!("{place}.{path}").leak(),
    }
}

/// Rules as they are, and with each of their keys spelled `in_snake_case` as well: a reader of
/// protocol buffers' JSON takes `inlineData` and `inline_data`.
pub(super) fn with_snake_case(rules: Vec<Rule>) -> Vec<Rule> {
    rules
        .into_iter()
        .flat_map(|rule| spellings(rule.path).into_iter().map(move |path| Rule { path, ..rule }))
        .collect()
}

/// All spellings of a path, its own first.
fn spellings(path: &'static str) -> Vec<&'static str> {
    let mut all = vec![String::new()];
    for segment in path.split_inclusive('.') {
        let snake = snake_case(segment);
        let also = if snake == segment {
            Vec::new()
        } else {
            all.iter().map(|p| format!("{p}{snake}")).collect()
        };
        all.iter_mut().for_each(|p| p.push_str(segment));
        all.extend(also);
    }
    all.into_iter().map(|p| if p == path { path } else { p.leak() }).collect()
}

fn snake_case(segment: &str) -> String {
    let mut out = String::with_capacity(segment.len() + 4);
    for c in segment.chars() {
        if c.is_ascii_uppercase() {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}
