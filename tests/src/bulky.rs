//! Components that are too much of something: made here, since no repository should hold them.

use anyhow::Result;
use wasm_encoder::{
    CodeSection, Component, ComponentSection, CustomSection, Function, FunctionSection,
    InstanceSection, MemorySection, MemoryType, Module, ModuleArg, ModuleSection,
    NestedComponentSection, TypeSection,
};
use wasmparser::{Parser, Payload};

/// `component` with a custom section of `len` bytes: dead weight.
pub fn padded(component: Vec<u8>, len: usize) -> Vec<u8> {
    let data = vec![0; len];
    append(component, &CustomSection { name: "padding".into(), data: data.as_slice().into() })
}

/// `component` with a core module of `n` functions of `len` bytes each: work for a compiler.
pub fn with_functions(component: Vec<u8>, n: u32, len: usize) -> Vec<u8> {
    let mut types = TypeSection::new();
    types.ty().function([], []);
    let (mut functions, mut code) = (FunctionSection::new(), CodeSection::new());
    let mut body = Function::new([]);
    body.raw(std::iter::repeat_n(NOP, len).chain([END]));
    for _ in 0..n {
        functions.function(0);
        code.function(&body);
    }
    let mut module = Module::new();
    module.section(&types).section(&functions).section(&code);
    append(component, &ModuleSection(&module))
}

/// `component` with a module of a memory of `pages`, instantiated `n` times.
///
/// # Errors
/// Where `component` is none.
pub fn with_memories(component: Vec<u8>, n: usize, pages: u64) -> Result<Vec<u8>> {
    let minimum = MemoryType {
        minimum: pages,
        maximum: None,
        memory64: false,
        shared: false,
        page_size_log2: None,
    };
    let mut module = Module::new();
    module.section(MemorySection::new().memory(minimum));
    instantiated(component, &module, n)
}

/// `component` with an empty module, instantiated `n` times.
///
/// # Errors
/// Where `component` is none.
pub fn with_instances(component: Vec<u8>, n: usize) -> Result<Vec<u8>> {
    instantiated(component, &Module::new(), n)
}

/// `component` with components in it, one in the other, `depth` deep.
pub fn nested(component: Vec<u8>, depth: usize) -> Vec<u8> {
    let mut inner = Component::new();
    for _ in 0..depth {
        let mut outer = Component::new();
        outer.section(&NestedComponentSection(&inner));
        inner = outer;
    }
    append(component, &NestedComponentSection(&inner))
}

const NOP: u8 = 0x01;
const END: u8 = 0x0b;

fn instantiated(component: Vec<u8>, module: &Module, n: usize) -> Result<Vec<u8>> {
    let module_idx = n_modules(&component)?;
    let component = append(component, &ModuleSection(module));
    let mut instances = InstanceSection::new();
    for _ in 0..n {
        instances.instantiate(module_idx, [] as [(&str, ModuleArg); 0]);
    }
    Ok(append(component, &instances))
}

/// How many core modules lie directly in `component`.
fn n_modules(component: &[u8]) -> Result<u32> {
    let (mut depth, mut n) = (0, 0);
    for payload in Parser::new(0).parse_all(component) {
        match payload? {
            Payload::ModuleSection { .. } => {
                n += u32::from(depth == 0);
                depth += 1;
            }
            Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth -= 1,
            _ => {}
        }
    }
    Ok(n)
}

fn append(mut component: Vec<u8>, section: &impl ComponentSection) -> Vec<u8> {
    component.push(section.id());
    section.encode(&mut component);
    component
}
