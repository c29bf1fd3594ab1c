//! The check-digit algorithms that numbers of many countries share, each with its source.
//!
//! All work on text that was compacted before: ASCII digits and capital letters only. A character
//! that does not belong makes the check fail, so nothing here can go wrong on foreign input.

/// The digits of `text`, or nothing where a character is no digit.
pub(crate) fn digits<const N: usize>(text: &[u8]) -> Option<[u32; N]> {
    let text: &[u8; N] = text.try_into().ok()?;
    text.iter().all(u8::is_ascii_digit).then(|| text.map(|byte| u32::from(byte - b'0')))
}

/// The number that ASCII digits write, up to 18 of them.
pub(crate) fn number(text: &[u8]) -> Option<u64> {
    let value = |sum: u64, byte: &u8| sum * 10 + u64::from(byte - b'0');
    (text.len() <= 18 && text.iter().all(u8::is_ascii_digit)).then(|| text.iter().fold(0, value))
}

/// The sum of digits times weights; a digit without a weight does not count.
pub(crate) fn weighted(digits: &[u32], weights: &[u32]) -> u32 {
    digits.iter().zip(weights).map(|(digit, weight)| digit * weight).sum()
}

/// Whether all characters are the same: the placeholders that checksums often let pass.
pub(crate) fn uniform(text: &[u8]) -> bool {
    text.windows(2).all(|pair| pair[0] == pair[1])
}

/// The Luhn formula, mod 10 (ISO/IEC 7812-1, annex B).
pub(crate) fn luhn(text: &[u8]) -> bool {
    let mut sum = 0;
    for (idx, byte) in text.iter().rev().enumerate() {
        if !byte.is_ascii_digit() {
            return false;
        }
        let digit = u32::from(byte - b'0') << (idx % 2);
        sum += if digit > 9 { digit - 9 } else { digit };
    }
    sum.is_multiple_of(10)
}

/// What a digit or capital letter counts in ISO 7064 and ISO 13616: `A` is 10, `Z` is 35.
pub(crate) fn alphanumeric(byte: u8) -> Option<u32> {
    char::from(byte).to_digit(36)
}

/// The remainder of division by 97, letters counted as two digits (ISO 7064, mod 97-10).
pub(crate) fn mod_97(text: impl IntoIterator<Item = u8>) -> Option<u32> {
    text.into_iter().try_fold(0, |rest, byte| {
        let value = alphanumeric(byte)?;
        Some((rest * if value > 9 { 100 } else { 10 } + value) % 97)
    })
}

/// ISO 7064 mod 11-2: digits, then a check character `0` to `9` or `X`.
pub(crate) fn mod_11_2(text: &[u8]) -> bool {
    let Some((&check, body)) = text.split_last() else { return false };
    let Some(sum) = body.iter().try_fold(0, |sum, &byte| {
        byte.is_ascii_digit().then(|| (sum + u32::from(byte - b'0')) * 2 % 11)
    }) else {
        return false;
    };
    b"0123456789X".get(((12 - sum) % 11) as usize) == Some(&check)
}

/// ISO 7064 mod 11,10 (hybrid): digits with a decimal check digit.
pub(crate) fn mod_11_10(text: &[u8]) -> bool {
    let Some((&check, body)) = text.split_last() else { return false };
    let mut product = 10;
    for &byte in body {
        let Some(value) = char::from(byte).to_digit(10) else { return false };
        let sum = (product + value) % 10;
        product = (if sum == 0 { 10 } else { sum } * 2) % 11;
    }
    char::from(check).to_digit(10).is_some_and(|check| (product + check) % 10 == 1)
}

/// Verhoeff's dihedral check (J. Verhoeff, Error Detecting Decimal Codes, 1969).
pub(crate) fn verhoeff(text: &[u8]) -> bool {
    let mut check = 0;
    for (idx, byte) in text.iter().rev().enumerate() {
        if !byte.is_ascii_digit() {
            return false;
        }
        check = dihedral(check, permuted(byte - b'0', idx));
    }
    check == 0
}

/// The product in the dihedral group of order ten.
fn dihedral(a: u8, b: u8) -> u8 {
    match (a < 5, b < 5) {
        (true, true) => (a + b) % 5,
        (true, false) => 5 + (a + b) % 5,
        (false, true) => 5 + (a + 5 - b) % 5,
        (false, false) => (a + 5 - b) % 5,
    }
}

/// Verhoeff's permutation, applied `times` times.
fn permuted(digit: u8, times: usize) -> u8 {
    const ONCE: [u8; 10] = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
    (0..times % 8).fold(digit, |digit, _| ONCE[usize::from(digit)])
}

/// Whether `month` and `day` can stand together in a calendar, in some year.
pub(crate) fn calendar(month: u32, day: u32) -> bool {
    let longest = match month {
        2 => 29,
        4 | 6 | 9 | 11 => 30,
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        _ => 0,
    };
    (1..=longest).contains(&day)
}

/// Whether six digits are a date, in the order year, month, day.
pub(crate) fn year_month_day(d: &[u32]) -> bool {
    d.len() >= 6 && calendar(d[2] * 10 + d[3], d[4] * 10 + d[5])
}

/// Whether six digits are a date, in the order day, month, year.
pub(crate) fn day_month_year(d: &[u32]) -> bool {
    d.len() >= 4 && calendar(d[2] * 10 + d[3], d[0] * 10 + d[1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(algorithm: fn(&[u8]) -> bool, good: &str, bad: &str) {
        assert!(algorithm(good.as_bytes()), "{good}");
        assert!(!algorithm(bad.as_bytes()), "{bad}");
        assert!(!algorithm("é?".as_bytes()), "foreign characters");
    }

    #[test]
    fn one_wrong_digit_fails_every_algorithm() {
        check(luhn, "79927398713", "79927398710");
        check(mod_11_2, "07940", "07941");
        check(mod_11_10, "07945", "07946");
        check(verhoeff, "2363", "2364");
    }

    #[test]
    fn verhoeff_sees_a_transposition() {
        assert!(verhoeff(b"2363") && !verhoeff(b"2336"));
    }

    #[test]
    fn mod_97_counts_letters_as_two_digits() {
        assert_eq!(mod_97(*b"3214282912345698765432161182"), Some(1));
        assert_eq!(mod_97(*b"a1"), Some((10 * 10 + 1) % 97));
    }

    #[test]
    fn february_has_29_days_at_most() {
        assert!(calendar(2, 29) && !calendar(2, 30) && !calendar(13, 1) && !calendar(1, 0));
    }
}
