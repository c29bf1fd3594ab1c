//! Encoded bodies: however they are cut, they decode to the same, and to no more than they may.

use sandgate_wire::{CodingError, Decoder};

use super::cut::Cut;

const LIMIT: u64 = 1 << 16;

/// Decodes the body that `data` holds after a `content-encoding`.
///
/// # Panics
/// Where a cut changes what is read, or the limit is passed.
pub fn run(data: &[u8]) {
    let Some(cut) = Cut::new(data) else { return };
    let encoding = cut.words.join(",");
    let found = decoded(&encoding, &cut.chunks);
    let whole = decoded(&encoding, &[cut.body]);
    // Where two things are wrong, how it is cut may say which is found first.
    match (&found, &whole) {
        (Ok(found), Ok(whole)) => assert_eq!(found, whole, "a cut changes what is read"),
        (found, whole) => assert_eq!(found.is_ok(), whole.is_ok(), "a cut makes it whole"),
    }
}

fn decoded(encoding: &str, chunks: &[&[u8]]) -> Result<Vec<u8>, CodingError> {
    let (mut decoder, mut out) = (Decoder::new(encoding, LIMIT)?, Vec::new());
    for chunk in chunks {
        let result = decoder.push(chunk, &mut out);
        assert!(out.len() as u64 <= LIMIT, "more than the limit");
        result?;
    }
    decoder.end(&mut out)?;
    Ok(out)
}
