//! The policies this binary carries, and those in folders that the user names.

use std::borrow::Cow;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use sandgate_engine::Library;

/// A packed policy: its name, its component, and its golden cases where they lie beside it.
pub(crate) struct Packed {
    /// The file's name without its ending, which is the policy's.
    pub(crate) name: String,
    /// The component.
    pub(crate) component: Cow<'static, [u8]>,
    /// The text of its `cases.yaml`.
    pub(crate) cases: Option<Cow<'static, str>>,
}

type Embedded = (&'static str, &'static [u8], Option<&'static str>);

/// What the packer had made when this was built.
static EMBEDDED: &[Embedded] = include!(concat!(env!("OUT_DIR"), "/bundle.rs"));

/// The filter for Envoy, where the packer had made it.
static FILTER: Option<&[u8]> = include!(concat!(env!("OUT_DIR"), "/filter.rs"));

/// The policies this binary carries.
pub(crate) fn embedded() -> impl Iterator<Item = Packed> {
    EMBEDDED.iter().map(|&(name, component, cases)| Packed {
        name: name.to_owned(),
        component: component.into(),
        cases: cases.map(Cow::from),
    })
}

/// The filter that drives policies in Envoy.
pub(crate) fn filter() -> Option<Cow<'static, [u8]>> {
    FILTER.map(Cow::Borrowed)
}

/// A policy's file, and the cases beside it.
pub(crate) fn read(file: &Path) -> Result<Packed> {
    let name = file.file_stem().unwrap_or(file.as_os_str()).to_string_lossy().into_owned();
    let component = fs::read(file).with_context(|| file.display().to_string())?.into();
    let beside = file.with_extension("cases.yaml");
    let cases = match beside.is_file() {
        true => Some(read_text(&beside)?.into()),
        false => None,
    };
    Ok(Packed { name, component, cases })
}

/// A file's text.
pub(crate) fn read_text(file: &Path) -> Result<String> {
    fs::read_to_string(file).with_context(|| file.display().to_string())
}

/// All policies by name: the embedded ones; in place of one of the same name that of the folder
/// `SANDGATE_POLICIES`; in place of that one of `folders`.
pub(crate) fn library(folders: &[PathBuf]) -> Result<Library> {
    let mut library = Library::new();
    for packed in embedded() {
        library.insert(packed.name, packed.component);
    }
    let set = std::env::var_os("SANDGATE_POLICIES").filter(|folder| !folder.is_empty());
    let from_environment = set.map(PathBuf::from);
    for folder in from_environment.iter().chain(folders) {
        for file in components(folder)? {
            let packed = read(&file)?;
            library.insert(packed.name, packed.component);
        }
    }
    Ok(library)
}

fn components(folder: &Path) -> Result<Vec<PathBuf>> {
    let read = || -> std::io::Result<Vec<PathBuf>> {
        fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect()
    };
    let mut files = read().with_context(|| folder.display().to_string())?;
    files.retain(|file| file.extension().is_some_and(|ending| ending == "wasm"));
    ensure!(!files.is_empty(), "{}: no policies (*.wasm) in this folder", folder.display());
    files.sort();
    Ok(files)
}

/// What to say where there is no policy at all.
pub(crate) const NOTHING_PACKED: &str = "no policies: none were packed when this binary was built; \
    run `cargo pack` and build it again, or name a folder of packed ones with --policies";

/// What to say where there is no filter.
pub(crate) const NO_FILTER: &str = "no filter for Envoy: none was packed when this binary was built; \
    run `cargo pack` and build it again, or name one with --filter";
