//! The user's own named patterns and word lists.
//!
//! Rules come from the settings: patterns in `regex` syntax, patterns with look-around, lists of
//! words. They are found in one left-to-right walk per rule, with every
//! match decided by the text near it, so that findings do not depend on how a stream was cut.

mod allow;
mod boundary;
mod filter;
mod pattern;
mod relax;
mod settings;
mod stream;
mod threads;
mod words;

use sandgate_guest::prelude::{Asset, Context, Part, Policy, Rc};

pub use settings::{AllowSettings, RuleSettings, Settings};
pub use stream::Stream;

/// The compiled rules.
pub struct Patterns {
    rules: Vec<Rule>,
    allow: allow::Allow,
}

/// One named thing to look for.
struct Rule {
    name: String,
    confidence: u8,
    matcher: Box<dyn stream::Local>,
}

impl Policy for Patterns {
    type Settings = Settings;
    type Scanner = Stream;

    fn rules() -> Vec<sandgate_guest::Rule> {
        Vec::new()
    }

    fn configure(settings: Settings, assets: Vec<Asset>) -> Result<Self, String> {
        settings.compile(&assets)
    }

    fn scanner(self: Rc<Self>, _context: &Context, _part: &Part) -> Stream {
        Stream::new(self)
    }
}

sandgate_guest::export!(
    Patterns,
    "The user's own patterns and word lists.",
    rules_from: "/rules"
);
