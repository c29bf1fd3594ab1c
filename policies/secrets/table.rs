//! The prefilter's tables: which bytes of the text can belong to which literal.
//!
//! The prefilter samples three bytes at every second place, with letters' case folded away. So
//! each literal is entered under two neighbouring samples, the rarest it has: whichever way it
//! lies, one of them is looked at, and only one.

use std::collections::BTreeMap;
use std::fmt::Write;

/// Bits of a sample's hash; `src/prefilter.rs` reads the tables with the same one.
const BITS: u32 = 16;

/// How many neighbouring hashes share a slot: the filter tells them apart, in little memory.
const SHARED: usize = 8;

/// All literals, with the detectors each of them starts.
#[derive(Default)]
pub(crate) struct Literals(BTreeMap<(Vec<u8>, bool), Vec<usize>>);

impl Literals {
    pub(crate) fn add(&mut self, text: &str, fold: bool, detector: usize) {
        let text = if fold { text.to_lowercase() } else { text.to_owned() };
        self.0.entry((text.into_bytes(), fold)).or_default().push(detector);
    }

    /// The tables as Rust.
    pub(crate) fn tables(&self) -> String {
        let mut out = "pub(crate) static LITERALS: &[Literal] = &[\n".to_owned();
        let mut filter = vec![0u64; (1 << BITS) / 64];
        let mut slots: BTreeMap<usize, Vec<(usize, i8)>> = BTreeMap::new();
        for (idx, ((text, fold), detectors)) in self.0.iter().enumerate() {
            let line =
                format!("Literal {{ text: &{text:?}, fold: {fold}, detectors: &{detectors:?} }}");
            writeln!(out, "    {line},").expect("memory");
            for (sample, offset) in samples(text, *fold) {
                let hash = hash(sample);
                filter[hash / 64] |= 1 << (hash % 64);
                let entries = slots.entry(hash / SHARED).or_default();
                if !entries.contains(&(idx, offset)) {
                    entries.push((idx, offset));
                }
            }
        }
        let longest = self.0.keys().map(|(text, _)| text.len()).max().unwrap_or(0);
        writeln!(out, "];\npub(crate) const LONGEST: usize = {longest};").expect("memory");
        let mut table = vec![0; (1 << BITS) / SHARED];
        let mut lists: Vec<Vec<(usize, i8)>> = vec![Vec::new()];
        for (slot, list) in slots {
            let known = lists.iter().position(|l| *l == list);
            table[slot] = known.unwrap_or_else(|| {
                lists.push(list);
                lists.len() - 1
            });
        }
        writeln!(out, "pub(crate) static LISTS: &[&[(u16, i8)]] = &[").expect("memory");
        for list in lists {
            writeln!(out, "    &{list:?},").expect("memory");
        }
        writeln!(out, "];\npub(crate) static SLOTS: &[u16] = &{table:?};").expect("memory");
        writeln!(out, "pub(crate) static FILTER: [u64; {}] = {filter:?};", filter.len())
            .expect("memory");
        writeln!(out, "pub(crate) const SHARED: usize = {SHARED};").expect("memory");
        writeln!(out, "pub(crate) const BITS: u32 = {BITS};").expect("memory");
        out
    }
}

/// What to enter a literal under, each with the sample's offset in the literal.
fn samples(text: &[u8], fold: bool) -> Vec<([u8; 3], i8)> {
    let at = |i: usize| ([text[i], text[i + 1], text[i + 2]], i as i8);
    if text.len() > 3 {
        let best = (0..text.len() - 3).min_by_key(|&i| commonness(&text[i..i + 4])).unwrap_or(0);
        return vec![at(best), at(best + 1)];
    }
    // A prefix is followed by the token's first byte; the text's end reads as zero.
    let token = |b: &u8| b.is_ascii_alphanumeric() || b"\0_-./+=$%|*".contains(b);
    let neighbours = (0..=255u8).filter(|b| fold || token(b));
    let before = fold && commonness(&text[..2]) < commonness(&text[1..]);
    let wild = neighbours.map(|b| match before {
        true => ([b, text[0], text[1]], -1),
        false => ([text[1], text[2], b], 1),
    });
    wild.chain([at(0)]).collect()
}

/// How often such bytes occur in ordinary text, roughly.
fn commonness(bytes: &[u8]) -> u32 {
    let weight = |b: &u8| match b.to_ascii_lowercase() {
        b' ' | b'e' | b't' | b'a' | b'o' | b'i' | b'n' | b's' | b'r' => 8,
        b'h' | b'l' | b'd' | b'c' | b'u' | b'm' => 6,
        b'p' | b'f' | b'g' | b'w' | b'y' | b'b' => 4,
        b'v' | b'k' | b'.' | b'-' | b'0'..=b'9' => 2,
        _ => 1,
    };
    bytes.iter().map(weight).product()
}

fn hash(sample: [u8; 3]) -> usize {
    let folded = sample.map(|b| u32::from(b | 0x20));
    let key = folded[0] | folded[1] << 8 | folded[2] << 16;
    (key.wrapping_mul(0x9e37_79b1) >> (32 - BITS)) as usize
}
