//! Plain modules made of policies, run as the hosts run them that know no components.
//!
//! Whoever makes such a module wants to see that it answers as the component does, without a
//! browser or a proxy at hand. This is no place for traffic: there is no clock and no pool.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sandgate_canon::{Core, Function};
use sandgate_gate::{Fault, FaultKind};
use sandgate_inspect::foreign;
use wasmtime::{Config, Engine, Instance, Memory, Module, ResourceLimiter, Store, Trap, Val};

use crate::error::Error;

/// As much of the stack as V8 lets WebAssembly have.
const STACK: usize = 984 << 10;
/// Where calls' arguments lie in the memory of a [`Fused`] module, and copied bytes after them.
const ARGUMENTS: u32 = 64;
const BYTES: u32 = 1024;
/// How many bytes are copied at a time.
const CHUNK: usize = 32 << 10;

/// A policy's module as the browser gets it. Cheap to clone; clones share an instance.
#[derive(Clone)]
pub struct Extracted {
    module: Module,
    live: Arc<Mutex<Option<Live>>>,
}

/// Many policies fused around a filter that passes their bridges on. Cheap to clone; clones share
/// an instance.
#[derive(Clone)]
pub struct Fused(Arc<Mutex<Live>>);

/// One policy of a [`Fused`] module. Cheap to clone.
#[derive(Clone)]
pub struct Tenant {
    fused: Fused,
    number: u32,
}

struct Live {
    store: Store<Held>,
    instance: Instance,
    memory: Memory,
    /// The engine itself has stopped it, which a proxy's worker does not survive.
    trapped: bool,
}

/// Bytes of memory that an instance has. The module itself limits them.
struct Held(usize);

impl ResourceLimiter for Held {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        self.0 = self.0.saturating_sub(current).saturating_add(desired);
        Ok(true)
    }

    fn table_growing(
        &mut self,
        _current: usize,
        _desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        Ok(true)
    }
}

impl Extracted {
    /// An instance of a policy's module.
    ///
    /// # Errors
    /// Where it is no such module.
    pub fn new(bytes: &[u8]) -> Result<Self, Error> {
        let module = compile(bytes)?;
        let live = Live::new(&module).map_err(|e| failed(&e))?;
        Ok(Self { module, live: Arc::new(Mutex::new(Some(live))) })
    }

    fn with<R>(&self, act: impl FnOnce(&mut Live) -> Result<R, Fault>) -> Result<R, Fault> {
        let mut live = self.live.lock().unwrap_or_else(PoisonError::into_inner);
        act(live.as_mut().ok_or(FaultKind::Trap)?)
    }
}

impl Core for Extracted {
    fn call(&self, function: Function, arguments: &[u32], fuel: u64) -> Result<u32, Fault> {
        self.with(|live| {
            let (store, instance) = (&mut live.store, &live.instance);
            let left = instance.get_global(&mut *store, "fuel").ok_or(FaultKind::Trap)?;
            let fuel = i64::try_from(fuel).unwrap_or(i64::MAX);
            left.set(&mut *store, Val::I64(fuel)).map_err(|_| FaultKind::Trap)?;
            match live.call(function.name(), &numbers(arguments)) {
                Ok(answer) => Ok(answer),
                Err(_) if left.get(&mut live.store).i64() < Some(0) => Err(FaultKind::Fuel.into()),
                Err(error) => Err(fault(&error)),
            }
        })
    }

    fn read(&self, at: u32, into: &mut [u8]) -> Result<(), Fault> {
        self.with(|live| {
            let read = live.memory.read(&live.store, at as usize, into);
            read.map_err(|_| FaultKind::Trap.into())
        })
    }

    fn write(&self, at: u32, bytes: &[u8]) -> Result<(), Fault> {
        self.with(|live| {
            let written = live.memory.write(&mut live.store, at as usize, bytes);
            written.map_err(|_| FaultKind::Trap.into())
        })
    }

    fn reset(&self) -> Result<(), Fault> {
        let mut live = self.live.lock().unwrap_or_else(PoisonError::into_inner);
        // One at a time: the old one's memory goes first.
        *live = None;
        *live = Some(Live::new(&self.module).map_err(|error| fault(&error))?);
        Ok(())
    }
}

impl Fused {
    /// An instance of a module that was fused around a filter which exports `memory` and the
    /// bridges.
    ///
    /// # Errors
    /// Where it is no such module.
    pub fn new(bytes: &[u8]) -> Result<Self, Error> {
        let live = Live::new(&compile(bytes)?).map_err(|e| failed(&e))?;
        Ok(Self(Arc::new(Mutex::new(live))))
    }

    /// The policy of this number.
    pub fn tenant(&self, number: u32) -> Tenant {
        Tenant { fused: self.clone(), number }
    }

    /// The document about the policies in it.
    ///
    /// # Errors
    /// Where it does not tell.
    pub fn about(&self) -> Result<Vec<u8>, Error> {
        let mut live = self.live();
        let about = live.about();
        about.map_err(|e| failed(&e))
    }

    /// Whether a policy has made the engine itself stop it. In a proxy that is the end of a worker's
    /// instance, and with it of all policies'.
    pub fn has_trapped(&self) -> bool {
        self.live().trapped
    }

    /// Bytes of memory, of all policies and the filter.
    pub fn memory(&self) -> usize {
        self.live().store.data().0
    }

    fn live(&self) -> MutexGuard<'_, Live> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tenant {
    fn bridge(&self, live: &mut Live, name: &str, arguments: &[Val]) -> Result<u32, Fault> {
        let number = [Val::I32(self.number.cast_signed())];
        let arguments: Vec<_> = number.into_iter().chain(arguments.iter().cloned()).collect();
        let answer = live.call(name, &arguments);
        answer.or_else(|error| {
            let cause = live.call("fault", &[]).map_err(|error| fault(&error))?;
            live.trapped |= cause == 0;
            Err(match cause {
                1 => FaultKind::Trap.into(),
                2 => FaultKind::Fuel.into(),
                3 => FaultKind::Memory.into(),
                4 => FaultKind::Stack.into(),
                _ => fault(&error),
            })
        })
    }
}

impl Core for Tenant {
    fn call(&self, function: Function, arguments: &[u32], fuel: u64) -> Result<u32, Fault> {
        let live = &mut *self.fused.live();
        for (at, argument) in (ARGUMENTS as usize..).step_by(4).zip(arguments) {
            let written = live.memory.write(&mut live.store, at, &argument.to_le_bytes());
            written.map_err(|_| FaultKind::Trap)?;
        }
        let rest = numbers(&[function as u32, ARGUMENTS]);
        let rest: Vec<_> = rest.into_iter().chain([Val::I64(fuel.cast_signed())]).collect();
        self.bridge(live, "call", &rest)
    }

    fn read(&self, at: u32, into: &mut [u8]) -> Result<(), Fault> {
        let live = &mut *self.fused.live();
        for (chunk, from) in into.chunks_mut(CHUNK).zip((u64::from(at)..).step_by(CHUNK)) {
            let arguments = copied(from, BYTES.into(), chunk.len())?;
            in_bounds(self.bridge(live, "read", &arguments)?)?;
            let read = live.memory.read(&live.store, BYTES as usize, chunk);
            read.map_err(|_| FaultKind::Trap)?;
        }
        Ok(())
    }

    fn write(&self, at: u32, bytes: &[u8]) -> Result<(), Fault> {
        let live = &mut *self.fused.live();
        for (chunk, to) in bytes.chunks(CHUNK).zip((u64::from(at)..).step_by(CHUNK)) {
            let written = live.memory.write(&mut live.store, BYTES as usize, chunk);
            written.map_err(|_| FaultKind::Trap)?;
            let arguments = copied(to, BYTES.into(), chunk.len())?;
            in_bounds(self.bridge(live, "write", &arguments)?)?;
        }
        Ok(())
    }

    fn reset(&self) -> Result<(), Fault> {
        self.bridge(&mut self.fused.live(), "reset", &[]).map(drop)
    }
}

impl Live {
    fn new(module: &Module) -> wasmtime::Result<Self> {
        let mut store = Store::new(module.engine(), Held(0));
        store.limiter(|held| held);
        let instance = Instance::new(&mut store, module, &[])?;
        let memory = instance.get_memory(&mut store, "memory");
        let memory = memory.ok_or_else(|| wasmtime::Error::msg("no exported `memory`"))?;
        Ok(Self { store, instance, memory, trapped: false })
    }

    /// Calls an export; 0 where it answers nothing.
    fn call(&mut self, name: &str, arguments: &[Val]) -> wasmtime::Result<u32> {
        let function = self.instance.get_func(&mut self.store, name);
        let function = function.ok_or_else(|| wasmtime::Error::msg("an export is missing"))?;
        let mut results = vec![Val::I32(0); function.ty(&self.store).results().len()];
        function.call(&mut self.store, arguments, &mut results)?;
        Ok(results.first().and_then(Val::i32).unwrap_or_default().cast_unsigned())
    }

    fn about(&mut self) -> wasmtime::Result<Vec<u8>> {
        let len = self.call("about_len", &[])? as usize;
        let missing = (BYTES as usize + len).saturating_sub(self.memory.data_size(&self.store));
        self.memory.grow(&mut self.store, missing.div_ceil(1 << 16) as u64)?;
        self.call("about", &[Val::I32(BYTES.cast_signed())])?;
        let mut document = vec![0; len];
        self.memory.read(&self.store, BYTES as usize, &mut document)?;
        Ok(document)
    }
}

fn compile(bytes: &[u8]) -> Result<Module, Error> {
    let mut config = Config::new();
    config.max_wasm_stack(STACK).wasm_relaxed_simd(false).cranelift_nan_canonicalization(true);
    let engine = Engine::new(&config).map_err(|e| failed(&e))?;
    Module::new(&engine, bytes).map_err(|e| failed(&e))
}

fn failed(error: &wasmtime::Error) -> Error {
    Error::new(foreign(&format!("{error:#}"))).at("the plain module")
}

fn fault(error: &wasmtime::Error) -> Fault {
    match error.downcast_ref::<Trap>() {
        Some(Trap::StackOverflow) => FaultKind::Stack.into(),
        _ => FaultKind::Trap.into(),
    }
}

fn numbers(arguments: &[u32]) -> Vec<Val> {
    arguments.iter().map(|argument| Val::I32(argument.cast_signed())).collect()
}

/// The rest of the arguments of a bridge that copies.
fn copied(first: u64, second: u64, len: usize) -> Result<[Val; 3], Fault> {
    let number = |number: u64| -> Result<Val, Fault> {
        let number = u32::try_from(number).map_err(|_| FaultKind::Trap)?;
        Ok(Val::I32(number.cast_signed()))
    };
    Ok([number(first)?, number(second)?, number(len as u64)?])
}

fn in_bounds(answer: u32) -> Result<(), Fault> {
    if answer == 0 { Ok(()) } else { Err(FaultKind::Trap.into()) }
}
