//! Made-up modules in the contract's place: linked and metered they do what they did before.
//!
//! The policies are random code behind the contract's names. Nothing that they answer is a value of
//! the contract, so calls are compared as core WebAssembly: what they return, what they leave in
//! memory, and whether they trap.

use arbitrary::Unstructured;
use sandgate_canon::{Core, Function};
use sandgate_engine::{Extracted, Fused};
use sandgate_fuse::{Limits, Policy, extract, probe};
use sandgate_gate::{Fault, FaultKind};
use sandgate_tests::hostile::{component, manifest, with_manifest};
use wasmtime::{Engine, Instance, Module, Store, Val};

/// Instructions that a call may take in the module as it is. Metered, code pays for what it might
/// have done, too: for many times as much.
const FUEL: u64 = 20_000;
const AMPLE: u64 = 1_000_000_000;
/// As much as a metered policy may have, so that neither is denied what the other gets.
const MEMORY_PAGES: u64 = 16;

/// Calls of each module, as long as they come back.
const N_CALLS: usize = 12;

/// The core functions of the contract, by the toolchains' names, in the order of the seam.
const NAMES: [&str; 11] = [
    "sandgate:guardrail/inspector@0.1.0#[static]policy.configure",
    "cabi_post_sandgate:guardrail/inspector@0.1.0#[static]policy.configure",
    "sandgate:guardrail/inspector@0.1.0#[method]policy.open",
    "sandgate:guardrail/inspector@0.1.0#[method]exchange.begin",
    "sandgate:guardrail/inspector@0.1.0#[method]exchange.feed",
    "cabi_post_sandgate:guardrail/inspector@0.1.0#[method]exchange.feed",
    "sandgate:guardrail/inspector@0.1.0#[method]exchange.end",
    "cabi_post_sandgate:guardrail/inspector@0.1.0#[method]exchange.end",
    "cabi_realloc",
    "sandgate:guardrail/inspector@0.1.0#[dtor]policy",
    "sandgate:guardrail/inspector@0.1.0#[dtor]exchange",
];

/// How many parameters each has, and whether it has a result.
const SHAPES: [(usize, bool); 11] = [
    (4, true),
    (1, false),
    (6, true),
    (6, false),
    (3, true),
    (1, false),
    (1, true),
    (1, false),
    (4, true),
    (1, false),
    (1, false),
];

/// The module as it is, on the engine that both sides share.
struct Plain {
    store: Store<()>,
    instance: Instance,
}

/// Compares a module made of `data` with what becomes of it, and says how many calls came back.
///
/// # Panics
/// Where it is not fused, or does something else then.
pub fn run(data: &[u8]) -> usize {
    let mut data = Unstructured::new(data);
    let Ok(module) = module(&mut data) else { return 0 };
    let it = with_manifest(component(module.clone()).expect("it fits"), manifest("it").to_string());
    let policy = Policy::read("it", &it).expect("it is a policy");
    let limits = Limits { memory: MEMORY_PAGES << 16, start: AMPLE, ..Limits::default() };
    // More memory or longer tables from the start than a policy may have.
    let (Ok(fused), Ok(extracted)) =
        (probe(std::slice::from_ref(&policy), &limits), extract(&policy, &limits))
    else {
        return 0;
    };
    let grows = grows(&module);
    let fused = Fused::new(&fused).expect("it is valid").tenant(0);
    let (plain, extracted) = (Plain::new(&module), Extracted::new(&extracted));
    let Some(mut plain) = plain else {
        assert!(extracted.is_err(), "it starts in one place and not in the other");
        return 0;
    };
    let extracted = extracted.expect("it starts where it started before");
    for calls in 0..N_CALLS {
        let function = data.choose(&Function::ALL).copied().unwrap_or(Function::Feed);
        let arguments: [u32; 6] = data.arbitrary().unwrap_or_default();
        let arguments = &arguments[..SHAPES[function as usize].0];
        let before = plain.call(function, arguments);
        let after = fused.call(function, arguments, AMPLE);
        let apart = extracted.call(function, arguments, AMPLE);
        agree(before, after, &mut plain, &fused, FaultKind::Memory);
        // A module on its own only traps, and its host cannot know why.
        let no_more = if grows { FaultKind::Trap } else { FaultKind::Memory };
        agree(before, apart, &mut plain, &extracted, no_more);
        if before.is_none() || after.is_err() || apart.is_err() {
            return calls;
        }
    }
    N_CALLS
}

/// What a call did before and after fusing. `no_more` is how a policy ends that wants more memory
/// than it may have, where it was told -1 before.
fn agree(
    before: Option<u32>,
    after: Result<u32, Fault>,
    plain: &mut Plain,
    core: &impl Core,
    no_more: FaultKind,
) {
    match (before, after) {
        (Some(before), Ok(after)) => {
            assert_eq!(before, after, "another result");
            let memory = plain.memory();
            let mut there = vec![0; memory.len()];
            core.read(0, &mut there).expect("its memory is as large");
            assert!(there == memory, "another memory");
        }
        // Stacks are counted by estimate.
        (Some(_), Err(fault)) => {
            assert!([FaultKind::Stack, no_more].contains(&fault.kind()), "{fault}");
        }
        // Out of its little fuel, or trapped.
        (None, _) => {}
    }
}

fn module(data: &mut Unstructured<'_>) -> arbitrary::Result<Vec<u8>> {
    let config = wasm_smith::Config {
        exports: Some(exports()),
        allow_start_export: true,
        max_memory32_bytes: MEMORY_PAGES << 16,
        memory_max_size_required: true,
        max_table_elements: 1000,
        max_imports: 0,
        min_funcs: 11,
        // A table that grows is a fault, so that it can be as it was.
        reference_types_enabled: false,
        compact_imports_enabled: false,
        gc_enabled: false,
        exceptions_enabled: false,
        memory64_enabled: false,
        relaxed_simd_enabled: false,
        tail_call_enabled: false,
        threads_enabled: false,
        wide_arithmetic_enabled: false,
        max_memories: 1,
        ..wasm_smith::Config::default()
    };
    Ok(wasm_smith::Module::new(config, data)?.to_bytes())
}

/// Whether a module asks for more memory anywhere.
fn grows(module: &[u8]) -> bool {
    let payloads = wasmparser::Parser::new(0).parse_all(module).flatten();
    let bodies = payloads.filter_map(|payload| match payload {
        wasmparser::Payload::CodeSectionEntry(body) => body.get_operators_reader().ok(),
        _ => None,
    });
    bodies.flatten().flatten().any(|op| matches!(op, wasmparser::Operator::MemoryGrow { .. }))
}

/// A module that has what a policy's has.
fn exports() -> Vec<u8> {
    let functions = NAMES.iter().zip(SHAPES).map(|(name, (params, has_result))| {
        let result = if has_result { "(result i32)" } else { "" };
        format!("(func (export {name:?}) (param {}) {result} unreachable)", "i32 ".repeat(params))
    });
    let functions: String = functions.collect();
    wat::parse_str(format!("(module {functions} (memory (export \"memory\") 1 16))"))
        .expect("it is well formed")
}

impl Plain {
    fn new(module: &[u8]) -> Option<Self> {
        let mut config = wasmtime::Config::new();
        config.consume_fuel(true).cranelift_nan_canonicalization(true);
        let engine = Engine::new(&config).expect("it starts");
        let module = Module::new(&engine, module).expect("it is valid");
        let mut store = Store::new(&engine, ());
        store.set_fuel(FUEL).expect("fuel is on");
        let instance = Instance::new(&mut store, &module, &[]).ok()?;
        Some(Self { store, instance })
    }

    /// What a call answers, 0 where that is nothing, if it comes back.
    fn call(&mut self, function: Function, arguments: &[u32]) -> Option<u32> {
        self.store.set_fuel(FUEL).expect("fuel is on");
        let name = NAMES[function as usize];
        let function = self.instance.get_func(&mut self.store, name).expect("it has them all");
        let arguments: Vec<_> = arguments.iter().map(|a| Val::I32(a.cast_signed())).collect();
        let mut results = vec![Val::I32(0); function.ty(&self.store).results().len()];
        function.call(&mut self.store, &arguments, &mut results).ok()?;
        Some(results.first().and_then(Val::i32).unwrap_or_default().cast_unsigned())
    }

    fn memory(&mut self) -> Vec<u8> {
        let memory = self.instance.get_memory(&mut self.store, "memory").expect("it has one");
        memory.data(&self.store).to_vec()
    }
}
