//! Forms of no fixed length, each read by a small hand-written parser.

pub(crate) mod address;
pub(crate) mod crypto;
pub(crate) mod date;
pub(crate) mod email;
pub(crate) mod iban;
pub(crate) mod network;
pub(crate) mod phone;
pub(crate) mod place;
pub(crate) mod url;
