//! Rules to tables: `rules/*.yaml` becomes `OUT_DIR/table.rs`, and its patterns automata.
//!
//! Each detector is found by literals. The tables of the prefilter (see `src/prefilter.rs`) are
//! made here, so that configuring the policy compiles nothing.

mod table;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use serde::Deserialize;
use table::Literals;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    rule: String,
    about: String,
    find: Vec<Find>,
}

/// One way to find a rule's secrets: a `token` that its own prefix gives away, a `value` assigned
/// `near` a word, or a `code` that is written in Rust.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Find {
    token: Option<String>,
    #[serde(default)]
    keys: Vec<String>,
    /// How many bytes of the token stand before its key; several are tried in order.
    #[serde(default)]
    back: Vec<u8>,
    #[serde(default)]
    near: Vec<String>,
    value: Option<String>,
    code: Option<String>,
    #[serde(default)]
    fold: bool,
    /// May be part of a longer word.
    #[serde(default)]
    free: bool,
    /// Shannon entropy in bits per byte that the secret must have.
    entropy: Option<f64>,
    check: Option<String>,
    max: Option<usize>,
}

/// Bytes of a match that are looked at where a rule says nothing else.
const MAX: usize = 256;

/// Patterns that many rules share are compiled once.
#[derive(Default)]
struct Patterns {
    seen: BTreeMap<(String, usize), usize>,
    bytes: Vec<u8>,
    table: String,
}

impl Patterns {
    fn add(&mut self, pattern: &str, max: usize) -> usize {
        let next = self.seen.len();
        let idx = *self.seen.entry((pattern.to_owned(), max)).or_insert(next);
        if idx == next {
            let compiled = sandgate_guest::compile::pattern(pattern).expect("a valid pattern");
            let start = self.bytes.len();
            self.bytes.extend(compiled);
            let end = self.bytes.len();
            writeln!(self.table, "    ({start}, {end}, {max}),").expect("memory");
        }
        idx
    }
}

fn main() {
    println!("cargo::rerun-if-changed=rules");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=table.rs");
    let (mut rules, mut detectors) = (String::new(), String::new());
    let (mut patterns, mut literals) = (Patterns::default(), Literals::default());
    let mut n_detectors = 0;
    for (rule_idx, rule) in read("rules").iter().enumerate() {
        let Rule { rule, about, find } = rule;
        writeln!(rules, "    RuleInfo {{ name: {rule:?}, about: {about:?} }},").expect("memory");
        for find in find {
            let detector = detector(rule_idx, find, &mut patterns);
            writeln!(detectors, "    {detector},").expect("memory");
            let fold = find.fold || !find.near.is_empty();
            for key in keys(find) {
                literals.add(&key, fold, n_detectors);
            }
            n_detectors += 1;
        }
    }
    let table = format!(
        "pub(crate) static RULES: &[RuleInfo] = &[\n{rules}];\n\
         pub(crate) static DETECTORS: &[Detector] = &[\n{detectors}];\n\
         pub(crate) static PATTERNS: &[(usize, usize, usize)] = &[\n{}];\n{}",
        patterns.table,
        literals.tables(),
    );
    let folder = std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR for build scripts");
    std::fs::write(Path::new(&folder).join("table.rs"), table).expect("a folder to write to");
    std::fs::write(Path::new(&folder).join("patterns.bin"), patterns.bytes).expect("a folder");
}

/// All rules, in the order of their files' names.
fn read(folder: &str) -> Vec<Rule> {
    let entries = std::fs::read_dir(folder).expect("the folder of rules");
    let mut files: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    let rules = files.iter().flat_map(|file| {
        let text = std::fs::read_to_string(file).expect("a readable file");
        serde_saphyr::from_str::<Vec<Rule>>(&text)
            .unwrap_or_else(|e| fail(&format!("{}: {e}", file.display())))
    });
    rules.collect()
}

fn detector(rule: usize, find: &Find, patterns: &mut Patterns) -> String {
    let max = find.max.unwrap_or(MAX);
    let how = match (&find.token, &find.value, &find.code) {
        (Some(token), None, None) => format!("How::Token({})", patterns.add(token, max)),
        (None, Some(value), None) => format!("How::Near({})", patterns.add(value, max)),
        (None, None, Some(code)) => format!("How::Code(Code::{})", title(code)),
        _ => fail(&format!("rule {rule}: one of `token`, `value`, `code`")),
    };
    let back = if find.back.is_empty() { &[0][..] } else { &find.back };
    // Fixed point keeps floats out of the component.
    let entropy = (find.entropy.unwrap_or(2.0) * 1000.0) as u32;
    let check = title(find.check.as_deref().unwrap_or("none"));
    let free = find.free;
    format!(
        "Detector {{ rule: {rule}, how: {how}, back: &{back:?}, entropy: {entropy}, \
         check: Check::{check}, free: {free} }}"
    )
}

/// The literals of a detector: given, or what its pattern begins with.
fn keys(find: &Find) -> Vec<String> {
    if !find.near.is_empty() {
        return find.near.clone();
    }
    if !find.keys.is_empty() {
        return find.keys.clone();
    }
    let token = find.token.as_deref().unwrap_or_default();
    let mut key = String::new();
    let mut chars = token.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' => key.extend(chars.next_if(|c| c.is_ascii_punctuation())),
            _ if "[(?*+{|.".contains(c) => {
                if "?*{".contains(c) {
                    key.pop();
                }
                break;
            }
            _ => key.push(c),
        }
    }
    if key.len() < 3 {
        fail(&format!("{token}: begins with no literal of three bytes; give `keys`"));
    }
    vec![key]
}

fn title(name: &str) -> String {
    name.split('_').map(|word| word[..1].to_uppercase() + &word[1..]).collect()
}

#[allow(clippy::panic)] // A build script's error message.
fn fail(message: &str) -> ! {
    panic!("{message}")
}
