//! Hostile policies: each becomes an error or a fault within its budget, and nothing else suffers.
//!
//! Budgets are counted, not timed: the limits here are small, and fuel and memory decide.

use std::path::Path;
use std::thread;

use anyhow::{Result, ensure};
use sandgate_engine::{Engine, Guard, Isolation, Library, Limits, Options, inspect};
use sandgate_gate::{Config, Decision, FaultKind};
use sandgate_tests::bulky;
use sandgate_tests::hostile::{
    self, Becomes, Case, PROVOCATION, manifest, policy, starry, with_manifest,
};
use serde_json::{Value, json};

const PLAIN: &str = "a*b";
const EDITED: &str = "a<STAR>b";

#[test]
fn every_case_becomes_what_it_says() -> Result<()> {
    for isolation in [Isolation::Pooled, Isolation::Exchange] {
        let engine = engine(isolation)?;
        let good = guard(&engine, starry()?, "block")?;
        let mut wrong = Vec::new();
        for case in hostile::cases()? {
            let result = becomes(&engine, &case).and_then(|()| edits(&good));
            wrong.extend(result.err().map(|e| format!("{}: {e:#}", case.name)));
        }
        assert!(wrong.is_empty(), "{isolation:?}\n{}", wrong.join("\n"));
    }
    Ok(())
}

#[test]
fn a_fault_passes_where_configuration_says_so_and_is_reported() -> Result<()> {
    let engine = engine(Isolation::Pooled)?;
    for case in hostile::cases()? {
        let Becomes::Fault { kinds, .. } = &case.becomes else { continue };
        let outcome = guard(&engine, case.component, "allow")?.check(PROVOCATION);
        // What it found before the fault stays found.
        assert_eq!(outcome.text.replace("<STAR>", "*"), PROVOCATION, "{}", case.name);
        assert_ne!(outcome.decision, Decision::Refused, "{}", case.name);
        let fault = &outcome.report.faults[0];
        assert!(!fault.refused, "{}", case.name);
        assert!(kinds.contains(&name(fault.kind)), "{}: {:?}", case.name, fault.kind);
    }
    Ok(())
}

#[test]
fn other_exchanges_go_on_beside_a_fault() -> Result<()> {
    let engine = engine(Isolation::Pooled)?;
    let good = guard(&engine, starry()?, "block")?;
    thread::scope(|scope| {
        let cases = hostile::cases()?;
        let faulty = cases.into_iter().filter(|case| matches!(case.becomes, Becomes::Fault { .. }));
        let guards: Vec<_> =
            faulty.map(|case| guard(&engine, case.component, "block")).collect::<Result<_>>()?;
        let provoke = scope.spawn(move || {
            for guard in &guards {
                assert_eq!(guard.check(PROVOCATION).decision, Decision::Refused);
            }
        });
        for _ in 0..200 {
            edits(&good)?;
        }
        provoke.join().expect("no thread panics");
        Ok(())
    })
}

#[test]
fn a_policy_beside_a_faulty_one_is_heard_where_faults_may_pass() -> Result<()> {
    let engine = engine(Isolation::Pooled)?;
    let trap = hostile::cases()?.into_iter().find(|case| case.name == "trap-in-feed");
    let trap = trap.map(|case| case.component).unwrap_or_default();
    let config = json!({ "policies": { "starry": {}, "hostile": { "on_fault": "allow" } } });
    let config = Config::from_json(&config.to_string(), "hostile.json")?;
    let mut library = Library::new();
    library.insert("starry", starry()?);
    library.insert("hostile", trap);
    let guard = engine.guard(&config, &library, Path::new("."))?;
    let outcome = guard.check("!*");
    assert_eq!((outcome.decision, outcome.text.as_str()), (Decision::Edited, "!<STAR>"));
    assert_eq!(outcome.report.faults.len(), 1);
    Ok(())
}

#[test]
fn a_policy_says_what_it_imports_before_anything_else() -> Result<()> {
    for case in hostile::cases()?.iter().filter(|case| case.name.starts_with("imports-")) {
        let Becomes::Error(import) = &case.becomes else { anyhow::bail!("{}", case.name) };
        let error = inspect(&case.component).err().map(|error| error.to_string());
        assert!(error.is_some_and(|error| error.contains(import)), "{}", case.name);
    }
    Ok(())
}

#[test]
fn a_manifest_is_one_and_whole() -> Result<()> {
    let engine = engine(Isolation::Pooled)?;
    let good = manifest("hostile");
    let with = |key: &str, value: Value| {
        let mut manifest = good.clone();
        manifest[key] = value;
        manifest.to_string()
    };
    let twice = with_manifest(starry()?, good.to_string());
    let cases = [
        ("missing", policy("")?, "sandgate:manifest"),
        ("twice", twice, "sandgate:manifest"),
        ("empty", with_manifest(policy("")?, ""), "manifest"),
        ("not JSON", with_manifest(policy("")?, "name = starry"), "manifest"),
        ("not UTF-8", with_manifest(policy("")?, b"\xff\xfe{}"), "manifest"),
        ("an array", with_manifest(policy("")?, "[]"), "manifest"),
        ("deep", with_manifest(policy("")?, "[".repeat(200_000)), "manifest"),
        ("an unknown field", with_manifest(policy("")?, with("imports", json!([]))), "imports"),
        ("a later contract", with_manifest(policy("")?, with("contract", json!("9.0.0"))), "9.0.0"),
        ("no contract", with_manifest(policy("")?, with("contract", json!(""))), "contract"),
        ("a path for a name", with_manifest(policy("")?, with("name", json!("../../x"))), "name"),
        ("rules without form", with_manifest(policy("")?, with("rules", json!(["A"]))), "rules"),
    ];
    for (name, component, expected) in cases {
        let inspected = inspect(&component).err().map(|error| error.to_string());
        let loaded = engine.load(&component).err().map(|error| error.to_string());
        for error in [inspected, loaded] {
            let error = error.unwrap_or_default();
            assert!(error.contains(expected), "{name}: expected `{expected}` in: {error}");
        }
    }
    Ok(())
}

#[test]
fn too_much_of_anything_is_an_error() -> Result<()> {
    let engine = engine(Isolation::Pooled)?;
    let good = guard(&engine, starry()?, "block")?;
    let cases = [
        ("50 MB of nothing", bulky::padded(starry()?, 50 << 20)),
        ("50 MB of code", bulky::with_functions(starry()?, 500, 100_000)),
        ("a hundred memories", bulky::with_memories(starry()?, 100, 60)?),
        ("a thousand instances", bulky::with_instances(starry()?, 999)?),
        ("components two hundred deep", bulky::nested(starry()?, 200)),
    ];
    for (name, component) in cases {
        let error = guard(&engine, component, "block").err();
        assert!(error.is_some(), "{name}: it was configured");
        edits(&good)?;
    }
    Ok(())
}

#[test]
fn what_is_no_component_is_an_error() -> Result<()> {
    let engine = engine(Isolation::Pooled)?;
    let starry = starry()?;
    let half = &starry[..starry.len() / 2];
    let cases: [(&str, &[u8]); 5] = [
        ("nothing", b""),
        ("text", b"policies: {}"),
        ("a core module", b"\0asm\x01\0\0\0"),
        ("half a policy", half),
        ("the magic and no more", b"\0asm"),
    ];
    for (name, bytes) in cases {
        assert!(inspect(bytes).is_err(), "{name} was inspected");
        assert!(engine.load(bytes).is_err(), "{name} was loaded");
    }
    Ok(())
}

/// Whether a host makes of `case` what it says, and is as good as new after it.
fn becomes(engine: &Engine, case: &Case) -> Result<()> {
    let guard = guard(engine, case.component.clone(), "block");
    match &case.becomes {
        Becomes::Error(expected) => {
            let error = guard.err().map(|error| format!("{error:#}"));
            let error = error.ok_or_else(|| anyhow::anyhow!("it was configured"))?;
            ensure!(error.contains(expected.as_str()), "expected `{expected}` in: {error}");
            ensure!(error.len() < 1000, "an error of {} bytes", error.len());
            ensure!(
                !error.contains(char::is_control),
                "an error with control characters: {error:?}"
            );
        }
        Becomes::Fault { kinds, always } => {
            let guard = guard?;
            faults(&guard, PROVOCATION, kinds)?;
            if *always {
                faults(&guard, PLAIN, kinds)?
            } else {
                edits(&guard)?
            }
            faults(&guard, PROVOCATION, kinds)?;
        }
        Becomes::Nothing => {
            let guard = guard?;
            for _ in 0..3 {
                edits(&guard)?;
                let outcome = guard.check(PROVOCATION);
                ensure!(outcome.decision == Decision::Edited, "{:?}", outcome.report);
            }
        }
    }
    Ok(())
}

fn faults(guard: &Guard, text: &str, kinds: &[String]) -> Result<()> {
    let outcome = guard.check(text);
    ensure!(outcome.decision == Decision::Refused, "{text} is not refused: {:?}", outcome.report);
    ensure!(outcome.text.is_empty(), "{text} is refused with text");
    let seen: Vec<_> = outcome.report.faults.iter().map(|fault| name(fault.kind)).collect();
    ensure!(seen.len() == 1 && kinds.contains(&seen[0]), "{text}: {seen:?}, not {kinds:?}");
    Ok(())
}

fn edits(guard: &Guard) -> Result<()> {
    let outcome = guard.check(PLAIN);
    ensure!(outcome.text == EDITED, "{PLAIN} gives {:?}: {:?}", outcome.text, outcome.report);
    ensure!(outcome.report.faults.is_empty(), "{PLAIN}: {:?}", outcome.report);
    Ok(())
}

/// What a fault is called: what was wrong with an answer, or else the kind.
fn name(kind: FaultKind) -> String {
    let value = json!(kind);
    let name = value.get("answer").unwrap_or(&value);
    name.as_str().unwrap_or_default().to_owned()
}

/// The policy in `component` under the name that its manifest has.
fn guard(engine: &Engine, component: Vec<u8>, on_fault: &str) -> Result<Guard> {
    let config = json!({ "policies": { "hostile": { "on_fault": on_fault } } });
    let config = Config::from_json(&config.to_string(), "hostile.json")?;
    let mut library = Library::new();
    library.insert("hostile", component);
    Ok(engine.guard(&config, &library, Path::new("."))?)
}

fn engine(isolation: Isolation) -> Result<Engine> {
    let limits = Limits { fuel: 20_000_000, ..Limits::default() };
    Ok(Engine::new(Options { isolation, limits, instances: 16, ..Options::default() })?)
}
