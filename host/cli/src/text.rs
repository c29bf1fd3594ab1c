//! Bytes read in pieces and handed on as text, a character never cut.

use std::io::{self, Read};

use anyhow::{Context, Result, bail};

/// Small enough for a policy's budget of one call, large enough that the call costs nothing.
const PIECE: usize = 64 * 1024;
/// A character whose last byte is missing.
const LONGEST_HEAD: usize = 3;

/// What is done about bytes that are no UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Broken {
    /// Reading fails and names the first.
    Refuse,
    /// Each becomes U+FFFD.
    Replace,
}

/// The text of an input, piece by piece.
pub(crate) struct Pieces<R> {
    input: R,
    broken: Broken,
    buffer: Vec<u8>,
    /// How much of the buffer is read and not yet handed on.
    held: usize,
    /// The offset in the input of the buffer's first byte.
    offset: u64,
    /// How often U+FFFD was put in.
    pub(crate) replaced: u64,
}

impl<R: Read> Pieces<R> {
    /// The text of `input`.
    pub(crate) fn new(input: R, broken: Broken) -> Self {
        let buffer = vec![0; PIECE + LONGEST_HEAD];
        Self { input, broken, buffer, held: 0, offset: 0, replaced: 0 }
    }

    /// Puts the next piece into `text`, in place of what was there. `false` at the end.
    pub(crate) fn next(&mut self, text: &mut String) -> Result<bool> {
        text.clear();
        while text.is_empty() {
            let read = self.fill()?;
            if read == 0 && self.held == 0 {
                return Ok(false);
            }
            self.take(text, read == 0)?;
        }
        Ok(true)
    }

    fn fill(&mut self) -> Result<usize> {
        loop {
            let space = self.buffer.get_mut(self.held..).unwrap_or_default();
            match self.input.read(space) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
                Ok(read) => {
                    self.held += read;
                    return Ok(read);
                }
            }
        }
    }

    /// Moves all whole characters from the buffer to `text`.
    fn take(&mut self, text: &mut String, is_end: bool) -> Result<()> {
        let mut done = 0;
        while let Some(bytes) = self.buffer.get(done..self.held).filter(|bytes| !bytes.is_empty()) {
            let error = match std::str::from_utf8(bytes) {
                Ok(whole) => {
                    text.push_str(whole);
                    done = self.held;
                    break;
                }
                Err(error) => error,
            };
            let valid = bytes.get(..error.valid_up_to()).unwrap_or_default();
            text.push_str(std::str::from_utf8(valid).context("from_utf8 contradicts itself")?);
            done += valid.len();
            let Some(length) = error.error_len().or(is_end.then_some(self.held - done)) else {
                break;
            };
            if self.broken == Broken::Refuse {
                bail!("not UTF-8 at byte {}", self.offset + done as u64);
            }
            text.push(char::REPLACEMENT_CHARACTER);
            self.replaced += 1;
            done += length;
        }
        self.buffer.copy_within(done..self.held, 0);
        self.held -= done;
        self.offset += done as u64;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives a few bytes a read, so that characters are cut.
    struct Dribble<'a>(&'a [u8], usize);

    impl Read for Dribble<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let size = self.1.min(into.len());
            (&mut self.0).take(size as u64).read(into)
        }
    }

    #[track_caller]
    fn check(bytes: &[u8], broken: Broken, expected: Result<&str, &str>) {
        for size in [1, 2, 3, 5, 1000] {
            let mut pieces = Pieces::new(Dribble(bytes, size), broken);
            let (mut all, mut text) = (String::new(), String::new());
            let result = loop {
                match pieces.next(&mut text) {
                    Ok(true) => all.push_str(&text),
                    Ok(false) => break Ok(all.as_str()),
                    Err(error) => break Err(error.to_string()),
                }
            };
            assert_eq!(result, expected.map_err(str::to_owned), "{size} bytes a read");
        }
    }

    #[test]
    fn characters_are_never_cut() {
        check("a é 漢字 🦀 end".as_bytes(), Broken::Refuse, Ok("a é 漢字 🦀 end"));
        check(b"", Broken::Refuse, Ok(""));
    }

    #[test]
    fn the_first_byte_that_is_not_utf_8_is_named() {
        check("é!\u{0}".as_bytes(), Broken::Refuse, Ok("é!\u{0}"));
        check(b"\xc3\xa9!\xffx", Broken::Refuse, Err("not UTF-8 at byte 3"));
        check(b"cut short \xf0\x9f\xa6", Broken::Refuse, Err("not UTF-8 at byte 10"));
    }

    #[test]
    fn each_broken_sequence_becomes_one_replacement_where_that_is_asked_for() {
        check(b"a\xff\xffb", Broken::Replace, Ok("a\u{fffd}\u{fffd}b"));
        check(b"cut short \xf0\x9f\xa6", Broken::Replace, Ok("cut short \u{fffd}"));
    }
}
