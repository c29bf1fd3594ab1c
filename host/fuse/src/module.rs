//! A core module, read section by section. What is read here was validated before.

use wasm_encoder::reencode;
use wasmparser::{
    Data, Element, Export, FuncType, FunctionBody, Global, Import, MemoryType, Parser, Payload,
    Table, TypeRef, ValidPayload, Validator, WasmFeatures,
};

use crate::Error;

/// A core module's sections.
#[derive(Default)]
pub(crate) struct Module<'a> {
    pub(crate) types: Vec<FuncType>,
    pub(crate) imports: Vec<Import<'a>>,
    /// The types of the functions it defines.
    pub(crate) functions: Vec<u32>,
    pub(crate) tables: Vec<Table<'a>>,
    pub(crate) memories: Vec<MemoryType>,
    pub(crate) globals: Vec<Global<'a>>,
    pub(crate) exports: Vec<Export<'a>>,
    pub(crate) start: Option<u32>,
    pub(crate) elements: Vec<Element<'a>>,
    pub(crate) data: Vec<Data<'a>>,
    /// The code of the functions it defines.
    pub(crate) bodies: Vec<FunctionBody<'a>>,
}

/// What a module may be made of: what engines of the last years run, and what can be linked,
/// metered and reset without a doubt. A policy that catches exceptions could catch the end of its
/// fuel.
pub(crate) const FEATURES: WasmFeatures = WasmFeatures::WASM2.union(WasmFeatures::EXTENDED_CONST);

impl<'a> Module<'a> {
    /// Reads a module, after checking that it is valid and made of [`FEATURES`].
    ///
    /// # Errors
    /// Says what is wrong with the module, or which feature is too much.
    pub(crate) fn read(bytes: &'a [u8]) -> Result<Self, Error> {
        let mut validator = Validator::new_with_features(FEATURES);
        let mut module = Self::default();
        for payload in Parser::new(0).parse_all(bytes) {
            let payload = payload.map_err(broken)?;
            if let ValidPayload::Func(function, body) =
                validator.payload(&payload).map_err(broken)?
            {
                let mut function = function.into_validator(Default::default());
                function.validate(&body).map_err(broken)?;
            }
            module.take(payload).map_err(broken)?;
        }
        Ok(module)
    }

    fn take(&mut self, payload: Payload<'a>) -> wasmparser::Result<()> {
        match payload {
            Payload::TypeSection(section) => {
                self.types = section.into_iter_err_on_gc_types().collect::<Result<_, _>>()?;
            }
            Payload::ImportSection(section) => {
                self.imports = section.into_imports().collect::<Result<_, _>>()?;
            }
            Payload::FunctionSection(section) => {
                self.functions = section.into_iter().collect::<Result<_, _>>()?;
            }
            Payload::TableSection(section) => {
                self.tables = section.into_iter().collect::<Result<_, _>>()?;
            }
            Payload::MemorySection(section) => {
                self.memories = section.into_iter().collect::<Result<_, _>>()?;
            }
            Payload::GlobalSection(section) => {
                self.globals = section.into_iter().collect::<Result<_, _>>()?;
            }
            Payload::ExportSection(section) => {
                self.exports = section.into_iter().collect::<Result<_, _>>()?;
            }
            Payload::StartSection { func, .. } => self.start = Some(func),
            Payload::ElementSection(section) => {
                self.elements = section.into_iter().collect::<Result<_, _>>()?;
            }
            Payload::DataSection(section) => {
                self.data = section.into_iter().collect::<Result<_, _>>()?;
            }
            Payload::CodeSectionEntry(body) => self.bodies.push(body),
            _ => {}
        }
        Ok(())
    }

    /// The type of the function at `index` of its index space.
    pub(crate) fn function_type(&self, index: u32) -> Result<&FuncType, Error> {
        let imported = self.imports.iter().filter_map(|import| match import.ty {
            TypeRef::Func(ty) => Some(ty),
            _ => None,
        });
        let mut types = imported.chain(self.functions.iter().copied());
        let ty = types.nth(index as usize).and_then(|ty| self.types.get(ty as usize));
        ty.ok_or_else(|| Error::new(format!("function {index}: there is none")))
    }

    /// How many functions it imports.
    pub(crate) fn imported_functions(&self) -> usize {
        self.imports.iter().filter(|import| matches!(import.ty, TypeRef::Func(_))).count()
    }
}

/// A module that is not valid, or uses what cannot be fused.
pub(crate) fn broken(error: wasmparser::Error) -> Error {
    Error::new(format!("a core module: {}", sandgate_inspect::foreign(error.message())))
}

/// What the encoder says of a module. It was validated: this tells of something that the validator
/// takes and the encoder does not know.
pub(crate) fn untranslated(error: reencode::Error<Error>) -> Error {
    match error {
        reencode::Error::UserError(error) => error,
        reencode::Error::ParseError(error) => broken(error),
        other => Error::new(format!("a core module: {}", other.to_string().to_lowercase())),
    }
}
