//! Fuzzes `sandgate_fuzz::coding`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sandgate_fuzz::coding::run(data));
