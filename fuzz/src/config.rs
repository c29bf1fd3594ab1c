//! Configurations: whatever somebody typed is a configuration or an error that says where.

use sandgate_gate::{Config, Error, Key, Plan};

use super::gate::manifest;

/// Reads `data` as YAML and as JSON, and plans with what comes of it.
///
/// # Panics
/// Where an error does not name its file, or is more than one line.
pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let yaml = Config::from_yaml(text, "fuzz.yaml");
    let json = Config::from_json(text, "fuzz.json");
    for config in [&yaml, &json] {
        match config {
            Ok(config) => plan(config),
            Err(error) => named(error),
        }
    }
}

fn plan(config: &Config) {
    let manifest = manifest();
    let policies: Vec<_> = config.policies.keys().map(|name| (name.clone(), &manifest)).collect();
    if let Err(error) = Plan::new(config, &policies, Key::new([7; 32])) {
        named(&error);
    }
}

fn named(error: &Error) {
    let text = error.to_string();
    assert!(text.starts_with("fuzz."), "an error without its file: {text}");
    assert!(text.lines().count() == 1, "an error of several lines: {text}");
}
