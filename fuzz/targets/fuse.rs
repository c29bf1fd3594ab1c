//! Fuzzes `sandgate_fuzz::fuse`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    sandgate_fuzz::fuse::run(data);
});
