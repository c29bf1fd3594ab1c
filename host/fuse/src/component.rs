//! From a component's definitions to the core modules behind them.
//!
//! A component is a small program that wires things together: modules are instantiated with
//! instances, functions are lifted, components are instantiated with components. Nothing here looks
//! at how a toolchain names things: the wiring is followed index by index, so that a component of
//! any toolchain is understood. It was validated before.

use std::collections::BTreeMap;
use std::ops::Range;
use std::rc::Rc;

use wasmparser::{
    CanonicalFunction, CanonicalOption, ComponentAlias, ComponentExternalKind, ComponentInstance,
    ComponentOuterAliasKind, ComponentType, ExternalKind, Instance as CoreInstance, Parser,
    Payload,
};

use crate::Error;

/// The most core modules that are instantiated for one policy: the engine has room for as many.
const MAX_INSTANCES: usize = 8;
/// The most components that are instantiated for one policy: one may be by each of its sisters, and
/// so a small file could ask for millions.
const MAX_COMPONENTS: usize = 100;

/// The core instances of a component, in the order in which they are made.
#[derive(Debug, Default)]
pub(crate) struct Wiring {
    pub(crate) instances: Vec<Instance>,
    /// The destructors of its resources.
    pub(crate) resources: Vec<Option<CoreItem>>,
}

/// A core instance.
#[derive(Debug)]
pub(crate) enum Instance {
    /// Of the module in these bytes, with an instance by each name that it imports from.
    Module { module: Range<usize>, with: BTreeMap<String, usize> },
    /// A bag of other instances' items.
    Items(BTreeMap<String, CoreItem>),
}

/// Something of the core kind, and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CoreItem {
    /// What an instance exports by a name.
    Export { instance: usize, name: String },
    /// `resource.new` and `resource.rep`: a handle is what it stands for.
    Identity,
    /// `resource.drop` of a resource.
    Drop { resource: usize },
}

/// A core function as a component's.
#[derive(Debug)]
pub(crate) struct Lift {
    pub(crate) function: CoreItem,
    pub(crate) memory: Option<CoreItem>,
    pub(crate) realloc: Option<CoreItem>,
    pub(crate) post_return: Option<CoreItem>,
}

/// What component instances export by name.
pub(crate) type Exports = BTreeMap<String, Item>;

/// Something of the component kind.
#[derive(Debug, Clone)]
pub(crate) enum Item {
    Module(Range<usize>),
    Component(Rc<Definition>),
    Instance(Rc<Exports>),
    Function(Rc<Lift>),
    /// A type, which may be a resource.
    Type(Option<usize>),
}

/// A component that is not yet instantiated, and what it can see of those around it.
#[derive(Debug)]
pub(crate) struct Definition {
    bytes: Range<usize>,
    around: Vec<Rc<Outside>>,
}

/// What an inner component may name of an outer one, as far as it was defined before.
#[derive(Debug, Clone, Default)]
struct Outside {
    modules: Vec<Range<usize>>,
    components: Vec<Rc<Definition>>,
    types: Vec<Option<usize>>,
}

/// The index spaces of a component that is being instantiated.
#[derive(Default)]
struct Space {
    outside: Outside,
    around: Vec<Rc<Outside>>,
    functions: Vec<Rc<Lift>>,
    instances: Vec<Rc<Exports>>,
    core_instances: Vec<usize>,
    core: BTreeMap<Sort, Vec<CoreItem>>,
    exports: Exports,
}

/// Core items have an index space a sort.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Sort {
    Function,
    Table,
    Memory,
    Global,
    Tag,
}

struct Tracer<'a> {
    bytes: &'a [u8],
    wiring: Wiring,
    components: usize,
}

/// Instantiates a component that imports nothing, on paper: what it exports, and the core instances
/// behind that.
///
/// # Errors
/// Where it uses what has no counterpart outside of a component.
pub(crate) fn trace(bytes: &[u8]) -> Result<(Wiring, Exports), Error> {
    let mut tracer = Tracer { bytes, wiring: Wiring::default(), components: 0 };
    let whole = Definition { bytes: 0..bytes.len(), around: Vec::new() };
    let exports = tracer.instantiate(&whole, &Exports::new())?;
    Ok((tracer.wiring, exports))
}

impl Tracer<'_> {
    fn instantiate(&mut self, what: &Definition, with: &Exports) -> Result<Exports, Error> {
        self.components += 1;
        if self.components > MAX_COMPONENTS {
            let problem = format!("more than {MAX_COMPONENTS} components in one");
            return Err(Error::new(problem));
        }
        let bytes = self.bytes.get(what.bytes.clone()).ok_or_else(missing)?;
        let mut space = Space { around: what.around.clone(), ..Space::default() };
        let (mut depth, start) = (0_u32, what.bytes.start);
        for payload in Parser::new(0).parse_all(bytes) {
            let payload = payload.map_err(broken)?;
            match &payload {
                Payload::ModuleSection { unchecked_range: range, .. } if depth == 0 => {
                    space.outside.modules.push(moved(range, start)?);
                }
                Payload::ComponentSection { unchecked_range: range, .. } if depth == 0 => {
                    let around = space.around.iter().cloned();
                    let around = around.chain([Rc::new(space.outside.clone())]).collect();
                    let definition = Definition { bytes: moved(range, start)?, around };
                    space.outside.components.push(Rc::new(definition));
                }
                _ => {}
            }
            match payload {
                Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
                Payload::End(_) => depth = depth.saturating_sub(1),
                payload if depth == 0 => self.define(&mut space, payload, with)?,
                _ => {}
            }
        }
        Ok(space.exports)
    }

    fn define(
        &mut self,
        space: &mut Space,
        payload: Payload<'_>,
        with: &Exports,
    ) -> Result<(), Error> {
        match payload {
            Payload::InstanceSection(section) => {
                for instance in section {
                    let instance = self.core_instance(space, instance.map_err(broken)?)?;
                    space.core_instances.push(instance);
                }
            }
            Payload::ComponentInstanceSection(section) => {
                for instance in section {
                    let instance = self.instance(space, instance.map_err(broken)?)?;
                    space.instances.push(Rc::new(instance));
                }
            }
            Payload::ComponentAliasSection(section) => {
                for alias in section {
                    space.alias(alias.map_err(broken)?)?;
                }
            }
            Payload::ComponentTypeSection(section) => {
                for ty in section {
                    let ty = self.component_type(space, &ty.map_err(broken)?)?;
                    space.outside.types.push(ty);
                }
            }
            Payload::ComponentCanonicalSection(section) => {
                for function in section {
                    space.canonical(function.map_err(broken)?)?;
                }
            }
            Payload::ComponentImportSection(section) => {
                for import in section {
                    let name = import.map_err(broken)?.name.name;
                    space.push(with.get(name).cloned().ok_or_else(missing)?);
                }
            }
            Payload::ComponentExportSection(section) => {
                for export in section {
                    let export = export.map_err(broken)?;
                    let item = space.item(export.kind, export.index)?;
                    space.exports.insert(export.name.name.to_owned(), item.clone());
                    space.push(item);
                }
            }
            Payload::ComponentStartSection { .. } => return Err(cannot("a start function")),
            _ => {}
        }
        Ok(())
    }

    fn core_instance(&mut self, space: &Space, instance: CoreInstance<'_>) -> Result<usize, Error> {
        let instance = match instance {
            CoreInstance::Instantiate { module_index, args } => {
                let module = at(&space.outside.modules, module_index)?;
                let with = args.iter().map(|argument| {
                    let instance = at(&space.core_instances, argument.index)?;
                    Ok((argument.name.to_owned(), instance))
                });
                Instance::Module { module, with: with.collect::<Result<_, Error>>()? }
            }
            CoreInstance::FromExports(exports) => {
                let items = exports.iter().map(|export| {
                    let items = space.core.get(&sort(export.kind)?);
                    let item = at(items.map_or(&[][..], Vec::as_slice), export.index)?;
                    Ok((export.name.to_owned(), item))
                });
                Instance::Items(items.collect::<Result<_, Error>>()?)
            }
        };
        self.wiring.instances.push(instance);
        let modules = self.wiring.instances.iter();
        if modules.filter(|one| matches!(one, Instance::Module { .. })).count() > MAX_INSTANCES {
            let problem = format!("more than {MAX_INSTANCES} instances of core modules");
            return Err(Error::new(problem));
        }
        Ok(self.wiring.instances.len() - 1)
    }

    fn instance(
        &mut self,
        space: &Space,
        instance: ComponentInstance<'_>,
    ) -> Result<Exports, Error> {
        match instance {
            ComponentInstance::Instantiate { component_index, args } => {
                let component = at(&space.outside.components, component_index)?;
                let with = args.iter().map(|argument| {
                    Ok((argument.name.to_owned(), space.item(argument.kind, argument.index)?))
                });
                self.instantiate(&component, &with.collect::<Result<_, Error>>()?)
            }
            ComponentInstance::FromExports(exports) => {
                let items = exports.iter().map(|export| {
                    Ok((export.name.name.to_owned(), space.item(export.kind, export.index)?))
                });
                items.collect()
            }
        }
    }

    fn component_type(
        &mut self,
        space: &Space,
        ty: &ComponentType<'_>,
    ) -> Result<Option<usize>, Error> {
        let ComponentType::Resource { dtor, .. } = ty else { return Ok(None) };
        let destructor = dtor.map(|index| space.function(index)).transpose()?;
        self.wiring.resources.push(destructor);
        Ok(Some(self.wiring.resources.len() - 1))
    }
}

impl Space {
    fn push(&mut self, item: Item) {
        match item {
            Item::Module(module) => self.outside.modules.push(module),
            Item::Component(component) => self.outside.components.push(component),
            Item::Instance(instance) => self.instances.push(instance),
            Item::Function(function) => self.functions.push(function),
            Item::Type(ty) => self.outside.types.push(ty),
        }
    }

    fn item(&self, kind: ComponentExternalKind, index: u32) -> Result<Item, Error> {
        Ok(match kind {
            ComponentExternalKind::Module => Item::Module(at(&self.outside.modules, index)?),
            ComponentExternalKind::Component => {
                Item::Component(at(&self.outside.components, index)?)
            }
            ComponentExternalKind::Instance => Item::Instance(at(&self.instances, index)?),
            ComponentExternalKind::Func => Item::Function(at(&self.functions, index)?),
            ComponentExternalKind::Type => Item::Type(at(&self.outside.types, index)?),
            ComponentExternalKind::Value => return Err(cannot("a value")),
        })
    }

    fn function(&self, index: u32) -> Result<CoreItem, Error> {
        self.core_item(Sort::Function, index)
    }

    fn core_item(&self, sort: Sort, index: u32) -> Result<CoreItem, Error> {
        at(self.core.get(&sort).map_or(&[][..], Vec::as_slice), index)
    }

    fn push_core(&mut self, sort: Sort, item: CoreItem) {
        self.core.entry(sort).or_default().push(item);
    }

    fn alias(&mut self, alias: ComponentAlias<'_>) -> Result<(), Error> {
        match alias {
            ComponentAlias::InstanceExport { instance_index, name, .. } => {
                let instance = at(&self.instances, instance_index)?;
                self.push(instance.get(name).cloned().ok_or_else(missing)?);
            }
            ComponentAlias::CoreInstanceExport { kind, instance_index, name } => {
                let instance = at(&self.core_instances, instance_index)?;
                self.push_core(sort(kind)?, CoreItem::Export { instance, name: name.to_owned() });
            }
            ComponentAlias::Outer { kind, count, index } => {
                let outside = match (count as usize).checked_sub(1) {
                    None => &self.outside,
                    Some(out) => self.around.iter().rev().nth(out).ok_or_else(missing)?,
                };
                let item = match kind {
                    ComponentOuterAliasKind::CoreModule => {
                        Item::Module(at(&outside.modules, index)?)
                    }
                    ComponentOuterAliasKind::Component => {
                        Item::Component(at(&outside.components, index)?)
                    }
                    ComponentOuterAliasKind::Type => Item::Type(at(&outside.types, index)?),
                    // Modules bring their own types: nobody asks for these.
                    ComponentOuterAliasKind::CoreType => return Ok(()),
                };
                self.push(item);
            }
        }
        Ok(())
    }

    fn canonical(&mut self, function: CanonicalFunction) -> Result<(), Error> {
        let item = match function {
            CanonicalFunction::Lift { core_func_index, options, .. } => {
                let lift = self.lift(core_func_index, &options)?;
                self.functions.push(Rc::new(lift));
                return Ok(());
            }
            CanonicalFunction::ResourceNew { .. } | CanonicalFunction::ResourceRep { .. } => {
                CoreItem::Identity
            }
            CanonicalFunction::ResourceDrop { resource } => {
                let resource = at(&self.outside.types, resource)?;
                CoreItem::Drop { resource: resource.ok_or_else(missing)? }
            }
            CanonicalFunction::Lower { .. } => return Err(cannot("a call between components")),
            _ => return Err(cannot("a thread, or a call that waits")),
        };
        self.push_core(Sort::Function, item);
        Ok(())
    }

    fn lift(&self, function: u32, options: &[CanonicalOption]) -> Result<Lift, Error> {
        let (mut memory, mut realloc, mut post_return) = (None, None, None);
        for option in options {
            match *option {
                CanonicalOption::UTF8 => {}
                CanonicalOption::Memory(index) => {
                    memory = Some(self.core_item(Sort::Memory, index)?);
                }
                CanonicalOption::Realloc(index) => realloc = Some(self.function(index)?),
                CanonicalOption::PostReturn(index) => post_return = Some(self.function(index)?),
                CanonicalOption::UTF16 | CanonicalOption::CompactUTF16 => {
                    return Err(cannot("text in UTF-16"));
                }
                CanonicalOption::Async | CanonicalOption::Callback(_) => {
                    return Err(cannot("a call that waits"));
                }
                CanonicalOption::CoreType(_) | CanonicalOption::Gc => {
                    return Err(cannot("garbage collection"));
                }
            }
        }
        Ok(Lift { function: self.function(function)?, memory, realloc, post_return })
    }
}

fn sort(kind: ExternalKind) -> Result<Sort, Error> {
    Ok(match kind {
        ExternalKind::Func => Sort::Function,
        ExternalKind::Table => Sort::Table,
        ExternalKind::Memory => Sort::Memory,
        ExternalKind::Global => Sort::Global,
        ExternalKind::Tag => Sort::Tag,
        ExternalKind::FuncExact => return Err(cannot("an exact function type")),
    })
}

fn at<T: Clone>(items: &[T], index: u32) -> Result<T, Error> {
    items.get(index as usize).cloned().ok_or_else(missing)
}

fn moved(range: &Range<u64>, by: usize) -> Result<Range<usize>, Error> {
    let offset = |at: u64| usize::try_from(at).ok().and_then(|at| at.checked_add(by));
    offset(range.start).zip(offset(range.end)).map(|(start, end)| start..end).ok_or_else(missing)
}

fn broken(error: wasmparser::Error) -> Error {
    Error::new(format!("not a valid component: {}", sandgate_inspect::foreign(error.message())))
}

fn cannot(what: &str) -> Error {
    Error::new(format!("the component uses {what}, which a plain module cannot"))
}

/// A validator has seen to it that there is everything that is named.
fn missing() -> Error {
    Error::new("the component names what it does not have")
}
