//! Personal data: what identifies a person by number or address, in many countries.
//!
//! Numbers are told from look-alikes by their shape, by the check digits that their authority gave
//! them, and by the words before them. Names of people and places need a model and are not here.
//!
//! A part is scanned once: anchor skips clean text, scan tries the kinds on the words
//! around what remains, context reads the words before. Nothing is compiled at run time.

mod anchor;
mod checksum;
mod context;
mod form;
mod keccak;
mod kinds;
mod parse;
mod rules;
mod scan;
mod shape;
mod validators;

use std::collections::BTreeMap;

use sandgate_guest::prelude::*;

pub use form::Region;
use form::{COUNT, Set, form};

/// Personal data, as configured.
pub struct Pii {
    forms: Set,
    words: context::Extra,
    emails: bool,
    urls: bool,
}

/// What is looked for; everything, unless configured.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(crate = "sandgate_guest::serde", default, deny_unknown_fields)]
#[schemars(crate = "sandgate_guest::schemars")]
pub struct Settings {
    /// Only the kinds of these regions and those that are at home everywhere. All where empty.
    pub regions: Vec<Region>,
    /// Only these entities, by their rule's name. All where empty.
    pub entities: Vec<String>,
    /// None of these entities.
    pub except: Vec<String>,
    /// Further context words by entity: words or phrases of up to three words that, standing
    /// shortly before a match, make it more certain.
    pub context: BTreeMap<String, Vec<String>>,
}

impl Policy for Pii {
    type Settings = Settings;
    type Scanner = Sliding<Self>;

    fn rules() -> Vec<Rule> {
        rules::RULES.iter().map(|(name, action, about)| rule(name, *action, about)).collect()
    }

    fn configure(settings: Settings, _assets: Vec<Asset>) -> Result<Self, String> {
        known("entities", &settings.entities)?;
        known("except", &settings.except)?;
        known("context", settings.context.keys())?;
        let Settings { regions, entities, except, context } = settings;
        let wanted = |rule: &str| {
            (rule == kinds::DECOY || entities.is_empty() || entities.iter().any(|e| e == rule))
                && except.iter().all(|no| no != rule)
        };
        let near =
            |region| regions.is_empty() || region == Region::Any || regions.contains(&region);
        let enabled = (0..COUNT).filter(|&idx| near(form(idx).region) && wanted(form(idx).rule));
        let words = context
            .iter()
            .flat_map(|(rule, words)| words.iter().map(move |word| extra(rule, word)));
        Ok(Self {
            forms: enabled.fold(Set::EMPTY, Set::with),
            words: words.collect(),
            emails: wanted(parse::email::RULE),
            urls: wanted(parse::url::RULE),
        })
    }

    fn scanner(self: Rc<Self>, _context: &Context, _part: &Part) -> Sliding<Self> {
        Sliding::new(self)
    }
}

impl Detect for Pii {
    fn detect(&self, window: Window<'_>, found: &mut Found) -> usize {
        scan::scan(window, self, found)
    }
}

/// A context word for all forms of a rule.
fn extra(rule: &str, word: &str) -> (u64, Set) {
    let forms = (0..COUNT).filter(|&idx| form(idx).rule == rule).fold(Set::EMPTY, Set::with);
    (context::hash(&word.to_lowercase()), forms)
}

/// Whether each name is a rule's.
fn known<'a>(setting: &str, names: impl IntoIterator<Item = &'a String>) -> Result<(), String> {
    for name in names {
        if !rules::RULES.iter().any(|(rule, ..)| rule == name) {
            let all: Vec<_> = rules::RULES.iter().map(|(rule, ..)| *rule).collect();
            return Err(format!(
                "{setting}: no such entity: {name}, expected one of {}",
                all.join(", ")
            ));
        }
    }
    Ok(())
}

sandgate_guest::export!(
    Pii,
    "Personal data: numbers and addresses that identify people, from many countries."
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_has_its_rule_and_every_rule_a_form() {
        let rules: Vec<_> = rules::RULES.iter().map(|(name, ..)| *name).collect();
        let forms: Vec<_> = (0..COUNT).map(|idx| form(idx).rule).collect();
        for rule in forms.iter().filter(|rule| **rule != kinds::DECOY) {
            assert!(rules.contains(rule), "{rule} has no rule");
        }
        for rule in rules {
            let parsed = rule == parse::email::RULE || rule == parse::url::RULE;
            assert!(parsed || forms.contains(&rule), "{rule} has no form");
        }
    }

    #[test]
    fn every_rule_has_a_golden_case() {
        let cases = include_str!("../cases.yaml");
        for (rule, ..) in rules::RULES {
            assert!(cases.contains(&format!("{rule}: ")), "{rule} has no case");
        }
    }

    #[test]
    fn context_words_are_written_as_they_are_looked_up() {
        for word in (0..COUNT).flat_map(|idx| form(idx).words) {
            let plain = |c: char| c == ' ' || c.is_alphabetic();
            assert!(word.chars().all(plain) && word.to_lowercase() == *word, "{word}");
            assert!(word.split(' ').count() <= 3, "{word}");
        }
    }

    #[test]
    fn unknown_names_are_errors_that_name_what_is_allowed() {
        let settings = Settings { entities: vec!["EMAIL".into()], ..Settings::default() };
        let error = Pii::configure(settings, vec![]).err().unwrap();
        assert!(
            error.starts_with("entities: no such entity: EMAIL, expected one of EMAIL_ADDRESS,")
        );
        let error = sandgate_guest::serde_json::from_str::<Settings>(r#"{"regions":["xx"]}"#);
        assert!(error.unwrap_err().to_string().contains("unknown variant `xx`, expected one of"));
    }
}
