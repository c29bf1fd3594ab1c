//! The browser's target: one policy, one module, nothing imported.

use wasm_encoder::{ExportKind, Function, ValType};

use sandgate_wit::MANIFEST_SECTION;

use crate::equip::{self, Life};
use crate::link::{Linked, Placing, link};
use crate::meter::Halt;
use crate::output::Output;
use crate::policy::SEAM;
use crate::{Error, Limits, Policy};

/// The section with the digest of the component that a module was made from.
pub const SOURCE_SECTION: &str = "sandgate:source";

/// A policy as a plain module that imports nothing and exports `memory`, the global `fuel`, and the
/// functions of the seam. It runs in every engine with SIMD.
///
/// # Errors
/// Where the policy has what a plain module cannot have, or takes more than it may: says what.
pub fn extract(policy: &Policy, limits: &Limits) -> Result<Vec<u8>, Error> {
    let module = || -> Result<Vec<u8>, Error> {
        let mut output = Output::default();
        let max_pages = Limits::pages(limits.memory);
        let placing = Placing { max_pages, max_table: limits.table, active: true };
        let linked = link(&mut output, policy, placing)?;
        let meter =
            equip::meter(&mut output, linked.memory, limits.start, Halt::Trap, Life::Instance);
        equip::define(&mut output, &linked, &meter)?;
        output.export("memory", ExportKind::Memory, linked.memory.index);
        output.export("fuel", ExportKind::Global, meter.fuel);
        seam(&mut output, &linked);
        start(&mut output, &linked);
        let manifest = serde_json::to_vec(policy.manifest());
        let manifest = manifest.map_err(|e| Error::new(format!("its manifest: {e}")))?;
        output.custom(MANIFEST_SECTION, manifest);
        output.custom(SOURCE_SECTION, policy.digest().as_bytes().to_vec());
        output.finish()
    };
    module().map_err(|e| e.at(format!("policy `{}`", policy.name())))
}

fn seam(output: &mut Output, linked: &Linked<'_>) {
    for ((name, params, has_result), function) in SEAM.into_iter().zip(&linked.seam) {
        let function = function.unwrap_or_else(|| nothing(output, params, has_result));
        output.export(name, ExportKind::Func, function);
    }
}

/// What is called where a policy has nothing to do.
fn nothing(output: &mut Output, params: usize, has_result: bool) -> u32 {
    let mut body = Function::new([]);
    let results: &[_] = if has_result { &[ValType::I32] } else { &[] };
    if has_result {
        body.instructions().i32_const(0);
    }
    body.instructions().end();
    output.function(&vec![ValType::I32; params], results, body)
}

/// Modules have one start function: it calls those of all instances.
fn start(output: &mut Output, linked: &Linked<'_>) {
    let starts: Vec<_> = linked.instances.iter().filter_map(|placed| placed.birth.start).collect();
    let start = match starts.as_slice() {
        [] => return,
        [only] => *only,
        many => {
            let mut body = Function::new([]);
            for start in many {
                body.instructions().call(*start);
            }
            body.instructions().end();
            output.function(&[], &[], body)
        }
    };
    output.start(start);
}
