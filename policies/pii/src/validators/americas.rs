//! North and South America.

use crate::checksum::{digits, luhn, number, uniform, weighted};

/// US social security number: what the SSA never issues is left out (POMS RM 10201.030).
pub(crate) fn ssn(text: &[u8]) -> bool {
    let Some(value) = number(text).filter(|_| text.len() == 9) else { return false };
    let (area, group, serial) = (value / 1_000_000, value / 10_000 % 100, value % 10_000);
    const SAMPLES: [u64; 3] = [78_051_120, 219_099_999, 123_456_789];
    area != 0 && area != 666 && area < 900 && group != 0 && serial != 0 && !SAMPLES.contains(&value)
}

/// US individual taxpayer number: 9, and the groups that the IRS assigns (IRS, Publication 1915).
pub(crate) fn itin(text: &[u8]) -> bool {
    let Some(value) = number(text).filter(|_| text.len() == 9) else { return false };
    value / 100_000_000 == 9
        && matches!(value / 10_000 % 100, 50..=65 | 70..=88 | 90..=92 | 94..=99)
}

/// US employer number: a campus prefix that the IRS has assigned (IRS, EIN prefixes).
pub(crate) fn ein(text: &[u8]) -> bool {
    let Some(value) = number(text).filter(|_| text.len() == 9) else { return false };
    const NONE: [u64; 17] = [0, 7, 8, 9, 17, 18, 19, 28, 29, 49, 69, 70, 78, 79, 89, 96, 97];
    !NONE.contains(&(value / 10_000_000))
}

/// ABA routing number: a Federal Reserve prefix, weights 3 7 1, mod 10 (ABA Key to Routing Numbers).
pub(crate) fn aba(text: &[u8]) -> bool {
    let Some(d) = digits::<9>(text) else { return false };
    matches!(d[0] * 10 + d[1], 0..=12 | 21..=32 | 61..=72 | 80)
        && weighted(&d, &[3, 7, 1, 3, 7, 1, 3, 7, 1]).is_multiple_of(10)
        && !uniform(text)
}

/// US provider identifier: Luhn behind the prefix 80840 (45 CFR 162.406, CMS).
pub(crate) fn npi(text: &[u8]) -> bool {
    let mut whole = *b"808400000000000";
    if text.len() != 10 || !matches!(text[0], b'1' | b'2') || uniform(text) {
        return false;
    }
    whole[5..].copy_from_slice(text);
    luhn(&whole)
}

/// US DEA registration: two letters and seven digits, the last a sum's (21 CFR 1301, DEA).
pub(crate) fn dea(text: &[u8]) -> bool {
    let Some((letters, rest)) = text.split_at_checked(2) else { return false };
    let Some(d) = digits::<7>(rest) else { return false };
    b"ABCDEFGHJKLMPRSTUX".contains(&letters[0])
        && (letters[1].is_ascii_uppercase() || letters[1] == b'9')
        && (d[0] + d[2] + d[4] + 2 * (d[1] + d[3] + d[5])) % 10 == d[6]
        && !uniform(rest)
}

/// US Medicare beneficiary identifier: its pattern of digits and letters (CMS, MBI format).
pub(crate) fn mbi(text: &[u8]) -> bool {
    let fits = |(byte, class): (&u8, &u8)| {
        let letter = byte.is_ascii_uppercase() && !b"SLOIBZ".contains(byte);
        match class {
            b'1' => matches!(byte, b'1'..=b'9'),
            b'9' => byte.is_ascii_digit(),
            b'A' => letter,
            _ => letter || byte.is_ascii_digit(),
        }
    };
    text.len() == 11 && text.iter().zip(b"1AX9AX9AA99").all(fits)
}

/// Canadian social insurance number: Luhn; 0 and 8 are not issued (Service Canada).
pub(crate) fn sin(text: &[u8]) -> bool {
    text.len() == 9 && !matches!(text[0], b'0' | b'8') && luhn(text) && !uniform(text)
}

/// The check digit of Brazil's registers: 11 minus the sum modulo 11, 0 where that is above 9.
fn brazilian(digits: &[u32], weights: &[u32]) -> u32 {
    match weighted(digits, weights) % 11 {
        0 | 1 => 0,
        rest => 11 - rest,
    }
}

/// Brazilian CPF: two check digits, mod 11 (Receita Federal).
pub(crate) fn cpf(text: &[u8]) -> bool {
    let Some(d) = digits::<11>(text) else { return false };
    !uniform(text)
        && brazilian(&d[..9], &[10, 9, 8, 7, 6, 5, 4, 3, 2]) == d[9]
        && brazilian(&d[..10], &[11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) == d[10]
}

/// Brazilian CNPJ: two check digits, mod 11 (Receita Federal).
pub(crate) fn cnpj(text: &[u8]) -> bool {
    let Some(d) = digits::<14>(text) else { return false };
    let weights = [6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2];
    !uniform(text)
        && brazilian(&d[..12], &weights[1..]) == d[12]
        && brazilian(&d[..13], &weights) == d[13]
}

/// Mexican CURP: its pattern and its check digit, weights 18 to 2 (RENAPO, Instructivo normativo).
pub(crate) fn curp(text: &[u8]) -> bool {
    if text.len() != 18
        || !text[..4].iter().all(u8::is_ascii_uppercase)
        || !text[4..10].iter().all(u8::is_ascii_digit)
        || !matches!(text[10], b'H' | b'M' | b'X')
    {
        return false;
    }
    // The alphabet counts Ñ after N, which never stands here but moves the letters behind it.
    let value = |byte: u8| match byte {
        b'0'..=b'9' => u32::from(byte - b'0'),
        b'A'..=b'N' => u32::from(byte - b'A') + 10,
        _ => u32::from(byte - b'A') + 11,
    };
    let sum: u32 = text[..17].iter().zip((2..=18).rev()).map(|(b, w)| value(*b) * w).sum();
    u32::from(text[17].wrapping_sub(b'0')) == (10 - sum % 10) % 10
}

/// Argentine CUIT and CUIL: a known prefix, weights 5 4 3 2 7 6 5 4 3 2, mod 11 (AFIP).
pub(crate) fn cuit(text: &[u8]) -> bool {
    let Some(d) = digits::<11>(text) else { return false };
    let check = 11 - weighted(&d, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
    matches!(d[0] * 10 + d[1], 20 | 23 | 24 | 27 | 30 | 33 | 34) && check % 11 == d[10]
}

/// Chilean RUT: weights 2 to 7 from the right, mod 11, `K` for ten (Registro Civil).
pub(crate) fn rut(text: &[u8]) -> bool {
    let Some((&check, body)) = text.split_last() else { return false };
    if !(7..=8).contains(&body.len()) || !body.iter().all(u8::is_ascii_digit) || uniform(body) {
        return false;
    }
    let weights = (2..=7).cycle();
    let sum: u32 = body.iter().rev().zip(weights).map(|(b, w)| u32::from(b - b'0') * w).sum();
    b"0123456789K0"[(11 - sum % 11) as usize] == check
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::*;

    #[test]
    fn numbers_of_north_america() {
        check(
            ssn,
            &["536904399"],
            &["000123456", "666123456", "900123456", "536004399", "536900000"],
        );
        check(itin, &["912701234"], &["912661234", "812701234"]);
        check(ein, &["123456789"], &["073456789"]);
        check(aba, &["021000021", "011401533"], &["021000022", "991000021"]);
        check(npi, &["1234567893"], &["1234567894", "3234567893"]);
        check(dea, &["AB1234563"], &["AB1234564", "1B1234563"]);
        check(mbi, &["1EG4TE5MK73"], &["0EG4TE5MK73", "1SG4TE5MK73"]);
        check(sin, &["130692544"], &["130692545", "046454286"]);
        check(curp, &["BOXW310820HNERXN09"], &["BOXW310820HNERXN08"]);
    }

    #[test]
    fn numbers_of_south_america() {
        check(cpf, &["52998224725", "11144477735"], &["52998224726", "11111111111"]);
        check(cnpj, &["11222333000181"], &["11222333000182"]);
        check(cuit, &["20123456786"], &["20123456787", "19123456786"]);
        check(rut, &["123456785", "6824160K"], &["123456786"]);
    }
}
