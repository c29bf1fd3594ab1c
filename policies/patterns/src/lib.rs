//! The user's own named patterns and word lists.
