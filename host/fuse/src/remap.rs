//! From the indices of one core instance to those of the module that is being made.

use std::collections::HashMap;

use wasm_encoder::reencode::{self, Reencode};
use wasm_encoder::{ConstExpr, Instruction};
use wasmparser::{ExternalKind, Operator};

use crate::Error;
use crate::module::{broken, untranslated};

/// Where each of an instance's indices lies in the output.
#[derive(Default)]
pub(crate) struct Map {
    pub(crate) types: Vec<u32>,
    pub(crate) functions: Vec<u32>,
    pub(crate) tables: Vec<u32>,
    pub(crate) memories: Vec<u32>,
    pub(crate) globals: Vec<u32>,
    pub(crate) elements: Vec<u32>,
    pub(crate) data: Vec<u32>,
}

/// A constant expression, without its end.
pub(crate) type Constant<'a> = Vec<Instruction<'a>>;

/// What globals that never change are, by their index in the output. Their values are written in
/// place of their names, because not every engine lets a constant name another.
pub(crate) type Constants<'a> = HashMap<u32, Constant<'a>>;

/// Reencodes an instance's code for the output.
pub(crate) struct Remap<'m, 'a> {
    pub(crate) map: &'m Map,
    pub(crate) constants: &'m Constants<'a>,
}

impl Map {
    /// The output's index of an export, or of anything else that is named by kind and index.
    pub(crate) fn of(&self, kind: ExternalKind, index: u32) -> Result<u32, Error> {
        let (space, what) = match kind {
            ExternalKind::Func | ExternalKind::FuncExact => (&self.functions, "function"),
            ExternalKind::Table => (&self.tables, "table"),
            ExternalKind::Memory => (&self.memories, "memory"),
            ExternalKind::Global => (&self.globals, "global"),
            ExternalKind::Tag => (const { &Vec::new() }, "tag"),
        };
        at(space, index, what)
    }
}

impl<'a> Remap<'_, 'a> {
    pub(crate) fn constant(
        &mut self,
        expression: &wasmparser::ConstExpr<'a>,
    ) -> Result<Constant<'a>, Error> {
        let mut constant = Vec::new();
        for operator in expression.get_operators_reader() {
            match operator.map_err(broken)? {
                Operator::End => {}
                Operator::GlobalGet { global_index } => {
                    let global = at(&self.map.globals, global_index, "global")?;
                    match self.constants.get(&global) {
                        Some(known) => constant.extend(known.iter().cloned()),
                        None => constant.push(Instruction::GlobalGet(global)),
                    }
                }
                operator => constant.push(self.instruction(operator).map_err(untranslated)?),
            }
        }
        Ok(constant)
    }
}

impl Reencode for Remap<'_, '_> {
    type Error = Error;

    fn type_index(&mut self, index: u32) -> Result<u32, reencode::Error<Error>> {
        at(&self.map.types, index, "type").map_err(reencode::Error::UserError)
    }

    fn function_index(&mut self, index: u32) -> Result<u32, reencode::Error<Error>> {
        at(&self.map.functions, index, "function").map_err(reencode::Error::UserError)
    }

    fn table_index(&mut self, index: u32) -> Result<u32, reencode::Error<Error>> {
        at(&self.map.tables, index, "table").map_err(reencode::Error::UserError)
    }

    fn memory_index(&mut self, index: u32) -> Result<u32, reencode::Error<Error>> {
        at(&self.map.memories, index, "memory").map_err(reencode::Error::UserError)
    }

    fn global_index(&mut self, index: u32) -> Result<u32, reencode::Error<Error>> {
        at(&self.map.globals, index, "global").map_err(reencode::Error::UserError)
    }

    fn element_index(&mut self, index: u32) -> Result<u32, reencode::Error<Error>> {
        at(&self.map.elements, index, "element segment").map_err(reencode::Error::UserError)
    }

    fn data_index(&mut self, index: u32) -> Result<u32, reencode::Error<Error>> {
        at(&self.map.data, index, "data segment").map_err(reencode::Error::UserError)
    }
}

/// The expression as the encoder wants it.
pub(crate) fn expression(constant: &Constant<'_>) -> ConstExpr {
    ConstExpr::extended(constant.iter().cloned())
}

fn at(space: &[u32], index: u32, what: &str) -> Result<u32, Error> {
    let found = space.get(index as usize).copied();
    found.ok_or_else(|| Error::new(format!("{what} {index}: there is none")))
}
