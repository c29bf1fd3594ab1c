//! Credentials: provider keys, private keys, tokens, addresses with passwords, and random values
//! assigned to names that say they are secret.
//!
//! Rules are data, in `rules/*.yaml`. A rule's literals are found by a prefilter; at each the
//! rule's pattern or code looks, and only what it sees becomes a finding, whose span is the secret
//! itself and not the name it is assigned to. Nothing is asked over a network whether a key lives.

mod assignment;
mod checks;
mod credentials;
mod cursor;
mod entropy;
mod generic;
mod lookalike;
mod prefilter;
mod private_key;
mod rules;
mod scan;

use sandgate_guest::prelude::*;

use crate::rules::{Patterns, RULES};

/// Rules of general names, which `generic: false` switches off.
const GENERIC: [&str; 2] = ["GENERIC_PASSWORD", "GENERIC_SECRET"];

/// The entropy that a generic secret must have, in thousandths of a bit per byte.
const MIN_ENTROPY: u32 = 3200;

/// The policy.
pub struct Secrets {
    patterns: Patterns,
    off: Vec<bool>,
    min_entropy: u32,
    allow: Vec<String>,
}

/// Which secrets are looked for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(crate = "sandgate_guest::serde", default, deny_unknown_fields)]
#[schemars(crate = "sandgate_guest::schemars")]
pub struct Settings {
    /// Rules that are not looked for, by name.
    disable: Vec<String>,
    /// Whether values of no known provider are found by the names they are assigned to.
    generic: bool,
    /// The entropy a generic secret must have, in bits per byte, from 0 to 8.
    min_entropy: f64,
    /// Values that are no secrets, as they are written.
    allow: Vec<String>,
}

impl Default for Settings {
    fn default() -> Self {
        let min_entropy = f64::from(MIN_ENTROPY) / 1000.0;
        Self { disable: Vec::new(), generic: true, min_entropy, allow: Vec::new() }
    }
}

impl Policy for Secrets {
    type Settings = Settings;
    type Scanner = Sliding<Self>;

    fn rules() -> Vec<Rule> {
        RULES.iter().map(|info| rule(info.name, Action::Redact, info.about)).collect()
    }

    fn configure(settings: Settings, _assets: Vec<Asset>) -> Result<Self, String> {
        let mut off = vec![false; RULES.len()];
        for name in &settings.disable {
            off[place(name)?] = true;
        }
        if !settings.generic {
            for name in GENERIC {
                off[place(name)?] = true;
            }
        }
        if !(0.0..=8.0).contains(&settings.min_entropy) {
            let given = settings.min_entropy;
            return Err(format!("min_entropy: {given} is not between 0 and 8 bits per byte"));
        }
        Ok(Self {
            patterns: Patterns::new(),
            off,
            min_entropy: (settings.min_entropy * 1000.0) as u32,
            allow: settings.allow,
        })
    }

    fn scanner(self: Rc<Self>, _context: &Context, _part: &Part) -> Sliding<Self> {
        Sliding::new(self)
    }
}

impl Detect for Secrets {
    fn detect(&self, window: Window<'_>, found: &mut Found) -> usize {
        scan::scan(self, window, found)
    }
}

impl Secrets {
    fn is_off(&self, rule: usize) -> bool {
        self.off[rule]
    }

    fn is_allowed(&self, secret: &str) -> bool {
        self.allow.iter().any(|allowed| allowed == secret)
    }
}

/// The place of a rule that settings name.
fn place(name: &str) -> Result<usize, String> {
    rules::find(name).ok_or_else(|| {
        let names: Vec<_> = RULES.iter().map(|rule| rule.name).collect();
        format!("disable: `{name}` is no rule of this policy; they are {}", names.join(", "))
    })
}

sandgate_guest::export!(
    Secrets,
    "Credentials: provider keys, private keys, tokens, database addresses, generic secrets."
);
