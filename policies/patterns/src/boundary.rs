//! Where words end, in text of any script.
//!
//! Unicode's `\b` sees one long word in `案件PRJ-1を`, because Han and Kana are letters too. Here a
//! place lies inside a word only if the characters on both sides belong to scripts that put spaces
//! between words; next to a character of any other script a word may begin and end anywhere.

use regex_syntax::is_word_character;

/// Scripts written without spaces, and Hangul, whose particles are joined to foreign words.
const UNSPACED: &[(char, char)] = &[
    ('\u{0e00}', '\u{0eff}'),   // Thai, Lao
    ('\u{0f00}', '\u{109f}'),   // Tibetan, Myanmar
    ('\u{1100}', '\u{11ff}'),   // Hangul Jamo
    ('\u{1780}', '\u{17ff}'),   // Khmer
    ('\u{3005}', '\u{3007}'),   // iteration mark and zero among ideographs
    ('\u{3040}', '\u{31ff}'),   // Kana, Bopomofo, Hangul compatibility Jamo
    ('\u{3400}', '\u{9fff}'),   // Han
    ('\u{a960}', '\u{a97f}'),   // Hangul Jamo
    ('\u{a9e0}', '\u{a9ff}'),   // Myanmar
    ('\u{aa60}', '\u{aa7f}'),   // Myanmar
    ('\u{ac00}', '\u{d7ff}'),   // Hangul
    ('\u{f900}', '\u{faff}'),   // Han
    ('\u{ff66}', '\u{ffdc}'),   // half-width Kana and Hangul
    ('\u{20000}', '\u{3ffff}'), // Han
];

/// Whether `at` is a `\b`: on one side a word character, and no word that runs across.
pub(crate) fn is_boundary(text: &str, at: usize) -> bool {
    let (before, after) = around(text, at);
    let word = |side: Option<char>| side.is_some_and(is_word_character);
    (word(before) || word(after)) && !runs_across(before, after, is_word_character)
}

/// Whether a word begins at `at`: a word character after it, and none that belongs to it before.
pub(crate) fn is_start(text: &str, at: usize) -> bool {
    around(text, at).1.is_some_and(is_word_character) && is_boundary(text, at)
}

/// Whether a word ends at `at`: a word character before it, and none that belongs to it after.
pub(crate) fn is_end(text: &str, at: usize) -> bool {
    around(text, at).0.is_some_and(is_word_character) && is_boundary(text, at)
}

/// Whether `at` lies between two letters or digits of one word. Unlike in [`is_boundary`] an
/// underscore ends a word: a code name is found in `bluebird_v2` too.
pub(crate) fn splits_word(text: &str, at: usize) -> bool {
    let (before, after) = around(text, at);
    runs_across(before, after, |c| c != '_' && is_word_character(c))
}

/// What [`splits_word`] says in the usual case, at once; otherwise no.
pub(crate) fn splits_ascii_word(text: &str, at: usize) -> bool {
    let is_ascii_word = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    let bytes = text.as_bytes();
    is_ascii_word(bytes.get(at)) && is_ascii_word(at.checked_sub(1).and_then(|at| bytes.get(at)))
}

fn runs_across(before: Option<char>, after: Option<char>, word: impl Fn(char) -> bool) -> bool {
    let spaced = |side: Option<char>| side.is_some_and(|c| word(c) && is_spaced(c));
    spaced(before) && spaced(after)
}

fn is_spaced(c: char) -> bool {
    c.is_ascii() || !UNSPACED.iter().any(|&(first, last)| first <= c && c <= last)
}

fn around(text: &str, at: usize) -> (Option<char>, Option<char>) {
    (text[..at].chars().next_back(), text[at..].chars().next())
}
