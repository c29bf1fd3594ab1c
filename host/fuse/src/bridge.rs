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

/// All of them.
pub(crate) struct Bridges {
    call: Bridge,
    fault: Bridge,
    read: Bridge,
    write: Bridge,
    reset: Bridge,
    about_len: Bridge,
    about: Bridge,
}

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
        use ValType::{I32, I64};
        let mut bridge = |params: &[ValType], results: &[ValType]| {
            let ty = output.signature(params, results);
            Bridge { ty, function: output.declare(ty) }
        };
        Self {
            call: bridge(&[I32, I32, I32, I64], &[I32]),
            fault: bridge(&[], &[I32]),
            read: bridge(&[I32, I32, I32, I32], &[I32]),
            write: bridge(&[I32, I32, I32, I32], &[I32]),
            reset: bridge(&[I32], &[I32]),
            about_len: bridge(&[], &[I32]),
            about: bridge(&[I32], &[]),
        }
    }

    pub(crate) fn named(&self, name: &str) -> Option<Bridge> {
        Some(match name {
            "call" => self.call,
            "fault" => self.fault,
            "read" => self.read,
            "write" => self.write,
            "reset" => self.reset,
            "about_len" => self.about_len,
            "about" => self.about,
            _ => return None,
        })
    }

    pub(crate) fn define(
        &self,
        output: &mut Output,
        memory: u32,
        causes: &Causes,
        tenants: &[Tenant],
        about: About,
    ) {
        output.define(self.call.function, call(causes, tenants));
        output.define(
            self.fault.function,
            code(|sink| {
                sink.global_get(causes.last);
            }),
        );
        output.define(self.read.function, copy(Copy::Read, memory, tenants));
        output.define(self.write.function, copy(Copy::Write, memory, tenants));
        output.define(self.reset.function, reset(causes, tenants));
        output.define(
            self.about_len.function,
            code(|sink| {
                sink.i32_const(about.len);
            }),
        );
        let tell = |sink: &mut InstructionSink<'_>| {
            sink.local_get(0).i32_const(0).i32_const(about.len);
            sink.memory_init(memory, about.segment);
        };
        output.define(self.about.function, code(tell));
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
        sink.block(BlockType::Empty);
        let caught = vec![Catch::One { tag: causes.tag, label: 0 }];
        sink.try_table(BlockType::Empty, caught);
        switch(sink, 0, tenants.len(), |sink, at| match tenants.get(at) {
            Some(tenant) => {
                sink.local_get(1).local_get(2).local_get(3).call(tenant.call);
            }
            None => fail(sink, causes),
        });
        sink.return_().end().end();
        sink.i32_const(0);
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

/// `(policy, from, to, len)`, either way. The filter answers for its own addresses.
fn copy(way: Copy, filter: u32, tenants: &[Tenant]) -> Function {
    let (from, to, len) = (1, 2, 3);
    let theirs = if way == Copy::Read { from } else { to };
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
                sink.local_get(to).local_get(from).local_get(len);
                match way {
                    Copy::Read => sink.memory_copy(filter, tenant.memory),
                    Copy::Write => sink.memory_copy(tenant.memory, filter),
                };
                sink.i32_const(0).end();
            }
        });
    })
}
