//! What is looked for, one table a part of the world; among equals the earlier row wins.

use crate::form::Form;

mod americas;
mod asia;
mod europe;
mod everywhere;
mod finance;
mod nordic;
mod phones;
mod south;

/// The rule of matches that are no one's data, and are taken out of the others' way.
pub(crate) const DECOY: &str = "";

/// All forms.
pub(crate) const TABLES: [&[Form]; 8] = [
    everywhere::FORMS,
    finance::FORMS,
    americas::FORMS,
    europe::FORMS,
    nordic::FORMS,
    asia::FORMS,
    south::FORMS,
    phones::FORMS,
];

/// A form of fixed shapes: rule, region, shapes, check, confidence alone and near, context words.
const fn shaped(
    rule: &'static str,
    region: crate::form::Region,
    shapes: &'static [&'static str],
    check: fn(&[u8]) -> bool,
    (alone, near): (u8, u8),
    words: &'static [&'static str],
) -> Form {
    Form { rule, region, text: crate::form::Text::Shapes(shapes), check, alone, near, words }
}

/// A form with a parser of its own.
const fn parsed(
    rule: &'static str,
    region: crate::form::Region,
    (lead, parser): (crate::form::Lead, crate::form::Parser),
    check: fn(&[u8]) -> bool,
    (alone, near): (u8, u8),
    words: &'static [&'static str],
) -> Form {
    Form { rule, region, text: crate::form::Text::Parsed(lead, parser), check, alone, near, words }
}
