//! Sweden, Finland, Norway, Denmark.

use crate::checksum::{calendar, day_month_year, digits, luhn, number, weighted, year_month_day};

/// Swedish personnummer: a date, coordination numbers 60 days later, Luhn over the last ten
/// digits (Skatteverket, SKV 704).
pub(crate) fn personnummer(text: &[u8]) -> bool {
    let text = if text.len() == 12 { &text[2..] } else { text };
    let Some(mut d) = digits::<10>(text) else { return false };
    if d[4] >= 6 {
        d[4] -= 6;
    }
    year_month_day(&d) && luhn(text)
}

/// Swedish organisation number: Luhn, and a third digit above any month's (Skatteverket, SKV 709).
pub(crate) fn organisation(text: &[u8]) -> bool {
    text.len() == 10 && text[2] >= b'2' && text[0] != b'0' && luhn(text)
}

/// Finnish HETU: a date, a century's sign, and a letter for the number modulo 31 (DVV).
pub(crate) fn hetu(text: &[u8]) -> bool {
    // The century's sign may be a letter or have been dropped with the punctuation.
    let (Some(birth), Some((&check, rest))) = (text.get(..6), text.split_last()) else {
        return false;
    };
    let serial = rest.get(rest.len().saturating_sub(3).max(6)..).unwrap_or_default();
    let (Some(birth_digits), Some(date), Some(serial)) =
        (digits::<6>(birth), number(birth), number(serial).filter(|_| serial.len() == 3))
    else {
        return false;
    };
    let century = text.len() == 10 || text.len() == 11 && b"ABCDEFUVWXY".contains(&text[6]);
    let control = b"0123456789ABCDEFHJKLMNPRSTUVWXY"[((date * 1000 + serial) % 31) as usize];
    century && serial >= 2 && day_month_year(&birth_digits) && control == check
}

/// Norwegian fødselsnummer: a date, D-numbers 40 days later, two check digits, mod 11
/// (Folkeregisterforskriften).
pub(crate) fn fodselsnummer(text: &[u8]) -> bool {
    let Some(d) = digits::<11>(text) else { return false };
    let day = d[0] % 4 * 10 + d[1];
    let month = d[2] % 4 * 10 + d[3];
    calendar(month, day)
        && weighted(&d, &[3, 7, 6, 1, 8, 9, 4, 5, 2, 1]).is_multiple_of(11)
        && weighted(&d, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11)
}

/// Danish CPR number: a date; its mod 11 is no longer kept to (CPR-kontoret, 2007).
pub(crate) fn cpr(text: &[u8]) -> bool {
    digits::<10>(text).is_some_and(|d| day_month_year(&d))
}

/// Danish CPR number whose mod 11 holds, as all had before 2007.
pub(crate) fn checked_cpr(text: &[u8]) -> bool {
    let Some(d) = digits::<10>(text) else { return false };
    day_month_year(&d) && weighted(&d, &[4, 3, 2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11)
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::*;

    #[test]
    fn numbers_of_the_north() {
        check(
            personnummer,
            &["8112189876", "198112189876", "8112789873"],
            &["8112189875", "8113189876"],
        );
        check(organisation, &["5560360793"], &["5560360794", "8112189876"]);
        check(hetu, &["131052308T", "131052A308T"], &["131052308U", "321052308T", "131052G308T"]);
        check(fodselsnummer, &["15076500565", "01010750160"], &["15076500566"]);
        check(cpr, &["2110625629"], &["3213625629"]);
        check(checked_cpr, &["2110625629"], &["2110625628"]);
    }
}
