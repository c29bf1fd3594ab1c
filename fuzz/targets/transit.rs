//! Fuzzes `sandgate_fuzz::transit`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sandgate_fuzz::transit::run(data));
