//! Fuzzes `sandgate_fuzz::pattern`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sandgate_fuzz::pattern::run(data));
