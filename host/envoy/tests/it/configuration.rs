//! Configurations, and what is said about those that are wrong.

use serde_json::json;

use crate::stage::setting;

#[track_caller]
fn wrong(config: serde_json::Value, expected: &str) {
    let error = setting(&config.to_string()).err().expect("it is wrong").to_string();
    // Where the gate reads YAML too, it knows the line: all of these have one.
    let error = error.replacen("configuration:1: ", "configuration: ", 1);
    assert_eq!(error, format!("plugin configuration: {expected}"));
}

#[test]
fn wrong_ones_are_errors_with_their_place() {
    wrong(
        json!({ "policies": { "pii": null } }),
        "policies.pii: no policy of this name was fused into the module, expected one of `stars`, \
         `keyed`",
    );
    let digest = format!("sha256:{}", "0".repeat(64));
    let found = format!("sha256:{}", "0123456789abcdef".repeat(4));
    wrong(
        json!({ "policies": { "stars": { "digest": digest } } }),
        &format!("policies.stars.digest: the component is {found}, expected {digest}"),
    );
    wrong(
        json!({ "policies": { "stars": { "assets": { "words": "words.txt" } } } }),
        "policies.stars.assets.words: a file, which Envoy's sandbox has none of, expected it in \
         `settings`",
    );
    wrong(
        json!({ "policies": { "stars": { "on_fualt": "allow" } } }),
        "policies.stars.on_fualt: unknown field `on_fualt`, expected one of `use`, `digest`, \
         `settings`, `assets`, `actions`, `mode`, `threshold`, `allow`, `on_fault`, did you mean \
         `on_fault`?",
    );
    wrong(
        json!({ "policies": { "stars": { "actions": { "STARS": "block" } } } }),
        "policies.stars.actions.STARS: no rule `STARS`, did you mean `STAR`?",
    );
}

#[test]
fn a_key_is_wanted_only_where_it_is_used_and_only_here() {
    let hash = json!({ "stars": { "actions": { "STAR": "hash" } } });
    wrong(
        json!({ "policies": hash }),
        "policies.stars.actions: `STAR` is hashed or pseudonymized and there is no secret to do it \
         with, expected `key: { value: … }`",
    );
    wrong(
        json!({ "policies": hash, "key": { "env": "KEY" } }),
        "key.env: Envoy's sandbox has no environment, expected `value`",
    );
    wrong(
        json!({ "policies": hash, "key": { "value": "short" } }),
        "key.value: a secret of 5 bytes, expected at least 16",
    );
    let key = json!({ "policies": hash, "key": { "value": "long enough to be a secret" } });
    assert!(setting(&key.to_string()).is_ok());
    assert!(setting(r#"{ "policies": { "stars": null } }"#).is_ok());
}

#[test]
fn without_a_configuration_every_policy_runs() {
    let error = setting("").err().expect("one of them wants a key").to_string();
    assert!(error.contains("policies.keyed.actions"), "{error}");
}

#[test]
fn a_file_that_is_not_looked_at_is_named() {
    let config = json!({ "policies": { "stars": { "use": "./stars.wasm" } } });
    let setting = setting(&config.to_string()).expect("it is a configuration");
    assert_eq!(setting.unused_files().collect::<Vec<_>>(), ["stars"]);
}
