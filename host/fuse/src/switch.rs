//! A choice by number, in WebAssembly.

use wasm_encoder::{BlockType, InstructionSink, ValType};

/// Writes code that runs the arm whose number is in the local `selector`: `arm(sink, n)` writes
/// the nth of `n_arms`, and `arm(sink, n_arms)` what is done for any other number. Each leaves an
/// i32, which is left by the whole.
pub(crate) fn switch(
    sink: &mut InstructionSink<'_>,
    selector: u32,
    n_arms: usize,
    mut arm: impl FnMut(&mut InstructionSink<'_>, usize),
) {
    let n_labels = u32::try_from(n_arms).unwrap_or(u32::MAX);
    sink.block(BlockType::Result(ValType::I32));
    for _ in 0..=n_labels {
        sink.block(BlockType::Empty);
    }
    sink.local_get(selector).br_table((0..n_labels).collect::<Vec<_>>(), n_labels);
    for at in 0..=n_labels {
        sink.end();
        arm(sink, at as usize);
        if at < n_labels {
            sink.br(n_labels - at);
        }
    }
    sink.end();
}
