//! Fuzzes `sandgate_fuzz::gate`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sandgate_fuzz::gate::run(data));
