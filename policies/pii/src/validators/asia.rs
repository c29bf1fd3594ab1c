//! India, Singapore, Korea, Japan, China, Taiwan, Israel.

use crate::checksum::{digits, luhn, mod_11_2, uniform, verhoeff, weighted, year_month_day};

/// Indian Aadhaar: twelve digits, Verhoeff, not starting with 0 or 1 (UIDAI).
pub(crate) fn aadhaar(text: &[u8]) -> bool {
    text.len() == 12 && text[0] >= b'2' && verhoeff(text) && !uniform(text)
}

/// Indian PAN: the fourth letter tells the holder's kind (Income Tax Department).
pub(crate) fn pan(text: &[u8]) -> bool {
    text.len() == 10
        && text[..5].iter().all(u8::is_ascii_uppercase)
        && b"ABCFGHJLPT".contains(&text[3])
        && text[5..9].iter().all(u8::is_ascii_digit)
        && text[9].is_ascii_uppercase()
}

/// Indian GSTIN: a state, a PAN, and mod 37,36's relative with alternating weights (GSTN).
pub(crate) fn gstin(text: &[u8]) -> bool {
    let (Some((&check, body)), Some(pan)) = (text.split_last(), text.get(2..12)) else {
        return false;
    };
    let value = |byte: &u8| char::from(*byte).to_digit(36).unwrap_or(0);
    let term = |(idx, byte): (usize, &u8)| {
        let product = value(byte) * (1 + idx as u32 % 2);
        product / 36 + product % 36
    };
    let sum: u32 = body.iter().enumerate().map(term).sum();
    text.len() == 15 && self::pan(pan) && value(&check) == (36 - sum % 36) % 36
}

/// Indian voter card: three letters and seven digits (Election Commission, EPIC).
pub(crate) fn epic(text: &[u8]) -> bool {
    text.len() == 10 && text[..3].iter().all(u8::is_ascii_uppercase) && !uniform(&text[3..])
}

/// Singaporean NRIC and FIN: weights 2 7 6 5 4 3 2, a letter for the rest (ICA).
pub(crate) fn nric(text: &[u8]) -> bool {
    let (Some((&check, _)), Some(d)) = (text.split_last(), text.get(1..8).and_then(digits::<7>))
    else {
        return false;
    };
    let (letters, more) = match text[0] {
        b'S' => (b"JZIHGFEDCBA", 0),
        b'T' => (b"JZIHGFEDCBA", 4),
        b'F' => (b"XWUTRQPNMLK", 0),
        b'G' => (b"XWUTRQPNMLK", 4),
        b'M' => (b"XWUTRQPNJLK", 3),
        _ => return false,
    };
    let rest = (weighted(&d, &[2, 7, 6, 5, 4, 3, 2]) + more) % 11;
    let rest = if text[0] == b'M' { 10 - rest } else { rest };
    let letters = if text[0] == b'M' { b"KLJNPQRTUWX" } else { letters };
    text.len() == 9 && letters[rest as usize] == check
}

/// South Korean RRN: a date, a century's digit, weights 2 to 9, mod 11 (Resident Registration Act;
/// numbers from October 2020 on have random ends).
pub(crate) fn rrn(text: &[u8]) -> bool {
    let Some(d) = digits::<13>(text) else { return false };
    let sum = weighted(&d, &[2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]);
    any_rrn(text) && ((11 - sum % 11) % 10 == d[12] || (13 - sum % 11) % 10 == d[12])
}

/// What can be an RRN if its check digit does not matter.
pub(crate) fn any_rrn(text: &[u8]) -> bool {
    digits::<13>(text).is_some_and(|d| year_month_day(&d) && matches!(d[6], 1..=8))
}

/// South Korean business number: weights 1 3 7 1 3 7 1 3 5, mod 10 (NTS).
pub(crate) fn brn(text: &[u8]) -> bool {
    let Some(d) = digits::<10>(text) else { return false };
    let sum = weighted(&d, &[1, 3, 7, 1, 3, 7, 1, 3, 5]) + d[8] * 5 / 10;
    (sum + d[9]).is_multiple_of(10) && !uniform(text)
}

/// Japanese My Number: weights 6 5 4 3 2 7 6 5 4 3 2, mod 11 (番号利用法施行規則).
pub(crate) fn my_number(text: &[u8]) -> bool {
    let Some(d) = digits::<12>(text) else { return false };
    let rest = weighted(&d, &[6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
    d[11] == if rest <= 1 { 0 } else { 11 - rest } && !uniform(text)
}

/// Chinese resident identity number: a place, a date, mod 11-2 (GB 11643).
pub(crate) fn resident(text: &[u8]) -> bool {
    let Some(date) = text.get(6..14).and_then(digits::<8>) else { return false };
    text.len() == 18
        && matches!(text[0], b'1'..=b'8')
        && matches!(date[0] * 10 + date[1], 18..=20)
        && year_month_day(&date[2..])
        && mod_11_2(text)
}

/// Chinese credit code of organisations: 18 characters, powers of 3 modulo 31 (GB 32100).
pub(crate) fn uscc(text: &[u8]) -> bool {
    let value = |byte: &u8| b"0123456789ABCDEFGHJKLMNPQRTUWXY".iter().position(|b| b == byte);
    let Some(values) = text.iter().map(value).collect::<Option<Vec<_>>>() else { return false };
    let Some((&check, body)) = values.split_last() else { return false };
    let (sum, _) = body.iter().fold((0, 1), |(sum, weight), v| (sum + v * weight, weight * 3 % 31));
    text.len() == 18
        && matches!(text[0], b'1' | b'5' | b'9' | b'Y')
        && (31 - sum % 31) % 31 == check
}

/// Taiwanese identity number: a letter for two digits, weights 1 9 8 … 1 1, mod 10 (內政部).
pub(crate) fn taiwanese(text: &[u8]) -> bool {
    let (Some(&letter), Some(d)) = (text.first(), text.get(1..).and_then(digits::<9>)) else {
        return false;
    };
    let Some(place) = b"ABCDEFGHJKLMNPQRSTUVXYWZIO".iter().position(|&l| l == letter) else {
        return false;
    };
    let place = place as u32 + 10;
    let sum = place / 10 + place % 10 * 9 + weighted(&d, &[8, 7, 6, 5, 4, 3, 2, 1, 1]);
    matches!(d[0], 1 | 2 | 8 | 9) && sum.is_multiple_of(10)
}

/// Israeli identity number: Luhn over nine digits (Population Authority).
pub(crate) fn israeli(text: &[u8]) -> bool {
    text.len() == 9 && luhn(text) && !uniform(text)
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::*;

    #[test]
    fn numbers_of_south_asia() {
        check(aadhaar, &["234123412346"], &["234123412347", "134123412346"]);
        check(pan, &["ABCPE1234F"], &["ABCXE1234F", "ABCPE12345"]);
        check(gstin, &["27AAPFU0939F1ZV"], &["27AAPFU0939F1ZW"]);
        check(epic, &["ABC1234567"], &["ABC1111111"]);
        check(nric, &["S1234567D", "F1234567N", "G1234567X"], &["S1234567E", "A1234567D"]);
    }

    #[test]
    fn numbers_of_east_asia() {
        check(rrn, &["9001011234568"], &["9001011234569", "9013011234568"]);
        check(brn, &["1208147521"], &["1208147522"]);
        check(my_number, &["123456789018"], &["123456789019"]);
        check(resident, &["11010519491231002X"], &["110105194912310021", "11010519491331002X"]);
        check(uscc, &["91350100M000100Y43"], &["91350100M000100Y44"]);
        check(taiwanese, &["A123456789"], &["A123456788"]);
        check(israeli, &["123456782"], &["123456783"]);
    }
}
