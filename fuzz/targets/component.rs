//! Fuzzes `sandgate_fuzz::component`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sandgate_fuzz::component::run(data));
