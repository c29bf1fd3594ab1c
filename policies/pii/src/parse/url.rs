//! URLs with a scheme (RFC 3986).

use sandgate_guest::Attempt;

use crate::form::Reader;

/// Presidio's name for a URL.
pub(crate) const RULE: &str = "URL";
/// The longest scheme that is read.
pub(crate) const MAX_SCHEME: usize = 12;
/// Of a longer URL the beginning is reported: it would have to be held back.
const MAX: usize = 512;

/// A character of a scheme.
pub(crate) fn is_scheme(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'+'
}

/// Reads the URL with its scheme from `start` and its `://` at `at`.
pub(crate) fn attempt(reader: Reader<'_>, start: usize, at: usize) -> Attempt {
    const SCHEMES: [&str; 7] = ["http", "https", "ftp", "ftps", "sftp", "ws", "wss"];
    let known = |scheme: &&str| reader.says(start, scheme) && start + scheme.len() == at;
    if !SCHEMES.iter().any(known) {
        return Attempt::Miss;
    }
    let host = at + "://".len();
    let end = reader.run(host, MAX, is_url);
    if reader.undecided(end) && end - host < MAX {
        return Attempt::Open;
    }
    let text = reader.text(host, end);
    let trailing = |byte: &&u8| {
        matches!(
            byte,
            b'.' | b',' | b';' | b':' | b'!' | b'?' | b')' | b'*' | b'_' | b']' | b'}' | b'\''
        )
    };
    let end = end - text.iter().rev().take_while(trailing).count();
    if end > host { Attempt::Match(end) } else { Attempt::Miss }
}

fn is_url(byte: u8) -> bool {
    byte.is_ascii_graphic()
        && !matches!(byte, b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}')
}
