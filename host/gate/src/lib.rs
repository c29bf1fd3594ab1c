//! The pure core: configuration, merging, actions, hold-back, pseudonyms, report.
