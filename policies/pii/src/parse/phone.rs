//! Telephone numbers: groups of digits, read by the habits of ITU-T E.123 and of countries.

use sandgate_guest::Attempt;

use crate::form::{Peek, Reader};

/// Groups of digits with what stands between them.
struct Groups {
    /// Ends and lengths of the groups.
    groups: [(usize, usize); MAX_GROUPS],
    count: usize,
}

const MAX_GROUPS: usize = 8;
/// The most digits of an international number (ITU-T E.164).
const MAX_DIGITS: usize = 15;

impl Groups {
    /// Reads groups from `at` on, while they have no more than `max` digits together.
    fn read(reader: Reader<'_>, at: usize, max: usize) -> Option<Self> {
        let mut groups = Self { groups: [(0, 0); MAX_GROUPS], count: 0 };
        let (mut at, mut total) = (at, 0);
        while groups.count < MAX_GROUPS {
            let end = reader.run(at, MAX_DIGITS + 3, |byte| byte.is_ascii_digit());
            if reader.undecided(end) {
                return None;
            }
            total += end - at;
            if end == at || total > max {
                break;
            }
            groups.groups[groups.count] = (end, end - at);
            groups.count += 1;
            let gap = reader.run(end, 3, |b| matches!(b, b' ' | b'-' | b'.' | b'/' | b'(' | b')'));
            if reader.undecided(gap) {
                return None;
            }
            if !is_gap(reader.text(end, gap)) {
                break;
            }
            at = gap;
        }
        Some(groups)
    }

    fn lengths(&self) -> impl Iterator<Item = usize> {
        self.groups[..self.count].iter().map(|group| group.1)
    }

    fn digits(&self) -> usize {
        self.lengths().sum()
    }

    /// The end of the last group, or of the extension behind it.
    fn end(&self, reader: Reader<'_>) -> Attempt {
        match self.groups[..self.count].last() {
            Some(&(end, _)) => extension(reader, end),
            None => Attempt::Miss,
        }
    }
}

fn is_gap(gap: &[u8]) -> bool {
    const GAPS: [&[u8]; 11] =
        [b" ", b"-", b".", b"/", b")", b") ", b")-", b" (", b"(", b"-(", b" - "];
    GAPS.contains(&gap)
}

/// The end of an extension (`x123`, `ext. 123`) behind a number, or of the number.
fn extension(reader: Reader<'_>, end: usize) -> Attempt {
    const MARKS: [&str; 6] = [" extension ", " ext. ", " ext ", " x", "ext", "x"];
    for mark in MARKS {
        let rest = reader.text(end, usize::MAX);
        let rest = &rest[..rest.len().min(mark.len())];
        if !rest.eq_ignore_ascii_case(&mark.as_bytes()[..rest.len()]) {
            continue;
        }
        if reader.undecided(end + rest.len()) {
            return Attempt::Open;
        }
        let digits = end + mark.len();
        let last = reader.run(digits, 6, |byte| byte.is_ascii_digit());
        if reader.undecided(last) {
            return Attempt::Open;
        }
        if rest.len() == mark.len() && last > digits {
            return Attempt::Match(last);
        }
    }
    Attempt::Match(end)
}

/// `+44 20 7946 0958`, `+1 (212) 555-0123`: a plus and a country code.
pub(crate) fn international(reader: Reader<'_>, start: usize) -> Attempt {
    let plus = start + usize::from(reader.bytes[start] == b'(');
    if reader.bytes.get(plus) != Some(&b'+') {
        return Attempt::Miss;
    }
    country(reader, plus + 1)
}

/// `0044 20 7946 0958`, `001-212-555-0123`: two zeros and a country code.
pub(crate) fn prefixed(reader: Reader<'_>, start: usize) -> Attempt {
    match reader.bytes.get(start..start + 3) {
        Some([b'0', b'0', b'1'..=b'9']) => country(reader, start + 2),
        _ => Attempt::Miss,
    }
}

/// A number that starts with its country code (ITU-T E.164, list of assigned codes).
fn country(reader: Reader<'_>, at: usize) -> Attempt {
    let max = match reader.bytes.get(at..at + 2) {
        None if !reader.last => return Attempt::Open,
        None | Some([b'0', _] | [b'2', b'8'] | [b'8', b'3' | b'9']) => return Attempt::Miss,
        Some([b'1', _]) => 11,
        Some(_) => 13,
    };
    let Some(groups) = Groups::read(reader, at, max) else { return Attempt::Open };
    if groups.digits() < 8 || max == 11 && groups.digits() != 11 {
        return Attempt::Miss;
    }
    groups.end(reader)
}

/// Whether the text at `start` is a further group of a number before it.
fn goes_on(reader: Reader<'_>, start: usize) -> bool {
    reader.text(start.saturating_sub(2), start).ends_with(b" ")
        && reader.text(start.saturating_sub(2), start).first().is_some_and(u8::is_ascii_digit)
}

/// North American numbers: `(212) 555-0123`, `212-555-0123`, `1.212.555.0123`.
pub(crate) fn nanp(reader: Reader<'_>, start: usize) -> Attempt {
    if goes_on(reader, start) {
        return Attempt::Miss;
    }
    let bracket = usize::from(reader.bytes[start] == b'(');
    let Some(groups) = Groups::read(reader, start + bracket, 11) else { return Attempt::Open };
    let mut lengths = groups.lengths();
    let mut area = start + bracket;
    if lengths.next() == Some(1) && bracket == 0 && reader.bytes[start] == b'1' {
        area = reader.run(start + 1, 3, |byte| !byte.is_ascii_digit());
    } else {
        lengths = groups.lengths();
    }
    let grouped = lengths.eq([3, 3, 4]);
    if grouped && matches!(reader.bytes.get(area), Some(b'2'..=b'9')) {
        groups.end(reader)
    } else {
        Attempt::Miss
    }
}

/// National numbers with their trunk zero, in groups: `030 1234567`, `06 12 34 56 78`,
/// `090-1234-5678`, `(02) 9876 5432`.
pub(crate) fn trunk(reader: Reader<'_>, start: usize) -> Attempt {
    let at = start + usize::from(reader.bytes[start] == b'(');
    if goes_on(reader, start)
        || reader.bytes.get(at) != Some(&b'0')
        || reader.bytes.get(at + 1) == Some(&b'0')
    {
        return Attempt::Miss;
    }
    let Some(groups) = Groups::read(reader, at, 11) else { return Attempt::Open };
    let grouped = groups.count >= 2 && groups.lengths().all(|len| len >= 2);
    if grouped && groups.digits() >= 9 { groups.end(reader) } else { Attempt::Miss }
}

/// An area code in brackets: `(11) 91234-5678`.
pub(crate) fn bracketed(reader: Reader<'_>, start: usize) -> Attempt {
    if reader.bytes[start] != b'(' {
        return Attempt::Miss;
    }
    let Some(groups) = Groups::read(reader, start + 1, 11) else { return Attempt::Open };
    let area = groups.groups[0];
    let closed = reader.peek(area.0) == Peek::Byte(b')');
    if closed && matches!(area.1, 2 | 3) && groups.digits() >= 8 && groups.count >= 3 {
        groups.end(reader)
    } else {
        Attempt::Miss
    }
}

/// Any groups of seven to thirteen digits, for text that says it is a number to call.
pub(crate) fn any(reader: Reader<'_>, start: usize) -> Attempt {
    let at = start + usize::from(matches!(reader.bytes[start], b'(' | b'+'));
    let Some(groups) = Groups::read(reader, at, 13) else { return Attempt::Open };
    let alone = groups.count > 1 && groups.groups[0].1 == 1 && reader.bytes[at] != b'1';
    let stub = groups.count > 1 && groups.groups[groups.count - 1].1 == 1;
    if groups.digits() >= 7 && !alone && !stub { groups.end(reader) } else { Attempt::Miss }
}
