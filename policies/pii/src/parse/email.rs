//! E-mail addresses (RFC 5321), as people write them: no quoted local parts, no bare host names.

use sandgate_guest::Attempt;

use crate::form::{Peek, Reader};

/// Presidio's name for an e-mail address.
pub(crate) const RULE: &str = "EMAIL_ADDRESS";
/// The longest domain that is read.
const MAX_DOMAIN: usize = 128;

/// What looks like a top-level domain and is the end of a file's or unit's name.
const NO_DOMAINS: &[&str] = &[
    "bash", "bat", "bmp", "cfg", "conf", "cpp", "css", "csv", "dll", "dmg", "exe", "gif", "git",
    "go", "gz", "htm", "html", "ico", "ini", "jar", "java", "jpeg", "jpg", "js", "json", "jsx",
    "lock", "log", "map", "md", "mjs", "mount", "pdf", "php", "png", "service", "socket", "svg",
    "target", "tar", "timer", "tmp", "toml", "ts", "tsx", "txt", "wasm", "webp", "xml", "yaml",
    "yml",
];
/// Local parts of addresses that are no one's: how programs name remote repositories.
const NO_ONE: &[&[u8]] = &[b"git", b"hg", b"svn"];

/// A character of a local part.
pub(crate) fn is_local(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'%' | b'+' | b'-')
}

/// Where the local part before `at` begins, in the run of its characters from `run`.
pub(crate) fn start(reader: Reader<'_>, run: usize, at: usize) -> usize {
    let mut start = run;
    match (reader.prior(run), reader.text(run, at)) {
        (Some(b'\\'), [b'n' | b'r' | b't', _, ..]) => start += 1,
        (_, [b'%', a, b, _, ..]) if a.is_ascii_hexdigit() && b.is_ascii_hexdigit() => start += 3,
        _ => (),
    }
    start + reader.text(start, at).iter().take_while(|&&b| !b.is_ascii_alphanumeric()).count()
}

/// Reads the address with its local part from `start` and its `@` at `at`.
pub(crate) fn attempt(reader: Reader<'_>, start: usize, at: usize) -> Attempt {
    let local = reader.text(start, at);
    if local.is_empty() || local.ends_with(b".") || NO_ONE.contains(&local) {
        return Attempt::Miss;
    }
    let mut end = at + 1;
    loop {
        let label = end;
        end = reader.run(label, MAX_DOMAIN, |b| b.is_ascii_alphanumeric() || b == b'-');
        if reader.undecided(end) {
            return if end - at > MAX_DOMAIN { Attempt::Miss } else { Attempt::Open };
        }
        if label == end || reader.text(label, end).starts_with(b"-") || end - at > MAX_DOMAIN {
            return Attempt::Miss;
        }
        let more = match (reader.peek(end), reader.peek(end + 1)) {
            (Peek::Byte(b'.'), Peek::Unknown) => return Attempt::Open,
            (Peek::Byte(b'.'), Peek::Byte(next)) => next.is_ascii_alphanumeric(),
            _ => false,
        };
        if !more {
            return domain(reader.text(at + 1, end))
                .map_or(Attempt::Miss, |len| Attempt::Match(at + 1 + len));
        }
        end += 1;
    }
}

/// The length of the domain that `text` begins with, if its last label can be a top-level domain.
fn domain(text: &[u8]) -> Option<usize> {
    let len = text.len() - text.iter().rev().take_while(|&&byte| byte == b'-').count();
    let text = std::str::from_utf8(&text[..len]).ok()?;
    let (_, top) = text.rsplit_once('.')?;
    let known = top.len() >= 2
        && (top.bytes().all(|b| b.is_ascii_alphabetic()) || top.starts_with("xn--"))
        && !NO_DOMAINS.iter().any(|no| top.eq_ignore_ascii_case(no));
    known.then_some(len)
}
