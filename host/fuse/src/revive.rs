//! A policy's lives in a module that outlives them: it is born when it is first called, ends with
//! the first call that does not come back, and can be made as new.

use wasm_encoder::{BlockType, ConstExpr, Function, InstructionSink, MemArg, ValType};

use crate::divide::Divide;
use crate::equip::{self, Life, pages};
use crate::link::{Birth, Linked, Segment};
use crate::meter::{Cause, Halt, Meter};
use crate::output::Output;
use crate::policy::SEAM;
use crate::remap::Constant;
use crate::switch::switch;
use crate::{Error, Limits};

/// Not born yet: memory and tables are empty.
const UNBORN: i32 = 0;
/// Ready for a call.
const READY: i32 = 1;
/// In a call, or one did not come back.
const GONE: i32 = 2;

/// Who sees to a call that does not come back.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Border {
    /// The output, which catches an exception.
    Catch,
    /// The program around it: the engine traps, and the cause can be asked for afterwards.
    Trap,
}

/// How calls that do not come back are told apart.
pub(crate) struct Causes {
    /// An i32 global: how the last call ended.
    pub(crate) last: u32,
    /// What is thrown, where the output catches it itself.
    pub(crate) tag: Option<u32>,
    pub(crate) halt: Halt,
    divide: Divide,
}

/// A policy among others: what the bridges need to know.
pub(crate) struct Tenant {
    pub(crate) memory: u32,
    /// An i32 global: its memory's size in pages.
    pub(crate) pages: u32,
    /// A function: `(function, arguments, fuel: i64) -> i32`.
    pub(crate) call: u32,
    /// A function that makes it as new.
    pub(crate) reset: u32,
}

impl Cause {
    /// The number that the filter is told.
    pub(crate) const fn number(self) -> i32 {
        match self {
            Self::Trap => 1,
            Self::Fuel => 2,
            Self::Memory => 3,
            Self::Stack => 4,
        }
    }
}

impl Causes {
    pub(crate) fn new(output: &mut Output, border: Border) -> Self {
        let last = output.variable(ValType::I32, &ConstExpr::i32_const(0));
        let tag = (border == Border::Catch).then(|| output.tag());
        let mut throw = |cause: Cause| {
            let mut body = Function::new([]);
            let mut sink = body.instructions();
            sink.i32_const(cause.number()).global_set(last);
            match tag {
                Some(tag) => sink.throw(tag).end(),
                None => sink.unreachable().end(),
            };
            output.function(&[], &[], body)
        };
        let (trap, fuel) = (throw(Cause::Trap), throw(Cause::Fuel));
        let (memory, stack) = (throw(Cause::Memory), throw(Cause::Stack));
        let halt = Halt::Throw { trap, fuel, memory, stack };
        Self { last, tag, halt, divide: Divide::new(output, halt) }
    }
}

/// Makes a linked policy one that can be called, and reset.
///
/// # Errors
/// Where its code holds what the encoder does not know.
pub(crate) fn tenant(
    output: &mut Output,
    linked: &Linked<'_>,
    filter_memory: u32,
    causes: &Causes,
    limits: &Limits,
) -> Result<Tenant, Error> {
    let (memory, halt) = (linked.memory, causes.halt);
    let meter = equip::meter(output, memory, limits.start, halt, Life::Resettable);
    let meter = Meter { divide: Some(causes.divide), ..meter };
    equip::define(output, linked, &meter)?;
    let state = output.variable(ValType::I32, &ConstExpr::i32_const(UNBORN));
    let size = meter.pages.unwrap_or_default();
    let mut body = Function::new([(1, ValType::I32)]);
    for placed in &linked.instances {
        be_born(&mut body, &placed.birth, size, halt);
    }
    body.instructions().end();
    let birth = output.function(&[], &[], body);
    let call = Call { meter, state, birth, filter_memory, stack: limits.stack };
    let params = [ValType::I32, ValType::I32, ValType::I64];
    let call = output.function(&params, &[ValType::I32], call.body(linked));
    let reset = output.function(&[], &[], reset(linked, size, state));
    Ok(Tenant { memory: memory.index, pages: size, call, reset })
}

/// What instantiating does, in code that can be run again.
fn be_born(body: &mut Function, birth: &Birth<'_>, size: u32, halt: Halt) {
    for (global, value) in &birth.globals {
        write(body, value);
        body.instructions().global_set(*global);
    }
    for segment in &birth.elements {
        let Segment { index, into, len, .. } = segment;
        in_bounds(body, segment, halt, |sink| {
            sink.table_size(*into).i64_extend_i32_u();
        });
        let mut sink = body.instructions();
        sink.local_get(0).i32_const(0).i32_const(bits(*len)).table_init(*into, *index);
    }
    for segment in &birth.data {
        let Segment { index, into, len, .. } = segment;
        in_bounds(body, segment, halt, |sink| bytes(sink, size));
        let mut sink = body.instructions();
        sink.local_get(0).i32_const(0).i32_const(bits(*len)).memory_init(*into, *index);
    }
    if let Some(start) = birth.start {
        body.instructions().call(start);
    }
}

/// Stops where a segment does not fit: the engine's trap would end all policies. Leaves its offset
/// in the first local.
fn in_bounds(
    body: &mut Function,
    segment: &Segment<'_>,
    halt: Halt,
    size: impl FnOnce(&mut InstructionSink<'_>),
) {
    write(body, &segment.offset);
    let mut sink = body.instructions();
    sink.local_tee(0).i64_extend_i32_u().i64_const(segment.len.into()).i64_add();
    size(&mut sink);
    sink.i64_gt_u().if_(BlockType::Empty);
    halt.write(&mut sink, Cause::Trap);
    sink.end();
}

/// A memory's size in bytes, as an i64.
pub(crate) fn bytes(sink: &mut InstructionSink<'_>, pages: u32) {
    sink.global_get(pages).i64_extend_i32_u().i64_const(16).i64_shl();
}

fn reset(linked: &Linked<'_>, size: u32, state: u32) -> Function {
    let mut function = Function::new([]);
    let (mut sink, memory) = (function.instructions(), linked.memory);
    // An earlier life may have had more memory than this one.
    sink.i32_const(0).i32_const(0).memory_size(memory.index).i32_const(16).i32_shl();
    sink.memory_fill(memory.index);
    for (table, ty) in linked.instances.iter().flat_map(|placed| &placed.birth.tables) {
        sink.i32_const(0).ref_null(*ty).table_size(*table).table_fill(*table);
    }
    sink.i32_const(pages(memory.min_pages)).global_set(size);
    sink.i32_const(UNBORN).global_set(state).end();
    function
}

/// A policy's function that calls any of its seam.
struct Call {
    meter: Meter,
    state: u32,
    birth: u32,
    filter_memory: u32,
    stack: u32,
}

impl Call {
    const FUNCTION: u32 = 0;
    const ARGUMENTS: u32 = 1;
    const FUEL: u32 = 2;
    const BEFORE: u32 = 3;

    fn body(&self, linked: &Linked<'_>) -> Function {
        let mut function = Function::new([(1, ValType::I32)]);
        let mut sink = function.instructions();
        self.begin(&mut sink);
        switch(&mut sink, Self::FUNCTION, SEAM.len(), |sink, at| {
            let seam = SEAM.get(at).zip(linked.seam.get(at).copied());
            match seam {
                None => {
                    self.meter.halt.write(sink, Cause::Trap);
                    sink.unreachable();
                }
                Some((_, None)) => {
                    sink.i32_const(0);
                }
                Some((&(_, params, has_result), Some(function))) => {
                    for at in 0..params as u64 {
                        let memory_index = self.filter_memory;
                        let at = MemArg { offset: 4 * at, align: 2, memory_index };
                        sink.local_get(Self::ARGUMENTS).i32_load(at);
                    }
                    sink.call(function);
                    if !has_result {
                        sink.i32_const(0);
                    }
                }
            }
        });
        sink.i32_const(READY).global_set(self.state).end();
        function
    }

    /// Fills up fuel and stack. Whoever does not come back has left the state as it is here.
    fn begin(&self, sink: &mut InstructionSink<'_>) {
        let Meter { fuel, stack, halt, .. } = self.meter;
        // More fuel than there can be is all there can be.
        sink.local_get(Self::FUEL).i64_const(i64::MAX);
        sink.local_get(Self::FUEL).i64_const(0).i64_ge_s().select().global_set(fuel);
        sink.i32_const(bits(self.stack)).global_set(stack.unwrap_or_default());
        sink.global_get(self.state).local_set(Self::BEFORE);
        sink.i32_const(GONE).global_set(self.state);
        sink.local_get(Self::BEFORE).i32_const(GONE).i32_eq().if_(BlockType::Empty);
        halt.write(sink, Cause::Trap);
        sink.end();
        sink.local_get(Self::BEFORE).i32_eqz().if_(BlockType::Empty).call(self.birth).end();
    }
}

fn write(body: &mut Function, constant: &Constant<'_>) {
    for instruction in constant {
        body.instruction(instruction);
    }
}

/// The constant that wasm reads as this unsigned number.
fn bits(number: u32) -> i32 {
    number.cast_signed()
}
