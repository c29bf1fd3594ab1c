//! The parts of a `multipart/form-data` body, RFC 7578 and RFC 2046 §5.1.
//!
//! Readers of such bodies disagree about everything that is out of the ordinary. So only what they
//! all read alike is read here; the rest is nobody's to read.

use std::ops::Range;

use memchr::memmem;

/// More parts than this in one body are no form of a language model's.
const MAX_PARTS: usize = 256;
/// The longest boundary there may be.
const MAX_BOUNDARY: usize = 70;

/// One part of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormPart {
    /// Its headers, without the empty line after them.
    pub head: Range<usize>,
    /// What it holds.
    pub body: Range<usize>,
    /// The name of its field.
    pub name: Option<String>,
    /// The name of the file, where it is one.
    pub file_name: Option<String>,
    /// Its `content-type`; without one it is plain text.
    pub content_type: Option<String>,
    /// Whether what it holds, or is called, is spelled so that nobody reads it here: a transfer
    /// encoding, an encoded file name.
    pub encoded: bool,
}

/// The boundary that a `content-type` names, where it is that of a multipart body.
pub fn boundary(content_type: &str) -> Option<&str> {
    let (kind, rest) = content_type.split_once(';')?;
    let is_multipart =
        kind.trim().get(..10).is_some_and(|start| start.eq_ignore_ascii_case("multipart/"));
    let boundary = is_multipart.then(|| parameter(rest, "boundary")).flatten()?;
    (1..=MAX_BOUNDARY).contains(&boundary.len()).then_some(boundary)
}

/// The parts of a body with this boundary, none where it cannot be read.
pub fn parts(body: &[u8], boundary: &str) -> Option<Vec<FormPart>> {
    let (first, between) = (format!("--{boundary}"), format!("\r\n--{boundary}"));
    let finder = memmem::Finder::new(between.as_bytes());
    let mut at = body.starts_with(first.as_bytes()).then_some(first.len())?;
    let mut parts = Vec::new();
    loop {
        let rest = body.get(at..)?;
        if let Some(after) = rest.strip_prefix(b"--") {
            return matches!(after, b"" | b"\r\n").then_some(parts);
        }
        if !rest.starts_with(b"\r\n") || parts.len() == MAX_PARTS {
            return None;
        }
        let end = at + finder.find(rest)?;
        parts.push(part(body, at + 2..end)?);
        at = end + between.len();
    }
}

/// The part between two boundaries.
fn part(body: &[u8], span: Range<usize>) -> Option<FormPart> {
    let content = body.get(span.clone())?;
    // A part without headers begins with the empty line after them.
    let length = if content.starts_with(b"\r\n") { 0 } else { memmem::find(content, b"\r\n\r\n")? };
    let gap = if length == 0 { 2 } else { 4 };
    let head = span.start..span.start + length;
    let text = std::str::from_utf8(body.get(head.clone())?).ok()?;
    let mut part = FormPart {
        body: head.end + gap..span.end,
        head,
        name: None,
        file_name: None,
        content_type: None,
        encoded: text.contains("*=") || text.contains("=?"),
    };
    for line in text.split("\r\n").filter(|line| !line.is_empty()) {
        // A line that goes on with the one before it is read by some and not by others.
        if line.starts_with([' ', '\t']) || line.contains(['\r', '\n', '\0']) {
            return None;
        }
        let (name, value) = line.split_once(':')?;
        match name.trim().to_ascii_lowercase().as_str() {
            "content-disposition" => {
                part.name = parameter(value, "name").map(str::to_owned);
                part.file_name = parameter(value, "filename").map(str::to_owned);
            }
            "content-type" if part.content_type.is_some() => return None,
            "content-type" => part.content_type = Some(value.trim().to_owned()),
            "content-transfer-encoding" => {
                let plain = ["7bit", "8bit", "binary"];
                part.encoded |= !plain.iter().any(|p| value.trim().eq_ignore_ascii_case(p));
            }
            _ => {}
        }
    }
    Some(part)
}

/// A parameter of a header's value, without its quotes.
fn parameter<'a>(value: &'a str, name: &str) -> Option<&'a str> {
    let found = value.split(';').find_map(|pair| {
        let (key, value) = pair.split_once('=')?;
        key.trim().eq_ignore_ascii_case(name).then_some(value.trim())
    })?;
    Some(found.strip_prefix('"').and_then(|found| found.strip_suffix('"')).unwrap_or(found))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORM: &str = concat!(
        "--b\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nwhisper\r\n",
        "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n",
        "Content-Type: audio/wav\r\n\r\nRIFF\r\n\r\n--\r\n--b--\r\n",
    );

    type Found<'a> = (Option<String>, Option<String>, &'a str);

    fn found(body: &str) -> Option<Vec<Found<'_>>> {
        let parts = parts(body.as_bytes(), "b")?;
        Some(parts.into_iter().map(|p| (p.name, p.content_type, &body[p.body])).collect())
    }

    #[test]
    fn a_boundary_is_named_by_the_content_type() {
        let form = |rest: &str| format!("multipart/form-data; {rest}");
        assert_eq!(boundary(&form("boundary=b-1")), Some("b-1"));
        assert_eq!(boundary(&form("charset=utf-8; Boundary=\"b 1\"")), Some("b 1"));
        assert_eq!(boundary(&form("boundary=")), None);
        assert_eq!(boundary(&form(&format!("boundary={}", "b".repeat(71)))), None);
        assert_eq!(boundary("application/json; boundary=b"), None);
    }

    #[test]
    fn parts_are_told_by_their_heads() {
        let model = (Some("model".to_owned()), None, "whisper");
        let file = (Some("file".to_owned()), Some("audio/wav".to_owned()), "RIFF\r\n\r\n--");
        assert_eq!(found(FORM), Some(vec![model, file]));
        assert_eq!(found("--b\r\n\r\nbare\r\n--b--"), Some(vec![(None, None, "bare")]));
        assert_eq!(found("--b--"), Some(Vec::new()));
    }

    #[test]
    fn what_readers_disagree_about_is_nobodys_to_read() {
        for odd in [
            "preamble\r\n--b\r\n\r\nx\r\n--b--",
            "--b\r\n\r\nx\r\n--b--epilogue",
            "--b\r\n\r\nx",
            "--b\n\nx\n--b--",
            "--b\r\nContent-Type: a\r\nContent-Type: b\r\n\r\nx\r\n--b--",
            "--b\r\nContent-Disposition: form-data;\r\n name=a\r\n\r\nx\r\n--b--",
            "--b\r\nno colon\r\n\r\nx\r\n--b--",
            "--bc\r\n\r\nx\r\n--b--",
            "",
        ] {
            assert_eq!(found(odd), None, "{odd:?}");
        }
        for at in 0..FORM.len() - 2 {
            assert_eq!(found(&FORM[..at]), None, "cut at {at}");
        }
    }

    #[test]
    fn what_is_spelled_in_another_way_is_said_to_be() {
        for (head, encoded) in [
            ("Content-Disposition: form-data; name=a; filename=\"x\"", false),
            ("Content-Disposition: form-data; name=a; filename*=UTF-8''%61", true),
            ("Content-Disposition: form-data; name=\"=?utf-8?q?a?=\"", true),
            ("Content-Transfer-Encoding: base64", true),
            ("Content-Transfer-Encoding: 8BIT", false),
        ] {
            let body = format!("--b\r\n{head}\r\n\r\nx\r\n--b--");
            assert_eq!(parts(body.as_bytes(), "b").map(|p| p[0].encoded), Some(encoded), "{head}");
        }
    }
}
