//! What policies said of texts that come again, as a conversation does with every new message.
//!
//! A text is known by a keyed hash of it and of everything else that an answer may depend on; the
//! policies and their settings are those of the plan that the memory belongs to. What is kept are
//! rules' names and offsets, and never a text: an answer with words of the policy's own in it is
//! asked for anew each time. What was not asked for the longest is forgotten.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::{Context, Finding, Key, Part};

/// A text with more findings than this is scanned anew.
const MAX_FINDINGS: usize = 16;

/// Tells a text.
pub(crate) type TextId = [u8; 32];

/// A finding, with the policy that it is of.
pub(crate) type Said = (usize, Finding);

/// What was said of the texts of some requests.
pub(crate) struct Memory {
    /// How many texts are kept at most.
    most: usize,
    known: Mutex<Known>,
}

/// The texts of late and those of before: where the young are half of all, they become the old.
#[derive(Default)]
struct Known {
    young: HashMap<TextId, Arc<[Said]>>,
    old: HashMap<TextId, Arc<[Said]>>,
}

/// Whose texts an exchange has, and what its policies know of it besides.
#[derive(Clone)]
pub(crate) struct Recall {
    scope: String,
    context: Vec<u8>,
}

impl Memory {
    pub(crate) fn new(most: u32) -> Self {
        Self { most: usize::try_from(most).unwrap_or(usize::MAX), known: Mutex::default() }
    }

    /// What was said of a text.
    pub(crate) fn recall(&self, id: &TextId) -> Option<Arc<[Said]>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(said) = known.young.get(id) {
            return Some(Arc::clone(said));
        }
        let said = known.old.remove(id)?;
        self.put(&mut known, *id, Arc::clone(&said));
        Some(said)
    }

    /// Keeps what was said of a text, unless it has words in it or is too much.
    pub(crate) fn keep(&self, id: TextId, said: Vec<Said>) {
        let has_words = said.iter().any(|(_, finding)| finding.replacement.is_some());
        if self.most == 0 || has_words || said.len() > MAX_FINDINGS {
            return;
        }
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        self.put(&mut known, id, said.into());
    }

    fn put(&self, known: &mut Known, id: TextId, said: Arc<[Said]>) {
        known.young.insert(id, said);
        if known.young.len() > self.most / 2 {
            known.old = std::mem::take(&mut known.young);
        }
    }
}

impl Recall {
    pub(crate) fn new(context: &Context, scope: &str) -> Self {
        let mut bytes = Vec::new();
        let labels = context.labels.iter().flat_map(|(name, value)| [name, value]);
        for said in context.model.iter().chain(labels) {
            bytes.extend((said.len() as u64).to_le_bytes());
            bytes.extend(said.as_bytes());
        }
        bytes.push(u8::from(context.model.is_some()));
        Self { scope: scope.to_owned(), context: bytes }
    }

    /// Tells this text of this exchange.
    pub(crate) fn id(&self, key: &Key, part: &Part, text: &str) -> TextId {
        let place = [part.direction as u8, part.role as u8, u8::from(part.name.is_some())];
        let name = part.name.as_deref().unwrap_or_default();
        key.hmac(&[
            b"text",
            self.scope.as_bytes(),
            &self.context,
            &place,
            name.as_bytes(),
            text.as_bytes(),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(rule: &str, replacement: Option<&str>) -> Said {
        let replacement = replacement.map(str::to_owned);
        (0, Finding { rule: rule.to_owned(), start: 0, end: 1, confidence: 1, replacement })
    }

    #[test]
    fn the_latest_texts_are_known_and_no_more_than_the_limit() {
        let memory = Memory::new(8);
        for number in 0..100 {
            memory.keep([number; 32], vec![finding("A", None)]);
            assert!(memory.recall(&[0; 32]).is_some(), "it is asked for all the time");
        }
        let known = (0..100).filter(|number| memory.recall(&[*number; 32]).is_some()).count();
        assert!((2..=8).contains(&known), "{known}");
        assert!(memory.recall(&[99; 32]).is_some() && memory.recall(&[1; 32]).is_none());
    }

    #[test]
    fn words_of_a_policy_are_not_kept() {
        let memory = Memory::new(8);
        memory.keep([1; 32], vec![finding("A", Some("secret"))]);
        memory.keep([2; 32], vec![finding("A", None); MAX_FINDINGS + 1]);
        assert!(memory.recall(&[1; 32]).is_none() && memory.recall(&[2; 32]).is_none());
        let off = Memory::new(0);
        off.keep([1; 32], Vec::new());
        assert!(off.recall(&[1; 32]).is_none());
    }

    #[test]
    fn whatever_an_answer_may_depend_on_tells_texts_apart() {
        let (key, other) = (Key::new([1; 32]), Key::new([2; 32]));
        let part =
            Part { direction: crate::Direction::Request, role: crate::Role::User, name: None };
        let named = Part { name: Some(String::new()), ..part.clone() };
        let system = Part { role: crate::Role::System, ..part.clone() };
        let (none, model) =
            (Context::default(), Context { model: Some(String::new()), labels: Vec::new() });
        let labels = |name: &str, value: &str| Context {
            model: None,
            labels: vec![(name.to_owned(), value.to_owned())],
        };
        let ids = [
            Recall::new(&none, "a").id(&key, &part, "text"),
            Recall::new(&none, "a").id(&key, &part, "test"),
            Recall::new(&none, "b").id(&key, &part, "text"),
            Recall::new(&none, "a").id(&other, &part, "text"),
            Recall::new(&none, "a").id(&key, &named, "text"),
            Recall::new(&none, "a").id(&key, &system, "text"),
            Recall::new(&model, "a").id(&key, &part, "text"),
            Recall::new(&labels("ab", "c"), "a").id(&key, &part, "text"),
            Recall::new(&labels("a", "bc"), "a").id(&key, &part, "text"),
        ];
        let distinct: std::collections::BTreeSet<_> = ids.iter().collect();
        assert_eq!(distinct.len(), ids.len());
        assert_eq!(ids[0], Recall::new(&none, "a").id(&key, &part, "text"));
    }
}
