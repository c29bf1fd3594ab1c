//! What looks like a secret and is none: placeholders, references, code, names, hashes.

/// Parts of values that people write where a secret belongs.
const PLACEHOLDERS: &[&str] = &[
    "example",
    "placeholder",
    "changeme",
    "change_me",
    "change-me",
    "your",
    "xxxx",
    "****",
    "....",
    "dummy",
    "fake",
    "sample",
    "insert",
    "redacted",
    "replace",
    "undefined",
    "process.env",
    "environ",
    "getenv",
    "import.meta",
    "config.",
    "settings.",
    "secrets.",
    "self.",
    "this.",
    "1234567890",
    "todo",
    "foobar",
    "foo-bar",
    "not-a-",
    "not_a_",
    "notreal",
    "000000",
    "test_test",
    "lorem",
    "integrity",
    "sha256-",
    "sha384-",
    "sha512-",
    "sha1-",
    "data:",
    "http://",
    "https://",
    "file://",
    "mysecret",
    "my-secret",
    "my_secret",
    "<",
    ">",
    "${",
    "$(",
    "{{",
    "}}",
    "%s",
    "%(",
    "#{",
    "...",
];

/// Names whose values are public or no secrets, though a keyword stands in them.
const PUBLIC: &[&str] = &[
    "public",
    "pub_",
    "keyid",
    "key_id",
    "key-id",
    "keyboard",
    "keyword",
    "keyname",
    "hash",
    "csrf",
    "primary",
    "foreign",
    "sort",
    "partition",
    "cache",
    "checksum",
    "digest",
    "fingerprint",
    "translation",
    "object",
    "token_type",
    "tokentype",
    "next",
    "page",
    "continuation",
    "idempotency",
    "signature",
    "site",
    "lookup",
    "i18n",
    "locale",
    "uuid",
    "guid",
    "etag",
    "version",
    "nonce",
    "publishable",
    "authenticity",
    "tokeniz",
    "keyring",
    "keystone",
    "keyval",
    "keypair_name",
];

/// How names end that describe a secret but hold none.
const ENDINGS: &[&str] = &[
    "id", "name", "url", "uri", "type", "size", "length", "path", "file", "version", "count",
    "arn", "endpoint", "prefix", "suffix", "format", "field", "column", "label", "index", "alias",
    "ttl", "class", "limit", "policy", "provider", "method",
];

/// Whether a value stands for a secret, or refers to one.
pub(crate) fn is_placeholder(value: &[u8]) -> bool {
    let Some(first) = value.first() else { return true };
    let text = value.to_ascii_lowercase();
    let has = |part: &&str| text.windows(part.len()).any(|w| w == part.as_bytes());
    b"$%@<{[*/~".contains(first) && value.len() < 200 && !is_mixed(value)
        || PLACEHOLDERS.iter().any(has)
        || is_monotonous(value)
}

/// Whether nearly all of it is one character, or it counts up: `aaaaaaaa`, `abcdefgh`.
pub(crate) fn is_monotonous(value: &[u8]) -> bool {
    let pairs = value.len().saturating_sub(1).max(1);
    let same = value.windows(2).filter(|w| w[0] == w[1]).count();
    let counting = value.windows(2).filter(|w| w[1] == w[0].wrapping_add(1)).count();
    same * 2 > pairs || counting * 4 > pairs * 3
}

/// Whether a name is that of a public thing.
pub(crate) fn is_public_name(name: &[u8]) -> bool {
    let text = name.to_ascii_lowercase();
    PUBLIC.iter().any(|part| text.windows(part.len()).any(|w| w == part.as_bytes()))
        || ENDINGS.iter().any(|ending| text.ends_with(ending.as_bytes()))
}

/// Whether a value is an expression: a call, a member, a path, an address, a version.
pub(crate) fn is_code(value: &[u8]) -> bool {
    let has = |part: &[u8]| value.windows(part.len()).any(|w| w == part);
    let call = has(b"(") || has(b"::") || has(b"->") || has(b"=>");
    let words = value.split(|b| !b.is_ascii_alphanumeric()).filter(|w| !w.is_empty());
    let plain =
        words.clone().all(|w| w[0].is_ascii_alphabetic() && w.iter().all(u8::is_ascii_alphabetic));
    let path = value.iter().filter(|b| **b == b'/').count() >= 2 && is_words(value);
    call || plain && words.count() > 1
        || path
        || is_member(value)
        || is_constant(value)
        || is_uuid(value)
}

/// Whether most of a value is made of words or plain numbers, as identifiers and names are.
pub(crate) fn is_words(value: &[u8]) -> bool {
    let mut wordy = 0;
    for chunk in value.split(|b| !b.is_ascii_alphanumeric()) {
        wordy += humps(chunk).filter(|h| h.len() >= 3 && reads(h)).map(<[u8]>::len).sum::<usize>();
    }
    wordy * 2 >= value.len()
}

/// `camelCase2Words` as `camel`, `Case`, `2`, `Words`.
fn humps(chunk: &[u8]) -> impl Iterator<Item = &[u8]> {
    chunk.chunk_by(|a, b| {
        a.is_ascii_digit() == b.is_ascii_digit()
            && !(a.is_ascii_lowercase() && b.is_ascii_uppercase())
    })
}

/// Whether letters read like a word: vowels and consonants take turns.
fn reads(hump: &[u8]) -> bool {
    if !hump.iter().all(u8::is_ascii_alphabetic) {
        return false;
    }
    let vowel = |b: &u8| b"aeiouyAEIOUY".contains(b);
    let vowels = hump.iter().filter(|b| vowel(b)).count();
    let longest = hump.chunk_by(|a, b| vowel(a) == vowel(b)).map(<[u8]>::len).max();
    vowels * 5 >= hump.len() && vowels * 5 <= hump.len() * 4 && longest.unwrap_or(0) <= 3
}

/// Whether it is a member of something: `module.Name128`.
fn is_member(value: &[u8]) -> bool {
    let is_letter = |b: &u8| b.is_ascii_alphabetic() || *b == b'_';
    let mut parts = value.split(|b| *b == b'.');
    parts.clone().count() > 1
        && parts.clone().all(|p| p.first().is_some_and(is_letter))
        && parts.any(|p| p.len() >= 4 && p.iter().all(is_letter))
}

/// Whether it is the name of a constant: `DOT11_KEY_DIRECTION`.
fn is_constant(value: &[u8]) -> bool {
    let shouted = |b: &u8| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'_';
    let is_word = |w: &[u8]| w.len() >= 3 && w.iter().all(u8::is_ascii_uppercase);
    value.iter().all(shouted) && value.split(|b| *b == b'_').filter(|w| is_word(w)).count() >= 2
}

/// Whether it is a UUID, which names things.
fn is_uuid(value: &[u8]) -> bool {
    value.len() == 36
        && value.iter().enumerate().all(|(i, b)| match i {
            8 | 13 | 18 | 23 => *b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
}

fn is_mixed(value: &[u8]) -> bool {
    value.iter().any(u8::is_ascii_digit)
        && value.iter().any(u8::is_ascii_lowercase)
        && value.iter().any(u8::is_ascii_uppercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_stand_for_secrets() {
        for text in ["YOUR_API_KEY", "xxxxxxxxxxxx", "<token>", "${VAR}", "process.env.KEY"] {
            assert!(is_placeholder(text.as_bytes()), "{text}");
        }
        assert!(!is_placeholder(b"q7Zp2Lx9Wm4T"));
    }

    #[test]
    fn identifiers_are_words() {
        for text in ["getUserAccountToken2", "SCREAMING_SNAKE_CASE_1", "secondary-index-2"] {
            assert!(is_words(text.as_bytes()), "{text}");
        }
        for text in ["q7Zp2Lx9Wm4Tb8Kd", "8b6f8d6594749cb659b1be03e6a0a2e7"] {
            assert!(!is_words(text.as_bytes()), "{text}");
        }
    }
}
