//! Every charset that the web has.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::label;

/// The charset of one body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Charset {
    encoding: &'static Encoding,
    /// How many bytes the byte order mark has.
    mark: usize,
}

impl Charset {
    /// That of a body with this `content-type`; none where nobody knows it, or where its readers
    /// may disagree.
    pub fn of(content_type: &str, body: &[u8]) -> Option<Self> {
        let label = match label(content_type) {
            Some(label) => Some(Encoding::for_label(label.as_bytes())?),
            None => None,
        };
        if let Some((encoding, mark)) = Encoding::for_bom(body) {
            let agrees = label.is_none_or(|label| label == encoding);
            return agrees.then_some(Self { encoding, mark });
        }
        let encoding = match (label, body) {
            // RFC 4627 §3: of JSON's first two characters neither is NUL.
            (None, [0, _, ..]) => UTF_16BE,
            (None, [_, 0, ..]) => UTF_16LE,
            (label, _) => label.unwrap_or(UTF_8),
        };
        let looks_otherwise = match (encoding == UTF_8, encoding.is_ascii_compatible()) {
            (true, _) => false,
            // Whoever takes it for UTF-8 reads another text.
            (false, true) => !body.is_ascii() && std::str::from_utf8(body).is_ok(),
            // NUL or ESC, without which it could be plain ASCII.
            (false, false) => !body.iter().any(|byte| matches!(byte, 0 | 0x1b)),
        };
        (!looks_otherwise).then_some(Self { encoding, mark: 0 })
    }

    /// The text of a body; none where it holds what its charset does not have.
    pub fn decode<'a>(&self, body: &'a [u8]) -> Option<Cow<'a, str>> {
        let text = body.get(self.mark..)?;
        self.encoding.decode_without_bom_handling_and_without_replacement(text)
    }

    /// A text in the charset. A character that it does not have becomes a numeric reference.
    pub fn encode(&self, text: &str) -> Vec<u8> {
        let units = |bytes: fn(u16) -> [u8; 2]| {
            let mark = (self.mark > 0).then(|| bytes(0xfeff));
            mark.into_iter().chain(text.encode_utf16().map(bytes)).flatten().collect()
        };
        match self.encoding {
            encoding if encoding == UTF_16LE => units(u16::to_le_bytes),
            encoding if encoding == UTF_16BE => units(u16::to_be_bytes),
            encoding => encoding.encode(text).0.into_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text that a body is read as.
    fn read(charset: &str, body: &[u8]) -> Option<String> {
        let content_type = match charset {
            "" => "application/json".to_owned(),
            charset => format!("application/json; charset={charset}"),
        };
        let charset = Charset::of(&content_type, body)?;
        let text = charset.decode(body)?.into_owned();
        let again = charset.encode(&text);
        let mark = if charset.encoding == UTF_8 { charset.mark } else { 0 };
        assert_eq!(again, body[mark..], "it is spelled as it was");
        Some(text)
    }

    #[test]
    fn a_body_is_read_in_its_charset() {
        for (charset, body, text) in [
            ("", "\"é\"".as_bytes(), "\"é\""),
            ("UTF-8", b"\xef\xbb\xbf1", "1"),
            ("\"utf8\"", b"1", "1"),
            ("iso-8859-1", b"\"\xe9\"", "\"é\""),
            ("windows-1252", b"\"\x80\"", "\"€\""),
            ("us-ascii", b"plain", "plain"),
            ("Shift_JIS", b"\"\x83\x41\"", "\"ア\""),
            ("gbk", b"\"\xc4\xe3\"", "\"你\""),
            ("utf-16le", b"{\0}\0", "{}"),
            ("utf-16be", b"\0{\0}", "{}"),
            ("", b"\xff\xfe{\0}\0", "{}"),
            ("", b"\xfe\xff\0{\0}", "{}"),
            ("", b"{\0}\0", "{}"),
            ("", b"\0[\0]", "[]"),
        ] {
            assert_eq!(read(charset, body).as_deref(), Some(text), "{charset} {body:?}");
        }
    }

    #[test]
    fn what_readers_disagree_about_is_nobodys_to_read() {
        for (charset, body) in [
            ("klingon", &b"1"[..]),
            ("", b"\"\xff\""),
            ("utf-8", b"\"\xe9\""),
            // Said to be one, marked as another.
            ("utf-16be", b"\xff\xfe{\0}\0"),
            ("iso-8859-1", b"\xef\xbb\xbf1"),
            // Text in UTF-8 as well, and another one.
            ("iso-8859-1", "\"é\"".as_bytes()),
            ("gbk", "\"é\"".as_bytes()),
            // ASCII to whoever does not look at the header.
            ("utf-16le", b"{}"),
            ("iso-2022-jp", b"{}"),
            // Half a unit, half a pair.
            ("utf-16le", b"{\0}"),
            ("utf-16le", b"{\0\x00\xd8"),
            ("iso-2022-kr", b"\x1b$)C"),
        ] {
            assert_eq!(read(charset, body), None, "{charset} {body:?}");
        }
    }

    #[test]
    fn what_a_charset_does_not_have_is_a_reference() {
        let latin = Charset::of("text/plain; charset=latin1", b"\xe9").expect("it is known");
        assert_eq!(latin.encode("é ア"), b"\xe9 &#12450;");
    }
}
