//! Runs policy components on wasmtime, under hard limits.
