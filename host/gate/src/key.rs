//! The secret that stand-ins and hashes are made with.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// A shorter secret could be guessed.
const MIN_SECRET: usize = 16;

/// 32 secret bytes: who knows them can test guesses at what a hash or a pseudonym stands for.
#[derive(Clone)]
pub struct Key([u8; 32]);

impl Key {
    /// A key of these bytes, which should be random.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The SHA-256 of a secret of any length, which should be long and random: a hash of a
    /// password that can be guessed is a password that can be guessed.
    pub fn derive(secret: &[u8]) -> Self {
        Self(Sha256::new().chain_update(b"sandgate key\0").chain_update(secret).finalize().into())
    }

    /// The key of a secret that somebody wrote down: white space around it is none of it.
    ///
    /// # Errors
    /// Says how long it is to be, where it is shorter.
    pub fn of_secret(secret: &[u8]) -> Result<Self, String> {
        let secret = secret.trim_ascii();
        match secret.len() < MIN_SECRET {
            true => {
                Err(format!("a secret of {} bytes, expected at least {MIN_SECRET}", secret.len()))
            }
            false => Ok(Self::derive(secret)),
        }
    }

    /// HMAC-SHA-256 of `fields`, each with its length before it, so that no two lists are alike.
    pub(crate) fn hmac(&self, fields: &[&[u8]]) -> [u8; 32] {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        for field in fields {
            mac.update(&(field.len() as u64).to_le_bytes());
            mac.update(field);
        }
        mac.finalize().into_bytes().into()
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}
