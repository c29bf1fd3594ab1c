//! Keccak-256 as Ethereum uses it: the padding from before FIPS 202 fixed SHA-3.
//!
//! For one block only, which is more than an address needs.

/// The bytes that one block takes in.
const RATE: usize = 136;

/// The hash of `text`, of which no more than a block's worth counts.
pub(crate) fn keccak_256(text: &[u8]) -> [u8; 32] {
    let mut block = [0; RATE];
    let len = text.len().min(RATE - 1);
    block[..len].copy_from_slice(&text[..len]);
    block[len] = 0x01;
    block[RATE - 1] |= 0x80;
    let mut state = [0_u64; 25];
    for (lane, bytes) in state.iter_mut().zip(block.chunks_exact(8)) {
        *lane = bytes.iter().rev().fold(0, |lane, &byte| lane << 8 | u64::from(byte));
    }
    let mut constant = 1;
    for _ in 0..24 {
        round(&mut state, &mut constant);
    }
    let mut hash = [0; 32];
    for (bytes, lane) in hash.chunks_exact_mut(8).zip(state) {
        bytes.copy_from_slice(&lane.to_le_bytes());
    }
    hash
}

/// One round of Keccak-f\[1600\] (FIPS 202, 3.2): theta, rho and pi, chi, iota.
fn round(state: &mut [u64; 25], constant: &mut u8) {
    let column = |x: usize| (0..5).fold(0, |sum, y| sum ^ state[x + 5 * y]);
    let columns: [u64; 5] = std::array::from_fn(column);
    for (idx, lane) in state.iter_mut().enumerate() {
        *lane ^= columns[(idx + 4) % 5] ^ columns[(idx + 1) % 5].rotate_left(1);
    }
    let (mut x, mut y, mut moved) = (1, 0, state[1]);
    for step in 0..24_u32 {
        (x, y) = (y, (2 * x + 3 * y) % 5);
        let turned = moved.rotate_left((step + 1) * (step + 2) / 2 % 64);
        moved = std::mem::replace(&mut state[x + 5 * y], turned);
    }
    for row in state.chunks_exact_mut(5) {
        let old: [u64; 5] = std::array::from_fn(|x| row[x]);
        for (x, lane) in row.iter_mut().enumerate() {
            *lane = old[x] ^ (!old[(x + 1) % 5] & old[(x + 2) % 5]);
        }
    }
    for bit in 0..7 {
        if *constant & 1 == 1 {
            state[0] ^= 1 << ((1 << bit) - 1);
        }
        // The constants come from a shift register: x^8 + x^6 + x^5 + x^4 + 1 (FIPS 202, 3.2.5).
        *constant = *constant << 1 ^ if *constant >> 7 == 1 { 0x71 } else { 0 };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_of_nothing_is_ethereums_empty_hash() {
        let start = [0xc5, 0xd2, 0x46, 0x01, 0x86, 0xf7, 0x23, 0x3c];
        assert!(keccak_256(b"").starts_with(&start));
    }
}
