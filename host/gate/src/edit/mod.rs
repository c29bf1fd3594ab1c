//! What stands in a text in place of what was found there.

mod mask;

pub(crate) use mask::mask;

use crate::Key;

/// A rule's name as it stands in a text: upper case, and nothing but letters, digits and `_`, so
/// that a placeholder is one word whatever a rule is called.
pub(crate) fn label(rule: &str) -> String {
    let word = |c: char| if c.is_alphanumeric() { c } else { '_' };
    rule.chars().map(word).flat_map(char::to_uppercase).collect()
}

/// `<RULE>`.
pub(crate) fn redact(label: &str) -> String {
    format!("<{label}>")
}

/// `<RULE_#0123456789abcdef>`: 64 bits of a keyed hash of the rule and the value, so that equal
/// values of a rule are equal under one key in everybody's texts, and nobody without the key can
/// try out guesses.
pub(crate) fn hash(key: &Key, label: &str, value: &str) -> String {
    let mac = key.hmac(&[b"hash", label.as_bytes(), value.as_bytes()]);
    let hex: String = mac.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("<{label}_#{hex}>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_one_word() {
        for (rule, expected) in [
            ("EMAIL_ADDRESS", "EMAIL_ADDRESS"),
            ("github-token", "GITHUB_TOKEN"),
            ("größe 2", "GRÖSSE_2"),
            ("<b>", "_B_"),
        ] {
            assert_eq!(label(rule), expected);
        }
    }

    #[test]
    fn hashes_tell_values_rules_and_keys_apart_and_nothing_else() {
        let (key, other) = (Key::new([1; 32]), Key::new([2; 32]));
        let one = hash(&key, "EMAIL_ADDRESS", "ana@example.org");
        assert_eq!(one.len(), "<EMAIL_ADDRESS_#0123456789abcdef>".len());
        assert_eq!(one, hash(&key, "EMAIL_ADDRESS", "ana@example.org"));
        assert_ne!(one, hash(&key, "EMAIL_ADDRESS", "bob@example.org"));
        assert_ne!(one, hash(&other, "EMAIL_ADDRESS", "ana@example.org"));
        let digits = |text: &str| text.split('#').next_back().map(str::to_owned);
        assert_ne!(digits(&one), digits(&hash(&key, "NAME", "ana@example.org")));
    }
}
