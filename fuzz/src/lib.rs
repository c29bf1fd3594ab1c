//! What the fuzz targets do with bytes that somebody else wrote. The tests replay the seeds
//! through the same functions.

pub mod component;
pub mod config;
pub mod gate;
pub mod jsonl;
pub mod pattern;
