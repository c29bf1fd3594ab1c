//! Limits written into code, for engines that have none of their own.
//!
//! A function pays for its instructions when it is entered, for those in a loop each time around,
//! and for what an instruction copies or fills by its length. Whoever cannot pay is stopped. So is
//! whoever uses up the stack, where the engine's own end of the stack would be the end of all.

use wasm_encoder::reencode::Reencode;
use wasm_encoder::{BlockType, Function, Instruction, InstructionSink, ValType};
use wasmparser::{FuncType, FunctionBody, Operator};

use crate::Error;
use crate::divide::Divide;
use crate::module::{broken, untranslated};
use crate::remap::Remap;

/// What a policy's code is metered with: globals and functions of the output.
#[derive(Clone, Copy)]
pub(crate) struct Meter {
    /// An i64 global: the fuel that is left.
    pub(crate) fuel: u32,
    /// A function that takes a length, pays for it, and gives it back.
    pub(crate) pay: u32,
    /// What becomes of `memory.grow`.
    pub(crate) grow: u32,
    /// An i32 global: the memory's size in pages, where that is not the engine's.
    pub(crate) pages: Option<u32>,
    /// An i32 global: the bytes of stack that are left, where somebody counts.
    pub(crate) stack: Option<u32>,
    pub(crate) halt: Halt,
    /// What becomes of division, where the engine's trap would end more than the policy.
    pub(crate) divide: Option<Divide>,
}

/// How code ends that goes no further.
#[derive(Clone, Copy)]
pub(crate) enum Halt {
    /// The engine traps, and its host sees to the rest.
    Trap,
    /// A function for each cause throws an exception, which the output itself catches.
    Throw { trap: u32, fuel: u32, memory: u32, stack: u32 },
}

/// Why code goes no further.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    Trap,
    Fuel,
    Memory,
    Stack,
}

/// How many bytes or entries that are copied or filled cost as much as an instruction, as a shift.
const BULK: i32 = 4;
/// What paying costs by itself.
const PAYING: i64 = 4;

/// What a function costs on the way in, and each of its loops, in the order in which they begin.
struct Costs {
    entry: i64,
    loops: Vec<i64>,
}

/// A function that is being written again.
struct Writer<'m> {
    meter: &'m Meter,
    function: Function,
    /// A local for the fuel that is left.
    scratch: u32,
    /// How many blocks are open.
    depth: u32,
    /// The bytes of stack that it gives back before it returns.
    frame: Option<i32>,
}

impl Meter {
    /// A function's code with the limits in it. `frame` is what it takes of the stack, where that
    /// is counted, and `results` a block's type with what it returns.
    ///
    /// # Errors
    /// Where the code holds what the encoder does not know.
    pub(crate) fn rewrite(
        &self,
        remap: &mut Remap<'_, '_>,
        ty: &FuncType,
        body: &FunctionBody<'_>,
        frame: Option<(i32, BlockType)>,
    ) -> Result<Function, Error> {
        let costs = Costs::of(body)?;
        let mut locals = Vec::new();
        for pair in body.get_locals_reader().map_err(broken)? {
            let (count, ty) = pair.map_err(broken)?;
            locals.push((count, remap.val_type(ty).map_err(untranslated)?));
        }
        let params = u32::try_from(ty.params().len()).unwrap_or(u32::MAX);
        let scratch = locals.iter().fold(params, |sum, (count, _)| sum.saturating_add(*count));
        locals.extend([(1, ValType::I64), (1, ValType::I32)]);
        let mut writer = Writer {
            meter: self,
            function: Function::new(locals),
            scratch,
            depth: 0,
            frame: frame.map(|(bytes, _)| bytes),
        };
        if let (Some((bytes, results)), Some(stack)) = (frame, self.stack) {
            writer.take(stack, bytes);
            writer.sink().block(results);
        }
        writer.charge(costs.entry);
        let mut loops = costs.loops.into_iter();
        let (mut operators, mut before) = (body.get_operators_reader().map_err(broken)?, None);
        while !operators.eof() {
            let operator = operators.read().map_err(broken)?;
            let instruction = remap.instruction(operator).map_err(untranslated)?;
            match self.divide.and_then(|divide| divide.of(&instruction, before.as_ref())) {
                Some(divide) => writer.write(&Instruction::Call(divide)),
                None => writer.write(&instruction),
            }
            if matches!(instruction, Instruction::Loop(_)) {
                writer.charge(loops.next().unwrap_or_default());
            }
            before = Some(instruction);
        }
        Ok(writer.function)
    }
}

impl Halt {
    /// Ends the code that is being written, for this cause.
    pub(crate) fn write(self, sink: &mut InstructionSink<'_>, cause: Cause) {
        match (self, cause) {
            (Self::Trap, _) => sink.unreachable(),
            (Self::Throw { trap, .. }, Cause::Trap) => sink.call(trap),
            (Self::Throw { fuel, .. }, Cause::Fuel) => sink.call(fuel),
            (Self::Throw { memory, .. }, Cause::Memory) => sink.call(memory),
            (Self::Throw { stack, .. }, Cause::Stack) => sink.call(stack),
        };
    }
}

impl Costs {
    fn of(body: &FunctionBody<'_>) -> Result<Self, Error> {
        let mut costs = Self { entry: 0, loops: Vec::new() };
        // For each open block the innermost loop that it is in, counted from one.
        let mut open = vec![0];
        for operator in body.get_operators_reader().map_err(broken)? {
            let current = open.last().copied().unwrap_or_default();
            match operator.map_err(broken)? {
                Operator::Block { .. } | Operator::If { .. } => open.push(current),
                Operator::Loop { .. } => {
                    costs.loops.push(0);
                    open.push(costs.loops.len());
                    continue;
                }
                Operator::End => {
                    open.pop();
                    continue;
                }
                _ => {}
            }
            match current.checked_sub(1).and_then(|current| costs.loops.get_mut(current)) {
                Some(cost) => *cost += 1,
                None => costs.entry += 1,
            }
        }
        Ok(costs)
    }
}

impl Writer<'_> {
    fn sink(&mut self) -> InstructionSink<'_> {
        self.function.instructions()
    }

    fn write(&mut self, instruction: &Instruction<'_>) {
        match instruction {
            Instruction::Block(_) | Instruction::Loop(_) | Instruction::If(_) => self.depth += 1,
            Instruction::End if self.depth > 0 => self.depth -= 1,
            Instruction::End => return self.leave(),
            _ => {}
        }
        let Meter { pay, grow, pages, halt, .. } = *self.meter;
        match instruction {
            Instruction::Unreachable => {
                halt.write(&mut self.sink(), Cause::Trap);
                if let Halt::Throw { .. } = halt {
                    self.sink().unreachable();
                }
            }
            // What surrounds the whole function is the block that ends before the stack is given
            // back.
            Instruction::Return if self.frame.is_some() => {
                let depth = self.depth;
                self.sink().br(depth);
            }
            Instruction::MemoryGrow(_) => {
                self.sink().call(grow);
            }
            Instruction::MemorySize(_) if pages.is_some() => {
                self.sink().global_get(pages.unwrap_or_default());
            }
            // A table that grew stays so, and nobody could make it as new. Where instances are made
            // anew it has its maximum.
            Instruction::TableGrow(_) if matches!(halt, Halt::Throw { .. }) => {
                halt.write(&mut self.sink(), Cause::Memory);
                self.sink().unreachable();
            }
            // Segments are needed again when the policy is made as new.
            Instruction::DataDrop(_) | Instruction::ElemDrop(_) => {}
            Instruction::MemoryFill(_)
            | Instruction::MemoryCopy { .. }
            | Instruction::MemoryInit { .. }
            | Instruction::TableFill(_)
            | Instruction::TableCopy { .. }
            | Instruction::TableInit { .. } => {
                self.sink().call(pay);
                self.function.instruction(instruction);
            }
            _ => {
                self.function.instruction(instruction);
            }
        }
    }

    /// Pays for so many instructions.
    fn charge(&mut self, instructions: i64) {
        if instructions == 0 {
            return;
        }
        let (Meter { fuel, halt, .. }, scratch) = (*self.meter, self.scratch);
        let mut sink = self.sink();
        sink.global_get(fuel).i64_const(instructions + PAYING).i64_sub().local_tee(scratch);
        sink.global_set(fuel).local_get(scratch).i64_const(0).i64_lt_s().if_(BlockType::Empty);
        halt.write(&mut sink, Cause::Fuel);
        sink.end();
    }

    /// Takes so much of the stack.
    fn take(&mut self, stack: u32, bytes: i32) {
        let (halt, scratch) = (self.meter.halt, self.scratch + 1);
        let mut sink = self.sink();
        sink.global_get(stack).i32_const(bytes).i32_sub().local_tee(scratch);
        sink.global_set(stack).local_get(scratch).i32_const(0).i32_lt_s().if_(BlockType::Empty);
        halt.write(&mut sink, Cause::Stack);
        sink.end();
    }

    /// Ends the function, after giving back what it took of the stack.
    fn leave(&mut self) {
        if let (Some(bytes), Some(stack)) = (self.frame, self.meter.stack) {
            let mut sink = self.sink();
            sink.end().global_get(stack).i32_const(bytes).i32_add().global_set(stack);
        }
        self.sink().end();
    }
}

/// A function's code as it is, for the output.
///
/// # Errors
/// Where the code holds what the encoder does not know.
pub(crate) fn transcribe(
    remap: &mut Remap<'_, '_>,
    body: &FunctionBody<'_>,
) -> Result<Function, Error> {
    let mut function = remap.new_function_with_parsed_locals(body).map_err(untranslated)?;
    let mut operators = body.get_operators_reader().map_err(broken)?;
    while !operators.eof() {
        function.instruction(&remap.parse_instruction(&mut operators).map_err(untranslated)?);
    }
    Ok(function)
}

/// The code of a function that takes a length, pays for it, and gives it back.
pub(crate) fn pay(fuel: u32, halt: Halt) -> Function {
    let mut function = Function::new([(1, ValType::I64)]);
    let mut sink = function.instructions();
    sink.global_get(fuel).local_get(0).i32_const(BULK).i32_shr_u().i64_extend_i32_u().i64_sub();
    sink.local_tee(1).global_set(fuel).local_get(1).i64_const(0).i64_lt_s().if_(BlockType::Empty);
    halt.write(&mut sink, Cause::Fuel);
    sink.end().local_get(0).end();
    function
}
