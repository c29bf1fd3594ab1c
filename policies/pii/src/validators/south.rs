//! Australia, New Zealand, South Africa.

use crate::checksum::{digits, luhn, number, uniform, weighted, year_month_day};

/// Australian tax file number: weights 1 4 3 7 5 8 6 9 10, mod 11 (ATO).
pub(crate) fn tfn(text: &[u8]) -> bool {
    let Some(d) = digits::<9>(text) else { return false };
    weighted(&d, &[1, 4, 3, 7, 5, 8, 6, 9, 10]).is_multiple_of(11) && !uniform(text)
}

/// Australian business number: one less in the first place, weights 10 1 3 … 19, mod 89 (ABR).
pub(crate) fn abn(text: &[u8]) -> bool {
    let Some(d) = digits::<11>(text) else { return false };
    let sum = weighted(&d, &[10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]);
    d[0] != 0 && sum % 89 == 10 && !uniform(text)
}

/// Australian company number: weights 8 to 1, mod 10 (ASIC).
pub(crate) fn acn(text: &[u8]) -> bool {
    let Some(d) = digits::<9>(text) else { return false };
    (weighted(&d, &[8, 7, 6, 5, 4, 3, 2, 1]) + d[8]).is_multiple_of(10) && !uniform(text)
}

/// Australian Medicare card: weights 1 3 7 9 1 3 7 9, mod 10, then an issue number
/// (Services Australia).
pub(crate) fn medicare(text: &[u8]) -> bool {
    let Some(d) = text.get(..10).and_then(digits::<10>) else { return false };
    matches!(text.len(), 10 | 11)
        && matches!(d[0], 2..=6)
        && weighted(&d, &[1, 3, 7, 9, 1, 3, 7, 9]) % 10 == d[8]
        && d[9] != 0
        && !uniform(text)
}

/// New Zealand IRD number: weights 3 2 7 6 5 4 3 2, then 7 4 3 2 5 2 7 6, mod 11 (Inland Revenue).
pub(crate) fn ird(text: &[u8]) -> bool {
    let mut padded = *b"000000000";
    if !matches!(text.len(), 8 | 9) {
        return false;
    }
    padded[9 - text.len()..].copy_from_slice(text);
    let (Some(d), Some(value)) = (digits::<9>(&padded), number(text)) else { return false };
    let check = |weights| (11 - weighted(&d, weights) % 11) % 11;
    let control = match check(&[3, 2, 7, 6, 5, 4, 3, 2]) {
        10 => check(&[7, 4, 3, 2, 5, 2, 7, 6]),
        control => control,
    };
    (10_000_000..150_000_000).contains(&value) && control == d[8] && !uniform(text)
}

/// South African identity number: a date, citizenship, Luhn (Identification Act 68 of 1997).
pub(crate) fn south_african(text: &[u8]) -> bool {
    let Some(d) = digits::<13>(text) else { return false };
    year_month_day(&d) && d[10] <= 2 && luhn(text)
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::*;

    #[test]
    fn numbers_of_the_south() {
        check(tfn, &["123456782"], &["123456783"]);
        check(abn, &["51824753556"], &["51824753557"]);
        check(acn, &["004085616"], &["004085617"]);
        check(medicare, &["2123456701"], &["2123456711", "1123456701"]);
        check(ird, &["49091850", "136410132"], &["49091851", "9125568"]);
        check(south_african, &["8001015009087"], &["8001015009088", "8013015009087"]);
    }
}
