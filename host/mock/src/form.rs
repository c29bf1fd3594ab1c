//! The body of a request as a document: JSON, or the fields of a form.
//!
//! Source of the form: RFC 7578. A file's field is its text, if it has one, so that the mock hears
//! what is in a text file; of anything else it knows the name and the length.

use serde_json::{Map, Value};

use crate::problem::Problem;

/// The most fields of a form.
const MAX_FIELDS: usize = 64;

/// The document of a body.
///
/// # Errors
/// Where it is neither.
pub(crate) fn document(content_type: &str, body: &[u8]) -> Result<Value, Problem> {
    let is_form = content_type
        .trim_start()
        .get(..10)
        .is_some_and(|start| start.eq_ignore_ascii_case("multipart/"));
    if is_form {
        return fields(content_type, body).ok_or_else(|| Problem::bad("the body is no form"));
    }
    serde_json::from_slice(body)
        .map_err(|error| Problem::bad(format!("the body is no JSON: {error}")))
}

fn fields(content_type: &str, body: &[u8]) -> Option<Value> {
    let boundary = parameter(content_type, "boundary").filter(|boundary| !boundary.is_empty())?;
    // So that the first boundary looks as the others do.
    let body = [b"\r\n", body].concat();
    let delimiter = format!("\r\n--{boundary}");
    let mut parts = split(&body, delimiter.as_bytes()).into_iter().skip(1);
    let mut fields = Map::new();
    for part in parts.by_ref().take(MAX_FIELDS) {
        if part.starts_with(b"--") {
            return Some(fields.into());
        }
        let part = part.strip_prefix(b"\r\n")?;
        let end = part.windows(4).position(|window| window == b"\r\n\r\n")?;
        let (head, content) = (part.get(..end)?, part.get(end + 4..)?);
        let (name, value) = field(&String::from_utf8_lossy(head), content)?;
        fields.insert(name, value);
    }
    None
}

fn field(head: &str, content: &[u8]) -> Option<(String, Value)> {
    let mut lines = head.split("\r\n");
    let named = |line: &&str| line.to_ascii_lowercase().starts_with("content-disposition:");
    let line = lines.find(named)?;
    let name = parameter(line, "name")?.trim_end_matches("[]").to_owned();
    let value = match (std::str::from_utf8(content), parameter(line, "filename")) {
        (Ok("true"), None) => true.into(),
        (Ok("false"), None) => false.into(),
        (Ok(text), None) => text.parse::<u64>().map_or_else(|_| text.into(), Value::from),
        (Ok(text), Some(_)) => text.into(),
        (Err(_), file) => format!("{} of {} bytes", file.unwrap_or("a file"), content.len()).into(),
    };
    Some((name, value))
}

/// The parameter of a header, without its quotes.
fn parameter<'a>(header: &'a str, name: &str) -> Option<&'a str> {
    header.split(';').skip(1).find_map(|parameter| {
        let (key, value) = parameter.split_once('=')?;
        let value = value.trim();
        let bare = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
        key.trim().eq_ignore_ascii_case(name).then(|| bare.unwrap_or(value))
    })
}

fn split<'a>(mut body: &'a [u8], delimiter: &[u8]) -> Vec<&'a [u8]> {
    let mut parts = Vec::new();
    while let Some(at) = body.windows(delimiter.len()).position(|window| window == delimiter) {
        let (part, rest) = body.split_at(at);
        parts.push(part);
        body = rest.get(delimiter.len()..).unwrap_or_default();
    }
    parts.push(body);
    parts
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn forms_have_fields_and_files() {
        let body = "--b\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nwhisper-1\r\n\
            --b\r\nContent-Disposition: form-data; name=\"stream\"\r\n\r\ntrue\r\n\
            --b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n\
            Content-Type: audio/wav\r\n\r\nhi\r\nthere\r\n--b--\r\n";
        let read = document("Multipart/form-data; boundary=\"b\"", body.as_bytes());
        let expected = json!({"model": "whisper-1", "stream": true, "file": "hi\r\nthere"});
        assert_eq!(read, Ok(expected));
    }

    #[test]
    fn sound_is_known_by_its_name() {
        let mut body = b"--b\r\ncontent-disposition: form-data; name=file; filename=a.wav".to_vec();
        body.extend(b"\r\n\r\n\xff\xfe\r\n--b--");
        let read = document("multipart/form-data; boundary=b", &body);
        assert_eq!(read, Ok(json!({"file": "a.wav of 2 bytes"})));
    }

    #[test]
    fn what_is_neither_is_refused() {
        for content_type in ["multipart/form-data; boundary=b", "multipart/form-data", "", "multi"]
        {
            for body in ["", "--b", "--b\r\nname=a", "{", "--b\r\n\r\n\r\n--b--"] {
                assert!(document(content_type, body.as_bytes()).is_err(), "{content_type} {body}");
            }
        }
    }
}
