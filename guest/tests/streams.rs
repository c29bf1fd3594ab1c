//! The streaming helpers against random texts and cuts: findings must not depend on the cuts.

use std::rc::Rc;

use proptest::prelude::*;
use sandgate_guest::prelude::*;
use sandgate_guest::{CONTEXT, Finding, native};

/// Finds words where `!` stands somewhere in the context before them: needs text before a match,
/// overlaps itself, and may begin in the last bytes of any window.
struct Shouted;

impl Policy for Shouted {
    type Settings = Option<()>;
    type Scanner = Sliding<Self>;

    fn rules() -> Vec<Rule> {
        vec![rule("SHOUTED", Action::Redact, "aba after an exclamation mark.")]
    }

    fn configure(_: Option<()>, _: Vec<Asset>) -> Result<Self, String> {
        Ok(Self)
    }

    fn scanner(self: Rc<Self>, _: &Context, _: &Part) -> Sliding<Self> {
        Sliding::new(self)
    }
}

impl Detect for Shouted {
    fn detect(&self, window: Window<'_>, found: &mut Found) -> usize {
        for start in 0..window.text.len() {
            let hit = window.text.as_bytes()[start..].starts_with(b"aba");
            if hit && window.before(start).contains('!') {
                found.push("SHOUTED", start..start + 3, 100);
            }
        }
        window.text.len().saturating_sub(2)
    }
}

/// Judges texts of at most eight bytes by how many spaces they hold.
struct Spaces;

impl Policy for Spaces {
    type Settings = Option<()>;
    type Scanner = Whole<Self>;

    fn rules() -> Vec<Rule> {
        vec![rule("SPACES", Action::Observe, "Two spaces in eight bytes.")]
    }

    fn configure(_: Option<()>, _: Vec<Asset>) -> Result<Self, String> {
        Ok(Self)
    }

    fn scanner(self: Rc<Self>, _: &Context, _: &Part) -> Whole<Self> {
        Whole::new(self)
    }
}

impl Classify for Spaces {
    const CAP: usize = 8;

    fn classify(&self, text: &str, found: &mut Found) {
        assert!(text.len() <= Self::CAP, "a piece is at most the cap long");
        if text.matches(' ').count() >= 2 {
            found.push("SPACES", 0..text.len(), 60);
        }
    }
}

fn key(findings: Vec<Finding>) -> Vec<(u64, u64)> {
    findings.into_iter().map(|finding| (finding.start, finding.end)).collect()
}

/// `text` cut at the given places, moved to the next character boundary.
fn cut<'a>(mut text: &'a str, lengths: &[usize]) -> Vec<&'a str> {
    let mut chunks = Vec::new();
    for &length in lengths {
        let (head, tail) = text.split_at(text.ceil_char_boundary(length.min(text.len())));
        chunks.push(head);
        text = tail;
    }
    chunks.push(text);
    chunks
}

proptest! {
    #[test]
    fn sliding_windows_find_the_same_however_a_text_is_cut(
        text in "[ab! é漢]{0,400}",
        lengths in prop::collection::vec(0usize..40, 0..40),
    ) {
        let policy = Rc::new(Shouted);
        let whole = key(native::scan(&policy, &[&text]));
        prop_assert_eq!(key(native::scan(&policy, &cut(&text, &lengths))), whole);
    }

    #[test]
    fn whole_parts_are_judged_in_the_same_pieces_however_a_text_is_cut(
        text in "[ab é漢]{0,60}",
        lengths in prop::collection::vec(0usize..12, 0..12),
    ) {
        let policy = Rc::new(Spaces);
        let whole = key(native::scan(&policy, &[&text]));
        prop_assert_eq!(key(native::scan(&policy, &cut(&text, &lengths))), whole);
    }
}

#[test]
fn a_match_sees_its_context_and_no_further() {
    let policy = Rc::new(Shouted);
    let near = format!("!{}aba", "-".repeat(CONTEXT - 1));
    let far = format!("!{}aba", "-".repeat(CONTEXT));
    assert_eq!(native::scan(&policy, &[&near]).len(), 1);
    assert_eq!(native::scan(&policy, &[&far]).len(), 0);
}

#[test]
fn matches_that_overlap_the_end_of_a_chunk_are_reported_once() {
    let policy = Rc::new(Shouted);
    let found = key(native::scan(&policy, &["!ab", "ab", "a"]));
    assert_eq!(found, [(1, 4), (3, 6)]);
}
