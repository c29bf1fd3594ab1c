//! Who may name whom. The rooms are folders and crates; the arrows are their dependencies.

use std::collections::BTreeSet;
use std::process::Command;

use sandgate_tidy::{files, root};
use serde_json::Value;

/// A room, and every Sandgate crate that its own code may name. Build scripts and tests may look
/// further; what ships may not.
const ROOMS: &[(&str, &[&str])] = &[
    ("wit", &[]),
    ("guest", &["sandgate-wit"]),
    ("guest/pack", &["sandgate-wit"]),
    ("policies/*", &["sandgate-guest"]),
    ("host/wire", &[]),
    ("host/gate", &["sandgate-wire", "sandgate-wit"]),
    ("host/inspect", &["sandgate-wit"]),
    ("host/fuse", &["sandgate-inspect", "sandgate-wit"]),
    ("host/canon", &["sandgate-gate"]),
    ("host/engine", &["sandgate-canon", "sandgate-gate", "sandgate-inspect", "sandgate-wit"]),
    ("host/envoy", &["sandgate-canon", "sandgate-gate"]),
    ("host/gateway", &["sandgate-engine", "sandgate-gate", "sandgate-wire"]),
    ("host/mock", &["sandgate-wire"]),
    ("host/browser", &["sandgate-canon", "sandgate-gate"]),
    ("host/browser/pack", &["sandgate-fuse"]),
    (
        "host/cli",
        &[
            "sandgate-canon",
            "sandgate-engine",
            "sandgate-fuse",
            "sandgate-gate",
            "sandgate-gateway",
            "sandgate-mock",
            "sandgate-wit",
        ],
    ),
    ("tests", &["sandgate-wit"]),
    ("tests/tidy", &[]),
];

/// Libraries that one room alone may name.
const ONLY: &[(&str, &str)] =
    &[("wasmtime", "host/engine"), ("wasm-bindgen", "host/browser"), ("wit-bindgen", "guest")];

/// What a pure room's code never says.
const IMPURE: &[&str] =
    &["std::fs", "std::net", "std::time", "std::process", "std::thread", "std::env", "std::io"];

#[test]
fn every_room_names_only_whom_it_may() {
    for (folder, package) in packages() {
        let allowed = ROOMS.iter().find(|(room, _)| is_in(&folder, room));
        let (_, allowed) = allowed.unwrap_or_else(|| panic!("{folder} is in no room"));
        for name in normal_dependencies(&package).filter(|name| is_ours(name)) {
            assert!(allowed.contains(&name.as_str()), "{folder} may not name {name}");
        }
    }
}

#[test]
fn some_libraries_have_one_room() {
    for (folder, package) in packages() {
        for name in normal_dependencies(&package) {
            for (library, room) in ONLY {
                assert!(
                    name != *library || folder == *room,
                    "only {room} names {library}: {folder}"
                );
            }
        }
    }
}

#[test]
fn no_policy_reaches_an_engine() {
    for (folder, package) in packages().into_iter().filter(|(f, _)| f.starts_with("policies/")) {
        let tree = cargo(&[
            "tree",
            "--edges",
            "normal,build,dev",
            "--prefix",
            "none",
            "--package",
            package["name"].as_str().expect("packages have names"),
        ]);
        assert!(tree.contains("sandgate-guest"), "{folder}: {tree}");
        assert!(!tree.contains("wasmtime"), "{folder} would build wasmtime");
    }
}

#[test]
fn nothing_outside_policies_depends_on_one() {
    let packages = packages();
    let policies: BTreeSet<_> = packages
        .iter()
        .filter(|(folder, _)| folder.starts_with("policies/"))
        .filter_map(|(_, package)| package["name"].as_str())
        .collect();
    assert!(!policies.is_empty());
    for (folder, package) in packages.iter().filter(|(f, _)| !f.starts_with("policies/")) {
        let all = package["dependencies"].as_array().into_iter().flatten();
        let named = all.filter_map(|d| d["name"].as_str()).find(|name| policies.contains(name));
        assert_eq!(named, None, "{folder} names a policy");
    }
}

#[test]
fn pure_rooms_do_no_input_and_output() {
    for (path, text) in files(".rs") {
        let pure = [
            "host/canon/src",
            "host/fuse/src",
            "host/gate/src",
            "host/inspect/src",
            "host/wire/src",
            "wit/src",
        ];
        if pure.iter().any(|room| path.starts_with(room)) {
            let said = IMPURE.iter().find(|word| text.contains(**word));
            assert_eq!(said, None, "{path}");
        }
    }
}

/// Every crate of the workspace with its folder.
fn packages() -> Vec<(String, Value)> {
    let json = cargo(&["metadata", "--no-deps", "--format-version", "1"]);
    let metadata: Value = serde_json::from_str(&json).expect("cargo prints JSON");
    let root = root();
    let packages = metadata["packages"].as_array().cloned().unwrap_or_default();
    assert!(!packages.is_empty());
    let folder = |package: &Value| {
        let manifest = package["manifest_path"].as_str().expect("packages have manifests");
        let inside = std::path::Path::new(manifest).strip_prefix(&root).expect("in the workspace");
        inside.parent().expect("a manifest has a folder").display().to_string()
    };
    packages.into_iter().map(|package| (folder(&package), package)).collect()
}

fn normal_dependencies(package: &Value) -> impl Iterator<Item = String> {
    let all = package["dependencies"].as_array().into_iter().flatten();
    let normal = all.filter(|dependency| dependency["kind"].is_null());
    normal.filter_map(|d| d["name"].as_str()).map(str::to_owned).collect::<Vec<_>>().into_iter()
}

fn is_ours(name: &str) -> bool {
    name.starts_with("sandgate-")
}

fn is_in(folder: &str, room: &str) -> bool {
    match room.strip_suffix("/*") {
        Some(parent) => folder.strip_prefix(parent).is_some_and(|rest| rest.starts_with('/')),
        None => folder == room,
    }
}

fn cargo(args: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO"));
    command.args(args).args(["--offline"]).current_dir(root());
    let output = command.output().expect("cargo runs");
    assert!(output.status.success(), "cargo {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("cargo prints UTF-8")
}
