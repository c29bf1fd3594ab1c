//! Texts as a model counts and streams them: a word is a token.

/// The most deltas that one text is streamed in; of a longer text each is larger.
const MAX_DELTAS: usize = 2048;

/// How many tokens a text has.
pub(crate) fn count(text: &str) -> usize {
    text.split_whitespace().count()
}

/// The text in deltas of so many characters, or of a word with the space after it.
pub(crate) fn deltas(text: &str, chunk: Option<usize>) -> Vec<&str> {
    if let Some(chunk) = chunk {
        return sized(text, chunk);
    }
    let words = text.split_inclusive(char::is_whitespace).take(MAX_DELTAS + 1);
    let words: Vec<&str> = words.collect();
    if words.len() > MAX_DELTAS { sized(text, 1) } else { words }
}

fn sized(text: &str, chunk: usize) -> Vec<&str> {
    let chunk = chunk.max(text.chars().count().div_ceil(MAX_DELTAS)).max(1);
    let starts = text.char_indices().map(|(at, _)| at).step_by(chunk);
    let ends = starts.clone().skip(1).chain([text.len()]);
    starts.zip(ends).filter_map(|(start, end)| text.get(start..end)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, chunk: Option<usize>, expected: &[&str]) {
        assert_eq!(deltas(text, chunk), expected);
    }

    #[test]
    fn words_keep_the_space_after_them() {
        check("You said:  hi\nthere ", None, &["You ", "said: ", " ", "hi\n", "there "]);
        check(" \n", None, &[" ", "\n"]);
        check("", None, &[]);
    }

    #[test]
    fn characters_are_never_cut() {
        check("año ñu", Some(2), &["añ", "o ", "ñu"]);
        check("abc", Some(9), &["abc"]);
        check("", Some(1), &[]);
    }

    #[test]
    fn long_texts_have_large_deltas() {
        let text = "a ".repeat(MAX_DELTAS * 3);
        for chunk in [None, Some(1)] {
            let deltas = deltas(&text, chunk);
            assert!(deltas.len() <= MAX_DELTAS);
            assert_eq!(deltas.concat(), text);
        }
    }
}
