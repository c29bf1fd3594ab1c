//! Western, southern and eastern Europe.

use crate::checksum::{
    day_month_year, digits, luhn, mod_11_10, mod_97, number, uniform, weighted, year_month_day,
};

/// NHS number: weights 10 to 2, mod 11 (NHS Data Dictionary).
pub(crate) fn nhs(text: &[u8]) -> bool {
    let Some(d) = digits::<10>(text) else { return false };
    let check = 11 - weighted(&d, &[10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11;
    check % 11 == d[9] && check != 10 && !uniform(text)
}

/// National insurance number: the prefixes that are allocated (HMRC, NIM39110).
pub(crate) fn nino(text: &[u8]) -> bool {
    let [first, second, ..] = text else { return false };
    text.len() == 9
        && !b"DFIQUV".contains(first)
        && !b"DFIOQUV".contains(second)
        && ![&b"BG"[..], b"GB", b"KN", b"NK", b"NT", b"TN", b"ZZ"].contains(&&text[..2])
        && matches!(text[8], b'A'..=b'D')
        && text[2..8].iter().all(u8::is_ascii_digit)
}

/// UK driving licence: surname, birth date and initials in 16 places (DVLA, INF 1).
pub(crate) fn uk_licence(text: &[u8]) -> bool {
    let Some(birth) = text.get(5..11).and_then(digits::<6>) else { return false };
    let month = birth[1] * 10 + birth[2];
    text.len() == 16
        && (matches!(month, 1..=12) || matches!(month, 51..=62))
        && matches!(birth[3] * 10 + birth[4], 1..=31)
}

/// Irish PPS number: weights 8 to 2, a ninth character counts nine times (Revenue, PPSN).
pub(crate) fn ppsn(text: &[u8]) -> bool {
    let Some(d) = text.get(..7).and_then(digits::<7>) else { return false };
    let letter = |idx: usize| text.get(idx).map_or(0, |byte| u32::from(byte.wrapping_sub(b'@')));
    let sum = weighted(&d, &[8, 7, 6, 5, 4, 3, 2]) + letter(8) * 9;
    let check = if sum.is_multiple_of(23) { 23 } else { sum % 23 };
    matches!(text.len(), 8 | 9) && letter(7) == check && letter(8) <= 23
}

/// German tax identifier: one digit twice or thrice, mod 11,10 (BZSt, § 139b AO).
pub(crate) fn steuer_id(text: &[u8]) -> bool {
    let Some(d) = digits::<11>(text) else { return false };
    let mut counts = [0; 10];
    for &digit in &d[..10] {
        counts[digit as usize] += 1;
    }
    let repeated = counts.iter().filter(|&&count| count > 1).count();
    d[0] != 0 && repeated == 1 && counts.iter().all(|&count| count < 4) && mod_11_10(text)
}

/// German pension insurance number: weights on twelve digits, the letter counting two of them
/// (VKVV § 4, digit sums, mod 10).
pub(crate) fn pension(text: &[u8]) -> bool {
    if text.len() != 12 || !text[8].is_ascii_uppercase() {
        return false;
    }
    let letter = u32::from(text[8] - b'A') + 1;
    let mut d = [0; 12];
    for (slot, at) in d.iter_mut().zip([0, 1, 2, 3, 4, 5, 6, 7, 8, 8, 9, 10]) {
        *slot = u32::from(text[at].wrapping_sub(b'0'));
    }
    (d[8], d[9]) = (letter / 10, letter % 10);
    let product = |(digit, weight): (&u32, u32)| digit * weight / 10 + digit * weight % 10;
    let sum: u32 = d.iter().zip([2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1]).map(product).sum();
    let digits = text.iter().enumerate().all(|(at, byte)| at == 8 || byte.is_ascii_digit());
    digits && u32::from(text[11] - b'0') == sum % 10
}

/// German identity card and passport: weights 7 3 1, letters from 10 (ICAO 9303-3, 4.9).
pub(crate) fn icao(text: &[u8]) -> bool {
    let Some((&check, body)) = text.split_last() else { return false };
    let value = |byte: &u8| char::from(*byte).to_digit(36).unwrap_or(0);
    let sum: u32 = body.iter().zip([7, 3, 1].iter().cycle()).map(|(b, w)| value(b) * w).sum();
    text.len() == 10 && check.is_ascii_digit() && u32::from(check - b'0') == sum % 10
}

/// Letters that German identity cards are numbered with.
pub(crate) fn german_serial(text: &[u8]) -> bool {
    let known = |byte: &u8| byte.is_ascii_digit() || b"CFGHJKLMNPRTVWXYZ".contains(byte);
    text.len() == 9
        && b"CFGHJKLMNPRTVWXYZ".contains(&text[0])
        && text.iter().all(known)
        && text.iter().filter(|byte| byte.is_ascii_digit()).count() >= 3
}

/// Austrian social insurance number: a serial, mod 11, and a birth date (Dachverband der SV).
pub(crate) fn svnr(text: &[u8]) -> bool {
    let Some(d) = digits::<10>(text) else { return false };
    let sum = weighted(&d, &[3, 7, 9, 0, 5, 8, 4, 2, 1, 6]);
    d[0] != 0 && sum % 11 == d[3] && day_month_year(&d[4..])
}

/// Swiss AHV number: an EAN-13 with the country code 756 (ZAS).
pub(crate) fn ahv(text: &[u8]) -> bool {
    text.starts_with(b"756") && super::global::ean(text)
}

/// French NIR: 97 minus the number modulo 97, Corsica's letters for digits (INSEE).
pub(crate) fn nir(text: &[u8]) -> bool {
    if text.len() != 15 || !matches!(text[0], b'1' | b'2') {
        return false;
    }
    let mut body = [0; 13];
    body.copy_from_slice(&text[..13]);
    let corsica = match &text[5..7] {
        b"2A" => 1_000_000,
        b"2B" => 2_000_000,
        _ => 0,
    };
    if corsica > 0 {
        body[6] = b'0';
    }
    let (Some(value), Some(key)) = (number(&body), number(&text[13..])) else { return false };
    let month = number(&body[3..5]).unwrap_or(0);
    matches!(month, 1..=12 | 20..=42 | 50..=99) && 97 - (value - corsica) % 97 == key
}

/// French tax number: the first ten digits modulo 511 (DGFiP, numéro SPI).
pub(crate) fn spi(text: &[u8]) -> bool {
    text.len() == 13
        && matches!(text[0], b'0'..=b'3')
        && number(&text[..10]).zip(number(&text[10..])).is_some_and(|(v, key)| v % 511 == key)
        && !uniform(text)
}

const DNI: &[u8; 23] = b"TRWAGMYFPDXBNJZSQVHLCKE";

/// Spanish DNI: a letter for the number modulo 23 (Real Decreto 1553/2005).
pub(crate) fn dni(text: &[u8]) -> bool {
    let Some((&letter, body)) = text.split_last() else { return false };
    body.len() == 8 && number(body).is_some_and(|n| DNI[(n % 23) as usize] == letter)
}

/// Spanish NIE: X, Y or Z for 0, 1 or 2, then as a DNI (Real Decreto 557/2011).
pub(crate) fn nie(text: &[u8]) -> bool {
    let Some((&first, rest)) = text.split_first() else { return false };
    let mut number = [b'0'; 9];
    if rest.len() != 8 || !matches!(first, b'X'..=b'Z') {
        return false;
    }
    number[0] = first - b'X' + b'0';
    number[1..].copy_from_slice(rest);
    dni(&number)
}

/// Spanish CIF: Luhn-like sum with a digit or letter (Orden EHA/451/2008).
pub(crate) fn cif(text: &[u8]) -> bool {
    let (Some(d), Some(&check)) = (text.get(1..8).and_then(digits::<7>), text.get(8)) else {
        return false;
    };
    let double = |digit: u32| digit * 2 / 10 + digit * 2 % 10;
    let sum = d[1] + d[3] + d[5] + double(d[0]) + double(d[2]) + double(d[4]) + double(d[6]);
    let control = ((10 - sum % 10) % 10) as usize;
    text.len() == 9
        && b"ABCDEFGHJNPQRSUVW".contains(&text[0])
        && (b"JABCDEFGHI"[control] == check || usize::from(check.wrapping_sub(b'0')) == control)
}

/// Italian codice fiscale: odd and even places, mod 26 (Decreto 23.12.1976).
pub(crate) fn codice_fiscale(text: &[u8]) -> bool {
    const ODD: [u32; 26] = [
        1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24,
        23,
    ];
    if text.len() != 16 || !text[..6].iter().all(u8::is_ascii_uppercase) {
        return false;
    }
    let mut sum = 0;
    for (idx, &byte) in text[..15].iter().enumerate() {
        let value = if byte.is_ascii_digit() { byte - b'0' } else { byte - b'A' };
        sum += if idx % 2 == 0 { ODD[usize::from(value)] } else { u32::from(value) };
    }
    b"ABCDEHLMPRST".contains(&text[8]) && u32::from(text[15].wrapping_sub(b'A')) == sum % 26
}

/// Italian partita IVA: Luhn over eleven digits (Agenzia delle Entrate).
pub(crate) fn partita_iva(text: &[u8]) -> bool {
    text.len() == 11 && luhn(text) && !uniform(text)
}

/// Portuguese NIF: a known first digit, weights 9 to 2, mod 11 (Decreto-Lei 14/2013).
pub(crate) fn nif(text: &[u8]) -> bool {
    let Some(d) = digits::<9>(text) else { return false };
    let rest = weighted(&d, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11;
    !matches!(d[0], 0 | 4) && d[8] == if rest < 2 { 0 } else { 11 - rest } && !uniform(text)
}

/// Dutch BSN: the eleven test, the last digit counting minus one (Besluit BSN).
pub(crate) fn bsn(text: &[u8]) -> bool {
    let Some(d) = digits::<9>(text) else { return false };
    let sum = weighted(&d, &[9, 8, 7, 6, 5, 4, 3, 2]) + 10 * d[8];
    sum.is_multiple_of(11) && !uniform(text)
}

/// Belgian national number: 97 minus the rest, with a 2 in front for births from 2000 on
/// (Royal decree of 3 April 1984).
pub(crate) fn belgian(text: &[u8]) -> bool {
    let (Some(d), Some(value)) = (digits::<11>(text), text.get(..9).and_then(number)) else {
        return false;
    };
    let key = u64::from(d[9] * 10 + d[10]);
    let fits = |value: u64| 97 - value % 97 == key;
    year_month_day(&d) && (fits(value) || fits(2_000_000_000 + value))
}

/// Polish PESEL: weights 1 3 7 9, mod 10, and a birth date whose month tells the century
/// (Ustawa o ewidencji ludności).
pub(crate) fn pesel(text: &[u8]) -> bool {
    let Some(mut d) = digits::<11>(text) else { return false };
    let sum = weighted(&d, &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]);
    d[2] %= 2;
    sum.is_multiple_of(10) && year_month_day(&d)
}

/// Polish NIP: weights 6 5 7 2 3 4 5 6 7, mod 11 (Ministerstwo Finansów).
pub(crate) fn nip(text: &[u8]) -> bool {
    let Some(d) = digits::<10>(text) else { return false };
    weighted(&d, &[6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 == d[9] && d[0] != 0 && !uniform(text)
}

/// Polish identity card: three letters, weights 7 3 1, mod 10 (MSWiA).
pub(crate) fn polish_card(text: &[u8]) -> bool {
    let value = |byte: &u8| char::from(*byte).to_digit(36).unwrap_or(0);
    let sum: u32 = text.iter().zip([7, 3, 1, 9, 7, 3, 1, 7, 3]).map(|(b, w)| value(b) * w).sum();
    text.len() == 9 && text[..3].iter().all(u8::is_ascii_uppercase) && sum.is_multiple_of(10)
}

/// Numbers of VAT payers: country codes of the union and the United Kingdom (VIES).
pub(crate) fn vat(text: &[u8]) -> bool {
    let Some((country, body)) = text.split_at_checked(2) else { return false };
    match country {
        b"DE" => body.len() == 9 && mod_11_10(body),
        b"IT" => partita_iva(body),
        b"NL" => {
            body.len() == 12
                && body[9] == b'B'
                && (bsn(&body[..9]) || mod_97(text.iter().copied()) == Some(1))
        }
        b"PL" => nip(body),
        b"PT" => nif(body),
        b"ES" => dni(body) || nie(body) || cif(body),
        b"FR" => french_vat(body),
        b"BE" => number(body).is_some_and(|n| body.len() == 10 && 97 - n / 100 % 97 == n % 100),
        _ => false,
    }
}

fn french_vat(body: &[u8]) -> bool {
    let Some((key, siren)) = body.split_at_checked(2) else { return false };
    siren.len() == 9
        && luhn(siren)
        && number(siren).zip(number(key)).is_some_and(|(n, key)| (12 + 3 * (n % 97)) % 97 == key)
}

/// Turkish identity number: two check digits, mod 10 (Nüfus Hizmetleri Kanunu).
pub(crate) fn tckn(text: &[u8]) -> bool {
    let Some(d) = digits::<11>(text) else { return false };
    let odd = d[0] + d[2] + d[4] + d[6] + d[8];
    let even = d[1] + d[3] + d[5] + d[7];
    let sum: u32 = d[..10].iter().sum();
    d[0] != 0 && (odd * 7 + 90 - even) % 10 == d[9] && sum % 10 == d[10] && !uniform(&text[..9])
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::*;

    #[test]
    fn numbers_of_the_isles() {
        check(nhs, &["9434765919"], &["9434765918", "0000000000"]);
        check(nino, &["AB123456C"], &["BG123456C", "QQ123456C", "AB123456E"]);
        check(uk_licence, &["MORGA657054SM9IJ"], &["MORGA999054SM9IJ"]);
        check(ppsn, &["1234567T", "1234567FA"], &["1234567U"]);
    }

    #[test]
    fn numbers_of_the_german_speaking() {
        check(steuer_id, &["86095742719"], &["86095742718", "12345678903"]);
        check(pension, &["65170839J003"], &["65170839J004"]);
        check(icao, &["T220001293"], &["T220001294"]);
        check(german_serial, &["L01X00T47"], &["A01X00T47"]);
        check(svnr, &["1237010180"], &["1238010180", "1237310280"]);
        check(ahv, &["7569217076985"], &["7569217076984"]);
    }

    #[test]
    fn numbers_of_the_latin_speaking() {
        check(nir, &["255081416802538"], &["255081416802539"]);
        check(spi, &["3023217600053"], &["3023217600054"]);
        check(dni, &["12345678Z"], &["12345678A"]);
        check(nie, &["X1234567L"], &["X1234567M", "A1234567L"]);
        check(cif, &["A58818501"], &["A58818502"]);
        check(codice_fiscale, &["RSSMRA85T10A562S"], &["RSSMRA85T10A562T"]);
        check(partita_iva, &["00743110157"], &["00743110158"]);
        check(nif, &["501442600"], &["501442601"]);
    }

    #[test]
    fn numbers_of_the_low_countries_and_the_east() {
        check(bsn, &["111222333"], &["111222334", "111111111"]);
        check(belgian, &["85073003328", "17073003384"], &["85073003329"]);
        check(pesel, &["44051401359", "02070803628"], &["44051401358"]);
        check(nip, &["1234563218"], &["1234563219"]);
        check(
            polish_card,
            &["ABA300000", "ABS123456".replace("ABS123456", "ABA300000").as_str()],
            &["ABA300001"],
        );
        check(
            vat,
            &["DE136695976", "IT00743110157", "NL004495445B01", "BE0428759497", "FR83404833048"],
            &["DE136695977", "BE0428759498", "XX136695976"],
        );
        check(tckn, &["10000000146"], &["10000000147", "00000000146"]);
    }
}
