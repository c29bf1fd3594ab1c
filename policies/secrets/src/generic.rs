//! Secrets of no known provider: a value that is random enough for the name it is given.

use sandgate_guest::Window;

use crate::assignment::{self, Place};
use crate::cursor::{Cursor, Open};
use crate::{MIN_ENTROPY, entropy, lookalike};

/// Values beyond this length are data, not secrets.
const LONGEST: usize = 160;

/// A value and how sure it is a secret.
pub(crate) struct Secret {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) confidence: u8,
}

/// A password assigned after the keyword that ends at `at`.
pub(crate) fn password(window: Window<'_>, key: usize, at: usize) -> Result<Option<Secret>, Open> {
    if !begins_word(window, key, at) {
        return Ok(None);
    }
    let Some(place) = assignment::value(Cursor::new(window, at), true)? else { return Ok(None) };
    let Some((start, end)) = extent(window, place)? else { return Ok(None) };
    let value = &window.text.as_bytes()[start..end];
    let strong = match place.prose {
        true => value.len() >= 6 && classes(value) >= 2 && digits(value) >= 1,
        false => is_password(value, place.quote.is_some()),
    };
    let doubtful = lookalike::is_placeholder(value) || lookalike::is_code(value);
    Ok((strong && !doubtful).then_some(Secret { start, end, confidence: 70 }))
}

/// A random value assigned after the keyword that ends at `at`.
pub(crate) fn secret(
    window: Window<'_>,
    key: usize,
    at: usize,
    min_entropy: u32,
) -> Result<Option<Secret>, Open> {
    let Some(place) = assignment::value(Cursor::new(window, at), false)? else { return Ok(None) };
    let Some((start, end)) = extent(window, place)? else { return Ok(None) };
    let value = &window.text.as_bytes()[start..end];
    if !is_telling(window, key, at) || lookalike::is_public_name(name(window, key, at)) {
        return Ok(None);
    }
    let fits = is_random(value, min_entropy)
        && !lookalike::is_placeholder(value)
        && !lookalike::is_code(value)
        && !lookalike::is_words(value);
    Ok(fits.then_some(Secret { start, end, confidence: 65 }))
}

/// Where the value at `place` ends, past a scheme such as `Bearer`.
fn extent(window: Window<'_>, place: Place) -> Result<Option<(usize, usize)>, Open> {
    let mut cursor = Cursor::new(window, place.start);
    for scheme in ["bearer ", "basic ", "token ", "apikey "] {
        if cursor.eat(scheme)? {
            break;
        }
    }
    let start = cursor.at;
    let value = cursor.skip(LONGEST, |b| match place.quote {
        Some(quote) => b != quote && b > b' ' && b != b'\\',
        None => b > b' ' && b.is_ascii() && !b"\"'`,;<>()[]{}&\\".contains(&b),
    })?;
    if value.len() == LONGEST {
        return Ok(None);
    }
    let next = cursor.peek()?;
    // A quoted value with a space in it is a sentence; an unquoted one before `(` is a call.
    let broken = match place.quote {
        Some(quote) => next != quote && next != b'\\' && next != 0,
        None => matches!(next, b'(' | b'[' | b'{'),
    };
    let length = if place.quote.is_none() { trimmed(value) } else { value.len() };
    Ok((!broken && length > 0).then_some((start, start + length)))
}

/// The length of a value without the punctuation of the sentence around it.
fn trimmed(value: &[u8]) -> usize {
    value.iter().rposition(|b| !b".:,;".contains(b)).map_or(0, |last| last + 1)
}

/// The identifier around the keyword, as far as it matters.
fn name(window: Window<'_>, key: usize, end: usize) -> &[u8] {
    let before = window.before(key).as_bytes();
    let n_before = before.iter().rev().take(40).take_while(|b| assignment::is_name(**b)).count();
    let after = &window.text.as_bytes()[end..];
    let n_after =
        after.iter().take(assignment::NAME).take_while(|b| assignment::is_name(**b)).count();
    &window.text.as_bytes()[key - n_before..end + n_after]
}

/// Whether a short keyword is a word of its own: not `pwd` in `cpwd`, nor `pass_` in `bypass_on`.
fn begins_word(window: Window<'_>, key: usize, end: usize) -> bool {
    let text = window.text.as_bytes();
    let before = key.checked_sub(1).map_or(b' ', |i| text[i]);
    end - key >= 6 || !before.is_ascii_lowercase()
}

/// Whether `key`, `token` and their like end a word that can name a secret: not `monkey`.
fn is_telling(window: Window<'_>, key: usize, end: usize) -> bool {
    let text = window.text.as_bytes();
    let before = key.checked_sub(1).map_or(b' ', |i| text[i]);
    let hump = text[key].is_ascii_uppercase() && before.is_ascii_lowercase();
    let after = text.get(end).copied().unwrap_or(b' ');
    let plural = after.is_ascii_lowercase() && text[end - 1].is_ascii_lowercase();
    let known = ["api", "auth", "access", "private", "secret", "client", "account"];
    let tail = window.before(key).to_ascii_lowercase();
    (!before.is_ascii_alphabetic() || hump || known.iter().any(|word| tail.ends_with(word)))
        && !plural
}

/// Long, of mixed characters, and without the regularity of words.
pub(crate) fn is_random(value: &[u8], min_entropy: u32) -> bool {
    let charset = |b: &u8| b.is_ascii_alphanumeric() || b"+/=_-.~!@#$%^&*".contains(b);
    if !value.iter().all(charset) || digits(value) < 2 {
        return false;
    }
    let letters = value.iter().filter(|b| b.is_ascii_alphabetic()).count();
    // Short values cannot reach the entropy of long ones.
    let reachable = value.len().max(1).ilog2() * 720;
    let least = min_entropy.saturating_sub(MIN_ENTROPY.saturating_sub(reachable));
    let long = value.len() >= 16 || value.len() >= 10 && classes(value) >= 3;
    long && letters >= 2 && entropy::of(value) >= least
}

/// What people and generators take for passwords.
fn is_password(value: &[u8], quoted: bool) -> bool {
    let least = if quoted { 6 } else { 8 };
    let graphic = value.iter().all(|b| b.is_ascii_graphic() || *b >= 0x80);
    graphic
        && value.len() >= least
        && (classes(value) >= 3 || classes(value) == 2 && value.len() >= 10)
        && digits(value) >= 1
        && entropy::of(value) >= 2400
}

fn digits(value: &[u8]) -> usize {
    value.iter().filter(|b| b.is_ascii_digit()).count()
}

/// How many of upper case, lower case, digits and others occur.
fn classes(value: &[u8]) -> usize {
    let kinds: [fn(&u8) -> bool; 4] =
        [u8::is_ascii_uppercase, u8::is_ascii_lowercase, u8::is_ascii_digit, |b| {
            !b.is_ascii_alphanumeric()
        }];
    kinds.iter().filter(|kind| value.iter().any(kind)).count()
}
