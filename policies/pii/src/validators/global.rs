//! Numbers that the same authority issues everywhere.

use crate::checksum::{alphanumeric, digits, luhn, mod_97, number, uniform};

/// Anything: the form's shape says it all.
pub(crate) fn any(_: &[u8]) -> bool {
    true
}

/// A card of a known brand: its prefix, its length (ISO/IEC 7812; the brands' BIN tables), Luhn.
pub(crate) fn card(text: &[u8]) -> bool {
    brand(text) && luhn(text)
}

fn brand(text: &[u8]) -> bool {
    let Some(head) = text.get(..4).and_then(number) else { return false };
    match text.len() {
        12 => MAESTRO.contains(&head),
        13 => head / 1000 == 4,
        14 => matches!(head / 10, 300..=305 | 309) || matches!(head / 100, 36 | 38 | 39),
        15 => matches!(head / 100, 34 | 37) || matches!(head, 1800 | 2131),
        16 => {
            head / 1000 == 4
                || matches!(head / 100, 51..=55 | 65 | 62 | 36 | 81)
                || matches!(head, 2221..=2720 | 6011 | 3528..=3589 | 2200..=2204)
                || matches!(head / 10, 644..=649)
                || MAESTRO.contains(&head)
                || matches!(head, 5067 | 6362 | 6363 | 6500..=6599 | 9792)
        }
        19 => head / 1000 == 4 || matches!(head / 100, 62 | 65) || MAESTRO.contains(&head),
        17 | 18 => head / 100 == 62 || MAESTRO.contains(&head),
        _ => false,
    }
}

/// Prefixes of Maestro and its relatives.
const MAESTRO: [u64; 10] = [5018, 5020, 5038, 5893, 6304, 6759, 6761, 6762, 6763, 6390];

/// IMEI: a reporting body's prefix and Luhn (3GPP TS 23.003, annex B).
pub(crate) fn imei(text: &[u8]) -> bool {
    text.len() == 15 && luhn(text) && !uniform(text) && any_imei(text)
}

/// What can be an IMEI if its check digit does not matter.
pub(crate) fn any_imei(text: &[u8]) -> bool {
    text.len() == 15 && text.iter().all(u8::is_ascii_digit)
}

/// VIN with its check digit in the ninth place, as in North America and China (ISO 3779,
/// 49 CFR 565.15).
pub(crate) fn vin(text: &[u8]) -> bool {
    const WEIGHTS: [u32; 17] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
    if !any_vin(text) {
        return false;
    }
    let values = text.iter().map(|&byte| match byte {
        b'0'..=b'9' => u32::from(byte - b'0'),
        b'A'..=b'I' => u32::from(byte - b'A') + 1,
        b'J'..=b'R' => u32::from(byte - b'J') + 1,
        _ => u32::from(byte - b'S') + 2,
    });
    let sum: u32 = values.zip(WEIGHTS).map(|(value, weight)| value * weight).sum();
    b"0123456789X"[(sum % 11) as usize] == text[8] && !uniform(text)
}

/// What can be a VIN: letters and digits without I, O and Q (ISO 3779).
pub(crate) fn any_vin(text: &[u8]) -> bool {
    let digits = text.iter().filter(|byte| byte.is_ascii_digit()).count();
    text.len() == 17
        && (3..17).contains(&digits)
        && text
            .iter()
            .all(|&byte| alphanumeric(byte).is_some() && !matches!(byte, b'I' | b'O' | b'Q'))
}

/// LEI: mod 97-10 over 20 characters (ISO 17442).
pub(crate) fn lei(text: &[u8]) -> bool {
    text.len() == 20
        && mod_97(text.iter().copied()) == Some(1)
        && text[18..].iter().all(u8::is_ascii_digit)
}

/// ISNI and ORCID: mod 11-2 over 16 characters (ISO 27729).
pub(crate) fn orcid(text: &[u8]) -> bool {
    text.len() == 16 && text.starts_with(b"000") && crate::checksum::mod_11_2(text)
}

/// BIC: a bank's letters, a country that exists, a place, perhaps a branch (ISO 9362).
pub(crate) fn bic(text: &[u8]) -> bool {
    let country = text.get(4..6).unwrap_or_default();
    matches!(text.len(), 8 | 11)
        && text[..6].iter().all(u8::is_ascii_uppercase)
        && COUNTRIES.chunks_exact(2).any(|code| code == country)
}

/// ISO 3166-1's codes of countries with banks in SWIFT's directory.
const COUNTRIES: &[u8] = b"ADAEAFAGALAMAOARATAUAZBABBBDBEBFBGBHBIBJBMBNBOBRBSBTBWBYBZCACDCFCG\
CHCICLCMCNCOCRCUCVCYCZDEDJDKDMDODZECEEEGERESETFIFJFRGAGBGDGEGGGHGIGMGNGQGRGTGWGYHKHNHRHTHUIDIE\
ILIMINIQIRISITJEJMJOJPKEKGKHKIKMKNKPKRKWKYKZLALBLCLILKLRLSLTLULVLYMAMCMDMEMGMKMLMMMNMOMRMTMUMVMW\
MXMYMZNANENGNINLNONPNRNZOMPAPEPGPHPKPLPSPTPYQARORSRURWSASBSCSDSESGSISKSLSMSNSOSRSSSTSVSYSZTDTGTH\
TJTLTMTNTOTRTTTVTWTZUAUGUSUYUZVAVCVEVNVUWSXKYEZAZMZW";

/// Digits that are not all the same.
pub(crate) fn varied(text: &[u8]) -> bool {
    text.iter().any(u8::is_ascii_digit) && !uniform(text)
}

/// ISBN-13 and EAN-13: weights 1 and 3, mod 10 (GS1 General Specifications, 7.9).
pub(crate) fn ean(text: &[u8]) -> bool {
    let sum = |d: [u32; 13]| d.iter().enumerate().map(|(i, d)| d * (1 + 2 * (i as u32 % 2))).sum();
    digits(text).map(sum).is_some_and(|sum: u32| sum.is_multiple_of(10))
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::*;

    #[test]
    fn numbers_of_the_world() {
        check(
            card,
            &["4111111111111111", "378282246310005", "30569309025904", "6011111111111117"],
            &["4111111111111112", "9111111111111111", "411111111111111"],
        );
        check(imei, &["490154203237518"], &["490154203237519", "000000000000000"]);
        check(
            vin,
            &[
                "1M8GDM9AXKP042788",
                "11111111111111111".replace("11111111111111111", "1HGCM82633A004352").as_str(),
            ],
            &["1M8GDM9A1KP042788", "1M8GDM9AXKO042788"],
        );
        check(lei, &["5493001KJTIIGC8Y1R12"], &["5493001KJTIIGC8Y1R13"]);
        check(orcid, &["0000000218250097", "000000021694233X"], &["0000000218250098"]);
        check(bic, &["DEUTDEFF", "NEDSZAJJXXX"], &["DEUTXXFF", "DEUTDEF", "12345678"]);
        check(ean, &["9783161484100"], &["9783161484101"]);
    }
}
