//! The table of rules that the build script made of `rules/*.yaml`.

use std::cell::OnceCell;

use sandgate_guest::Pattern;

/// A rule, as the manifest shows it.
pub(crate) struct RuleInfo {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
}

/// One way to find a rule's secrets, started by a literal.
pub(crate) struct Detector {
    pub(crate) rule: u16,
    pub(crate) how: How,
    /// How far before the literal the secret may begin, in the order to try.
    pub(crate) back: &'static [u8],
    /// The least entropy of the secret, in thousandths of a bit per byte.
    pub(crate) entropy: u32,
    pub(crate) check: Check,
    /// Whether it may be part of a longer word.
    pub(crate) free: bool,
}

/// What follows a literal.
#[derive(Clone, Copy)]
pub(crate) enum How {
    /// The literal is part of the secret, which is a match of this pattern.
    Token(u16),
    /// The literal names a provider; a value assigned to it matches this pattern.
    Near(u16),
    /// Something that no pattern says.
    Code(Code),
}

/// The detectors written in Rust.
#[derive(Clone, Copy)]
pub(crate) enum Code {
    Pem,
    Putty,
    Url,
    Authorization,
    Command,
    Password,
    Secret,
}

/// What a pattern's match must be as well.
#[derive(Clone, Copy)]
pub(crate) enum Check {
    None,
    Basic,
    Digit,
    EndsAa,
    Github,
    Jwt,
    NoExample,
}

/// A literal and the detectors it starts.
pub(crate) struct Literal {
    pub(crate) text: &'static [u8],
    /// Whether it is found in any case.
    pub(crate) fold: bool,
    pub(crate) detectors: &'static [u16],
}

include!(concat!(env!("OUT_DIR"), "/table.rs"));

static BYTES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/patterns.bin"));

/// The automata, each read when it is first tried.
pub(crate) struct Patterns(Vec<OnceCell<Box<Pattern>>>);

impl Patterns {
    pub(crate) fn new() -> Self {
        Self(PATTERNS.iter().map(|_| OnceCell::new()).collect())
    }

    #[allow(unsafe_code)]
    pub(crate) fn get(&self, idx: u16) -> &Pattern {
        let idx = usize::from(idx);
        self.0[idx].get_or_init(|| {
            let (start, end, max) = PATTERNS[idx];
            // SAFETY: the build script wrote what `compile::pattern` gave to these bytes.
            Box::new(unsafe { Pattern::from_compiled(&BYTES[start..end], max) })
        })
    }
}

/// The place of the rule called `name` in [`RULES`].
pub(crate) fn find(name: &str) -> Option<usize> {
    RULES.iter().position(|rule| rule.name == name)
}
