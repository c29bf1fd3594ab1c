//! Whether a number can have been issued: check digits and fixed parts, country by country.
//!
//! Each takes the compacted number, digits and capital letters only, and names its source.

pub(crate) mod americas;
pub(crate) mod asia;
pub(crate) mod europe;
pub(crate) mod global;
pub(crate) mod nordic;
pub(crate) mod south;

/// Checks a validator against numbers that are right and numbers that are wrong.
#[cfg(test)]
#[track_caller]
fn check(validator: fn(&[u8]) -> bool, right: &[&str], wrong: &[&str]) {
    for text in right {
        assert!(validator(text.as_bytes()), "{text} is right");
    }
    for text in wrong.iter().chain(&["", "é", "?", "1"]) {
        assert!(!validator(text.as_bytes()), "{text} is wrong");
    }
}
