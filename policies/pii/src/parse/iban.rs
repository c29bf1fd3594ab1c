//! IBANs (ISO 13616), with the length that each country's registry entry gives.

use sandgate_guest::Attempt;

use crate::checksum::mod_97;
use crate::form::{Peek, Reader};

/// Country codes and lengths, from SWIFT's IBAN registry.
const LENGTHS: &[u8] = b"AD24AE23AL28AT20AZ28BA20BE16BG22BH22BI27BR29BY28CH21CR22CY28CZ24DE22\
DJ27DK18DO28EE20EG29ES24FI18FK18FO18FR27GB22GE22GI23GL18GR27GT28HN28HR21HU28IE22IL23IQ23IS26\
IT27JO30KW30KZ20LB28LC32LI21LT20LU20LV21LY25MC27MD24ME22MK19MN20MR27MT31MU30NI28NL18NO15OM23\
PK24PL28PS29PT25QA29RO24RS22RU33SA24SC31SD18SE24SI19SK24SM27SO23ST25SV28TL23TN24TR26UA29VA22\
VG24XK20YE30";

/// Reads an IBAN: its characters in a row, or in groups of four.
pub(crate) fn attempt(reader: Reader<'_>, start: usize) -> Attempt {
    let head = reader.text(start, start + 2);
    let Some(total) = length(head) else { return Attempt::Miss };
    let (mut at, mut count, mut separator) = (start, 0, None);
    while count < total {
        let byte = match reader.peek(at) {
            Peek::Unknown => return Attempt::Open,
            Peek::End => return Attempt::Miss,
            Peek::Byte(byte) => byte,
        };
        let gap = count > 0 && count % 4 == 0 && !byte.is_ascii_alphanumeric();
        if gap && matches!(byte, b' ' | b'-') && reader.prior(at) != separator {
            if *separator.get_or_insert(byte) != byte {
                return Attempt::Miss;
            }
        } else if byte.is_ascii_alphanumeric()
            && (!(2..4).contains(&count) || byte.is_ascii_digit())
        {
            count += 1;
        } else {
            return Attempt::Miss;
        }
        at += 1;
    }
    Attempt::Match(at)
}

/// What is written like an IBAN of any country and length, for text that says it is one.
pub(crate) fn any(reader: Reader<'_>, start: usize) -> Attempt {
    let end = reader.run(start, 35, |byte| byte.is_ascii_alphanumeric());
    match reader.text(start, end) {
        [a, b, c, d, ..]
            if (15..=34).contains(&(end - start))
                && a.is_ascii_uppercase()
                && b.is_ascii_uppercase()
                && c.is_ascii_digit()
                && d.is_ascii_digit() =>
        {
            Attempt::Match(end)
        }
        _ => Attempt::Miss,
    }
}

/// ISO 13616: moved behind, the country and check digits make the number 1 modulo 97.
pub(crate) fn check(text: &[u8]) -> bool {
    let Some((head, account)) = text.split_at_checked(4) else { return false };
    mod_97(account.iter().chain(head).copied()) == Some(1)
}

fn length(country: &[u8]) -> Option<usize> {
    let country = [country.first()?.to_ascii_uppercase(), country.get(1)?.to_ascii_uppercase()];
    let entry = LENGTHS.chunks_exact(4).find(|entry| entry.starts_with(&country))?;
    Some(usize::from(entry[2] - b'0') * 10 + usize::from(entry[3] - b'0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_wrong_digit_fails() {
        assert!(check(b"GB82WEST12345698765432") && !check(b"GB82WEST12345698765433"));
        assert!(check(b"DE89370400440532013000") && !check(b"DE89370400440532013001"));
    }
}
