//! UTF-8 and nothing else: what a browser's own bodies are.

use std::borrow::Cow;

use super::label;

const MARK: &[u8] = b"\xef\xbb\xbf";

/// The charset of one body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Charset {
    /// How many bytes the byte order mark has.
    mark: usize,
}

impl Charset {
    /// That of a body with this `content-type`; none where it is not known to be UTF-8.
    pub fn of(content_type: &str, body: &[u8]) -> Option<Self> {
        let is_other =
            |label: &str| !["utf-8", "utf8"].iter().any(|utf8| label.eq_ignore_ascii_case(utf8));
        // RFC 4627 §3: of JSON's first two characters neither is NUL, unless it is UTF-16.
        let is_wide = matches!(body, [0, _, ..] | [_, 0, ..]);
        if label(content_type).is_some_and(is_other) || is_wide {
            return None;
        }
        Some(Self { mark: if body.starts_with(MARK) { MARK.len() } else { 0 } })
    }

    /// The text of a body; none where it is no UTF-8.
    pub fn decode<'a>(&self, body: &'a [u8]) -> Option<Cow<'a, str>> {
        std::str::from_utf8(body.get(self.mark..)?).ok().map(Cow::Borrowed)
    }

    /// A text in the charset.
    pub fn encode(&self, text: &str) -> Vec<u8> {
        text.as_bytes().to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(content_type: &str, body: &[u8], text: Option<&str>) {
        let charset = Charset::of(content_type, body);
        let read = charset.and_then(|charset| charset.decode(body));
        assert_eq!(read.as_deref(), text, "{content_type} {body:?}");
        if let (Some(charset), Some(text)) = (charset, text) {
            assert_eq!(charset.encode(text), body[charset.mark..]);
        }
    }

    #[test]
    fn what_is_utf_8_is_read() {
        check("application/json", "\"é\"".as_bytes(), Some("\"é\""));
        check("application/json; charset=UTF-8", b"\xef\xbb\xbf1", Some("1"));
        check("text/plain; charset=\"utf8\"", b"", Some(""));
    }

    #[test]
    fn nothing_else_is() {
        check("text/plain; charset=latin1", b"a", None);
        check("", b"\"\xe9\"", None);
        check("", b"{\0}\0", None);
        check("", b"\0{\0}", None);
        check("", b"\xff\xfe{\0", None);
    }
}
