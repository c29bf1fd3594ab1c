//! Colours, few and calm. They reach a terminal only: `anstream` takes them off elsewhere, and
//! where `NO_COLOR` is set.

use std::fmt::Display;

use anstyle::{AnsiColor, Style};
use sandgate_wit::Action;

/// Headings and names.
pub(crate) const BOLD: Style = Style::new().bold();
/// What may be overlooked.
pub(crate) const DIM: Style = Style::new().dimmed();
/// Good news.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
/// Changed text.
pub(crate) const EDIT: Style = AnsiColor::Yellow.on_default();
/// Refusals and errors.
pub(crate) const BAD: Style = AnsiColor::Red.on_default();
/// What is only watched.
pub(crate) const SEEN: Style = AnsiColor::Blue.on_default();

/// `text` in `style`.
pub(crate) fn paint(style: Style, text: impl Display) -> String {
    format!("{style}{text}{style:#}")
}

/// The colour of what is done about a finding.
pub(crate) fn of_action(action: Action) -> Style {
    match action {
        Action::Allow => DIM,
        Action::Observe => SEEN,
        Action::Block => BAD,
        _ => EDIT,
    }
}

/// `text` with what could steer a terminal made visible: it is somebody's text, not ours.
pub(crate) fn tame(text: &str) -> String {
    let tame = |c: char| match c {
        '\n' => '\n',
        '\t' => ' ',
        '\0'..='\u{1f}' => char::from_u32(0x2400 + c as u32).unwrap_or(char::REPLACEMENT_CHARACTER),
        '\u{7f}' => '␡',
        c if c.is_control() || is_bidi(c) => char::REPLACEMENT_CHARACTER,
        c => c,
    };
    text.chars().map(tame).collect()
}

/// Characters that reorder the ones after them.
fn is_bidi(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Says on standard error what went wrong, in one line.
pub(crate) fn complain(what: impl Display) {
    let line = what.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
    anstream::eprintln!("{} {line}", paint(BAD.bold(), "error:"));
}
