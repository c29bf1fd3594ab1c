//! Fuzzes `sandgate_fuzz::config`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sandgate_fuzz::config::run(data));
