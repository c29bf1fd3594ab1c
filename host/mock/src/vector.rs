//! Embeddings of a model that knows no language: the words of a text, hashed into dimensions.
//!
//! Texts that share words are near each other, which is enough to try a search with.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;

use crate::ask::{Ask, Turn};
use crate::problem::Problem;

const MAX_DIMENSIONS: u64 = 4096;

/// The vectors of all texts of a request, with so many dimensions unless it says how many.
///
/// # Errors
/// Where there are too many texts or dimensions.
pub(crate) fn all(ask: &Ask, asked: &Value, default: usize) -> Result<Vec<Vec<f32>>, Problem> {
    let dimensions = match asked.as_u64() {
        None if asked.is_null() => default,
        Some(dimensions @ 1..=MAX_DIMENSIONS) => usize::try_from(dimensions).unwrap_or(default),
        _ => {
            let expected = format!("expected a number from 1 to {MAX_DIMENSIONS}");
            return Err(Problem::bad(format!("dimensions: {expected}: {asked}")));
        }
    };
    Ok(ask.inputs()?.iter().map(|turn| vector(&turn.text, dimensions)).collect())
}

/// The texts to embed: one, a list of them, or lists of tokens.
pub(crate) fn inputs(input: &Value) -> Vec<Turn> {
    match input {
        Value::Array(inputs) if inputs.iter().all(Value::is_number) => {
            vec![Turn::user(input.to_string())]
        }
        Value::Array(inputs) => inputs.iter().flat_map(inputs_of).collect(),
        one => inputs_of(one).into_iter().collect(),
    }
}

fn inputs_of(input: &Value) -> Option<Turn> {
    match input {
        Value::Null => None,
        Value::String(text) => Some(Turn::user(text.as_str())),
        other => Some(Turn::user(other.to_string())),
    }
}

/// The bytes of a vector, as OpenAI's clients ask for them.
pub(crate) fn base64(vector: &[f32]) -> String {
    let bytes: Vec<u8> = vector.iter().flat_map(|number| number.to_le_bytes()).collect();
    BASE64_STANDARD.encode(bytes)
}

/// A vector of length one.
fn vector(text: &str, dimensions: usize) -> Vec<f32> {
    let mut vector = vec![0.0_f32; dimensions];
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    for word in words {
        let hash = hash(&word.to_lowercase());
        let idx = usize::try_from(hash % dimensions as u64).unwrap_or(0);
        if let Some(number) = vector.get_mut(idx) {
            *number += if hash >> 63 == 0 { 1.0 } else { -1.0 };
        }
    }
    let length = vector.iter().map(|number| number * number).sum::<f32>().sqrt();
    if length == 0.0 {
        // A text without words is a vector as well.
        vector.iter_mut().take(1).for_each(|number| *number = 1.0);
        return vector;
    }
    vector.iter_mut().for_each(|number| *number /= length);
    vector
}

/// FNV-1a.
fn hash(word: &str) -> u64 {
    word.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_with_the_same_words_are_near() {
        let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
        let [one, two, three] =
            ["the cat sat", "The cat, the hat", "nothing alike"].map(|text| vector(text, 256));
        assert!(dot(&one, &two) > dot(&one, &three));
        for vector in [one, vector("", 256), vector("x", 1)] {
            assert!((dot(&vector, &vector) - 1.0).abs() < 1e-5);
        }
    }
}
