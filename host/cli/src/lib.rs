//! The sandgate command line.
