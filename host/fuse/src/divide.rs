//! Division that stops a policy rather than trap: by zero, and where the quotient is too large.

use wasm_encoder::{BlockType, Function, Instruction, ValType};

use crate::meter::{Cause, Halt};
use crate::output::Output;

/// Functions in place of the instructions that divide, in the order of [`KINDS`].
#[derive(Clone, Copy)]
pub(crate) struct Divide([u32; 8]);

/// An instruction that divides, the type it is of, and the least number of that type where its
/// negative has to be kept from.
type Kind = (Instruction<'static>, ValType, Option<i64>);

const KINDS: [Kind; 8] = [
    (Instruction::I32DivS, ValType::I32, Some(i32::MIN as i64)),
    (Instruction::I32DivU, ValType::I32, None),
    (Instruction::I32RemS, ValType::I32, None),
    (Instruction::I32RemU, ValType::I32, None),
    (Instruction::I64DivS, ValType::I64, Some(i64::MIN)),
    (Instruction::I64DivU, ValType::I64, None),
    (Instruction::I64RemS, ValType::I64, None),
    (Instruction::I64RemU, ValType::I64, None),
];

impl Divide {
    pub(crate) fn new(output: &mut Output, halt: Halt) -> Self {
        Self(KINDS.map(|kind| output.function(&[kind.1; 2], &[kind.1], divide(&kind, halt))))
    }

    /// The function in place of an instruction, where it divides by what nobody knows.
    pub(crate) fn of(
        &self,
        instruction: &Instruction<'_>,
        before: Option<&Instruction<'_>>,
    ) -> Option<u32> {
        let at = KINDS.iter().position(|(other, ..)| same(other, instruction))?;
        let is_safe = match before {
            Some(Instruction::I32Const(by)) => !matches!(by, 0 | -1),
            Some(Instruction::I64Const(by)) => !matches!(by, 0 | -1),
            _ => false,
        };
        if is_safe { None } else { self.0.get(at).copied() }
    }
}

fn divide((instruction, ty, least): &Kind, halt: Halt) -> Function {
    let is_short = *ty == ValType::I32;
    let mut function = Function::new([]);
    let mut sink = function.instructions();
    sink.local_get(1);
    if is_short {
        sink.i32_eqz()
    } else {
        sink.i64_eqz()
    };
    if let Some(least) = least {
        sink.local_get(0);
        match i32::try_from(*least) {
            Ok(least) if is_short => {
                sink.i32_const(least).i32_eq().local_get(1).i32_const(-1).i32_eq();
            }
            _ => {
                sink.i64_const(*least).i64_eq().local_get(1).i64_const(-1).i64_eq();
            }
        }
        sink.i32_and().i32_or();
    }
    sink.if_(BlockType::Empty);
    halt.write(&mut sink, Cause::Trap);
    sink.end().local_get(0).local_get(1);
    function.instruction(instruction).instruction(&Instruction::End);
    function
}

fn same(one: &Instruction<'_>, other: &Instruction<'_>) -> bool {
    std::mem::discriminant(one) == std::mem::discriminant(other)
}
