//! The gate from outside: text in, decision out.

mod actions;
mod bodies;
mod config;
mod faults;
mod laws;
mod memory;
mod script;
mod strands;
mod streams;
mod transit;
