//! The module as images: an OCI image layout with the two shapes that Istio and Envoy Gateway take.
//! They do not take the one that components have.

use std::io::Write;

use anyhow::Result;
use flate2::{Compression, GzBuilder};
use sandgate_engine::digest;
use serde_json::{Value, json};

/// The folder of the layout, beside the module.
pub(super) const FOLDER: &str = "oci";

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const WASM_CONFIG: &str = "application/vnd.module.wasm.config.v1+json";
const WASM_LAYER: &str = "application/vnd.module.wasm.content.layer.v1+wasm";

/// An image layout's files.
pub(super) struct Layout {
    pub(super) files: Vec<(String, Vec<u8>)>,
    /// The digest of the shape called `image`.
    pub(super) digest: String,
}

/// The layout of a module: `image`, whose last layer is an archive with `plugin.wasm`, and
/// `artifact`, which holds the module as it is.
pub(super) fn layout(module: &[u8]) -> Result<Layout> {
    let mut files = Vec::new();
    let image = image(&mut files, module)?;
    let artifact = artifact(&mut files, module)?;
    let digest = image["digest"].as_str().unwrap_or_default().to_owned();
    let named = |mut manifest: Value, name: &str| {
        manifest["annotations"] = json!({ "org.opencontainers.image.ref.name": name });
        manifest
    };
    let manifests = [named(image, "image"), named(artifact, "artifact")];
    let index = json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": manifests });
    files.push(("index.json".to_owned(), serde_json::to_vec(&index)?));
    let version = json!({ "imageLayoutVersion": "1.0.0" });
    files.push(("oci-layout".to_owned(), serde_json::to_vec(&version)?));
    Ok(Layout { files, digest })
}

fn image(files: &mut Vec<(String, Vec<u8>)>, module: &[u8]) -> Result<Value> {
    let archive = archive(module)?;
    let config = json!({
        "architecture": "wasm",
        "os": "wasi",
        "config": {},
        "rootfs": { "type": "layers", "diff_ids": [digest(&archive)] },
    });
    let mut gzip = GzBuilder::new().write(Vec::new(), Compression::best());
    gzip.write_all(&archive)?;
    let layer_type = "application/vnd.oci.image.layer.v1.tar+gzip";
    let layer = blob(files, layer_type, gzip.finish()?);
    let config_type = "application/vnd.oci.image.config.v1+json";
    let config = blob(files, config_type, serde_json::to_vec(&config)?);
    manifest(files, &config, &[layer])
}

fn artifact(files: &mut Vec<(String, Vec<u8>)>, module: &[u8]) -> Result<Value> {
    let config = blob(files, WASM_CONFIG, b"{}".to_vec());
    let layer = blob(files, WASM_LAYER, module.to_vec());
    // Both of its readers count: two layers, or it is none.
    manifest(files, &config, &[config.clone(), layer])
}

fn manifest(files: &mut Vec<(String, Vec<u8>)>, config: &Value, layers: &[Value]) -> Result<Value> {
    let manifest =
        json!({ "schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": layers });
    Ok(blob(files, MANIFEST, serde_json::to_vec(&manifest)?))
}

/// Adds a blob, and describes it.
fn blob(files: &mut Vec<(String, Vec<u8>)>, media_type: &str, bytes: Vec<u8>) -> Value {
    let digest = digest(&bytes);
    let described = json!({ "mediaType": media_type, "digest": digest, "size": bytes.len() });
    files.push((format!("blobs/{}", digest.replace(':', "/")), bytes));
    described
}

/// A tar archive with `plugin.wasm`, the same every time.
fn archive(module: &[u8]) -> Result<Vec<u8>> {
    let mut header = tar::Header::new_ustar();
    header.set_size(module.len() as u64);
    header.set_mode(0o644);
    header.set_mtime(0);
    let mut archive = tar::Builder::new(Vec::new());
    archive.append_data(&mut header, "plugin.wasm", module)?;
    Ok(archive.into_inner()?)
}
