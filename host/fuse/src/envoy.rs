//! Envoy's target: a filter and its policies in one module with many memories.

use serde::Serialize;
use wasm_encoder::DataSegmentMode;
use wasm_encoder::reencode::Reencode;
use wasmparser::{ExternalKind, Import, Parser, Payload, TypeRef};

use crate::bridge::{About, Bridges};
use crate::link::{Placed, Placing, link, place};
use crate::meter::transcribe;
use crate::module::{Module, broken, untranslated};
use crate::output::Output;
use crate::remap::{Constants, Map, Remap};
use crate::revive::{Border, Causes, Tenant, tenant};
use crate::{Error, Limits, Policy};

/// The section that says what a module was fused from.
pub const FUSED_SECTION: &str = "sandgate:fused";
/// Where the filter imports the bridges from.
pub(crate) const BRIDGE: &str = "sandgate";
/// What Envoy calls the filter's memory.
pub(crate) const MEMORY: &str = "memory";

/// How the names of what Envoy calls begin.
const CALLBACK: &str = "proxy_on_";

/// What the filter is told of its policies.
#[derive(Serialize)]
struct Told<'a> {
    policies: Vec<ToldPolicy<'a>>,
}

#[derive(Serialize)]
struct ToldPolicy<'a> {
    name: &'a str,
    digest: &'a str,
    manifest: &'a sandgate_wit::Manifest,
}

/// What a module says that it was made of.
#[derive(Serialize)]
struct Fused<'a> {
    filter: String,
    policies: Vec<Source<'a>>,
}

#[derive(Serialize)]
struct Source<'a> {
    name: &'a str,
    version: &'a str,
    digest: &'a str,
}

/// The filter and the policies as one module. It imports what the filter imports besides the
/// bridges, and exports what the filter exports. The same inputs give the same bytes.
///
/// # Errors
/// Where the filter is none, or a policy has what cannot be fused or takes more than it may: says
/// which and what.
pub fn fuse(filter: &[u8], policies: &[Policy], limits: &Limits) -> Result<Vec<u8>, Error> {
    fuse_with(filter, policies, limits, Border::Catch)
}

/// The same, with either border.
pub(crate) fn fuse_with(
    filter: &[u8],
    policies: &[Policy],
    limits: &Limits,
    border: Border,
) -> Result<Vec<u8>, Error> {
    let mut output = Output::default();
    let module = Module::read(filter).map_err(|e| e.at("the filter"))?;
    let imports = Imports::new(&mut output, &module).map_err(|e| e.at("the filter"))?;
    let memory = place_filter(&mut output, module, &imports, limits);
    let memory = memory.map_err(|e| e.at("the filter"))?;
    let causes = Causes::new(&mut output, border);
    let tenants = policies.iter().map(|policy| {
        let tenant = settle(&mut output, policy, memory, &causes, limits);
        tenant.map_err(|e| e.at(format!("policy `{}`", policy.name())))
    });
    let tenants = tenants.collect::<Result<Vec<_>, _>>()?;
    let document = json(&Told::new(policies))?;
    let segment = output.data(DataSegmentMode::Passive, &document);
    let about = About { segment, len: i32::try_from(document.len()).unwrap_or(i32::MAX) };
    imports.bridges.define(&mut output, memory, &causes, &tenants, about);
    output.custom(FUSED_SECTION, json(&Fused::new(filter, policies))?);
    output.finish()
}

/// What a fused module may call of Envoy, and be called for: all that a proxy has to grant it.
///
/// # Errors
/// Where it is no module.
pub fn capabilities(module: &[u8]) -> Result<Vec<String>, Error> {
    let mut names = Vec::new();
    for payload in Parser::new(0).parse_all(module) {
        match payload.map_err(broken)? {
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    names.push(import.map_err(broken)?.name.to_owned());
                }
            }
            Payload::ExportSection(section) => {
                for export in section {
                    let name = export.map_err(broken)?.name;
                    names.extend(name.starts_with(CALLBACK).then(|| name.to_owned()));
                }
            }
            _ => {}
        }
    }
    names.sort();
    names.dedup();
    Ok(names)
}

/// What the filter's imports are in the output, in their order.
struct Imports {
    indices: Vec<u32>,
    bridges: Bridges,
}

impl Imports {
    fn new(output: &mut Output, filter: &Module<'_>) -> Result<Self, Error> {
        let mut kept = Vec::new();
        for import in filter.imports.iter().filter(|import| import.module != BRIDGE) {
            let ty = signature(output, filter, import)?;
            kept.push(output.import(import.module, import.name, ty)?);
        }
        let bridges = Bridges::declare(output);
        let mut kept = kept.into_iter();
        let indices = filter.imports.iter().map(|import| {
            if import.module != BRIDGE {
                return kept.next().ok_or_else(|| foreign(import, "not there"));
            }
            let bridge = bridges.named(import.name);
            let bridge = bridge.ok_or_else(|| foreign(import, "there is no such bridge"))?;
            match signature(output, filter, import)? == bridge.ty {
                true => Ok(bridge.function),
                false => Err(foreign(import, "of another type than the bridge")),
            }
        });
        Ok(Self { indices: indices.collect::<Result<_, _>>()?, bridges })
    }
}

/// An imported function's type in the output.
fn signature(output: &mut Output, filter: &Module<'_>, import: &Import<'_>) -> Result<u32, Error> {
    let TypeRef::Func(ty) = import.ty else {
        return Err(foreign(import, "expected a function"));
    };
    let ty = filter.types.get(ty as usize).ok_or_else(|| foreign(import, "without a type"))?;
    let mut remap = Remap { map: &Map::default(), constants: &Constants::new() };
    Ok(output.function_type(remap.func_type(ty.clone()).map_err(untranslated)?))
}

fn foreign(import: &Import<'_>, problem: &str) -> Error {
    let name = sandgate_inspect::foreign(&format!("{}.{}", import.module, import.name));
    Error::new(format!("import `{name}`: {problem}"))
}

/// Puts the filter into the output, as it is, and says which memory is its.
fn place_filter(
    output: &mut Output,
    module: Module<'_>,
    imports: &Imports,
    limits: &Limits,
) -> Result<u32, Error> {
    let placing = Placing {
        max_pages: Limits::pages(limits.filter_memory),
        max_table: u32::MAX.into(),
        active: true,
    };
    let mut constants = Constants::new();
    let Placed { module, map, birth } =
        place(output, module, &imports.indices, placing, &mut constants)?;
    let own = map.functions.iter().skip(module.imported_functions());
    for (&function, body) in own.zip(&module.bodies) {
        let mut remap = Remap { map: &map, constants: &constants };
        output.define(function, transcribe(&mut remap, body)?);
    }
    let mut memories = Vec::new();
    for export in &module.exports {
        let index = map.of(export.kind, export.index)?;
        let kind = Remap { map: &map, constants: &constants }.export_kind(export.kind);
        output.export(export.name, kind.map_err(untranslated)?, index);
        if export.kind == ExternalKind::Memory {
            memories.push((export.name, index));
        }
    }
    if let Some(start) = birth.start {
        output.start(start);
    }
    match memories.as_slice() {
        [(MEMORY, index)] => Ok(*index),
        _ => Err(Error::new(format!("expected one exported memory, named `{MEMORY}`"))),
    }
}

/// Puts a policy into the output.
fn settle(
    output: &mut Output,
    policy: &Policy,
    filter_memory: u32,
    causes: &Causes,
    limits: &Limits,
) -> Result<Tenant, Error> {
    let max_pages = Limits::pages(limits.memory);
    let placing = Placing { max_pages, max_table: limits.table, active: false };
    let linked = link(output, policy, placing)?;
    tenant(output, &linked, filter_memory, causes, limits)
}

impl<'a> Told<'a> {
    fn new(policies: &'a [Policy]) -> Self {
        let policies = policies.iter().map(|policy| ToldPolicy {
            name: policy.name(),
            digest: policy.digest(),
            manifest: policy.manifest(),
        });
        Self { policies: policies.collect() }
    }
}

impl<'a> Fused<'a> {
    fn new(filter: &[u8], policies: &'a [Policy]) -> Self {
        let policies = policies.iter().map(|policy| Source {
            name: policy.name(),
            version: &policy.manifest().version,
            digest: policy.digest(),
        });
        Self { filter: sandgate_inspect::digest(filter), policies: policies.collect() }
    }
}

fn json(document: &impl Serialize) -> Result<Vec<u8>, Error> {
    serde_json::to_vec(document).map_err(|e| Error::new(format!("the module's description: {e}")))
}
