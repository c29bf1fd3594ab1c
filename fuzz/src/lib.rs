//! What the fuzz targets do with bytes that somebody else wrote. The tests replay the seeds
//! through the same functions.

pub mod coding;
pub mod component;
pub mod config;
mod cut;
pub mod frame;
pub mod fuse;
pub mod gate;
pub mod jsonl;
pub mod pattern;
pub mod transit;
pub mod walk;
