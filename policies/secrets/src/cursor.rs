//! Reads a window forward, and says when only the text that follows can tell.

use sandgate_guest::Window;

/// The text that follows decides.
pub(crate) struct Open;

/// A place in a window.
#[derive(Clone, Copy)]
pub(crate) struct Cursor<'a> {
    text: &'a [u8],
    last: bool,
    pub(crate) at: usize,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(window: Window<'a>, at: usize) -> Self {
        Self { text: window.text.as_bytes(), last: window.last, at }
    }

    /// The next byte; zero at the end of the part.
    pub(crate) fn peek(&self) -> Result<u8, Open> {
        match self.text.get(self.at) {
            Some(&byte) => Ok(byte),
            None if self.last => Ok(0),
            None => Err(Open),
        }
    }

    /// Goes past at most `most` bytes that are `wanted`, and gives them.
    pub(crate) fn skip(
        &mut self,
        most: usize,
        wanted: impl Fn(u8) -> bool,
    ) -> Result<&'a [u8], Open> {
        let start = self.at;
        while self.at - start < most {
            let byte = self.peek()?;
            if byte == 0 || !wanted(byte) {
                break;
            }
            self.at += 1;
        }
        Ok(&self.text[start..self.at])
    }

    /// Goes past `word`, in any case, where it comes next.
    pub(crate) fn eat(&mut self, word: &str) -> Result<bool, Open> {
        let mut ahead = *self;
        for &wanted in word.as_bytes() {
            if !ahead.peek()?.eq_ignore_ascii_case(&wanted) {
                return Ok(false);
            }
            ahead.at += 1;
        }
        *self = ahead;
        Ok(true)
    }
}
