//! What configuration may say, and what is wrong with it if something is.

use std::collections::{BTreeMap, BTreeSet};

use sandgate_guest::prelude::*;

use crate::allow::Allow;
use crate::pattern::{Pattern, Reading};
use crate::stream::Local;
use crate::words::{Comparison, Words};
use crate::{Patterns, Rule};

/// The longest name of a rule.
const MAX_NAME: usize = 64;

/// The longest match that can be asked for: it bounds what is held back of a stream.
const MAX_LENGTH: usize = 4096;

/// The user's own rules.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(crate = "sandgate_guest::serde", default, deny_unknown_fields)]
#[schemars(crate = "sandgate_guest::schemars")]
pub struct Settings {
    /// What to look for, by name: capital letters, digits and underscores, 64 at most.
    rules: BTreeMap<String, RuleSettings>,
    /// Matches that are left alone, whatever rule finds them.
    allow: AllowSettings,
}

/// What one rule looks for: exactly one of `regex`, `fancy_regex`, `words` and `word_list`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(crate = "sandgate_guest::serde", deny_unknown_fields)]
#[schemars(crate = "sandgate_guest::schemars")]
pub struct RuleSettings {
    /// A pattern in the syntax of Rust's `regex`. A `\b` also lies between a letter and a letter
    /// of a script written without spaces, such as Chinese.
    regex: Option<String>,
    /// A pattern with look-around or back-references, which costs more. Look-behind sees 128 bytes
    /// before a match, look-ahead 128 bytes after it; `\K` is not supported.
    fancy_regex: Option<String>,
    /// Words or phrases; a space stands for any one white-space character.
    words: Option<Vec<String>>,
    /// The name of an asset, a text file with a word or phrase on each line.
    word_list: Option<String>,
    /// How sure a match is, in per cent.
    #[serde(default = "certain")]
    #[schemars(range(max = 100))]
    confidence: u8,
    /// For patterns: the longest match in bytes, 256 unless told, 4096 at most. A longer one ends
    /// there. It bounds how much of a stream is held back.
    #[schemars(range(min = 1, max = 4096))]
    max_length: Option<usize>,
    /// Whether upper and lower case are the same.
    #[serde(default)]
    ignore_case: bool,
    /// For words: whether letters and digits around a match make it none, which is so unless told.
    /// Scripts written without spaces have no such bounds.
    whole_words: Option<bool>,
}

/// Matches that are left alone.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(crate = "sandgate_guest::serde", default, deny_unknown_fields)]
#[schemars(crate = "sandgate_guest::schemars")]
pub struct AllowSettings {
    /// Matches with exactly this text.
    pub(crate) values: BTreeSet<String>,
    /// Matches that one of these patterns, in the syntax of Rust's `regex`, matches as a whole.
    pub(crate) regex: Vec<String>,
}

impl Settings {
    /// The compiled rules; an error names the rule and what is wrong with it.
    pub(crate) fn compile(&self, assets: &[Asset]) -> Result<Patterns, String> {
        let n_rules = self.rules.len();
        let compile = |(name, rule): (&String, &RuleSettings)| {
            let compiled = check_name(name).and_then(|()| rule.compile(assets, n_rules));
            let matcher = compiled.map_err(|e| format!("rules.{name}: {e}"))?;
            Ok(Rule { name: name.clone(), confidence: rule.confidence, matcher })
        };
        let rules = self.rules.iter().map(compile).collect::<Result<_, String>>()?;
        Ok(Patterns { rules, allow: Allow::new(&self.allow)? })
    }
}

impl RuleSettings {
    fn compile(&self, assets: &[Asset], n_rules: usize) -> Result<Box<dyn Local>, String> {
        if self.confidence > 100 {
            return Err(format!("confidence: {} is more than 100", self.confidence));
        }
        match (&self.regex, &self.fancy_regex, &self.words, &self.word_list) {
            (Some(regex), None, None, None) => {
                let pattern = Pattern::regex(regex, self.reading(n_rules)?);
                Ok(Box::new(pattern.map_err(|e| format!("regex: {e}"))?))
            }
            (None, Some(regex), None, None) => {
                let pattern = Pattern::fancy(regex, self.reading(n_rules)?);
                Ok(Box::new(pattern.map_err(|e| format!("fancy_regex: {e}"))?))
            }
            (None, None, Some(words), None) => {
                let words = Words::new(words.iter().map(String::as_str), self.comparison()?);
                Ok(Box::new(words.map_err(|e| format!("words: {e}"))?))
            }
            (None, None, None, Some(name)) => {
                let comparison = self.comparison()?;
                let words = lines(assets, name).and_then(|lines| Words::new(lines, comparison));
                Ok(Box::new(words.map_err(|e| format!("word_list: asset `{name}`: {e}"))?))
            }
            _ => Err("expected one of `regex`, `fancy_regex`, `words`, `word_list`".to_owned()),
        }
    }

    fn reading(&self, n_rules: usize) -> Result<Reading, String> {
        if self.whole_words.is_some() {
            return Err("whole_words: is for words, a pattern says `\\b`".to_owned());
        }
        let max_length = self.max_length.unwrap_or(256);
        if !(1..=MAX_LENGTH).contains(&max_length) {
            return Err(format!("max_length: {max_length} is not in 1 to {MAX_LENGTH}"));
        }
        Ok(Reading { ignore_case: self.ignore_case, max_length, n_rules })
    }

    fn comparison(&self) -> Result<Comparison, String> {
        if self.max_length.is_some() {
            return Err("max_length: is for patterns, words have their own".to_owned());
        }
        let whole_words = self.whole_words.unwrap_or(true);
        Ok(Comparison { ignore_case: self.ignore_case, whole_words })
    }
}

/// The lines of an asset that hold something.
fn lines<'a>(assets: &'a [Asset], name: &str) -> Result<impl Iterator<Item = &'a str>, String> {
    let asset = assets.iter().find(|asset| asset.name == name);
    let asset = asset.ok_or("is not among the assets")?;
    let text = std::str::from_utf8(&asset.bytes).map_err(|e| format!("is no UTF-8: {e}"))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    Ok(text.lines().filter(|line| !line.trim().is_empty()))
}

fn check_name(name: &str) -> Result<(), String> {
    let tail = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_';
    let capital = name.bytes().next().is_some_and(|b| b.is_ascii_uppercase());
    if capital && name.bytes().all(tail) && name.len() <= MAX_NAME {
        return Ok(());
    }
    Err(format!(
        "a name is a capital letter, then capitals, digits and underscores, {MAX_NAME} at most"
    ))
}

fn certain() -> u8 {
    100
}
