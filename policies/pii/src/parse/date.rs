//! Dates: numbers in the usual orders, and days with a month's name in some languages.

use sandgate_guest::Attempt;

use crate::checksum::calendar;
use crate::form::Reader;

/// Months by number, as they are written in English, German, French, Spanish, Italian, Dutch and
/// Portuguese; further abbreviations share the first three letters.
const MONTHS: [&[&str]; 12] = [
    &["january", "jan", "januar", "janvier", "enero", "gennaio", "januari", "janeiro"],
    &["february", "feb", "februar", "fevrier", "febrero", "febbraio", "februari", "fevereiro"],
    &["march", "mar", "mars", "marzo", "maart"],
    &["april", "apr", "avril", "abril", "aprile"],
    &["may", "mai", "mayo", "maggio", "mei", "maio"],
    &["june", "jun", "juni", "juin", "junio", "giugno", "junho"],
    &["july", "jul", "juli", "juillet", "julio", "luglio", "julho"],
    &["august", "aug", "agosto", "augustus"],
    &["september", "sep", "sept", "septembre", "septiembre", "settembre", "setembro"],
    &["october", "oct", "okt", "oktober", "octobre", "octubre", "ottobre", "outubro"],
    &["november", "nov", "novembre", "noviembre", "novembro"],
    &["december", "dec", "dez", "dezember", "decembre", "diciembre", "dicembre", "dezembro"],
];

/// What the names of months begin with, so that most words need no look at the names.
const STEMS: [&[u8; 3]; 31] = [
    b"jan", b"ene", b"gen", b"feb", b"fev", b"mar", b"maa", b"apr", b"avr", b"abr", b"may", b"mai",
    b"mag", b"mei", b"jun", b"jui", b"giu", b"jul", b"lug", b"aug", b"ago", b"sep", b"set", b"oct",
    b"okt", b"ott", b"out", b"nov", b"dec", b"dez", b"dic",
];

/// The pieces of a date: digits, and where they end.
fn digits(reader: Reader<'_>, at: usize) -> Result<(u32, usize, usize), Attempt> {
    let end = reader.run(at, 5, |byte| byte.is_ascii_digit());
    if reader.undecided(end) {
        return Err(Attempt::Open);
    }
    let value = reader.text(at, end).iter().fold(0, |sum, b| sum * 10 + u32::from(b - b'0'));
    if end == at { Err(Attempt::Miss) } else { Ok((value, end - at, end)) }
}

/// `1990-05-17`, `17.5.1990`, `5/17/1990`, `1990年5月17日`, with a time behind or not.
pub(crate) fn numeric(reader: Reader<'_>, start: usize) -> Attempt {
    three(reader, start, 4).unwrap_or_else(|attempt| attempt)
}

/// `17.5.90`, `5/17/90`: years without their century.
pub(crate) fn short(reader: Reader<'_>, start: usize) -> Attempt {
    three(reader, start, 2).unwrap_or_else(|attempt| attempt)
}

fn three(reader: Reader<'_>, start: usize, year_len: usize) -> Result<Attempt, Attempt> {
    let (first, first_len, end) = digits(reader, start)?;
    let separator = separator(reader, end, ["年", "년"])?;
    let (second, second_len, end) = digits(reader, end + separator.len())?;
    if second_len > 2 {
        return Err(Attempt::Miss);
    }
    let between =
        if separator.len() > 1 { self::separator(reader, end, ["月", "월"])? } else { separator };
    if !reader.text(end, usize::MAX).starts_with(between) {
        let cut = between.starts_with(reader.text(end, usize::MAX)) && !reader.last;
        return Err(if cut { Attempt::Open } else { Attempt::Miss });
    }
    let (third, third_len, end) = digits(reader, end + between.len())?;
    let year_first = first_len == 4;
    let (year, years, day, days) = if year_first {
        (first, first_len, third, third_len)
    } else {
        (third, third_len, first, first_len)
    };
    let valid = if year_first {
        calendar(second, day)
    } else {
        calendar(second, day) || calendar(day, second)
    };
    let century = years == 2 || (1800..2200).contains(&year);
    if years != year_len || days > 2 || !valid || !century {
        return Err(Attempt::Miss);
    }
    Ok(time(reader, end))
}

/// What stands behind the first number of a date.
fn separator<'a>(
    reader: Reader<'a>,
    at: usize,
    ideographs: [&str; 2],
) -> Result<&'a [u8], Attempt> {
    let rest = reader.text(at, usize::MAX);
    match rest {
        [] if !reader.last => Err(Attempt::Open),
        [b'-' | b'/' | b'.', ..] => Ok(&rest[..1]),
        _ => {
            let named = |mark: &&str| rest.starts_with(mark.as_bytes());
            let mark = ideographs.into_iter().find(named).ok_or(Attempt::Miss)?;
            Ok(&rest[..mark.len()])
        }
    }
}

/// The end of a time of day behind a date that ends at `end`, or that end.
fn time(reader: Reader<'_>, end: usize) -> Attempt {
    let rest = reader.text(end, usize::MAX);
    for day in ["日", "일"] {
        if rest.starts_with(day.as_bytes()) {
            return Attempt::Match(end + day.len());
        }
    }
    if !rest.starts_with(b"T") && !rest.starts_with(b" ") {
        return Attempt::Match(end);
    }
    let clock = reader.run(end + 1, 8, |byte| byte.is_ascii_digit() || byte == b':');
    if reader.undecided(clock) {
        return Attempt::Open;
    }
    match reader.text(end + 1, clock) {
        [_, _, b':', _, _] | [_, _, b':', _, _, b':', _, _] => Attempt::Match(clock),
        _ => Attempt::Match(end),
    }
}

/// `17 May 1990`, `17th of May, 1990`, `17. Mai 1990`, `17 de mayo de 1990`.
pub(crate) fn day_first(reader: Reader<'_>, start: usize) -> Attempt {
    let named = || {
        let (day, _, end) = digits(reader, start)?;
        let at = skip(reader, end, &["st", "nd", "rd", "th", "."])?;
        let at = skip(reader, space(reader, at)?, &["of ", "de "])?;
        let (month, at) = month(reader, at)?;
        let at = space(reader, skip(reader, at, &[".", ",", " de"])?)?;
        year(reader, day, month, at)
    };
    named().unwrap_or_else(|attempt| attempt)
}

/// `May 17, 1990`, `May 17th 1990`.
pub(crate) fn month_first(reader: Reader<'_>, start: usize) -> Attempt {
    let named = || {
        let (month, at) = month(reader, start)?;
        let (day, _, end) = digits(reader, space(reader, skip(reader, at, &["."])?)?)?;
        let at = skip(reader, end, &["st", "nd", "rd", "th"])?;
        let at = space(reader, skip(reader, at, &[","])?)?;
        year(reader, day, month, at)
    };
    named().unwrap_or_else(|attempt| attempt)
}

fn year(reader: Reader<'_>, day: u32, month: u32, at: usize) -> Result<Attempt, Attempt> {
    let (year, len, end) = digits(reader, at)?;
    let valid = len == 4 && (1800..2200).contains(&year) && calendar(month, day);
    Ok(if valid { Attempt::Match(end) } else { Attempt::Miss })
}

fn month(reader: Reader<'_>, at: usize) -> Result<(u32, usize), Attempt> {
    let end = reader.run(at, 11, |byte| byte.is_ascii_alphabetic());
    if reader.undecided(end) {
        return Err(Attempt::Open);
    }
    let word = reader.text(at, end);
    let [a, b, c, ..] = word else { return Err(Attempt::Miss) };
    if !STEMS.contains(&&[a | 0x20, b | 0x20, c | 0x20]) {
        return Err(Attempt::Miss);
    }
    let is = |name: &&str| word.eq_ignore_ascii_case(name.as_bytes());
    let month = MONTHS.iter().position(|names| names.iter().any(is));
    month.map(|month| (month as u32 + 1, end)).ok_or(Attempt::Miss)
}

fn space(reader: Reader<'_>, at: usize) -> Result<usize, Attempt> {
    match reader.bytes.get(at) {
        Some(b' ') => Ok(at + 1),
        None if !reader.last => Err(Attempt::Open),
        _ => Err(Attempt::Miss),
    }
}

/// Past the first of `marks` that stands at `at`, if one does.
fn skip(reader: Reader<'_>, at: usize, marks: &[&str]) -> Result<usize, Attempt> {
    let rest = reader.text(at, usize::MAX);
    if rest.len() < 3 && !reader.last {
        return Err(Attempt::Open);
    }
    let found = marks.iter().find(|mark| rest.starts_with(mark.as_bytes()));
    Ok(at + found.map_or(0, |mark| mark.len()))
}
