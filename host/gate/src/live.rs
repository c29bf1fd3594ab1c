//! The part that is being fed.

use sandgate_wire::Edit;

use crate::Direction;
use crate::hold::Hold;
use crate::memory::Said;
use crate::merge::Found;
use crate::pseudonym::Restorer;

/// A part between its begin and its end.
pub(crate) struct Live {
    /// Its number in the exchange, from 0.
    pub(crate) number: u32,
    pub(crate) direction: Direction,
    pub(crate) hold: Hold,
    /// Findings that change text, above `released`.
    pub(crate) found: Vec<Found>,
    pub(crate) released: u64,
    /// Every finding, where it is to be remembered.
    pub(crate) said: Option<Vec<Said>>,
    restorer: Option<Restorer>,
    /// Pseudonyms that were recognised, above `released`.
    restores: Vec<Edit>,
}

impl Live {
    pub(crate) fn new(number: u32, direction: Direction, restorer: Option<Restorer>) -> Self {
        Self {
            number,
            direction,
            hold: Hold::default(),
            found: Vec::new(),
            released: 0,
            said: None,
            restorer,
            restores: Vec::new(),
        }
    }

    /// Takes more text, or its end.
    pub(crate) fn push(&mut self, chunk: Option<&str>) {
        self.hold.push(chunk.unwrap_or_default());
        if let Some(restorer) = &mut self.restorer {
            self.restores.extend(restorer.edits(chunk));
        }
    }

    /// How many bytes are held back.
    pub(crate) fn held(&self) -> u64 {
        self.hold.fed() - self.released
    }

    /// The offset that no pseudonym is recognised below any more.
    pub(crate) fn settled(&self) -> u64 {
        self.restorer.as_ref().map_or(self.hold.fed(), Restorer::settled)
    }

    /// Adds the pseudonyms below `upto` to the edits, but for those that an edit hides, and says
    /// how far the text may leave: never into the middle of one.
    pub(crate) fn restore(&mut self, upto: u64, edits: &mut Vec<Edit>) -> u64 {
        let by_policies = edits.len();
        let mut restores = std::mem::take(&mut self.restores).into_iter().peekable();
        while let Some(restore) = restores.next_if(|restore| restore.start < upto) {
            let by_policies = edits.get(..by_policies).unwrap_or_default();
            let after = by_policies.partition_point(|edit| edit.end <= restore.start);
            let hidden = by_policies.get(after).is_some_and(|edit| edit.start < restore.end);
            if hidden || restore.start < self.released {
                continue;
            }
            if restore.end > upto {
                let start = restore.start;
                self.restores.push(restore);
                self.restores.extend(restores);
                return start;
            }
            edits.push(restore);
        }
        self.restores.extend(restores);
        upto
    }
}
