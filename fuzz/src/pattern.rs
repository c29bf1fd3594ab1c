//! Compiled patterns: tried anywhere in any text they say what the `regex` crate says, and what
//! they are sure of stays so whatever follows.

use regex::bytes::{Regex, RegexBuilder};
use sandgate_guest::{Attempt, Pattern, Window, compile};

/// Of each kind that policies have: counted, alternating, with boundaries, without end.
const PATTERNS: [&str; 6] = [
    r"\b[0-9]{3}[- ]?[0-9]{2}\b",
    r"(?:ab|abc|a)+\b",
    r"[a-z0-9._]+@[a-z0-9]+(?:\.[a-z]{2,6})+",
    r"\bkey(?:_[a-z]+)?\s*[:=]\s*[^\s]{2,}",
    r"a*?b|c.{0,4}$",
    r"(?u:é+)|\B-",
];
const MAX_LEN: usize = 1 << 20;

thread_local! {
    static COMPILED: Vec<(Pattern, Regex)> = PATTERNS.into_iter().map(compiled).collect();
}

/// Tries each pattern at each place of the text in `data`.
///
/// # Panics
/// Where one says something else than its oracle, or takes back what it said.
pub fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let text = text.get(..text.floor_char_boundary(200)).unwrap_or(&text);
    COMPILED.with(|compiled| {
        compiled.iter().for_each(|(pattern, oracle)| agree(pattern, oracle, text))
    });
}

fn agree(pattern: &Pattern, oracle: &Regex, text: &str) {
    for at in (0..=text.len()).filter(|&at| text.is_char_boundary(at)) {
        let said = pattern.attempt(Window { text, from: 0, last: true }, at);
        assert_eq!(said, expected(oracle, text, at), "{oracle} at {at} of {text:?}");
        stays(pattern, text, at, said);
    }
}

fn expected(oracle: &Regex, text: &str, at: usize) -> Attempt {
    let found = oracle.find_at(text.as_bytes(), at).filter(|found| found.start() == at);
    found.map_or(Attempt::Miss, |found| Attempt::Match(found.end()))
}

fn stays(pattern: &Pattern, text: &str, at: usize, finally: Attempt) {
    for end in (at..text.len()).filter(|&end| text.is_char_boundary(end)) {
        let said = pattern.attempt(Window { text: &text[..end], from: 0, last: false }, at);
        assert!(said == Attempt::Open || said == finally, "{said:?} of {text:?} up to {end}");
    }
}

#[allow(unsafe_code)] // What `pattern!` does, at run time.
fn compiled(pattern: &str) -> (Pattern, Regex) {
    let bytes: &'static [u8] = compile::pattern(pattern).expect("a good pattern").leak();
    // SAFETY: these are the unchanged bytes of `compile::pattern`.
    let compiled = unsafe { Pattern::from_compiled(bytes, MAX_LEN) };
    let oracle = RegexBuilder::new(pattern).unicode(false).build().expect("a good pattern");
    (compiled, oracle)
}
