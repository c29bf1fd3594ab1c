//! Rows that `scan` reads: no line may end the run, and what is read is what serde_json reads.

use sandgate_cli::jsonl::{Field, lines};
use serde_json::Value;

/// Reads every line of `data`, by a field's name and by pointers.
///
/// # Panics
/// Where the text or the id differs from what the line says as a whole document.
pub fn run(data: &[u8]) {
    for (given, pointer) in [("text", "/text"), ("/a/0/b", "/a/0/b"), ("/0", "/0")] {
        let Ok(field) = given.parse::<Field>();
        for line in lines(data) {
            match field.read(line) {
                Ok(row) => agrees(line, pointer, &row.text, row.id.map(|id| id.get())),
                Err(error) => assert!(!error.to_string().is_empty()),
            }
        }
    }
}

fn agrees(line: &[u8], pointer: &str, text: &str, id: Option<&str>) {
    // Deeper nesting than serde_json builds is skipped by a reader that builds nothing.
    let Ok(whole) = serde_json::from_slice::<Value>(line) else { return };
    assert_eq!(whole.pointer(pointer).and_then(Value::as_str), Some(text), "the text");
    let id = id.and_then(|id| serde_json::from_str::<Value>(id).ok());
    let expected = whole.get("id").filter(|id| !id.is_null());
    // Only a number may read as another: RawValue keeps digits that Value rounds.
    assert_eq!(id.as_ref(), expected, "the id");
}
