//! A second opinion on linking: policies that binaryen's `wasm-merge` put into one module answer as
//! their components do, and so as the ones that are linked here.

use std::fs;
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, Result, anyhow, ensure};
use sandgate_canon::{Core, Function};
use sandgate_fuse::{Limits, extract};
use sandgate_gate::{Fault, FaultKind};
use sandgate_tests::policies::packed;
use wasmtime::{Engine, Instance, Memory, Module, Store, Val};

use crate::{compare, read};

/// One of the policies in a merged module. They export the same names, and the tool put a number behind
/// those that there were already: a policy has the one that comes as many times later as there are
/// policies before it.
#[derive(Clone)]
struct Merged {
    module: Module,
    number: usize,
    live: Arc<Mutex<(Store<()>, Instance)>>,
}

impl Merged {
    fn new(module: &Module, number: usize) -> Result<Self> {
        let live = Arc::new(Mutex::new(instance(module)?));
        Ok(Self { module: module.clone(), number, live })
    }

    fn with<R>(
        &self,
        act: impl FnOnce(&mut Store<()>, &Instance, &dyn Fn(&str) -> String) -> Option<R>,
    ) -> Result<R, Fault> {
        let (store, instance) = &mut *self.live.lock().unwrap_or_else(PoisonError::into_inner);
        let name = |name: &str| {
            let exports = self.module.exports().map(|export| export.name().to_owned());
            let mut same = exports.filter(|export| without_number(export) == name);
            same.nth(self.number).unwrap_or_default()
        };
        act(store, instance, &name).ok_or(FaultKind::Trap.into())
    }

    fn in_memory<R>(
        &self,
        act: impl FnOnce(Memory, &mut Store<()>) -> Option<R>,
    ) -> Result<R, Fault> {
        self.with(|store, instance, name| {
            let memory = instance.get_memory(&mut *store, &name("memory"))?;
            act(memory, store)
        })
    }
}

impl Core for Merged {
    fn call(&self, function: Function, arguments: &[u32], fuel: u64) -> Result<u32, Fault> {
        self.with(|store, instance, name| {
            let left = instance.get_global(&mut *store, &name("fuel"))?;
            left.set(&mut *store, Val::I64(fuel.cast_signed())).ok()?;
            let function = instance.get_func(&mut *store, &name(function.name()))?;
            let arguments: Vec<_> = arguments.iter().map(|n| Val::I32(n.cast_signed())).collect();
            let mut results = vec![Val::I32(0); function.ty(&*store).results().len()];
            function.call(&mut *store, &arguments, &mut results).ok()?;
            Some(results.first().and_then(Val::i32).unwrap_or_default().cast_unsigned())
        })
    }

    fn read(&self, at: u32, into: &mut [u8]) -> Result<(), Fault> {
        self.in_memory(|memory, store| memory.read(store, at as usize, into).ok())
    }

    fn write(&self, at: u32, bytes: &[u8]) -> Result<(), Fault> {
        self.in_memory(|memory, store| memory.write(store, at as usize, bytes).ok())
    }

    fn reset(&self) -> Result<(), Fault> {
        let new = instance(&self.module).map_err(|_| FaultKind::Trap)?;
        *self.live.lock().unwrap_or_else(PoisonError::into_inner) = new;
        Ok(())
    }
}

fn without_number(export: &str) -> &str {
    export.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches('_')
}

fn instance(module: &Module) -> Result<(Store<()>, Instance)> {
    let mut store = Store::new(module.engine(), ());
    let instance = Instance::new(&mut store, module, &[]).map_err(|e| anyhow!("{e:#}"))?;
    Ok((store, instance))
}

#[test]
#[ignore = "needs binaryen's wasm-merge: scripts/second-opinion brings it"]
fn policies_that_another_tool_merged_answer_as_their_components_do() -> Result<()> {
    let tool = std::env::var_os("WASM_MERGE").context("WASM_MERGE is not set")?;
    let folder = tempfile::tempdir()?;
    let merged = folder.path().join("merged.wasm");
    let mut command = Command::new(tool);
    for (name, policy) in packed()?.iter().map(|policy| &policy.name).zip(read(&packed()?)?) {
        let file = folder.path().join(format!("{name}.wasm"));
        fs::write(&file, extract(&policy, &Limits::default())?)?;
        command.arg(file).arg(name);
    }
    command.args(["--rename-export-conflicts", "--all-features", "-o"]).arg(&merged);
    let output = command.output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let module =
        Module::new(&Engine::default(), fs::read(&merged)?).map_err(|e| anyhow!("{e:#}"))?;
    for (number, policy) in packed()?.iter().enumerate() {
        compare(policy, || Merged::new(&module, number))?;
    }
    Ok(())
}
