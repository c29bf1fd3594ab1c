//! Hostile policies: each becomes an error or a fault within its budget, and nothing else suffers.

use anyhow::Result;
use sandgate_tests::hostile;

#[test]
fn the_policy_they_are_made_of_is_a_valid_component() -> Result<()> {
    wasmparser::Validator::new().validate_all(&hostile::starry()?)?;
    Ok(())
}

#[test]
fn every_file_of_the_corpus_is_a_case() -> Result<()> {
    assert!(!hostile::cases()?.is_empty());
    Ok(())
}
