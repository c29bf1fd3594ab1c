//! For build scripts: patterns to automata, so that no policy compiles one at run time.

use std::path::Path;

use regex_automata::MatchKind;
use regex_automata::dfa::{StartKind, dense};
use regex_automata::util::syntax;

/// Tables above this size mean a counted repetition exploded: such a pattern wants its count
/// checked in code.
const MAX_BYTES: usize = 4 << 20;

/// Compiles `pattern` to a sparse automaton for [`crate::Pattern`], tried at given places only.
///
/// Classes and boundaries are ASCII unless the pattern asks for `(?u)`; `\b` sees a letter of any
/// other script as no word, so patterns work next to CJK text.
///
/// # Errors
/// Says what is wrong with the pattern, or that its automaton would be too large.
pub fn pattern(pattern: &str) -> Result<Vec<u8>, String> {
    let config = dense::Config::new()
        .match_kind(MatchKind::LeftmostFirst)
        .start_kind(StartKind::Anchored)
        .dfa_size_limit(Some(MAX_BYTES))
        .determinize_size_limit(Some(4 * MAX_BYTES));
    let dfa = dense::Builder::new()
        .configure(config)
        .syntax(syntax::Config::new().unicode(false).utf8(false))
        .thompson(regex_automata::nfa::thompson::Config::new().utf8(false))
        .build(pattern)
        .map_err(|e| format!("{pattern}: {e}"))?;
    let sparse = dfa.to_sparse().map_err(|e| format!("{pattern}: {e}"))?;
    Ok(sparse.to_bytes_little_endian())
}

/// Compiles `pattern` to `OUT_DIR/NAME.dfa`, where `pattern!` looks for it.
///
/// # Panics
/// With the pattern and what is wrong with it: in a build script that is the error message.
#[allow(clippy::panic)]
pub fn write(name: &str, pattern: &str) {
    let folder = std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR for build scripts");
    let bytes = self::pattern(pattern).unwrap_or_else(|e| panic!("pattern {name}: {e}"));
    let file = Path::new(&folder).join(format!("{name}.dfa"));
    std::fs::write(&file, bytes).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
}
