//! Credentials: provider keys, private keys, tokens, database URLs.
