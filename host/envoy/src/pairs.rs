//! Lists of headers as proxy-wasm passes them: a count, the lengths of each name and value, then
//! names and values, each with a zero after it.

use crate::head::Headers;

/// Reads such a list.
pub(crate) fn decode(bytes: &[u8]) -> Option<Headers> {
    if bytes.is_empty() {
        return Some(Headers::default());
    }
    let word = |at: usize| -> Option<usize> {
        let bytes = bytes.get(at..at.checked_add(4)?)?;
        usize::try_from(u32::from_le_bytes(bytes.try_into().ok()?)).ok()
    };
    let count = word(0)?;
    let mut at = count.checked_mul(8)?.checked_add(4)?;
    let mut next = |len: usize| {
        let text = bytes.get(at..at.checked_add(len)?)?;
        at = at.checked_add(len)?.checked_add(1)?;
        Some(text)
    };
    let pair = |idx: usize| {
        let lengths = idx.checked_mul(8)?.checked_add(4)?;
        let name = std::str::from_utf8(next(word(lengths)?)?).ok()?.to_owned();
        Some((name, next(word(lengths + 4)?)?.to_vec()))
    };
    (0..count).map(pair).collect::<Option<_>>().map(Headers)
}

/// Writes such a list.
pub(crate) fn encode(pairs: &[(String, String)]) -> Vec<u8> {
    let length = |text: &str| u32::try_from(text.len()).unwrap_or(u32::MAX).to_le_bytes();
    let mut bytes = Vec::new();
    bytes.extend(u32::try_from(pairs.len()).unwrap_or(u32::MAX).to_le_bytes());
    for (name, value) in pairs {
        bytes.extend(length(name));
        bytes.extend(length(value));
    }
    for text in pairs.iter().flat_map(|(name, value)| [name, value]) {
        bytes.extend(text.as_bytes());
        bytes.push(0);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let pairs = [(":path", "/v1"), ("empty", ""), ("x-two", "1"), ("x-two", "2")];
        let owned = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let read = pairs.map(|(name, value)| (name.to_owned(), value.as_bytes().to_vec()));
        assert_eq!(decode(&encode(&owned)), Some(Headers(read.to_vec())));
        assert_eq!(decode(&encode(&[])), Some(Headers::default()));
        assert_eq!(decode(&[]), Some(Headers::default()));
    }

    #[test]
    fn what_is_no_list_is_none() {
        let list = encode(&[("name".to_owned(), "value".to_owned())]);
        for end in 1..list.len() - 1 {
            assert_eq!(decode(&list[..end]), None, "{end}");
        }
        assert_eq!(decode(&[255, 255, 255, 255, 0, 0, 0, 0]), None);
    }
}
