//! Street addresses that start with the house's number, as in English and French.

use sandgate_guest::Attempt;

use crate::form::Reader;

/// The longest street's name that is one word, in bytes.
pub(crate) const MAX_NAME: usize = 40;
/// What such names end with in German, Dutch and the Scandinavian languages.
const ENDINGS: [&str; 22] = [
    "straße", "strasse", "gasse", "weg", "platz", "allee", "ufer", "damm", "straat", "laan",
    "plein", "gracht", "kade", "vej", "gade", "vägen", "gatan", "veien", "vegen", "gata", "katu",
    "tie",
];
/// The longest word of a street's name, in bytes.
const MAX_WORD: usize = 24;
/// What English street names end with (USPS Publication 28, appendix C1, the frequent ones).
const SUFFIXES: [&str; 44] = [
    "alley",
    "ave",
    "avenue",
    "blvd",
    "boulevard",
    "circle",
    "cir",
    "close",
    "court",
    "ct",
    "crescent",
    "crossing",
    "dr",
    "drive",
    "expressway",
    "freeway",
    "gardens",
    "gate",
    "grove",
    "heights",
    "highway",
    "hwy",
    "lane",
    "ln",
    "mews",
    "parkway",
    "pkwy",
    "path",
    "pike",
    "place",
    "pl",
    "plaza",
    "rd",
    "ridge",
    "road",
    "route",
    "row",
    "square",
    "sq",
    "st",
    "street",
    "terrace",
    "trail",
    "way",
];
/// What French street names begin with.
const PREFIXES: [&str; 8] =
    ["allée", "avenue", "boulevard", "chemin", "impasse", "place", "quai", "rue"];
/// What a flat's or suite's number follows.
const UNITS: [&str; 10] = [
    " apt. ", " apt ", ", apt. ", ", apt ", " suite ", ", suite ", " unit ", ", unit ", " # ", " #",
];

/// `221B Baker Street, Apt 5`
pub(crate) fn english(reader: Reader<'_>, start: usize) -> Attempt {
    let mut at = match number(reader, start) {
        Ok(at) => at,
        Err(attempt) => return attempt,
    };
    for words in 0..4 {
        let end = reader.run(at + 1, MAX_WORD, is_name);
        if reader.undecided(end) {
            return Attempt::Open;
        }
        let word = reader.text(at + 1, end);
        let capital = word.first().is_some_and(|b| b.is_ascii_uppercase() || *b >= 0xc3);
        if reader.bytes.get(at) != Some(&b' ') || !capital {
            return Attempt::Miss;
        }
        let is = |suffix: &&str| word.eq_ignore_ascii_case(suffix.as_bytes());
        let abbreviated = usize::from(reader.bytes.get(end) == Some(&b'.'));
        // `Mount St. Helens` is no street, `Main St.` is.
        let saint = abbreviated == 1 && word.eq_ignore_ascii_case(b"st") && {
            if reader.undecided(end + 2) {
                return Attempt::Open;
            }
            reader.text(end + 2, end + 3).first().is_some_and(u8::is_ascii_uppercase)
        };
        if words > 0 && !saint && SUFFIXES.iter().any(is) {
            return unit(reader, end, end + abbreviated);
        }
        at = end + abbreviated;
    }
    Attempt::Miss
}

/// `12 rue de la Paix`, `12 bis, avenue Foch`
pub(crate) fn french(reader: Reader<'_>, start: usize) -> Attempt {
    let at = match number(reader, start) {
        Ok(at) => at + usize::from(reader.bytes.get(at) == Some(&b',')),
        Err(attempt) => return attempt,
    };
    let kind = reader.run(at + 1, 12, is_name);
    if reader.undecided(kind) {
        return Attempt::Open;
    }
    let word = reader.text(at + 1, kind);
    let is = |prefix: &&str| word.eq_ignore_ascii_case(prefix.as_bytes());
    if reader.bytes.get(at) != Some(&b' ') || !PREFIXES.iter().any(is) {
        return Attempt::Miss;
    }
    let (mut at, mut end) = (kind, None);
    for _ in 0..5 {
        let last = reader.run(at + 1, MAX_WORD, is_name);
        if reader.undecided(last) {
            return Attempt::Open;
        }
        let word = reader.text(at + 1, last);
        if word.len() == MAX_WORD {
            break;
        }
        let capital = word.first().is_some_and(|b| b.is_ascii_uppercase() || *b >= 0xc3);
        if capital {
            end = Some(last);
        }
        let small = [&b"de"[..], b"du", b"des", b"la", b"le", b"les", b"l", b"d"].contains(&word);
        if !matches!(reader.bytes.get(at), Some(b' ' | b'-' | b'\'')) || !(capital || small) {
            break;
        }
        at = last;
    }
    end.map_or(Attempt::Miss, Attempt::Match)
}

/// `Hauptstraße 12a`, `Ringvej 144`: one word that ends like a street's name, then a number.
pub(crate) fn suffixed(reader: Reader<'_>, start: usize) -> Attempt {
    let end = reader.run(start, MAX_NAME + 1, is_letter);
    let word = reader.text(start, end);
    let ends = |ending: &&&str| {
        let tail = &word[word.len().saturating_sub(ending.len())..];
        // `Weg 5` and `Tie 2` are words of their own.
        word.len() >= ending.len() + 3 && tail.eq_ignore_ascii_case(ending.as_bytes())
    };
    let capital = word.first().is_some_and(u8::is_ascii_uppercase);
    let within = reader.prior(start).is_some_and(|byte| byte.is_ascii_digit());
    if within || !capital && word.is_ascii() || ENDINGS.iter().find(ends).is_none() {
        return Attempt::Miss;
    }
    match number(reader, end + 1) {
        Ok(last) if last - end <= 6 => Attempt::Match(last),
        Ok(_) => Attempt::Miss,
        Err(attempt) => attempt,
    }
}

/// The end of a house's number: `12`, `221B`.
fn number(reader: Reader<'_>, start: usize) -> Result<usize, Attempt> {
    let digits = reader.run(start, 6, |byte| byte.is_ascii_digit());
    let end = reader.run(digits, 1, |byte| byte.is_ascii_alphabetic());
    if reader.undecided(end + 1) {
        return Err(Attempt::Open);
    }
    if digits > start && digits - start < 6 { Ok(end) } else { Err(Attempt::Miss) }
}

/// The end of a unit's number behind a street that ends at `end`, with its dot at `dotted`.
fn unit(reader: Reader<'_>, end: usize, dotted: usize) -> Attempt {
    for mark in UNITS {
        let rest = reader.text(dotted, usize::MAX);
        let rest = &rest[..rest.len().min(mark.len())];
        if !rest.eq_ignore_ascii_case(&mark.as_bytes()[..rest.len()]) {
            continue;
        }
        if reader.undecided(dotted + rest.len()) {
            return Attempt::Open;
        }
        let number = dotted + mark.len();
        let last = reader.run(number, 6, |byte| byte.is_ascii_alphanumeric());
        if reader.undecided(last) {
            return Attempt::Open;
        }
        if rest.len() == mark.len() && reader.text(number, last).iter().any(u8::is_ascii_digit) {
            return Attempt::Match(last);
        }
    }
    Attempt::Match(end)
}

/// A byte of a letter in any script.
pub(crate) fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte >= 0x80
}

/// A byte of a name in any script.
fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80
}
