//! Parts that are there from their beginning to their end.

use std::sync::Arc;

use super::Exchange;
use crate::live::Live;
use crate::memory::{Said, TextId};
use crate::{Direction, Part, Refusal, Release};

impl Exchange {
    /// A whole part, beside those that did not end yet. What policies said of the same text in an
    /// earlier request they are not asked again: their answers depend on nothing but their
    /// settings, the exchange's context and the part.
    pub fn whole(&mut self, part: Part, text: &str) -> Release {
        let id = self.text_id(&part, text);
        if let Some(said) = id.and_then(|id| self.plan.memory.recall(&id)) {
            return self.recalled(&part, text, &said);
        }
        let before = self.unsettled;
        let strand = self.begin_beside(part);
        if let Some(mut live) = self.take(strand) {
            live.said = id.map(|_| Vec::new());
            self.put(strand, live);
        }
        let mut release = self.feed_in(strand, text);
        let rest = self.step(strand, None);
        release.upto = rest.upto;
        release.edits.extend(rest.edits);
        let said = self.take(strand).and_then(|live| live.said);
        let is_all = self.faults.is_empty() && self.unsettled == before && !self.over_limits();
        if let (Some(id), Some(said), true) = (id, said, is_all) {
            self.plan.memory.keep(id, said);
        }
        release
    }

    /// What tells a text from every other, where it may be known.
    fn text_id(&self, part: &Part, text: &str) -> Option<TextId> {
        let recall = self.recall.as_ref()?;
        let is_asked = part.direction == Direction::Request && self.faults.is_empty();
        is_asked.then(|| recall.id(&self.plan.key, part, text))
    }

    fn over_limits(&self) -> bool {
        self.refused == Some(Refusal::Held)
    }

    /// Does with a text what is done with one that policies said this of.
    fn recalled(&mut self, part: &Part, text: &str, said: &Arc<[Said]>) -> Release {
        let number = self.parts;
        self.parts = self.parts.saturating_add(1);
        self.bytes = self.bytes.saturating_add(text.len() as u64);
        let mut live = Live::new(number, part.direction, None);
        live.push(Some(text));
        for (policy_idx, finding) in said.iter() {
            self.accept(&mut live, *policy_idx, finding.clone());
        }
        let settled = live.settled();
        self.release(&mut live, settled)
    }
}
