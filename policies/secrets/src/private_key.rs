//! Private keys: whole PEM blocks and PuTTY files.

use sandgate_guest::Window;

use crate::cursor::{Cursor, Open};

/// No more than this is held back for a key; what was seen of a longer one is reported.
const LONGEST: usize = 16 << 10;

/// How far into a block its key material must begin: after the headers of PGP and old PEM.
const HEADERS: usize = 400;

/// A run of base64 of this length is key material.
const MATERIAL: usize = 24;

/// A shorter word does not belong to a key that breaks off.
const LINE: usize = 12;

/// The PEM block of a private key that begins at `at`.
pub(crate) fn pem(window: Window<'_>, at: usize) -> Result<Option<(usize, usize)>, Open> {
    let mut cursor = Cursor::new(window, at);
    cursor.skip(11, |_| true)?;
    let label = cursor.skip(40, |b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b' ')?;
    let private = label.ends_with(b"PRIVATE KEY") || label.ends_with(b"PRIVATE KEY BLOCK");
    if !private || !cursor.eat("-----")? {
        return Ok(None);
    }
    body(cursor).map(|end| end.map(|end| (at, end)))
}

/// The PuTTY private key file that begins at `at`.
pub(crate) fn putty(window: Window<'_>, at: usize) -> Result<Option<(usize, usize)>, Open> {
    body(Cursor::new(window, at)).map(|end| end.map(|end| (at, end)))
}

/// Where a key's body ends: after its last line, or where something else begins.
fn body(mut cursor: Cursor<'_>) -> Result<Option<usize>, Open> {
    let start = cursor.at;
    let (mut end, mut material) = (start, false);
    while cursor.at - start < LONGEST {
        let word = cursor.skip(LONGEST, is_base64)?;
        material |= word.len() >= MATERIAL && word.iter().any(u8::is_ascii_digit);
        end = if word.len() < LINE { end } else { cursor.at };
        if !material && cursor.at - start > HEADERS {
            return Ok(None);
        }
        if cursor.eat("-----END ")? {
            cursor.skip(40, |b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b' ')?;
            cursor.eat("-----")?;
            return Ok(material.then_some(cursor.at));
        }
        if cursor.eat("-----BEGIN")? || cursor.skip(1, is_between)?.is_empty() {
            break;
        }
    }
    Ok(material.then_some(end))
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
}

/// What stands between the words of a key: line ends, also escaped ones, headers, quoted lines.
fn is_between(byte: u8) -> bool {
    byte.is_ascii_whitespace() || b"\\:,.-_@<>\"'`;*|#".contains(&byte)
}
