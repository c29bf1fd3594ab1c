//! Which functions can call themselves, by whatever way: only those can use up a stack.

use std::collections::{BTreeMap, BTreeSet};

use wasmparser::{ElementItems, FunctionBody, Operator};

use crate::Error;
use crate::link::Linked;
use crate::module::broken;
use crate::remap::{Map, Remap};

/// What stands for every function that a table or a reference can hold.
const ANY: u32 = u32::MAX;
/// What an engine keeps for a call besides locals and operands.
const CALL: u64 = 64;
/// What an engine keeps for a local, at most: it is a vector of 128 bits, or less.
const LOCAL: u64 = 8;

/// Who calls whom, by the output's indices.
#[derive(Default)]
struct Calls(BTreeMap<u32, BTreeSet<u32>>);

/// The functions of a policy that can end up in themselves.
///
/// # Errors
/// Where code cannot be read.
pub(crate) fn recursive(linked: &Linked<'_>) -> Result<BTreeSet<u32>, Error> {
    let mut calls = Calls::default();
    for placed in &linked.instances {
        let imported = placed.module.imported_functions();
        let own = placed.map.functions.iter().skip(imported);
        for (&function, body) in own.zip(&placed.module.bodies) {
            calls.of(function, body, &placed.map)?;
        }
        for segment in &placed.module.elements {
            match &segment.items {
                ElementItems::Functions(section) => {
                    for function in section.clone() {
                        calls.reference(&placed.map, function.map_err(broken)?);
                    }
                }
                ElementItems::Expressions(_, section) => {
                    for expression in section.clone() {
                        calls.constant(linked, &placed.map, &expression.map_err(broken)?)?;
                    }
                }
            }
        }
        for global in &placed.module.globals {
            calls.constant(linked, &placed.map, &global.init_expr)?;
        }
    }
    Ok(calls.recursive())
}

/// How many bytes of stack a call of a function takes, generously: engines keep much of it in
/// registers.
///
/// # Errors
/// Where code cannot be read.
pub(crate) fn frame(params: usize, body: &FunctionBody<'_>) -> Result<i32, Error> {
    let mut locals = params as u64;
    for pair in body.get_locals_reader().map_err(broken)? {
        locals += u64::from(pair.map_err(broken)?.0);
    }
    Ok(i32::try_from(CALL + LOCAL * locals).unwrap_or(i32::MAX))
}

impl Calls {
    fn of(&mut self, caller: u32, body: &FunctionBody<'_>, map: &Map) -> Result<(), Error> {
        for operator in body.get_operators_reader().map_err(broken)? {
            match operator.map_err(broken)? {
                Operator::Call { function_index } => {
                    let callee = map.functions.get(function_index as usize).copied();
                    self.0.entry(caller).or_default().extend(callee);
                }
                Operator::CallIndirect { .. } => {
                    self.0.entry(caller).or_default().insert(ANY);
                }
                Operator::RefFunc { function_index } => self.reference(map, function_index),
                _ => {}
            }
        }
        Ok(())
    }

    fn reference(&mut self, map: &Map, function: u32) {
        let function = map.functions.get(function as usize).copied();
        self.0.entry(ANY).or_default().extend(function);
    }

    fn constant<'a>(
        &mut self,
        linked: &Linked<'a>,
        map: &Map,
        expression: &wasmparser::ConstExpr<'a>,
    ) -> Result<(), Error> {
        let constant = Remap { map, constants: &linked.constants }.constant(expression)?;
        for instruction in constant {
            if let wasm_encoder::Instruction::RefFunc(function) = instruction {
                self.0.entry(ANY).or_default().insert(function);
            }
        }
        Ok(())
    }

    /// The members of its strongly connected components that have a way back to themselves, found
    /// as Tarjan does, with a stack of our own: chains of calls are as long as somebody likes.
    fn recursive(&self) -> BTreeSet<u32> {
        let mut search = Search::default();
        for &function in self.0.keys() {
            search.from(function, self);
        }
        search.recursive
    }

    fn callees(&self, function: u32) -> impl Iterator<Item = u32> {
        self.0.get(&function).into_iter().flatten().copied()
    }
}

/// Tarjan's search for strongly connected components.
#[derive(Default)]
struct Search {
    /// When each function was first seen, and the earliest one on the path that it leads to.
    seen: BTreeMap<u32, Seen>,
    path: Vec<u32>,
    recursive: BTreeSet<u32>,
}

#[derive(Clone, Copy)]
struct Seen {
    order: usize,
    low: usize,
    on_path: bool,
}

impl Search {
    fn from(&mut self, start: u32, calls: &Calls) {
        if self.seen.contains_key(&start) {
            return;
        }
        let mut work = vec![self.enter(start, calls)];
        while let Some((function, callees)) = work.last_mut() {
            let function = *function;
            let Some(callee) = callees.pop() else {
                work.pop();
                self.leave(function, calls);
                if let Some(&(caller, _)) = work.last() {
                    self.lower(caller, self.seen[&function].low);
                }
                continue;
            };
            match self.seen.get(&callee).copied() {
                None => work.push(self.enter(callee, calls)),
                Some(seen) if seen.on_path => self.lower(function, seen.order),
                Some(_) => {}
            }
        }
    }

    fn enter(&mut self, function: u32, calls: &Calls) -> (u32, Vec<u32>) {
        let order = self.seen.len();
        self.seen.insert(function, Seen { order, low: order, on_path: true });
        self.path.push(function);
        (function, calls.callees(function).collect())
    }

    fn lower(&mut self, function: u32, low: usize) {
        if let Some(seen) = self.seen.get_mut(&function) {
            seen.low = seen.low.min(low);
        }
    }

    /// All that a function leads to was seen. Where it leads to nothing before itself, what lies
    /// above it on the path is its component.
    fn leave(&mut self, function: u32, calls: &Calls) {
        let Seen { order, low, .. } = self.seen[&function];
        if order != low {
            return;
        }
        let start = self.path.iter().rposition(|&other| other == function).unwrap_or_default();
        let component = self.path.split_off(start);
        for member in &component {
            if let Some(seen) = self.seen.get_mut(member) {
                seen.on_path = false;
            }
        }
        if component.len() > 1 || calls.callees(function).any(|callee| callee == function) {
            self.recursive.extend(component);
        }
    }
}
