//! The filter over a proxy that writes down what it is told, with a policy that finds every `*`.

mod configuration;
mod filter;
mod identity;
mod stage;
