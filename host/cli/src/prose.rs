//! Made-up text to measure with: the same on every machine.

const WORDS: [&str; 32] = [
    "the", "report", "was", "sent", "to", "a", "team", "that", "wanted", "more", "time", "for",
    "its", "plan", "and", "nobody", "minded", "when", "we", "moved", "this", "meeting", "into",
    "larger", "rooms", "because", "people", "asked", "about", "results", "of", "spring",
];

const PERSONAL: &str =
    "write to jo@example.org, card 4111 1111 1111 1111, from 203.0.113.7 as agreed. ";

/// About `size` bytes of prose in which there is nothing to find.
pub(crate) fn clean(size: usize) -> String {
    let mut text = String::with_capacity(size + 16);
    // A linear congruential generator with the constants of Numerical Recipes.
    let mut state = 1u32;
    while text.len() < size {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let word = WORDS.get((state >> 27) as usize).copied().unwrap_or("and");
        text.push_str(word);
        text.push_str(if state & 0x0f00_0000 == 0 { ". " } else { " " });
    }
    text.truncate(size);
    text
}

/// A prompt of `size` bytes: prose, and where it fits some personal data.
pub(crate) fn prompt(size: usize) -> String {
    if size < PERSONAL.len() {
        return PERSONAL.chars().take(size).collect();
    }
    PERSONAL.to_owned() + &clean(size - PERSONAL.len())
}
