//! The escapes of JSON strings, read and written.

use std::fmt::Write;

/// Reads the inside of a JSON string, however it is cut, and tells of each character how it was
/// spelled. What is no valid escape is read as it stands.
#[derive(Debug, Clone, Default)]
pub(crate) struct Unescaper {
    /// An escape that is not whole, or the first half of a pair.
    pending: String,
}

impl Unescaper {
    /// Takes more of the inside and gives `(text, spelling)` for every run of plain characters and
    /// for every escape.
    pub(crate) fn push(&mut self, raw: &str, mut give: impl FnMut(&str, &str)) {
        let mut rest = raw;
        while !rest.is_empty() {
            if self.pending.is_empty() {
                let plain = memchr::memchr(b'\\', rest.as_bytes()).unwrap_or(rest.len());
                let (run, after) = rest.split_at(plain);
                if !run.is_empty() {
                    give(run, run);
                }
                rest = after;
                let Some(after) = rest.strip_prefix('\\') else { continue };
                self.pending.push('\\');
                rest = after;
                continue;
            }
            let Some(c) = rest.chars().next() else { break };
            rest = self.pend(c, rest, &mut give);
        }
    }

    /// No more comes: half a pair or half an escape is what it is.
    pub(crate) fn end(&mut self, give: impl FnMut(&str, &str)) {
        self.give_up(give);
    }

    /// Takes the next character of what is pending, and gives the rest after it. One that does not
    /// belong to it is left.
    fn pend<'a>(&mut self, c: char, rest: &'a str, give: &mut impl FnMut(&str, &str)) -> &'a str {
        let after = &rest[c.len_utf8()..];
        match self.pending.len() {
            // One backslash: an escape of one letter, or four digits.
            1 if c == 'u' => self.pending.push(c),
            1 => {
                self.pending.push(c);
                let said = simple(c).map(String::from);
                let spelled = std::mem::take(&mut self.pending);
                give(said.as_deref().unwrap_or(&spelled), &spelled);
            }
            2..6 | 8..12 if c.is_ascii_hexdigit() => {
                self.pending.push(c);
                self.settle(give);
            }
            6 if c == '\\' => self.pending.push(c),
            7 if c == 'u' => self.pending.push(c),
            7 => {
                // The second half is no half of a pair, but an escape of its own.
                self.pending.pop();
                self.give_up(&mut *give);
                self.pending.push('\\');
                return rest;
            }
            _ => {
                self.give_up(give);
                return rest;
            }
        }
        after
    }

    /// Gives an escape that became whole.
    fn settle(&mut self, give: &mut impl FnMut(&str, &str)) {
        let first = unit(self.pending.get(2..6));
        let second = unit(self.pending.get(8..12));
        match (first, second) {
            (Some(0xd800..0xdc00), None) => {}
            (Some(first), None) => {
                let said = char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER);
                give(said.encode_utf8(&mut [0; 4]), &std::mem::take(&mut self.pending));
            }
            (Some(first), Some(second @ 0xdc00..0xe000)) => {
                let said = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                let said = char::from_u32(said).unwrap_or(char::REPLACEMENT_CHARACTER);
                give(said.encode_utf8(&mut [0; 4]), &std::mem::take(&mut self.pending));
            }
            (Some(_), Some(_)) => {
                let second = self.pending.split_off(6);
                self.give_up(&mut *give);
                self.pending = second;
                self.settle(give);
            }
            (None, _) => {}
        }
    }

    /// Gives what is pending as what it is: the half of a pair says nothing, the rest itself.
    fn give_up(&mut self, mut give: impl FnMut(&str, &str)) {
        let pending = std::mem::take(&mut self.pending);
        match unit(pending.get(2..6)) {
            Some(_) => {
                let (half, rest) = pending.split_at(6);
                give("\u{fffd}", half);
                if !rest.is_empty() {
                    give(rest, rest);
                }
            }
            None if pending.is_empty() => {}
            None => give(&pending, &pending),
        }
    }
}

fn unit(hex: Option<&str>) -> Option<u32> {
    u32::from_str_radix(hex?, 16).ok()
}

fn simple(c: char) -> Option<char> {
    Some(match c {
        '"' | '\\' | '/' => c,
        'b' => '\u{8}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        _ => return None,
    })
}

/// Writes a text as the inside of a JSON string.
pub(crate) fn escape_into(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\0'..' ' => drop(write!(out, "\\u{:04x}", u32::from(c))),
            _ => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(cuts: &[&str]) -> (String, String) {
        let (mut said, mut spelled) = (String::new(), String::new());
        let mut unescaper = Unescaper::default();
        let mut give = |text: &str, raw: &str| {
            said.push_str(text);
            spelled.push_str(raw);
        };
        cuts.iter().for_each(|cut| unescaper.push(cut, &mut give));
        unescaper.end(&mut give);
        (said, spelled)
    }

    #[track_caller]
    fn check(raw: &str, text: &str) {
        for at in (0..=raw.len()).filter(|at| raw.is_char_boundary(*at)) {
            let (first, second) = raw.split_at(at);
            assert_eq!(read(&[first, second]), (text.to_owned(), raw.to_owned()), "at {at}");
        }
    }

    #[test]
    fn escapes_say_what_they_say_wherever_they_are_cut() {
        check(r"ana\u0040example.org", "ana@example.org");
        check(r"\ud83d\ude00!", "😀!");
        check(r"\uD83D!", "\u{fffd}!");
        check(r"\ud83d\ud83d\ude00", "\u{fffd}😀");
        check(r"\ud83d\n", "\u{fffd}\n");
        check(r"\ude00", "\u{fffd}");
        check(r"\ud83d\u0041", "\u{fffd}A");
        check(r#"\"\\\/\b\f\n\r\t"#, "\"\\/\u{8}\u{c}\n\r\t");
    }

    #[test]
    fn what_is_no_escape_stands_as_it_is() {
        check(r"\q", r"\q");
        check(r"\u12", r"\u12");
        check(r"\u12xy", r"\u12xy");
        check(r"\ud83d\u12xy", "\u{fffd}\\u12xy");
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(text: String) {
            let mut raw = String::new();
            escape_into(&text, &mut raw);
            prop_assert_eq!(&read(&[&raw]).0, &text);
            let parsed: String = serde_json::from_str(&format!("\"{raw}\"")).expect("it is JSON");
            prop_assert_eq!(parsed, text);
        }

        #[test]
        fn nothing_is_lost(raw in r#"([a-f0-9]|\\u[dD][89cC]3[dD]|\\u00e9|\\|u|é){0,20}"#) {
            prop_assert_eq!(&read(&[&raw]).1, &raw);
        }
    }
}
