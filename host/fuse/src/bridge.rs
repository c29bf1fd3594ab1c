//! The functions by which the filter reaches its policies.

use wasm_encoder::{BlockType, Catch, Function, InstructionSink, ValType};

use crate::meter::Cause;
use crate::output::Output;
use crate::revive::{Causes, Tenant, bytes};
use crate::switch::switch;

/// A function that the filter imports, and the output makes.
#[derive(Clone, Copy)]
pub(crate) struct Bridge {
    pub(crate) ty: u32,
    pub(crate) function: u32,
}

/// All of them, in the order of [`SIGNATURES`].
pub(crate) struct Bridges([Bridge; SIGNATURES.len()]);

/// A bridge's name, parameters and results.
type Signature = (&'static str, &'static [ValType], &'static [ValType]);

/// What the filter may import.
pub(crate) const SIGNATURES: [Signature; 7] = [
    ("call", &[ValType::I32, ValType::I32, ValType::I32, ValType::I64], &[ValType::I32]),
    ("fault", &[], &[ValType::I32]),
    ("read", &[ValType::I32; 4], &[ValType::I32]),
    ("write", &[ValType::I32; 4], &[ValType::I32]),
    ("reset", &[ValType::I32], &[ValType::I32]),
    ("about_len", &[], &[ValType::I32]),
    ("about", &[ValType::I32], &[]),
];

/// The document that describes the policies.
#[derive(Clone, Copy)]
pub(crate) struct About {
    pub(crate) segment: u32,
    pub(crate) len: i32,
}

/// Which way bytes are copied.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Copy {
    Read,
    Write,
}

impl Bridges {
    pub(crate) fn declare(output: &mut Output) -> Self {
        Self(SIGNATURES.map(|(_, params, results)| {
            let ty = output.signature(params, results);
            Bridge { ty, function: output.declare(ty) }
        }))
    }

    pub(crate) fn named(&self, name: &str) -> Option<Bridge> {
        let at = SIGNATURES.iter().position(|(other, ..)| *other == name)?;
        self.0.get(at).copied()
    }

    pub(crate) fn define(
        &self,
        output: &mut Output,
        memory: u32,
        causes: &Causes,
        tenants: &[Tenant],
        about: About,
    ) {
        let bodies = [
            call(causes, tenants),
            code(|sink| {
                sink.global_get(causes.last);
            }),
            copy(Copy::Read, memory, tenants),
            copy(Copy::Write, memory, tenants),
            reset(causes, tenants),
            code(|sink| {
                sink.i32_const(about.len);
            }),
            code(|sink| {
                sink.local_get(0).i32_const(0).i32_const(about.len);
                sink.memory_init(memory, about.segment);
            }),
        ];
        for (bridge, body) in self.0.iter().zip(bodies) {
            output.define(bridge.function, body);
        }
    }
}

fn code(write: impl FnOnce(&mut InstructionSink<'_>)) -> Function {
    let mut function = Function::new([]);
    write(&mut function.instructions());
    function.instructions().end();
    function
}

/// Calls a policy's function, and catches what it throws.
fn call(causes: &Causes, tenants: &[Tenant]) -> Function {
    code(|sink| {
        sink.i32_const(0).global_set(causes.last);
        if let Some(tag) = causes.tag {
            let caught = vec![Catch::One { tag, label: 0 }];
            sink.block(BlockType::Empty).try_table(BlockType::Empty, caught);
        }
        switch(sink, 0, tenants.len(), |sink, at| match tenants.get(at) {
            Some(tenant) => {
                sink.local_get(1).local_get(2).local_get(3).call(tenant.call);
            }
            None => fail(sink, causes),
        });
        if causes.tag.is_some() {
            sink.return_().end().end().i32_const(0);
        }
    })
}

/// There is no such policy.
fn fail(sink: &mut InstructionSink<'_>, causes: &Causes) {
    sink.i32_const(Cause::Trap.number()).global_set(causes.last).i32_const(1);
}

fn reset(causes: &Causes, tenants: &[Tenant]) -> Function {
    code(|sink| {
        sink.i32_const(0).global_set(causes.last);
        switch(sink, 0, tenants.len(), |sink, at| match tenants.get(at) {
            Some(tenant) => {
                sink.call(tenant.reset).i32_const(0);
            }
            None => fail(sink, causes),
        });
    })
}

/// `(policy, theirs, ours, len)`, either way. The filter answers for its own addresses.
fn copy(way: Copy, filter: u32, tenants: &[Tenant]) -> Function {
    let (theirs, ours, len) = (1, 2, 3);
    code(|sink| {
        switch(sink, 0, tenants.len(), |sink, at| match tenants.get(at) {
            None => {
                sink.i32_const(1);
            }
            Some(tenant) => {
                sink.local_get(theirs).i64_extend_i32_u().local_get(len).i64_extend_i32_u();
                sink.i64_add();
                bytes(sink, tenant.pages);
                sink.i64_gt_u().if_(BlockType::Result(ValType::I32)).i32_const(1).else_();
                let (to, from) = match way {
                    Copy::Read => ((ours, filter), (theirs, tenant.memory)),
                    Copy::Write => ((theirs, tenant.memory), (ours, filter)),
                };
                sink.local_get(to.0).local_get(from.0).local_get(len).memory_copy(to.1, from.1);
                sink.i32_const(0).end();
            }
        });
    })
}
