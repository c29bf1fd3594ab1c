//! OpenAI's formats, which most other servers speak as well.
//!
//! One file per API. Fields that only compatible servers know (`reasoning_content`, `images` in an
//! answer, Azure's filter results) stand beside OpenAI's own.

pub(super) mod chat;
pub(super) mod completions;
pub(super) mod embeddings;
pub(super) mod images;
pub(super) mod moderations;
pub(super) mod responses;
pub(super) mod transcripts;
