//! The module that is being made: index spaces that grow, and what lies at each index.

use std::borrow::Cow;
use std::collections::HashMap;

use wasm_encoder::{
    CodeSection, ConstExpr, CustomSection, DataCountSection, DataSection, DataSegment,
    DataSegmentMode, ElementSection, ElementSegment, Elements, EntityType, ExportKind,
    ExportSection, FuncType, Function, FunctionSection, GlobalSection, GlobalType, ImportSection,
    MemorySection, MemoryType, Module, StartSection, TableSection, TableType, TagKind, TagSection,
    TagType, TypeSection, ValType,
};

use crate::Error;

/// A module in the making. Functions are declared first, so that others can name them, and defined
/// later.
#[derive(Default)]
pub(crate) struct Output {
    types: TypeSection,
    known_types: HashMap<FuncType, u32>,
    imports: ImportSection,
    functions: Vec<(u32, Option<Function>)>,
    tables: TableSection,
    memories: MemorySection,
    tags: TagSection,
    globals: GlobalSection,
    exports: ExportSection,
    start: Option<u32>,
    elements: ElementSection,
    data: DataSection,
    customs: Vec<(&'static str, Vec<u8>)>,
}

impl Output {
    /// The index of a function type, which is there once.
    pub(crate) fn function_type(&mut self, ty: FuncType) -> u32 {
        if let Some(&known) = self.known_types.get(&ty) {
            return known;
        }
        let index = self.types.len();
        self.types.ty().func_type(&ty);
        self.known_types.insert(ty, index);
        index
    }

    pub(crate) fn signature(&mut self, params: &[ValType], results: &[ValType]) -> u32 {
        self.function_type(FuncType::new(params.iter().copied(), results.iter().copied()))
    }

    /// Imports a function. Imports have the first indices: all of them come before the first
    /// declaration.
    pub(crate) fn import(&mut self, module: &str, name: &str, ty: u32) -> Result<u32, Error> {
        if !self.functions.is_empty() {
            return Err(Error::new(format!("import `{module}.{name}`: it comes too late")));
        }
        self.imports.import(module, name, EntityType::Function(ty));
        Ok(self.imports.len() - 1)
    }

    /// Declares a function, which is to be defined later.
    pub(crate) fn declare(&mut self, ty: u32) -> u32 {
        self.functions.push((ty, None));
        self.imports.len() + count(self.functions.len()) - 1
    }

    /// Defines a function that was declared.
    pub(crate) fn define(&mut self, function: u32, body: Function) {
        let index = function.checked_sub(self.imports.len()).map(|index| index as usize);
        if let Some((_, empty)) = index.and_then(|index| self.functions.get_mut(index)) {
            *empty = Some(body);
        }
    }

    /// Declares and defines a function of i32s at once.
    pub(crate) fn function(
        &mut self,
        params: &[ValType],
        results: &[ValType],
        body: Function,
    ) -> u32 {
        let ty = self.signature(params, results);
        let function = self.declare(ty);
        self.define(function, body);
        function
    }

    pub(crate) fn table(&mut self, ty: TableType) -> u32 {
        self.tables.table(ty);
        self.tables.len() - 1
    }

    pub(crate) fn memory(&mut self, ty: MemoryType) -> u32 {
        self.memories.memory(ty);
        self.memories.len() - 1
    }

    /// A tag of exceptions that carry nothing.
    pub(crate) fn tag(&mut self) -> u32 {
        let func_type_idx = self.signature(&[], &[]);
        self.tags.tag(TagType { kind: TagKind::Exception, func_type_idx });
        self.tags.len() - 1
    }

    pub(crate) fn global(&mut self, ty: GlobalType, init: &ConstExpr) -> u32 {
        self.globals.global(ty, init);
        self.globals.len() - 1
    }

    /// A global that changes, and what it is at first.
    pub(crate) fn variable(&mut self, val_type: ValType, init: &ConstExpr) -> u32 {
        self.global(GlobalType { val_type, mutable: true, shared: false }, init)
    }

    pub(crate) fn export(&mut self, name: &str, kind: ExportKind, index: u32) {
        self.exports.export(name, kind, index);
    }

    pub(crate) fn start(&mut self, function: u32) {
        self.start = Some(function);
    }

    pub(crate) fn passive_elements(&mut self, items: Elements<'_>) -> u32 {
        self.elements.passive(items);
        self.elements.len() - 1
    }

    pub(crate) fn elements(&mut self, segment: ElementSegment<'_>) -> u32 {
        self.elements.segment(segment);
        self.elements.len() - 1
    }

    pub(crate) fn data(&mut self, mode: DataSegmentMode<'_>, data: &[u8]) -> u32 {
        self.data.segment(DataSegment { mode, data: data.iter().copied() });
        self.data.len() - 1
    }

    pub(crate) fn custom(&mut self, name: &'static str, data: Vec<u8>) {
        self.customs.push((name, data));
    }

    /// The module's bytes.
    ///
    /// # Errors
    /// Where a function was declared and never defined, or the module is not valid.
    pub(crate) fn finish(self) -> Result<Vec<u8>, Error> {
        let mut module = Module::new();
        let (mut functions, mut code) = (FunctionSection::new(), CodeSection::new());
        for (ty, body) in self.functions {
            functions.function(ty);
            code.function(&body.ok_or_else(|| Error::new("a function without its code"))?);
        }
        module.section(&self.types);
        if !self.imports.is_empty() {
            module.section(&self.imports);
        }
        module.section(&functions).section(&self.tables).section(&self.memories);
        if !self.tags.is_empty() {
            module.section(&self.tags);
        }
        module.section(&self.globals).section(&self.exports);
        if let Some(function_index) = self.start {
            module.section(&StartSection { function_index });
        }
        module.section(&self.elements).section(&DataCountSection { count: self.data.len() });
        module.section(&code).section(&self.data);
        for (name, data) in self.customs {
            module.section(&CustomSection { name: Cow::Borrowed(name), data: data.into() });
        }
        let bytes = module.finish();
        wasmparser::Validator::new_with_features(wasmparser::WasmFeatures::WASM3)
            .validate_all(&bytes)
            .map_err(|e| Error::new(format!("the fused module is not valid: {e}")))?;
        Ok(bytes)
    }
}

fn count(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}
