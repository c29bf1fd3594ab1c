//! What a pattern's match must be as well: checksums and encodings that a pattern cannot say.

use crate::lookalike;
use crate::rules::Check;

/// How sure a match of a provider's pattern is, where nothing more is known.
const USUAL: u8 = 90;

/// The confidence of a match, or nothing where it fails its check.
pub(crate) fn confidence(check: Check, secret: &[u8]) -> Option<u8> {
    let passed = match check {
        Check::None => true,
        Check::Basic => basic(secret),
        Check::Digit => {
            secret.iter().any(u8::is_ascii_digit) && secret.iter().any(u8::is_ascii_lowercase)
        }
        Check::EndsAa => secret.ends_with(b"AA"),
        Check::Github => return Some(if has_checksum(secret) { 100 } else { 80 }),
        Check::Jwt => jwt(secret),
        Check::NoExample => !secret.ends_with(b"EXAMPLE"),
    };
    (passed && !is_filler(secret)).then_some(USUAL)
}

/// Whether a token is made of a placeholder: `xxxx`, `AAAA`, `YOUR_TOKEN`.
fn is_filler(secret: &[u8]) -> bool {
    let text = secret.to_ascii_lowercase();
    let has = |part: &[u8]| text.windows(part.len()).any(|w| w == part);
    has(b"xxxxx") || has(b"your_") || lookalike::is_monotonous(secret)
}

/// GitHub's and npm's tokens end in the CRC-32 of their random part, in base 62.
/// Source: GitHub, "Behind GitHub's new authentication token formats".
fn has_checksum(token: &[u8]) -> bool {
    let body = token.iter().position(|&b| b == b'_').map_or(token, |at| &token[at + 1..]);
    let Some((random, checksum)) = body.split_last_chunk::<6>() else { return false };
    let mut crc = crc32(random);
    checksum.iter().rev().all(|&digit| {
        let wanted = BASE62[(crc % 62) as usize];
        crc /= 62;
        digit == wanted
    })
}

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// CRC-32 of ISO 3309, bit by bit.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| {
            (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg())
        })
    })
}

/// Whether the first segment is a JSON header that names an algorithm (RFC 7519).
fn jwt(token: &[u8]) -> bool {
    let header = token.split(|&b| b == b'.').next().unwrap_or_default();
    let Some(json) = decode(header) else { return false };
    let has = |part: &[u8]| json.windows(part.len()).any(|w| w == part);
    json.starts_with(b"{") && (has(b"\"alg\"") || has(b"\"typ\""))
}

/// Whether it is `user:password` in base64 (RFC 7617).
pub(crate) fn basic(secret: &[u8]) -> bool {
    let Some(text) = decode(secret) else { return false };
    let printable = text.iter().all(|b| (b' '..0x7f).contains(b));
    printable && text.len() >= 5 && text.iter().position(|&b| b == b':').is_some_and(|at| at > 0)
}

/// Base64 of either alphabet, with or without padding.
fn decode(text: &[u8]) -> Option<Vec<u8>> {
    let (mut bits, mut n_bits, mut bytes) = (0u32, 0, Vec::new());
    for &byte in text.iter().take_while(|b| **b != b'=') {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        n_bits += 6;
        if n_bits >= 8 {
            n_bits -= 8;
            bytes.push((bits >> n_bits) as u8);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crc32_is_iso_3309() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn a_github_token_ends_in_its_checksum() {
        let random = "a0B1c2D3e4F5g6H7i8J9k0L1m2N3o4";
        let mut crc = crc32(random.as_bytes());
        let mut digits = [0; 6];
        for digit in digits.iter_mut().rev() {
            *digit = BASE62[(crc % 62) as usize];
            crc /= 62;
        }
        let token = format!("ghp_{random}{}", String::from_utf8_lossy(&digits));
        assert!(has_checksum(token.as_bytes()), "{token}");
        assert!(!has_checksum(token.replace("a0B1", "a0B2").as_bytes()));
    }

    #[test]
    fn basic_credentials_name_a_user() {
        assert!(basic(b"dXNlcjpwYXNzd29yZA=="));
        assert!(!basic(b"aGVsbG8gd29ybGQ="));
    }

    #[test]
    fn a_json_web_token_has_a_header() {
        assert!(jwt(b"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln"));
        assert!(!jwt(b"eyJoZWxsbyI6MX0.eyJzdWIiOiIxIn0.c2ln"));
    }
}
