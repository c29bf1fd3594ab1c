//! Shannon entropy in whole numbers: the same on every host.

/// Entropy of `bytes` in thousandths of a bit per byte.
pub(crate) fn of(bytes: &[u8]) -> u32 {
    let mut counts = [0u32; 256];
    for &byte in bytes {
        counts[usize::from(byte)] += 1;
    }
    let n = bytes.len() as u64;
    if n == 0 {
        return 0;
    }
    let sum: u64 = counts.iter().filter(|&&c| c > 1).map(|&c| u64::from(c) * log2(c)).sum();
    (log2(n as u32) - sum / n) as u32
}

/// Binary logarithm in thousandths, by repeated squaring.
fn log2(n: u32) -> u64 {
    let whole = n.ilog2();
    let mut mantissa = (u64::from(n) << 31) >> whole;
    let mut fraction = 0;
    for bit in 1..=12 {
        mantissa = (mantissa * mantissa) >> 31;
        if mantissa >= 2 << 31 {
            mantissa >>= 1;
            fraction |= 1 << (12 - bit);
        }
    }
    (u64::from(whole) * 4096 + fraction) * 1000 / 4096
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: u32) {
        let entropy = of(text.as_bytes());
        assert!(entropy.abs_diff(expected) <= 2, "{text}: {entropy}");
    }

    #[test]
    fn entropy_is_shannons() {
        check("", 0);
        check("aaaa", 0);
        check("abab", 1000);
        check("abcdefgh", 3000);
        check("0123456789abcdef", 4000);
        check("hello world", 2845);
    }
}
