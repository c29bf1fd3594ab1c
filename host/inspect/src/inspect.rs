//! A component's surface: its imports, its exports, its manifest.

use sandgate_wit::{MANIFEST_SECTION, Manifest};
use sha2::{Digest, Sha256};
use wasmparser::{Parser, Payload, Validator, WasmFeatures};

use crate::error::{Error, foreign};

/// Components larger than this are not looked at: compiling one would take minutes.
const MAX_SIZE: usize = 32 << 20;
/// How deep a component may hold another: the toolchains' own go two deep.
const MAX_DEPTH: u32 = 10;
/// The instance that a policy exports.
pub const EXPORT: &str = "sandgate:guardrail/inspector@0.1.0";

/// A policy's description and identity.
#[derive(Debug, Clone, PartialEq)]
pub struct Inspection {
    /// What the component says of itself.
    pub manifest: Manifest,
    /// Its size in bytes.
    pub size: usize,
    /// `sha256:` and the component's SHA-256 in hex.
    pub digest: String,
}

/// What is found at the top level of a component.
#[derive(Default)]
struct Surface {
    imports: Vec<String>,
    exports: Vec<String>,
    manifests: Vec<Result<Manifest, String>>,
}

/// Reads a policy's manifest, after checking that the component is valid, of the contract's world,
/// and imports nothing. Runs nothing.
///
/// # Errors
/// Says what keeps the bytes from being a policy; an import is named.
pub fn inspect(bytes: &[u8]) -> Result<Inspection, Error> {
    if bytes.len() > MAX_SIZE {
        let size = bytes.len();
        return Err(Error::new(format!(
            "a component of {size} bytes, expected at most {MAX_SIZE}"
        )));
    }
    is_component(bytes)?;
    let surface = Surface::read(bytes)?;
    if !surface.imports.is_empty() {
        let imports: Vec<_> = surface.imports.iter().map(|name| format!("`{name}`")).collect();
        let imports = foreign(&imports.join(", "));
        return Err(Error::new(format!(
            "the component imports {imports}; a policy imports nothing"
        )));
    }
    if !surface.exports.iter().any(|name| name == EXPORT) {
        return Err(Error::new(match surface.exports.as_slice() {
            [] => format!("the component exports nothing, expected `{EXPORT}`"),
            others => {
                let others = foreign(&others.join("`, `"));
                format!("the component exports `{others}`, expected `{EXPORT}`")
            }
        }));
    }
    let manifest = surface.manifest()?;
    Validator::new_with_features(features())
        .validate_all(bytes)
        .map_err(|e| Error::new(format!("not a valid component: {}", foreign(e.message()))))?;
    Ok(Inspection { manifest, size: bytes.len(), digest: digest(bytes) })
}

/// `sha256:` and the SHA-256 of `bytes` in hex.
pub fn digest(bytes: &[u8]) -> String {
    let hex = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    format!("sha256:{hex}")
}

/// What a policy may be made of. Deterministic: neither threads nor relaxed SIMD.
fn features() -> WasmFeatures {
    let without = WasmFeatures::THREADS | WasmFeatures::RELAXED_SIMD;
    (WasmFeatures::WASM3 | WasmFeatures::COMPONENT_MODEL).difference(without)
}

fn is_component(bytes: &[u8]) -> Result<(), Error> {
    if Parser::is_component(bytes) {
        return Ok(());
    }
    Err(Error::new(match bytes {
        [] => "an empty file, expected a WebAssembly component",
        bytes if Parser::is_core_wasm(bytes) => {
            "a core module, expected a WebAssembly component; `cargo pack` makes one"
        }
        _ => "not WebAssembly, expected a component",
    }))
}

impl Surface {
    fn read(bytes: &[u8]) -> Result<Self, Error> {
        let broken =
            |e: wasmparser::BinaryReaderError| Error::new(format!("not a valid component: {e}"));
        let (mut surface, mut depth) = (Self::default(), 0_u32);
        for payload in Parser::new(0).parse_all(bytes) {
            match payload.map_err(broken)? {
                Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => {
                    depth += 1;
                    if depth > MAX_DEPTH {
                        let problem = format!("components nested more than {MAX_DEPTH} deep");
                        return Err(Error::new(problem));
                    }
                }
                Payload::End(_) => depth = depth.saturating_sub(1),
                Payload::ComponentImportSection(section) if depth == 0 => {
                    for import in section {
                        surface.imports.push(import.map_err(broken)?.name.name.to_owned());
                    }
                }
                Payload::ComponentExportSection(section) if depth == 0 => {
                    for export in section {
                        surface.exports.push(export.map_err(broken)?.name.name.to_owned());
                    }
                }
                Payload::CustomSection(section)
                    if depth == 0 && section.name() == MANIFEST_SECTION =>
                {
                    let json = &mut serde_json::Deserializer::from_slice(section.data());
                    let manifest = serde_path_to_error::deserialize(json);
                    surface.manifests.push(manifest.map_err(|e| e.to_string()));
                }
                _ => {}
            }
        }
        Ok(surface)
    }

    fn manifest(self) -> Result<Manifest, Error> {
        let mut manifests = self.manifests.into_iter();
        let manifest = match (manifests.next(), manifests.next()) {
            (Some(manifest), None) => manifest,
            (None, _) => {
                return Err(Error::new(format!(
                    "no section `{MANIFEST_SECTION}`; `cargo pack` makes components with one"
                )));
            }
            (Some(_), Some(_)) => {
                return Err(Error::new(format!("section `{MANIFEST_SECTION}`: more than one")));
            }
        };
        let manifest =
            manifest.map_err(|e| Error::new(format!("its manifest: {}", foreign(&e))))?;
        check(&manifest).map_err(|e| e.at("its manifest"))?;
        Ok(manifest)
    }
}

/// What no type can say of a manifest.
fn check(manifest: &Manifest) -> Result<(), Error> {
    let (found, expected) = (foreign(&manifest.contract), sandgate_wit::VERSION);
    if found != expected {
        return Err(Error::new(format!("contract: `{found}`, this host speaks `{expected}`")));
    }
    let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if manifest.name.is_empty() || !manifest.name.chars().all(is_name) {
        let name = foreign(&manifest.name);
        let expected = "lower case letters, digits and hyphens";
        return Err(Error::new(format!("name: `{name}`, expected {expected}")));
    }
    Ok(())
}
