//! The engine as its users meet it: what it loads, how it keeps exchanges apart, what it says.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use sandgate_engine::{Engine, Guard, Isolation, Library, Limits, Options, inspect};
use sandgate_gate::{Config, Context, Decision, Direction, FaultKind, Part, Role};
use sandgate_tests::hostile::{manifest, policy, starry, with_manifest};
use serde_json::{Value, json};
use tempfile::TempDir;

const PLAIN: &str = "a*b";
const EDITED: &str = "a<STAR>b";

/// Answers right once in the life of its memory; provoked again, it traps.
const ONCE: &str = "
(global $seen (mut i32) (i32.const 0))
(func $misbehave (param $exchange i32) (param $text i32) (param $len i32) (result i32)
  (if (global.get $seen) (then (unreachable)))
  (global.set $seen (i32.const 1))
  (call $inspect (local.get $exchange) (local.get $text) (local.get $len)))";

const LOOP: &str = "
(func $misbehave (param $exchange i32) (param $text i32) (param $len i32) (result i32)
  (loop $forever (br $forever))
  (unreachable))";

#[test]
fn memory_outlives_an_exchange_only_where_instances_are_pooled() -> Result<()> {
    for (isolation, second) in
        [(Isolation::Pooled, Decision::Refused), (Isolation::Exchange, Decision::Edited)]
    {
        let engine = Engine::new(Options { isolation, ..small() })?;
        let guard = guard(&engine, changed(ONCE)?, &json!({}))?;
        assert_eq!(guard.check("!*").decision, Decision::Edited, "{isolation:?}");
        assert_eq!(guard.check("!*").decision, second, "{isolation:?}");
        assert_eq!(guard.check("!*").decision, Decision::Edited, "{isolation:?}, after a fault");
    }
    Ok(())
}

#[test]
fn many_threads_share_a_guard() -> Result<()> {
    for isolation in [Isolation::Pooled, Isolation::Exchange] {
        let engine = Engine::new(Options { isolation, instances: 8, ..small() })?;
        let guard = guard(&engine, starry()?, &json!({}))?;
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| (0..200).for_each(|_| assert_eq!(guard.check(PLAIN).text, EDITED)));
            }
        });
    }
    Ok(())
}

#[test]
fn an_exchange_without_a_free_instance_is_refused_and_the_next_is_not() -> Result<()> {
    let engine = Engine::new(Options { instances: 2, ..small() })?;
    let guard = guard(&engine, starry()?, &json!({}))?;
    let begun = || {
        let mut exchange = guard.open(&Context::default(), "");
        exchange.begin(Part { direction: Direction::Request, role: Role::User, name: None });
        exchange
    };
    let held = [begun(), begun()];
    let outcome = guard.check(PLAIN);
    assert_eq!(outcome.decision, Decision::Refused);
    assert_eq!(outcome.report.faults[0].kind, FaultKind::Busy);
    drop(held);
    assert_eq!(guard.check(PLAIN).text, EDITED);
    Ok(())
}

#[test]
fn instances_that_wait_make_room_for_another_policy() -> Result<()> {
    let engine = Engine::new(Options { instances: 2, ..small() })?;
    let first = guard(&engine, starry()?, &json!({}))?;
    let both = || [first.open(&Context::default(), ""), first.open(&Context::default(), "")];
    drop(both());
    let second = guard(&engine, changed(ONCE)?, &json!({}))?;
    assert_eq!(second.check(PLAIN).text, EDITED);
    assert_eq!(first.check(PLAIN).text, EDITED);
    Ok(())
}

#[test]
fn a_loop_on_endless_fuel_runs_out_of_time() -> Result<()> {
    let limits = Limits { fuel: u64::MAX, time: Duration::from_millis(20), ..Limits::default() };
    let engine = Engine::new(Options { limits, ..small() })?;
    let outcome = guard(&engine, changed(LOOP)?, &json!({}))?.check("!");
    assert_eq!(outcome.report.faults[0].kind, FaultKind::Time);
    Ok(())
}

#[test]
fn compiled_code_is_kept_and_what_is_broken_of_it_is_made_anew() -> Result<()> {
    let place = tempfile::tempdir()?;
    let folder = place.path().join("new/cache");
    let check = || -> Result<()> {
        let engine = Engine::new(Options { cache: Some(folder.clone()), ..small() })?;
        ensure!(guard(&engine, starry()?, &json!({}))?.check(PLAIN).text == EDITED);
        Ok(())
    };
    check()?;
    let file = only_file(&folder)?;
    let (whole, made) = (fs::read(&file)?, fs::metadata(&file)?.modified()?);
    check()?;
    assert_eq!(fs::metadata(&file)?.modified()?, made, "it was compiled again");
    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 1;
    for broken in [&flipped[..], &whole[..whole.len() / 2], &whole[..16], b""] {
        fs::write(&file, broken)?;
        check()?;
        assert_eq!(only_file(&folder)?, file);
        assert!(fs::read(&file)? != broken, "{} broken bytes are still there", broken.len());
    }
    Ok(())
}

#[cfg(unix)]
#[test]
fn a_cache_that_others_can_write_to_is_refused() -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let place = tempfile::tempdir()?;
    let mode = |mode| fs::set_permissions(place.path(), fs::Permissions::from_mode(mode));
    let open = || Engine::new(Options { cache: Some(place.path().into()), ..small() });
    mode(0o777)?;
    let error = open().err().context("it was opened")?.to_string();
    assert!(
        error.contains(&place.path().display().to_string()) && error.contains("777"),
        "{error}"
    );
    mode(0o755)?;
    assert!(open().is_ok());
    Ok(())
}

#[test]
fn a_file_is_inspected_without_an_engine() -> Result<()> {
    let component = starry()?;
    let seen = inspect(&component)?;
    assert_eq!(seen.manifest.name, "starry");
    assert_eq!(seen.size, component.len());
    let policy = Engine::new(small())?.load(&component)?;
    assert_eq!((policy.digest(), policy.manifest()), (seen.digest.as_str(), &seen.manifest));
    Ok(())
}

#[test]
fn errors_name_the_place_and_what_was_expected() -> Result<()> {
    let place = TempDir::new()?;
    let starry = starry()?;
    fs::write(place.path().join("starry.wasm"), &starry)?;
    fs::write(place.path().join("text.wasm"), "policies: {}")?;
    fs::write(place.path().join("short"), "a secret\n")?;
    let zeros = format!("sha256:{}", "0".repeat(64));
    let cases = [
        (json!({ "stary": {} }), "policies.stary", "`starry`"),
        (json!({ "a": { "use": "nowhere.wasm" } }), "policies.a.use", "nowhere.wasm"),
        (json!({ "a": { "use": "." } }), "policies.a.use", "directory"),
        (json!({ "a": { "use": "text.wasm" } }), "policies.a", "component"),
        (json!({ "a": { "use": "starry.wasm", "digest": zeros } }), "policies.a.digest", "0000"),
        (
            json!({ "strict": { "settings": { "words": 1 } } }),
            "policies.strict.settings.words",
            "1",
        ),
        (
            json!({ "strict": { "settings": { "words": ["a", 2] } } }),
            "policies.strict.settings.words[1]",
            "2",
        ),
        (json!({ "strict": { "settings": { "word": [] } } }), "policies.strict.settings", "word"),
        (json!({ "strict": { "settings": [] } }), "policies.strict.settings", "object"),
        (
            json!({ "starry": { "assets": { "a": "nowhere" } } }),
            "policies.starry.assets.a",
            "nowhere",
        ),
        (
            json!({ "starry": { "actions": { "STARS": "mask" } } }),
            "policies.starry.actions",
            "STAR",
        ),
    ];
    let mut library = Library::new();
    library.insert("starry", starry);
    library.insert("strict", strict()?);
    let engine = Engine::new(small())?;
    let error = |document: &Value| -> Result<String> {
        let config = Config::from_json(&document.to_string(), "it.json")?;
        let guard = engine.guard(&config, &library, place.path());
        Ok(guard.err().with_context(|| format!("{document} was taken"))?.to_string())
    };
    for (policies, at, expected) in cases {
        let error = error(&json!({ "policies": policies }))?;
        assert!(error.starts_with("it.json:1: ") && error.contains(at), "no {at}: {error}");
        assert!(error.contains(expected), "no {expected}: {error}");
    }
    let keys = [
        (json!({ "file": "short" }), "key.file", "at least 16"),
        (json!({ "file": "nowhere" }), "key.file", "nowhere"),
        (json!({ "env": "SANDGATE_NOT_SET" }), "key.env", "SANDGATE_NOT_SET"),
    ];
    for (key, at, expected) in keys {
        let error = error(&json!({ "policies": { "starry": {} }, "key": key }))?;
        assert!(error.contains(at) && error.contains(expected), "{error}");
    }
    Ok(())
}

#[test]
fn a_key_makes_the_same_hashes_in_every_process_and_none_does_not_leave_it() -> Result<()> {
    let place = TempDir::new()?;
    fs::write(place.path().join("key"), "sixteen letters or more\n")?;
    fs::write(place.path().join("same"), "sixteen letters or more")?;
    fs::write(place.path().join("other"), "sixteen other letters")?;
    let engine = Engine::new(small())?;
    let mut library = Library::new();
    library.insert("starry", starry()?);
    let hash = |key: Value| -> Result<String> {
        let config =
            json!({ "policies": { "starry": { "actions": { "*": "hash" } } }, "key": key });
        let config = Config::from_json(&config.to_string(), "it.json")?;
        Ok(engine.guard(&config, &library, place.path())?.check("*").text)
    };
    let with = hash(json!({ "file": "key" }))?;
    assert_eq!(with, hash(json!({ "file": "same" }))?);
    assert!(with != hash(json!({ "file": "other" }))?);
    let without = hash(json!(null))?;
    assert_eq!(without, hash(json!(null))?);
    assert!(without != with);
    Ok(())
}

#[test]
fn an_outcome_restores_what_it_pseudonymized() -> Result<()> {
    let engine = Engine::new(small())?;
    let guard = guard(&engine, starry()?, &json!({ "*": "pseudonymize" }))?;
    let outcome = guard.check("one * and two");
    assert!(!outcome.text.contains('*') && outcome.decision == Decision::Edited);
    assert_eq!(outcome.restore(&outcome.text), "one * and two");
    Ok(())
}

#[test]
fn a_text_far_larger_than_the_memory_goes_through() -> Result<()> {
    let engine = Engine::new(small())?;
    let guard = guard(&engine, starry()?, &json!({}))?;
    let text = "… no star here, nor there ".repeat(4_000_000);
    let outcome = guard.check(&text);
    assert_eq!(outcome.decision, Decision::Forward, "{:?}", outcome.report.faults);
    assert!(outcome.text == text);
    Ok(())
}

#[test]
fn text_fed_after_a_fault_is_not_let_go() -> Result<()> {
    let engine = Engine::new(small())?;
    let limits = guard(
        &engine,
        changed("(func $misbehave (param i32 i32 i32) (result i32) unreachable)")?,
        &json!({}),
    )?;
    let mut exchange = limits.open(&Context::default(), "");
    let part = || Part { direction: Direction::Request, role: Role::User, name: None };
    exchange.begin(part());
    assert_eq!(exchange.feed("!").upto, 0);
    assert_eq!(exchange.feed("more").upto, 0);
    exchange.begin(part());
    assert_eq!(exchange.feed("another part").upto, 0);
    assert_eq!(exchange.decision(), Decision::Refused);
    Ok(())
}

/// Each engine reserves addresses for all its instances, and tests run at the same time.
fn small() -> Options {
    Options { instances: 16, ..Options::default() }
}

/// The policy in `component`, under these actions.
fn guard(engine: &Engine, component: Vec<u8>, actions: &Value) -> Result<Guard> {
    let config = json!({ "policies": { "it": { "actions": actions } } });
    let config = Config::from_json(&config.to_string(), "it.json")?;
    let mut library = Library::new();
    library.insert("it", component);
    Ok(engine.guard(&config, &library, Path::new("."))?)
}

fn changed(changes: &str) -> Result<Vec<u8>> {
    Ok(with_manifest(policy(changes)?, manifest("it").to_string()))
}

/// A policy whose settings are words and nothing else.
fn strict() -> Result<Vec<u8>> {
    let mut manifest = manifest("strict");
    let words = json!({ "type": "array", "items": { "type": "string" } });
    manifest["settings"] = json!({
        "type": "object", "additionalProperties": false, "properties": { "words": words },
    });
    Ok(with_manifest(policy("")?, manifest.to_string()))
}

fn only_file(folder: &Path) -> Result<std::path::PathBuf> {
    let mut files = fs::read_dir(folder)?;
    let file = files.next().context("the folder is empty")??.path();
    ensure!(files.next().is_none(), "more than one file");
    Ok(file)
}
