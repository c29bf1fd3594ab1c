//! Puts the core instances of a component side by side into one module: what one imports becomes
//! the very thing that another exports.

use std::collections::BTreeMap;

use wasm_encoder::reencode::Reencode;
use wasm_encoder::{
    DataSegmentMode, ElementMode, ElementSegment, Function, GlobalType, HeapType, MemoryType,
    TableType, ValType,
};
use wasmparser::{DataKind, ElementItems, ElementKind, Import, TableInit, TypeRef};

use crate::Error;
use crate::component::{CoreItem, Instance};
use crate::module::{Module, untranslated};
use crate::output::Output;
use crate::policy::Policy;
use crate::remap::{Constant, Constants, Map, Remap, expression};

/// The size of a page of memory.
pub(crate) const PAGE: u64 = 1 << 16;

/// How instances are put into the output.
#[derive(Clone, Copy)]
pub(crate) struct Placing {
    /// The most pages that a memory may have.
    pub(crate) max_pages: u64,
    /// The most entries that a table may have.
    pub(crate) max_table: u64,
    /// Whether memories and tables are filled by the engine, as a module says. Else code of the
    /// output does it, which can do it again.
    pub(crate) active: bool,
}

impl Placing {
    fn max_pages_of(&self, memory: &wasmparser::MemoryType) -> u64 {
        memory.maximum.unwrap_or(u64::MAX).min(self.max_pages)
    }
}

/// A core instance in the output.
pub(crate) struct Placed<'a> {
    pub(crate) module: Module<'a>,
    pub(crate) map: Map,
    pub(crate) birth: Birth<'a>,
}

/// What is done to an instance's state when it is made, in this order.
#[derive(Default)]
pub(crate) struct Birth<'a> {
    /// Globals that change, and their first values.
    pub(crate) globals: Vec<(u32, Constant<'a>)>,
    /// Its own tables, and what they hold.
    pub(crate) tables: Vec<(u32, HeapType)>,
    pub(crate) elements: Vec<Segment<'a>>,
    pub(crate) data: Vec<Segment<'a>>,
    pub(crate) start: Option<u32>,
}

/// A passive segment that is copied to its place.
pub(crate) struct Segment<'a> {
    pub(crate) index: u32,
    /// The table or the memory.
    pub(crate) into: u32,
    pub(crate) offset: Constant<'a>,
    pub(crate) len: u32,
}

/// The only memory of a policy.
#[derive(Clone, Copy)]
pub(crate) struct Memory {
    pub(crate) index: u32,
    pub(crate) min_pages: u64,
    pub(crate) max_pages: u64,
}

/// A policy's instances in the output.
pub(crate) struct Linked<'a> {
    pub(crate) instances: Vec<Placed<'a>>,
    /// The functions of the seam; one that is missing does nothing.
    pub(crate) seam: Vec<Option<u32>>,
    pub(crate) memory: Memory,
    pub(crate) constants: Constants<'a>,
}

/// Puts a policy into the output. Its functions are declared, not yet defined.
///
/// # Errors
/// Where it has what a plain module cannot have, or more of it than it may.
pub(crate) fn link<'a>(
    output: &mut Output,
    policy: &'a Policy,
    placing: Placing,
) -> Result<Linked<'a>, Error> {
    let mut linker =
        Linker { policy, placed: BTreeMap::new(), constants: Constants::new(), handle: None };
    for (at, instance) in policy.wiring.instances.iter().enumerate() {
        let Instance::Module { module, with } = instance else { continue };
        let bytes = policy.bytes.get(module.clone()).unwrap_or_default();
        let module = Module::read(bytes)?;
        let imports = module.imports.iter().map(|import| linker.import(output, with, import));
        let imports = imports.collect::<Result<Vec<_>, _>>()?;
        let placed = place(output, module, &imports, placing, &mut linker.constants)?;
        linker.placed.insert(at, placed);
    }
    let seam = policy.seam.functions.iter();
    let seam = seam.map(|item| item.as_ref().map(|item| linker.item(output, item)).transpose());
    let seam = seam.collect::<Result<Vec<_>, _>>()?;
    let memory = linker.memory(output, placing)?;
    let Linker { placed, constants, .. } = linker;
    Ok(Linked { instances: placed.into_values().collect(), seam, memory, constants })
}

struct Linker<'a> {
    policy: &'a Policy,
    /// By its number in the wiring.
    placed: BTreeMap<usize, Placed<'a>>,
    constants: Constants<'a>,
    /// What `resource.new` and `resource.rep` become, once somebody asks.
    handle: Option<u32>,
}

impl<'a> Linker<'a> {
    fn import(
        &mut self,
        output: &mut Output,
        with: &BTreeMap<String, usize>,
        import: &Import<'_>,
    ) -> Result<u32, Error> {
        let Some(&instance) = with.get(import.module) else {
            return Err(Error::new(format!("import `{}.{}`", import.module, import.name)));
        };
        self.item(output, &CoreItem::Export { instance, name: import.name.to_owned() })
    }

    /// The output's index of an item.
    fn item(&mut self, output: &mut Output, item: &CoreItem) -> Result<u32, Error> {
        match self.policy.wiring.origin(item.clone()) {
            CoreItem::Identity => Ok(*self.handle.get_or_insert_with(|| identity(output))),
            CoreItem::Drop { resource } => {
                match self.policy.wiring.resources.get(resource).cloned().flatten() {
                    Some(destructor) => self.item(output, &destructor),
                    None => Ok(nothing(output)),
                }
            }
            CoreItem::Export { instance, name } => {
                let placed = self.placed.get(&instance);
                let export = placed.and_then(|placed| {
                    let mut exports = placed.module.exports.iter();
                    exports.find(|export| export.name == name).map(|export| (placed, export))
                });
                let (placed, export) =
                    export.ok_or_else(|| Error::new(format!("export `{name}`: not there yet")))?;
                placed.map.of(export.kind, export.index)
            }
        }
    }

    fn memory(&mut self, output: &mut Output, placing: Placing) -> Result<Memory, Error> {
        let index = self.item(output, &self.policy.seam.memory.clone())?;
        let own = self.placed.values().flat_map(|placed| {
            let memories = &placed.module.memories;
            // Imports come first in an index space.
            let imported = placed.map.memories.len() - memories.len();
            placed.map.memories.iter().copied().skip(imported).zip(memories)
        });
        match own.collect::<Vec<_>>().as_slice() {
            [(only, ty)] if *only == index => {
                let max_pages = placing.max_pages_of(ty);
                Ok(Memory { index, min_pages: ty.initial, max_pages })
            }
            _ => Err(Error::new("the component has more than one memory, expected one")),
        }
    }
}

/// Puts one module into the output, its imports being the output's `imports`.
///
/// # Errors
/// As [`link`].
pub(crate) fn place<'a>(
    output: &mut Output,
    module: Module<'a>,
    imports: &[u32],
    placing: Placing,
    constants: &mut Constants<'a>,
) -> Result<Placed<'a>, Error> {
    let mut placed = Placed { module, map: Map::default(), birth: Birth::default() };
    placed.types(output)?;
    placed.imports(imports)?;
    for ty in &placed.module.functions {
        let ty = Remap { map: &placed.map, constants }.type_index(*ty).map_err(untranslated)?;
        placed.map.functions.push(output.declare(ty));
    }
    placed.tables(output, placing, constants)?;
    placed.memories(output, placing)?;
    placed.globals(output, constants)?;
    placed.elements(output, placing, constants)?;
    placed.data(output, placing, constants)?;
    let start = placed.module.start;
    placed.birth.start =
        start.map(|start| placed.map.of(wasmparser::ExternalKind::Func, start)).transpose()?;
    Ok(placed)
}

impl<'a> Placed<'a> {
    fn types(&mut self, output: &mut Output) -> Result<(), Error> {
        let constants = Constants::new();
        for ty in &self.module.types {
            let mut remap = Remap { map: &self.map, constants: &constants };
            let ty = remap.func_type(ty.clone()).map_err(untranslated)?;
            self.map.types.push(output.function_type(ty));
        }
        Ok(())
    }

    fn imports(&mut self, imports: &[u32]) -> Result<(), Error> {
        for (import, &index) in self.module.imports.iter().zip(imports) {
            let space = match import.ty {
                TypeRef::Func(_) => &mut self.map.functions,
                TypeRef::Table(_) => &mut self.map.tables,
                TypeRef::Memory(_) => &mut self.map.memories,
                TypeRef::Global(_) => &mut self.map.globals,
                TypeRef::Tag(_) | TypeRef::FuncExact(_) => {
                    return Err(Error::new("a core module imports what cannot be linked"));
                }
            };
            space.push(index);
        }
        Ok(())
    }

    fn tables(
        &mut self,
        output: &mut Output,
        placing: Placing,
        constants: &Constants<'_>,
    ) -> Result<(), Error> {
        for table in &self.module.tables {
            let TableInit::RefNull = table.init else {
                return Err(Error::new("a core module's table begins with something in it"));
            };
            let ty = Remap { map: &self.map, constants }.table_type(table.ty);
            let ty = ty.map_err(untranslated)?;
            if ty.minimum > placing.max_table {
                let (found, most) = (ty.minimum, placing.max_table);
                return Err(Error::new(format!(
                    "a table of {found} entries, expected at most {most}"
                )));
            }
            let maximum = Some(ty.maximum.unwrap_or(u64::MAX).min(placing.max_table));
            let index = output.table(TableType { maximum, ..ty });
            self.map.tables.push(index);
            self.birth.tables.push((index, ty.element_type.heap_type));
        }
        Ok(())
    }

    fn memories(&mut self, output: &mut Output, placing: Placing) -> Result<(), Error> {
        for memory in &self.module.memories {
            if memory.initial > placing.max_pages {
                let (found, most) = (memory.initial * PAGE, placing.max_pages * PAGE);
                return Err(Error::new(format!(
                    "a memory of {found} bytes, expected at most {most}"
                )));
            }
            self.map.memories.push(output.memory(MemoryType {
                minimum: memory.initial,
                maximum: Some(placing.max_pages_of(memory)),
                memory64: false,
                shared: false,
                page_size_log2: None,
            }));
        }
        Ok(())
    }

    fn globals(&mut self, output: &mut Output, constants: &mut Constants<'a>) -> Result<(), Error> {
        for global in &self.module.globals {
            let mut remap = Remap { map: &self.map, constants };
            let val_type = remap.val_type(global.ty.content_type).map_err(untranslated)?;
            let value = remap.constant(&global.init_expr)?;
            let mutable = global.ty.mutable;
            let ty = GlobalType { val_type, mutable, shared: false };
            let index = output.global(ty, &expression(&value));
            self.map.globals.push(index);
            if mutable {
                self.birth.globals.push((index, value));
            } else {
                constants.insert(index, value);
            }
        }
        Ok(())
    }

    fn elements(
        &mut self,
        output: &mut Output,
        placing: Placing,
        constants: &Constants<'a>,
    ) -> Result<(), Error> {
        for segment in &self.module.elements {
            let mut remap = Remap { map: &self.map, constants };
            let elements = remap.element_items(segment.items.clone()).map_err(untranslated)?;
            let index = match &segment.kind {
                ElementKind::Passive => output.passive_elements(elements),
                ElementKind::Declared => {
                    output.elements(ElementSegment { mode: ElementMode::Declared, elements })
                }
                ElementKind::Active { table_index, offset_expr } => {
                    let table = table_index.unwrap_or(0);
                    let into = self.map.of(wasmparser::ExternalKind::Table, table)?;
                    let offset = remap.constant(offset_expr)?;
                    if placing.active {
                        let offset = &expression(&offset);
                        let mode = ElementMode::Active { table: Some(into), offset };
                        output.elements(ElementSegment { mode, elements })
                    } else {
                        let index = output.passive_elements(elements);
                        let len = items(&segment.items);
                        self.birth.elements.push(Segment { index, into, offset, len });
                        index
                    }
                }
            };
            self.map.elements.push(index);
        }
        Ok(())
    }

    fn data(
        &mut self,
        output: &mut Output,
        placing: Placing,
        constants: &Constants<'a>,
    ) -> Result<(), Error> {
        for segment in &self.module.data {
            let mut remap = Remap { map: &self.map, constants };
            let index = match &segment.kind {
                DataKind::Passive => output.data(DataSegmentMode::Passive, segment.data),
                DataKind::Active { memory_index, offset_expr } => {
                    let into = self.map.of(wasmparser::ExternalKind::Memory, *memory_index)?;
                    let offset = remap.constant(offset_expr)?;
                    if placing.active {
                        let offset = &expression(&offset);
                        let mode = DataSegmentMode::Active { memory_index: into, offset };
                        output.data(mode, segment.data)
                    } else {
                        let index = output.data(DataSegmentMode::Passive, segment.data);
                        let len = u32::try_from(segment.data.len()).unwrap_or(u32::MAX);
                        self.birth.data.push(Segment { index, into, offset, len });
                        index
                    }
                }
            };
            self.map.data.push(index);
        }
        Ok(())
    }
}

fn items(items: &ElementItems<'_>) -> u32 {
    match items {
        ElementItems::Functions(section) => section.count(),
        ElementItems::Expressions(_, section) => section.count(),
    }
}

fn identity(output: &mut Output) -> u32 {
    let mut body = Function::new([]);
    body.instructions().local_get(0).end();
    output.function(&[ValType::I32], &[ValType::I32], body)
}

fn nothing(output: &mut Output) -> u32 {
    let mut body = Function::new([]);
    body.instructions().end();
    output.function(&[ValType::I32], &[], body)
}
