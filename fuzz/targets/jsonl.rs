//! Fuzzes `sandgate_fuzz::jsonl`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sandgate_fuzz::jsonl::run(data));
