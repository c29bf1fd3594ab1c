//! `sandgate fuse` as an operator meets it: what it writes, and what it leaves alone.
//!
//! The binary must carry packed policies and the filter for Envoy: `cargo pack` makes them.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use sha2::{Digest, Sha256};

const FILES: [&str; 4] = ["sandgate.wasm", "envoy.yaml", "istio.yaml", "envoy-gateway.yaml"];

fn fuse(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sandgate"))
        .arg("fuse")
        .args(args)
        .current_dir(folder)
        .env("SANDGATE_CACHE", concat!(env!("CARGO_TARGET_TMPDIR"), "/cache"))
        .output()
        .unwrap()
}

#[track_caller]
fn fused(folder: &Path, args: &[&str]) -> String {
    let output = fuse(folder, args);
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{stderr}");
    String::from_utf8(output.stdout).unwrap()
}

fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn yaml(file: &Path) -> Value {
    serde_saphyr::from_str(&fs::read_to_string(file).unwrap()).unwrap()
}

#[test]
fn for_envoy_there_is_a_module_and_what_uses_it() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("out");
    fused(place.path(), &["--target", "envoy", "--untested", "-o", "out"]);
    for file in FILES {
        assert!(folder.join(file).is_file(), "{file}");
    }
    let module = fs::read(folder.join("sandgate.wasm")).unwrap();
    let envoy = yaml(&folder.join("envoy.yaml"));
    let listener = &envoy["static_resources"]["listeners"][0];
    let filters = &listener["filter_chains"][0]["filters"][0]["typed_config"]["http_filters"];
    let plugin = &filters[0]["typed_config"]["config"];
    assert_eq!(plugin["failure_policy"], "FAIL_RELOAD");
    assert_eq!(plugin["vm_config"]["code"]["local"]["filename"], "out/sandgate.wasm");
    assert!(
        plugin["capability_restriction_config"]["allowed_capabilities"]["proxy_log"].is_object()
    );
    let configuration = plugin["configuration"]["value"].as_str().unwrap();
    let configuration: Value = serde_json::from_str(configuration).unwrap();
    assert!(configuration["policies"]["pii"].is_object());
    assert!(fs::read_to_string(folder.join("envoy.yaml")).unwrap().contains(&hex(&module)));
}

#[test]
fn an_image_layout_holds_what_its_digests_say() {
    let place = tempfile::tempdir().unwrap();
    fused(place.path(), &["--target", "envoy", "--untested", "-o", "sandgate.wasm"]);
    let layout = place.path().join("oci");
    let blob = |described: &Value| {
        let name = described["digest"].as_str().unwrap().strip_prefix("sha256:").unwrap();
        let bytes = fs::read(layout.join("blobs/sha256").join(name)).unwrap();
        assert_eq!((hex(&bytes).as_str(), &described["size"]), (name, &bytes.len().into()));
        bytes
    };
    let index: Value =
        serde_json::from_slice(&fs::read(layout.join("index.json")).unwrap()).unwrap();
    let module = fs::read(place.path().join("sandgate.wasm")).unwrap();
    for (described, n_layers) in index["manifests"].as_array().unwrap().iter().zip([1, 2]) {
        let manifest: Value = serde_json::from_slice(&blob(described)).unwrap();
        blob(&manifest["config"]);
        let layers = manifest["layers"].as_array().unwrap();
        assert_eq!(layers.len(), n_layers);
        let last = blob(layers.last().unwrap());
        if n_layers == 2 {
            assert!(last == module);
        } else {
            let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(&last[..]));
            let mut entry = archive.entries().unwrap().next().unwrap().unwrap();
            assert_eq!(entry.path().unwrap(), Path::new("plugin.wasm"));
            let mut plugin = Vec::new();
            std::io::copy(&mut entry, &mut plugin).unwrap();
            assert!(plugin == module);
        }
    }
}

#[test]
fn what_an_operator_has_edited_stays() {
    let place = tempfile::tempdir().unwrap();
    let args = ["--target", "envoy", "--untested", "-o", "."];
    fused(place.path(), &args);
    let file = place.path().join("envoy.yaml");
    fs::write(&file, "mine: true\n").unwrap();
    assert!(fused(place.path(), &args).contains("kept"));
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine: true\n");
    fused(place.path(), &[&args[..], &["--force"]].concat());
    assert!(yaml(&file)["static_resources"].is_object());
}

#[test]
fn a_configuration_says_which_policies_and_goes_along() {
    let place = tempfile::tempdir().unwrap();
    let config = "policies: { pii: { actions: { '*': redact } } }\nrefusal: { status: 451 }\n";
    fs::write(place.path().join("it.yaml"), config).unwrap();
    let args = ["--target", "envoy", "--untested", "--config", "it.yaml", "-o", "."];
    fused(place.path(), &args);
    let envoy = fs::read_to_string(place.path().join("envoy.yaml")).unwrap();
    assert!(envoy.contains("451") && !envoy.contains("secrets"));
    let gateway = fs::read_to_string(place.path().join("envoy-gateway.yaml")).unwrap();
    assert!(gateway.contains("451"));
}

#[test]
fn for_the_browser_there_is_a_module_for_each_policy_and_it_was_tried() {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("it.yaml"), "policies: { pii: {} }\n").unwrap();
    let args = ["--target", "browser", "--config", "it.yaml", "-o", "web"];
    let stdout = fused(place.path(), &args);
    assert!(stdout.contains("ok"), "{stdout}");
    assert!(place.path().join("web/pii.wasm").is_file());
}

#[test]
fn what_cannot_be_fused_is_refused_with_the_reason() {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("text.wasm"), "policies: {}").unwrap();
    let output = fuse(place.path(), &["--target", "browser", "text.wasm", "-o", "web"]);
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr.contains("policy `text`") && stderr.contains("component"), "{stderr}");
    assert!(!place.path().join("web").exists());
}
