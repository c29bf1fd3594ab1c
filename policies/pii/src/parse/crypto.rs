//! Addresses of crypto-currencies, with the checksums that they carry.

use sandgate_guest::Attempt;
use sha2::{Digest, Sha256};

use crate::form::Reader;
use crate::keccak::keccak_256;

/// An address whose checksum holds.
pub(crate) fn checked(reader: Reader<'_>, start: usize) -> Attempt {
    word(reader, start, |word| {
        base58_check(word) || bech32_check(word) || ethereum(word).is_some_and(|sums| sums)
    })
}

/// An Ethereum address whose letters' case was lost or mistyped: rare enough by its shape.
pub(crate) fn miscased(reader: Reader<'_>, start: usize) -> Attempt {
    word(reader, start, |word| ethereum(word).is_some())
}

/// What is written like an address, for text that says it is one.
pub(crate) fn any(reader: Reader<'_>, start: usize) -> Attempt {
    word(reader, start, |word| {
        let lead = matches!(word.first(), Some(b'1' | b'3' | b'L' | b'M' | b'D'));
        let cases = [u8::is_ascii_lowercase, u8::is_ascii_uppercase, u8::is_ascii_digit];
        let mixed = cases.iter().all(|case| word.iter().any(case));
        let base58 = lead && mixed && word.len() <= 35;
        base58 || segwit(word) || ethereum(word).is_some()
    })
}

fn word(reader: Reader<'_>, start: usize, accept: fn(&[u8]) -> bool) -> Attempt {
    let end = reader.run(start, 91, |byte| byte.is_ascii_alphanumeric());
    if reader.undecided(end) {
        return Attempt::Open;
    }
    let word = reader.text(start, end);
    if (26..=90).contains(&word.len()) && accept(word) {
        Attempt::Match(end)
    } else {
        Attempt::Miss
    }
}

const BASE58: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

fn value(byte: u8) -> Option<u32> {
    BASE58.iter().position(|&symbol| symbol == byte).map(|value| value as u32)
}

/// Base58Check over 21 bytes (Bitcoin's `base58.h`): Bitcoin, Litecoin, Dogecoin, Dash, Tron.
fn base58_check(word: &[u8]) -> bool {
    let mut bytes = [0_u8; 25];
    for &byte in word {
        let Some(mut carry) = value(byte) else { return false };
        for slot in bytes.iter_mut().rev() {
            carry += u32::from(*slot) * 58;
            *slot = carry as u8;
            carry >>= 8;
        }
        if carry != 0 {
            return false;
        }
    }
    let (payload, check) = bytes.split_at(21);
    let known = matches!(payload[0], 0x00 | 0x05 | 0x1e | 0x30 | 0x32 | 0x41 | 0x4c);
    known && Sha256::digest(Sha256::digest(payload)).starts_with(check)
}

fn segwit(word: &[u8]) -> bool {
    let head = word.iter().take(4).map(u8::to_ascii_lowercase).collect::<Vec<_>>();
    let known = head.starts_with(b"bc1") || head.starts_with(b"ltc1");
    known
        && (word.iter().all(|b| !b.is_ascii_uppercase())
            || word.iter().all(|b| !b.is_ascii_lowercase()))
}

/// Bech32 and Bech32m (BIP 173, BIP 350) with the prefixes of Bitcoin and Litecoin.
fn bech32_check(word: &[u8]) -> bool {
    const SYMBOLS: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    const GENERATOR: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
    if !segwit(word) {
        return false;
    }
    let word = word.to_ascii_lowercase();
    let (prefix, data) = word.split_at(if word.starts_with(b"bc1") { 2 } else { 3 });
    let high = prefix.iter().map(|byte| u32::from(byte >> 5));
    let low = prefix.iter().map(|byte| u32::from(byte & 31));
    let symbols = data[1..].iter().map(|&byte| SYMBOLS.iter().position(|&s| s == byte));
    let Some(symbols) = symbols.collect::<Option<Vec<_>>>() else { return false };
    let values = high.chain([0]).chain(low).chain(symbols.into_iter().map(|value| value as u32));
    let sum = values.fold(1_u32, |sum, value| {
        let top = sum >> 25;
        let taps = GENERATOR.iter().enumerate().filter(|(bit, _)| top >> bit & 1 == 1);
        taps.fold((sum & 0x1ff_ffff) << 5 ^ value, |sum, (_, tap)| sum ^ tap)
    });
    matches!(sum, 1 | 0x2bc8_30a3)
}

/// Whether the word is an Ethereum address, and then whether its letters' case agrees with
/// EIP-55; one case throughout carries no checksum.
fn ethereum(word: &[u8]) -> Option<bool> {
    let digits = word.strip_prefix(b"0x").filter(|digits| digits.len() == 40)?;
    if !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    let lower = digits.to_ascii_lowercase();
    if digits == lower || digits == digits.to_ascii_uppercase() {
        return Some(true);
    }
    let hash = keccak_256(&lower);
    let nibble = |idx: usize| hash[idx / 2] >> (4 - idx % 2 * 4) & 15;
    let agrees = |(idx, digit): (usize, &u8)| {
        !digit.is_ascii_alphabetic() || digit.is_ascii_uppercase() == (nibble(idx) >= 8)
    };
    Some(digits.iter().enumerate().all(agrees))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_tell_addresses_from_look_alikes() {
        assert!(base58_check(b"1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"));
        assert!(!base58_check(b"1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3"));
        assert!(bech32_check(b"bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"));
        assert!(!bech32_check(b"bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdp"));
        assert_eq!(ethereum(b"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"), Some(true));
        assert_eq!(ethereum(b"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1Beaed"), Some(false));
        assert_eq!(ethereum(b"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe"), None);
    }
}
