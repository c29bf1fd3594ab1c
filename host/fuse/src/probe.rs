//! A filter that only passes the bridges on: for whoever wants to try fused policies without
//! Envoy.

use wasm_encoder::{ExportKind, MemoryType};

use crate::bridge::SIGNATURES;
use crate::output::Output;
use crate::revive::Border;
use crate::{Error, Limits, Policy, envoy};

/// A module like that of [`fuse`](crate::fuse), whose filter exports `memory` and the bridges by
/// their names, and nothing else. Where `fuse` throws an exception and catches it, here the engine
/// traps, and `fault` says why: so that engines without exceptions run it. All other code of the
/// policies is the same.
///
/// # Errors
/// As [`fuse`](crate::fuse).
pub fn probe(policies: &[Policy], limits: &Limits) -> Result<Vec<u8>, Error> {
    envoy::fuse_with(&filter()?, policies, limits, Border::Trap)
}

fn filter() -> Result<Vec<u8>, Error> {
    let mut output = Output::default();
    for (name, params, results) in SIGNATURES {
        let ty = output.signature(params, results);
        let function = output.import(envoy::BRIDGE, name, ty)?;
        output.export(name, ExportKind::Func, function);
    }
    let memory = output.memory(MemoryType {
        minimum: 1,
        maximum: None,
        memory64: false,
        shared: false,
        page_size_log2: None,
    });
    output.export(envoy::MEMORY, ExportKind::Memory, memory);
    output.finish()
}
