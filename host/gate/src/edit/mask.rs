//! Masks keep the shape of a text and hide its content.
//!
//! - An e-mail address (a rule whose name says so) keeps its first letter and its domain, and
//!   hides how long the name is: `j***@acme.com`.
//! - A number (nine digits at least, and no more letters than digits) keeps its separators and
//!   its last four letters or digits: `****-****-****-1111`.
//! - Anything else keeps its spaces and its ASCII punctuation: `***** ******`.

const KEPT: usize = 4;
/// Shorter numbers are dates, postcodes and PINs: four of their digits are half of them.
const NUMBER: usize = 9;

/// `value` with its content hidden.
pub(crate) fn mask(label: &str, value: &str) -> String {
    match value.rsplit_once('@') {
        Some((name, domain)) if label.contains("EMAIL") && is_domain(domain) => email(name, domain),
        _ => shape(value),
    }
}

fn is_domain(text: &str) -> bool {
    text.contains('.') && text.chars().all(|c| c.is_alphanumeric() || c == '.' || c == '-')
}

fn email(name: &str, domain: &str) -> String {
    let mut letters = name.chars();
    match (letters.next(), letters.next()) {
        (Some(first), Some(_)) if first.is_alphanumeric() => format!("{first}***@{domain}"),
        _ => format!("***@{domain}"),
    }
}

fn shape(value: &str) -> String {
    let hidden = value.chars().filter(|c| !is_separator(*c)).count();
    let digits = value.chars().filter(char::is_ascii_digit).count();
    let kept = if digits >= NUMBER && digits * 2 >= hidden { KEPT } else { 0 };
    let mut to_hide = hidden - kept;
    let star = |c: char| match is_separator(c) {
        true => c,
        false if to_hide == 0 => c,
        false => {
            to_hide -= 1;
            '*'
        }
    };
    value.chars().map(star).collect()
}

fn is_separator(c: char) -> bool {
    c.is_whitespace() || c.is_ascii_punctuation()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(cases: &[(&str, &str, &str)]) {
        for (label, value, expected) in cases {
            assert_eq!(mask(label, value), *expected, "{label}");
        }
    }

    #[test]
    fn numbers_keep_separators_and_their_last_four() {
        check(&[
            ("CREDIT_CARD", "4111-1111-1111-1111", "****-****-****-1111"),
            ("CREDIT_CARD", "4111 1111 1111 1111", "**** **** **** 1111"),
            ("CREDIT_CARD", "378282246310005", "***********0005"),
            ("US_SSN", "536-22-8145", "***-**-8145"),
            ("IBAN_CODE", "GB82 WEST 1234 5698 7654 32", "**** **** **** **** **54 32"),
            ("PHONE_NUMBER", "+49 (30) 901820-12", "+** (**) ****20-12"),
        ]);
    }

    #[test]
    fn short_values_are_all_stars() {
        check(&[
            ("DATE_TIME", "1985-04-12", "****-**-**"),
            ("PIN", "1234", "****"),
            ("X", "a", "*"),
            ("X", "", ""),
        ]);
    }

    #[test]
    fn addresses_keep_a_letter_and_the_domain() {
        check(&[
            ("EMAIL_ADDRESS", "john@acme.com", "j***@acme.com"),
            ("EMAIL_ADDRESS", "j@acme.com", "***@acme.com"),
            ("EMAIL_ADDRESS", "élan.vital@example.org", "é***@example.org"),
            ("EMAIL_ADDRESS", "no address", "** *******"),
            ("PASSWORD", "p@ss.word", "*@**.****"),
        ]);
    }

    #[test]
    fn words_are_masked_by_character_in_every_script() {
        check(&[
            ("PERSON", "Maria Keller", "***** ******"),
            ("PERSON", "Мария-Анна", "*****-****"),
            ("PERSON", "山田 太郎", "** **"),
            ("PERSON", "👩‍👧", "***"),
            ("TOKEN", "AKIA1234QWERTYUIOPAS", "********************"),
        ]);
    }
}
