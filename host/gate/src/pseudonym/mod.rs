//! Stand-ins that an answer can be restored from: `<EMAIL_ADDRESS_k7f2>`.
//!
//! A pseudonym is a keyed hash of the scope, the rule and the value, so that a conversation which
//! is sent again with one more message reads the same, and nobody has to remember anything.
//!
//! Why a placeholder never becomes another person's data: only those that this exchange made out
//! of text of its own *request* are restored, from a table that dies with it. A text that merely
//! looks like one, typed by a person or left over from elsewhere, is no key of that table, unless
//! somebody was shown it before: and then it stood for that very value in that very scope. To
//! write one blindly is to guess 20 bits per value, without a second try.
//! What was found in a response stays hidden: restoring it would undo the edit.

mod placeholder;
mod restore;

use std::collections::BTreeMap;
use std::sync::Arc;

pub(crate) use placeholder::Placeholders;
pub use restore::Restorer;

use crate::{Direction, Key};

/// Digits and letters none of which looks like another: no `i`, `l`, `o`, `u`.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const SHORTEST: usize = 4;

/// The pseudonyms of one exchange.
#[derive(Default)]
pub(crate) struct Pseudonyms {
    scope: String,
    /// Tag by label and value.
    tags: BTreeMap<(Arc<str>, String), String>,
    /// Every placeholder by its canonical form.
    made: Arc<Placeholders>,
}

impl Pseudonyms {
    pub(crate) fn new(scope: &str) -> Self {
        Self { scope: scope.to_owned(), ..Self::default() }
    }

    /// The placeholder for a value. Two values that hash to one tag get different ones, the later
    /// one a longer tag, in the order of the text: so again the same when the text is the same.
    pub(crate) fn stand_in(
        &mut self,
        key: &Key,
        label: &Arc<str>,
        value: &str,
        direction: Direction,
    ) -> String {
        let entry = (Arc::clone(label), value.to_owned());
        let tag = match self.tags.get(&entry) {
            Some(tag) => tag.clone(),
            None => {
                let tag = self.free_tag(key, label, value);
                self.tags.insert(entry, tag.clone());
                tag
            }
        };
        let original = (direction == Direction::Request).then(|| value.to_owned());
        Arc::make_mut(&mut self.made).insert(label, &tag, original);
        format!("<{label}_{tag}>")
    }

    /// Whether none was made.
    pub(crate) fn is_empty(&self) -> bool {
        self.made.is_empty()
    }

    /// What restores them, as they are now.
    pub(crate) fn restorer(&self) -> Restorer {
        Restorer::new(Arc::clone(&self.made))
    }

    fn free_tag(&self, key: &Key, label: &str, value: &str) -> String {
        let mut attempt: u64 = 0;
        loop {
            let tag = tag(key, &[&self.scope, label, value], attempt);
            if self.made.is_free(label, &tag) {
                return tag;
            }
            attempt += 1;
        }
    }
}

/// The `attempt`th tag: a character longer each time, until all 26 of 128 bits are used.
fn tag(key: &Key, fields: &[&str; 3], attempt: u64) -> String {
    let [scope, label, value] = fields.map(str::as_bytes);
    let mac = key.hmac(&[b"pseudonym", scope, label, value, &attempt.to_le_bytes()]);
    let length = SHORTEST + usize::try_from(attempt).unwrap_or(usize::MAX).min(26 - SHORTEST);
    let letter = |byte: &u8| ALPHABET.get(usize::from(byte % 32)).map(|letter| char::from(*letter));
    mac.iter().take(length).filter_map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(scope: &str, values: &[&str]) -> Vec<String> {
        let mut pseudonyms = Pseudonyms::new(scope);
        let key = Key::new([7; 32]);
        let label: Arc<str> = "EMAIL_ADDRESS".into();
        let mut stand_in = |value| pseudonyms.stand_in(&key, &label, value, Direction::Request);
        values.iter().map(|value| stand_in(value)).collect()
    }

    #[test]
    fn equal_values_of_a_scope_are_equal_and_no_others() {
        let values = ["ana@example.org", "bob@example.org", "ana@example.org"];
        let ours = made("ana", &values);
        assert_eq!(ours[0], ours[2]);
        assert_ne!(ours[0], ours[1]);
        assert_eq!(ours, made("ana", &values));
        assert_ne!(ours, made("bob", &values));
        assert_eq!(ours[0].len(), "<EMAIL_ADDRESS_k7f2>".len());
    }

    #[test]
    fn values_that_collide_get_longer_tags_and_come_back_each() {
        // 20 bits and 20,000 values: about two hundred meet another's tag.
        let values: Vec<String> = (0..20_000).map(|n| format!("user{n}@example.org")).collect();
        let mut pseudonyms = Pseudonyms::new("scope");
        let key = Key::new([9; 32]);
        let label: Arc<str> = "E".into();
        let made: Vec<String> = values
            .iter()
            .map(|value| pseudonyms.stand_in(&key, &label, value, Direction::Request))
            .collect();
        assert!(made.iter().any(|placeholder| placeholder.len() > "<E_k7f2>".len()));
        let restorer = pseudonyms.restorer();
        for (placeholder, value) in made.iter().zip(&values) {
            assert_eq!(restorer.clone().whole(placeholder), *value);
        }
    }
}
