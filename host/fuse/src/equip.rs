//! Gives a policy in the output what its limits need, and its code the limits.

use std::collections::BTreeSet;

use wasm_encoder::reencode::Reencode;
use wasm_encoder::{BlockType, ConstExpr, Function, ValType};

use crate::Error;
use crate::link::{Linked, Memory};
use crate::meter::{Cause, Halt, Meter, pay};
use crate::module::untranslated;
use crate::output::Output;
use crate::remap::Remap;
use crate::stack;

/// Whether a policy's state is the engine's to make as new, by another instance, or the output's.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Life {
    /// An instance is made for each life.
    Instance,
    /// The module itself begins it again. Memories never shrink, so their size is counted apart.
    Resettable,
}

/// Makes a policy's globals and helping functions.
pub(crate) fn meter(
    output: &mut Output,
    memory: Memory,
    fuel: u64,
    halt: Halt,
    life: Life,
) -> Meter {
    let fuel = i64::try_from(fuel).unwrap_or(i64::MAX);
    let fuel = output.variable(ValType::I64, &ConstExpr::i64_const(fuel));
    let pay = pay(fuel, halt);
    let pay = output.function(&[ValType::I32], &[ValType::I32], pay);
    let mut number = |value| output.variable(ValType::I32, &ConstExpr::i32_const(value));
    let (pages, stack) = match life {
        Life::Instance => (None, None),
        Life::Resettable => (Some(number(pages(memory.min_pages))), Some(number(0))),
    };
    let grow = match pages {
        None => grow_or_halt(memory, halt),
        Some(pages) => grow_again(memory, pages, halt),
    };
    let grow = output.function(&[ValType::I32], &[ValType::I32], grow);
    Meter { fuel, pay, grow, pages, stack, halt, divide: None }
}

/// Defines a policy's functions, with the limits in them.
///
/// # Errors
/// Where code holds what the encoder does not know.
pub(crate) fn define(output: &mut Output, linked: &Linked<'_>, meter: &Meter) -> Result<(), Error> {
    let recursive = match meter.stack {
        Some(_) => stack::recursive(linked)?,
        None => BTreeSet::new(),
    };
    for placed in &linked.instances {
        let imported = placed.module.imported_functions();
        let own = placed.map.functions.iter().enumerate().skip(imported);
        for ((index, &function), body) in own.zip(&placed.module.bodies) {
            let ty = placed.module.function_type(u32::try_from(index).unwrap_or(u32::MAX))?;
            let mut remap = Remap { map: &placed.map, constants: &linked.constants };
            let frame = match recursive.contains(&function) {
                true => Some((
                    stack::frame(ty.params().len(), body)?,
                    block(output, &mut remap, ty.results())?,
                )),
                false => None,
            };
            output.define(function, meter.rewrite(&mut remap, ty, body, frame)?);
        }
    }
    Ok(())
}

/// The type of a block that leaves `results`.
fn block(
    output: &mut Output,
    remap: &mut Remap<'_, '_>,
    results: &[wasmparser::ValType],
) -> Result<BlockType, Error> {
    let results = remap.val_types(results.to_vec()).map_err(untranslated)?;
    Ok(match results.as_slice() {
        [] => BlockType::Empty,
        [one] => BlockType::Result(*one),
        many => BlockType::FunctionType(output.signature(&[], many)),
    })
}

/// `memory.grow`, for a policy whose host would not hear of it: beyond its memory it is stopped, as
/// it is everywhere else.
fn grow_or_halt(memory: Memory, halt: Halt) -> Function {
    let mut function = Function::new([(1, ValType::I32)]);
    let mut sink = function.instructions();
    sink.local_get(0).memory_grow(memory.index).local_tee(1).i32_const(-1).i32_eq();
    sink.if_(BlockType::Empty);
    halt.write(&mut sink, Cause::Memory);
    sink.end().local_get(1).end();
    function
}

/// The same, where an earlier life may have left more memory than this one has asked for.
fn grow_again(memory: Memory, size: u32, halt: Halt) -> Function {
    let mut function = Function::new([(1, ValType::I64)]);
    let mut sink = function.instructions();
    sink.global_get(size).i64_extend_i32_u().local_get(0).i64_extend_i32_u().i64_add();
    sink.local_tee(1).i64_const(i64::from(pages(memory.max_pages))).i64_gt_u();
    sink.if_(BlockType::Empty);
    halt.write(&mut sink, Cause::Memory);
    sink.end();
    sink.local_get(1).memory_size(memory.index).i64_extend_i32_u().i64_gt_u();
    sink.if_(BlockType::Empty);
    sink.local_get(1).i32_wrap_i64().memory_size(memory.index).i32_sub();
    sink.memory_grow(memory.index).i32_const(-1).i32_eq().if_(BlockType::Empty);
    halt.write(&mut sink, Cause::Memory);
    sink.end().end();
    sink.global_get(size).local_get(1).i32_wrap_i64().global_set(size).end();
    function
}

/// There are at most 65,536 of them.
pub(crate) fn pages(pages: u64) -> i32 {
    i32::try_from(pages).unwrap_or(i32::MAX)
}
