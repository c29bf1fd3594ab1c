//! From a core module to a component that imports nothing and describes itself.

use anyhow::{Context, Result, ensure};
use sandgate_wit::{MANIFEST_SECTION, Manifest};
use wasm_encoder::{CustomSection, Encode, Section};
use wasmparser::{Parser, Payload, Validator};
use wit_component::ComponentEncoder;

/// Wraps `core`, whose bindings wit-bindgen made, and appends the manifest.
pub(crate) fn encode(core: &[u8], manifest: &Manifest) -> Result<Vec<u8>> {
    let mut bytes = ComponentEncoder::default()
        .validate(true)
        .module(core)
        .and_then(|encoder| encoder.encode())
        .context("the module does not fit the contract")?;
    let section =
        CustomSection { name: MANIFEST_SECTION.into(), data: serde_json::to_vec(manifest)?.into() };
    bytes.push(section.id());
    section.encode(&mut bytes);
    check(&bytes)?;
    Ok(bytes)
}

/// A policy that could call out is none: better refused here than by every host.
fn check(component: &[u8]) -> Result<()> {
    Validator::new().validate_all(component).context("the component is not valid")?;
    let mut depth = 0;
    for payload in Parser::new(0).parse_all(component) {
        match payload? {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth -= 1,
            Payload::ComponentImportSection(imports) if depth == 0 => {
                let import = imports.into_iter().next().transpose()?;
                let name = import.map_or("", |import| import.name.name);
                ensure!(name.is_empty(), "it imports `{name}`; a policy may import nothing");
            }
            _ => {}
        }
    }
    Ok(())
}
