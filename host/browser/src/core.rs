//! A policy's core module in JavaScript's hands: here is its number in a table of theirs.

use sandgate_canon::{Core, Function};
use sandgate_gate::{Fault, FaultKind};
use wasm_bindgen::prelude::wasm_bindgen;

/// An instance of a policy. Who drops it lets go of the instance.
#[derive(Debug)]
pub(crate) struct Instance(u32);

#[wasm_bindgen(raw_module = "./cores.js")]
extern "C" {
    // No call of the contract has more than six arguments, and a function of WebAssembly ignores
    // those it does not have.
    #[expect(clippy::too_many_arguments, reason = "an array of them would be copied")]
    fn call(
        core: u32,
        function: u32,
        a: u32,
        b: u32,
        c: u32,
        d: u32,
        e: u32,
        f: u32,
        fuel: f64,
    ) -> u32;
    fn fault() -> u32;
    fn read(core: u32, at: u32, into: &mut [u8]) -> bool;
    fn write(core: u32, at: u32, bytes: &[u8]) -> bool;
    fn reset(core: u32) -> bool;
    fn release(core: u32);
}

impl Instance {
    pub(crate) fn new(number: u32) -> Self {
        Self(number)
    }
}

impl Core for Instance {
    fn call(&self, function: Function, arguments: &[u32], fuel: u64) -> Result<u32, Fault> {
        let argument = |idx: usize| arguments.get(idx).copied().unwrap_or_default();
        let [a, b, c, d, e, f] = std::array::from_fn(argument);
        let answer = call(self.0, function as u32, a, b, c, d, e, f, fuel as f64);
        match fault() {
            0 => Ok(answer),
            2 => Err(FaultKind::Fuel.into()),
            3 => Err(FaultKind::Memory.into()),
            4 => Err(FaultKind::Stack.into()),
            _ => Err(FaultKind::Trap.into()),
        }
    }

    fn read(&self, at: u32, into: &mut [u8]) -> Result<(), Fault> {
        done(read(self.0, at, into))
    }

    fn write(&self, at: u32, bytes: &[u8]) -> Result<(), Fault> {
        done(write(self.0, at, bytes))
    }

    fn reset(&self) -> Result<(), Fault> {
        done(reset(self.0))
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        release(self.0);
    }
}

fn done(well: bool) -> Result<(), Fault> {
    if well { Ok(()) } else { Err(FaultKind::Trap.into()) }
}
