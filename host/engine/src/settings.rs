//! Whether settings fit the schema that a policy's manifest has for them.

use jsonschema::{PatternOptions, Validator};
use sandgate_inspect::foreign;
use serde_json::Value;

use crate::policy::Misfit;

/// Checks settings before the policy sees them.
///
/// # Errors
/// The first place that does not fit, and what was expected there.
pub(crate) fn check(schema: &Value, settings: &Value) -> Result<(), Misfit> {
    let Some(error) = validator(schema)?.iter_errors(settings).next().map(|error| {
        let problem = error.to_string();
        Misfit { place: place(error.instance_path().as_str()), problem: foreign(&problem) }
    }) else {
        return Ok(());
    };
    Err(error)
}

fn validator(schema: &Value) -> Result<Validator, Misfit> {
    // A schema is a stranger's: its patterns may not backtrack, its references not lead outside.
    let options = jsonschema::options().with_pattern_options(PatternOptions::regex());
    options.build(schema).map_err(|error| Misfit {
        place: String::new(),
        problem: format!("its settings' schema is none: {}", foreign(&error.to_string())),
    })
}

/// `/regions/0` as it is written in a configuration's errors: `settings.regions[0]`.
fn place(pointer: &str) -> String {
    let segments = pointer.split('/').skip(1).map(|segment| {
        let key = segment.replace("~1", "/").replace("~0", "~");
        match key.bytes().all(|b| b.is_ascii_digit()) {
            true => format!("[{key}]"),
            false => format!(".{key}"),
        }
    });
    std::iter::once("settings".to_owned()).chain(segments).collect()
}
