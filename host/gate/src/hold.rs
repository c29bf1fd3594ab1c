//! The text of a part that has not left yet, or that a policy has yet to speak about.

/// A window on the end of a part.
#[derive(Default)]
pub(crate) struct Hold {
    text: String,
    /// Offset in the part of the first byte held.
    base: u64,
}

impl Hold {
    pub(crate) fn push(&mut self, chunk: &str) {
        self.text.push_str(chunk);
    }

    /// The length of the part so far.
    pub(crate) fn fed(&self) -> u64 {
        self.base + self.text.len() as u64
    }

    /// The text between two offsets of the part, if all of it is held and both are boundaries.
    pub(crate) fn get(&self, start: u64, end: u64) -> Option<&str> {
        self.text.get(self.index(start)?..self.index(end)?)
    }

    /// Whether an offset lies between characters. One that is held no more counts as such: it can
    /// be no edit's.
    pub(crate) fn is_boundary(&self, offset: u64) -> bool {
        offset < self.base || self.index(offset).is_some_and(|i| self.text.is_char_boundary(i))
    }

    /// The greatest boundary up to an offset that is held.
    pub(crate) fn floor(&self, offset: u64) -> u64 {
        let index = self.index(offset).unwrap_or_default();
        self.base + self.text.floor_char_boundary(index) as u64
    }

    /// Lets go of what lies before an offset.
    pub(crate) fn forget(&mut self, before: u64) {
        let upto = self.text.floor_char_boundary(self.index(before).unwrap_or_default());
        self.text.drain(..upto);
        self.base += upto as u64;
    }

    fn index(&self, offset: u64) -> Option<usize> {
        usize::try_from(offset.checked_sub(self.base)?).ok()
    }
}
