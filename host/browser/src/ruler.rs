//! Offsets in UTF-8 as offsets in UTF-16.

/// Remembers where the characters of a text are, and nothing else of it: runs of characters that
/// are equally wide. Most texts have one run, or as many as they have words in another script.
#[derive(Debug, Default)]
pub(crate) struct Ruler {
    runs: Vec<Run>,
    bytes: u64,
    units: u64,
}

/// Characters that are equally wide.
#[derive(Debug)]
struct Run {
    /// Where it starts, in bytes of UTF-8 and in code units of UTF-16.
    bytes: u64,
    units: u64,
    /// How many bytes a character has.
    width: u64,
}

impl Ruler {
    /// More of the text.
    pub(crate) fn push(&mut self, chunk: &str) {
        if chunk.is_ascii() {
            return self.extend(1, chunk.len() as u64);
        }
        chunk.chars().for_each(|char| self.extend(char.len_utf8() as u64, 1));
    }

    /// The same place in UTF-16: that of a character's beginning, or of the text's end.
    pub(crate) fn units(&self, bytes: u64) -> u64 {
        let after = self.runs.partition_point(|run| run.bytes <= bytes);
        let Some(run) = after.checked_sub(1).and_then(|idx| self.runs.get(idx)) else { return 0 };
        run.units + (bytes - run.bytes) / run.width * units(run.width)
    }

    fn extend(&mut self, width: u64, count: u64) {
        if count > 0 && self.runs.last().is_none_or(|run| run.width != width) {
            self.runs.push(Run { bytes: self.bytes, units: self.units, width });
        }
        self.bytes += width * count;
        self.units += units(width) * count;
    }
}

/// How many code units of UTF-16 a character has that has so many bytes of UTF-8.
fn units(width: u64) -> u64 {
    if width == 4 { 2 } else { 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str) {
        for cut in (0..=text.len()).filter(|cut| text.is_char_boundary(*cut)) {
            let mut ruler = Ruler::default();
            ruler.push(&text[..cut]);
            ruler.push(&text[cut..]);
            for (at, _) in text.char_indices().chain([(text.len(), ' ')]) {
                let expected = text[..at].encode_utf16().count() as u64;
                assert_eq!(ruler.units(at as u64), expected, "{text:?} cut at {cut}, byte {at}");
            }
        }
    }

    #[test]
    fn every_character_is_where_utf_16_has_it() {
        check("");
        check("plain");
        check("naïve Grüße");
        check("身份证 and Москва");
        check("👩‍👩‍👧 family, 🏳️‍🌈🇩🇪");
        check("\u{fffd}\u{7ff}\u{800}\u{ffff}\u{10000}\u{10ffff}");
    }

    #[test]
    fn a_text_of_one_script_is_one_run() {
        let mut ruler = Ruler::default();
        (0..1000).for_each(|_| ruler.push("身份证"));
        assert_eq!(ruler.runs.len(), 1);
    }
}
