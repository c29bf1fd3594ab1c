//! The part of the command line that reads what strangers wrote, and is fuzzed on its own.
//!
//! Everything else is the binary's, a file a subcommand.

pub mod jsonl;
