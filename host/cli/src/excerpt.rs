//! A finding where it stands: line and column, and the line around it with the match underlined.

use std::ops::Range;

use anstyle::Style;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::paint::{DIM, paint, tame};

/// How wide an excerpt is, in columns of a terminal, and how much of that comes before the match.
const WIDTH: usize = 76;
const BEFORE: usize = 24;

/// A piece of one line around a span.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Excerpt {
    /// From 1.
    pub(crate) line: usize,
    /// In characters, from 1.
    pub(crate) column: usize,
    before: String,
    matched: String,
    after: String,
    /// How many lines of the match are left out.
    more_lines: usize,
}

impl Excerpt {
    /// The excerpt for `span` of `text`; `None` where that is no span of it.
    pub(crate) fn new(text: &str, span: Range<usize>) -> Option<Self> {
        let (head, matched, tail) =
            (text.get(..span.start)?, text.get(span.clone())?, text.get(span.end..)?);
        let line_start = head.rfind('\n').map_or(0, |at| at + 1);
        let before = head.get(line_start..)?;
        let first = matched.lines().next().unwrap_or_default();
        let more_lines = matched.trim_end_matches('\n').matches('\n').count();
        let after = tail.lines().next().unwrap_or_default();
        let after = if more_lines > 0 { "" } else { after };
        let shown = fit_start(&tame(first), WIDTH - BEFORE);
        let room = WIDTH.saturating_sub(BEFORE + shown.width());
        Some(Self {
            line: head.matches('\n').count() + 1,
            column: before.chars().count() + 1,
            before: fit_end(&tame(before), BEFORE),
            after: fit_start(&tame(after), room.max(BEFORE)),
            matched: shown,
            more_lines,
        })
    }

    /// Two lines: the text, and a line under the match.
    pub(crate) fn render(&self, style: Style, indent: &str) -> String {
        let more = match self.more_lines {
            0 => String::new(),
            1 => paint(DIM, " … and 1 line"),
            n => paint(DIM, format!(" … and {n} lines")),
        };
        format!(
            "{indent}{}{}{}{more}\n{indent}{}{}",
            self.before,
            paint(style.bold(), &self.matched),
            self.after,
            " ".repeat(self.before.width()),
            paint(style, "‾".repeat(self.matched.width().max(1)))
        )
    }
}

/// The start of `text` in at most `width` columns.
fn fit_start(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut columns = 1;
    let fits = |c: &char| {
        columns += c.width().unwrap_or(0);
        columns <= width
    };
    text.chars().take_while(fits).chain(['…']).collect()
}

/// The end of `text` in at most `width` columns.
fn fit_end(text: &str, width: usize) -> String {
    let backwards: String = text.chars().rev().collect();
    fit_start(&backwards, width).chars().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, matched: &str, expected: &str) {
        let start = text.find(matched).expect("the text holds it");
        let excerpt = Excerpt::new(text, start..start + matched.len()).expect("a span");
        let lines = excerpt.render(Style::new(), "");
        let lines = anstream::adapter::strip_str(&lines).to_string();
        assert_eq!(format!("{}:{}\n{lines}", excerpt.line, excerpt.column), expected);
    }

    #[test]
    fn the_line_is_shown_with_the_match_underlined() {
        check("one\ntwo is here\nthree", "is", "2:5\ntwo is here\n    ‾‾");
    }

    #[test]
    fn wide_characters_are_two_columns() {
        check("電話 x", "x", "1:4\n電話 x\n     ‾");
    }

    #[test]
    fn a_match_of_many_lines_shows_its_first() {
        check("key: A\nB\nC.", "A\nB\nC", "1:6\nkey: A … and 2 lines\n     ‾");
    }

    #[test]
    fn long_lines_are_cut_on_both_sides() {
        let text = format!("{}HIT{}", "a".repeat(99), "b".repeat(99));
        let before = format!("…{}", "a".repeat(BEFORE - 1));
        let after = format!("{}…", "b".repeat(WIDTH - BEFORE - 3 - 1));
        let under = " ".repeat(BEFORE);
        check(&text, "HIT", &format!("1:100\n{before}HIT{after}\n{under}‾‾‾"));
    }

    #[test]
    fn escape_sequences_are_made_visible() {
        check("\u{1b}[31mred", "red", "1:6\n␛[31mred\n     ‾‾‾");
    }
}
