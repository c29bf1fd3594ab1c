//! One span for findings that overlap.
//!
//! A cluster is all findings that hang together by shared bytes, and it is edited as one, so that
//! no byte of any of them stays. What stands there is up to the strongest action, then to the
//! longest finding; then to the earlier one, then to names, so that the order in which policies
//! answer never shows.

use std::cmp::Reverse;
use std::sync::Arc;

use sandgate_wit::Action;

/// A finding whose action changes text.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) start: u64,
    pub(crate) end: u64,
    pub(crate) action: Action,
    pub(crate) policy: Arc<str>,
    pub(crate) label: Arc<str>,
    pub(crate) replacement: Option<String>,
}

/// Findings that overlap.
pub(crate) struct Cluster<'a> {
    pub(crate) start: u64,
    pub(crate) end: u64,
    /// The finding that says what stands there.
    pub(crate) first: &'a Found,
}

impl Found {
    fn rank(&self) -> impl Ord + '_ {
        let length = self.end - self.start;
        (self.action, length, Reverse(self.start), &self.policy, &self.label, &self.replacement)
    }
}

/// The clusters of findings that are in the order of their starts.
pub(crate) fn clusters(findings: &[Found]) -> impl Iterator<Item = Cluster<'_>> {
    let mut rest = findings.iter().peekable();
    std::iter::from_fn(move || {
        let first = rest.next()?;
        let mut cluster = Cluster { start: first.start, end: first.end, first };
        while let Some(next) = rest.next_if(|next| next.start < cluster.end) {
            cluster.end = cluster.end.max(next.end);
            if next.rank() > cluster.first.rank() {
                cluster.first = next;
            }
        }
        Some(cluster)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `(start, end, action, label)` of findings, and of the clusters they make.
    type Row = (u64, u64, Action, &'static str);

    #[track_caller]
    fn check(findings: &[Row], expected: &[Row]) {
        let mut found: Vec<Found> = findings
            .iter()
            .map(|(start, end, action, label)| Found {
                start: *start,
                end: *end,
                action: *action,
                policy: "policy".into(),
                label: (*label).into(),
                replacement: None,
            })
            .collect();
        for turn in [0, 1, 1] {
            let turn = turn.min(found.len());
            found.rotate_left(turn);
            let mut sorted = found.clone();
            sorted.sort_by_key(|f| f.start);
            let got: Vec<_> = clusters(&sorted)
                .map(|c| (c.start, c.end, c.first.action, c.first.label.to_string()))
                .collect();
            let want: Vec<_> = expected.iter().map(|r| (r.0, r.1, r.2, r.3.to_owned())).collect();
            assert_eq!(got, want);
        }
    }

    #[test]
    fn overlaps_are_edited_as_one() {
        use Action::{Block, Hash, Mask, Redact};
        check(&[], &[]);
        check(&[(0, 4, Mask, "A"), (4, 8, Mask, "B")], &[(0, 4, Mask, "A"), (4, 8, Mask, "B")]);
        check(&[(0, 5, Mask, "A"), (4, 8, Mask, "B")], &[(0, 8, Mask, "A")]);
        check(&[(0, 9, Mask, "A"), (4, 8, Hash, "B")], &[(0, 9, Hash, "B")]);
        check(&[(0, 5, Mask, "A"), (4, 8, Redact, "B"), (7, 9, Mask, "C")], &[(0, 9, Redact, "B")]);
        check(&[(2, 4, Mask, "B"), (2, 4, Mask, "A")], &[(2, 4, Mask, "B")]);
        check(&[(0, 3, Mask, "A"), (1, 2, Block, "B")], &[(0, 3, Block, "B")]);
    }
}
