//! A policy that can be fused: its component, and which core function is which.

use std::fmt;

use sandgate_inspect::{EXPORT, Inspection, inspect};
use sandgate_wit::Manifest;

use crate::Error;
use crate::component::{CoreItem, Exports, Instance, Item, Lift, Wiring, trace};

/// What a host calls of a policy, in the order of its numbers at the seam: the name, how many
/// parameters it has, and whether it has a result. All are i32.
pub(crate) const SEAM: [(&str, usize, bool); 11] = [
    ("configure", 4, true),
    ("configure-post", 1, false),
    ("open", 6, true),
    ("begin", 6, false),
    ("feed", 3, true),
    ("feed-post", 1, false),
    ("end", 1, true),
    ("end-post", 1, false),
    ("realloc", 4, true),
    ("drop-policy", 1, false),
    ("drop-exchange", 1, false),
];

/// The contract's functions, as the interface names them.
const CONTRACT: [(&str, &str); 5] = [
    ("configure", "[static]policy.configure"),
    ("open", "[method]policy.open"),
    ("begin", "[method]exchange.begin"),
    ("feed", "[method]exchange.feed"),
    ("end", "[method]exchange.end"),
];

/// A policy that can be fused.
pub struct Policy {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
    pub(crate) inspection: Inspection,
    pub(crate) wiring: Wiring,
    pub(crate) seam: Seam,
}

/// A policy's side of the seam.
pub(crate) struct Seam {
    /// In the order of [`SEAM`]; one that is missing does nothing.
    pub(crate) functions: Vec<Option<CoreItem>>,
    pub(crate) memory: CoreItem,
}

impl Policy {
    /// Reads a component. `name` is what configuration knows the policy by.
    ///
    /// # Errors
    /// Where it is no policy, or one that a plain module cannot hold: says why.
    pub fn read(name: &str, bytes: &[u8]) -> Result<Self, Error> {
        let inspection = inspect(bytes)?;
        let (wiring, exports) = trace(bytes)?;
        let Some(Item::Instance(contract)) = exports.get(EXPORT) else {
            return Err(Error::new(format!("the component exports no instance `{EXPORT}`")));
        };
        let seam = Seam::read(&wiring, contract)?;
        Ok(Self { name: name.to_owned(), bytes: bytes.to_vec(), inspection, wiring, seam })
    }

    /// The name that configuration knows it by.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it says of itself.
    pub fn manifest(&self) -> &Manifest {
        &self.inspection.manifest
    }

    /// `sha256:` and its component's SHA-256 in hex.
    pub fn digest(&self) -> &str {
        &self.inspection.digest
    }
}

impl Seam {
    fn read(wiring: &Wiring, contract: &Exports) -> Result<Self, Error> {
        let mut functions = Vec::new();
        let (mut memories, mut reallocs) = (Vec::new(), Vec::new());
        for (name, full_name) in CONTRACT {
            let Some(Item::Function(lift)) = contract.get(full_name) else {
                return Err(Error::new(format!("`{EXPORT}` has no function `{full_name}`")));
            };
            let Lift { function, memory, realloc, post_return } = &**lift;
            memories.extend(memory.clone().map(|memory| wiring.origin(memory)));
            reallocs.extend(realloc.clone().map(|realloc| wiring.origin(realloc)));
            functions.push(Some(function.clone()));
            match has_post(name) {
                true => functions.push(post_return.clone()),
                false if post_return.is_none() => {}
                false => {
                    let problem = "cleans up after a call that leaves nothing behind";
                    return Err(Error::new(format!("`{full_name}` {problem}")));
                }
            }
        }
        functions.push(Some(only(reallocs, "allocator")?));
        for resource in ["policy", "exchange"] {
            let Some(&Item::Type(Some(resource))) = contract.get(resource) else {
                return Err(Error::new(format!("`{EXPORT}` has no resource `{resource}`")));
            };
            functions.push(wiring.resources.get(resource).cloned().flatten());
        }
        Ok(Self { functions, memory: only(memories, "memory")? })
    }
}

impl Wiring {
    /// Where an item comes from, through however many bags.
    pub(crate) fn origin(&self, item: CoreItem) -> CoreItem {
        let CoreItem::Export { instance, name } = &item else { return item };
        match self.instances.get(*instance) {
            Some(Instance::Items(items)) => match items.get(name) {
                // A bag holds only what was there before it.
                Some(inner) => self.origin(inner.clone()),
                None => item,
            },
            _ => item,
        }
    }
}

fn has_post(name: &str) -> bool {
    SEAM.iter().any(|(other, ..)| other.strip_suffix("-post") == Some(name))
}

fn only(mut items: Vec<CoreItem>, what: &str) -> Result<CoreItem, Error> {
    items.dedup();
    match (items.pop(), items.is_empty()) {
        (Some(item), true) => Ok(item),
        (None, _) => Err(Error::new(format!("the component has no {what} for its arguments"))),
        (Some(_), false) => {
            Err(Error::new(format!("the component's functions have more than one {what}")))
        }
    }
}

impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Policy({} {})", self.name, self.digest())
    }
}
