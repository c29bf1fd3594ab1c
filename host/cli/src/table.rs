//! Tables of text: the first columns to the left, numbers to the right.

use std::fmt;

use unicode_width::UnicodeWidthStr;

use crate::paint::{BOLD, paint};

/// Rows under a heading, aligned when they are shown.
pub(crate) struct Table<const N: usize> {
    heading: [&'static str; N],
    /// How many columns are words rather than numbers.
    words: usize,
    rows: Vec<[String; N]>,
}

impl<const N: usize> Table<N> {
    /// A table whose first `words` columns are words.
    pub(crate) fn new(heading: [&'static str; N], words: usize) -> Self {
        Self { heading, words, rows: Vec::new() }
    }

    /// Adds a row.
    pub(crate) fn push(&mut self, row: [String; N]) {
        self.rows.push(row);
    }

    fn align(&self, row: [&str; N]) -> String {
        let mut line = String::new();
        for (column, cell) in row.into_iter().enumerate() {
            let cells = self.rows.iter().filter_map(|row| row.get(column)).map(|c| c.width());
            let heading = self.heading.get(column).map_or(0, |heading| heading.width());
            let space = " ".repeat(cells.fold(heading, usize::max) - cell.width());
            match column < self.words {
                true => line.extend([cell, &space, "  "]),
                false => line.extend([&space, cell, "  "]),
            }
        }
        line.trim_end().to_owned()
    }
}

impl<const N: usize> fmt::Display for Table<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", paint(BOLD, self.align(self.heading)))?;
        for row in &self.rows {
            writeln!(f, "{}", self.align(row.each_ref().map(String::as_str)))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_go_left_and_numbers_right() {
        let mut table = Table::new(["name", "n"], 1);
        table.push(["a".to_owned(), "100".to_owned()]);
        table.push(["longer".to_owned(), "7".to_owned()]);
        let text = anstream::adapter::strip_str(&table.to_string()).to_string();
        assert_eq!(text, "name      n\na       100\nlonger    7\n");
    }
}
