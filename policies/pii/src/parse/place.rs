//! Ages and coordinates.

use sandgate_guest::Attempt;

use crate::form::{Peek, Reader};

/// What makes a number an age, behind it.
const YEARS: [&str; 14] = [
    " years old",
    "-year-old",
    " year old",
    " y/o",
    "y/o",
    " yo ",
    " yrs old",
    " jahre alt",
    " ans ",
    " años",
    " anni ",
    "歳",
    "岁",
    "살",
];

/// `42 years old`, `42-year-old`, `42歳`: the number, not the words behind it.
pub(crate) fn age(reader: Reader<'_>, start: usize) -> Attempt {
    let end = match bare_age(reader, start) {
        Attempt::Match(end) => end,
        other => return other,
    };
    let rest = reader.text(end, usize::MAX);
    for years in YEARS {
        let seen = rest.len().min(years.len());
        if rest[..seen].eq_ignore_ascii_case(&years.as_bytes()[..seen]) {
            match seen == years.len() {
                true => return Attempt::Match(end),
                false if !reader.last => return Attempt::Open,
                false => (),
            }
        }
    }
    Attempt::Miss
}

/// A number that can be an age, for text that says so.
pub(crate) fn bare_age(reader: Reader<'_>, start: usize) -> Attempt {
    let end = reader.run(start, 4, |byte| byte.is_ascii_digit());
    if reader.undecided(end) {
        return Attempt::Open;
    }
    match reader.text(start, end) {
        [b'1'..=b'9'] | [b'1'..=b'9', _] | [b'1', b'0' | b'1', _] => Attempt::Match(end),
        _ => Attempt::Miss,
    }
}

/// `52.520008, 13.404954`: decimal degrees of latitude and longitude, exact to some metres.
pub(crate) fn coordinates(reader: Reader<'_>, start: usize) -> Attempt {
    let pair = || {
        let (at, exact) = degrees(reader, start, 90)?;
        let gap = reader.run(at, 3, |byte| matches!(byte, b',' | b' ' | b';' | b'/'));
        if reader.undecided(gap) {
            return Err(Attempt::Open);
        }
        if !matches!(reader.text(at, gap), b"," | b", " | b"; " | b"/" | b" / " | b" , ") {
            return Err(Attempt::Miss);
        }
        let (end, also) = degrees(reader, gap, 180)?;
        Ok(if exact && also { Attempt::Match(end) } else { Attempt::Miss })
    };
    pair().unwrap_or_else(|attempt| attempt)
}

/// Reads signed degrees up to `max`: their end, and whether they have four decimals or more.
fn degrees(reader: Reader<'_>, at: usize, max: u32) -> Result<(usize, bool), Attempt> {
    let start = match reader.peek(at) {
        Peek::Unknown => return Err(Attempt::Open),
        Peek::Byte(b'-' | b'+') => at + 1,
        _ => at,
    };
    let point = reader.run(start, 4, |byte| byte.is_ascii_digit());
    if reader.undecided(point) {
        return Err(Attempt::Open);
    }
    let whole = reader.text(start, point).iter().fold(0, |sum, b| sum * 10 + u32::from(b - b'0'));
    if point == start || whole >= max || reader.bytes.get(point) != Some(&b'.') {
        return Err(Attempt::Miss);
    }
    let end = reader.run(point + 1, 16, |byte| byte.is_ascii_digit());
    if reader.undecided(end) {
        return Err(Attempt::Open);
    }
    Ok((end, end - point > 4))
}
