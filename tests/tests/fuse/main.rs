//! Plain modules made of policies answer as their components do, and a hostile one among them is
//! a fault of its own.

mod merged;

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, ensure};
use sandgate_canon::{Configured, Core, Failure, Limits as Budget};
use sandgate_engine::{Engine, Extracted, Fused, Options, Tenant, inspect};
use sandgate_fuse::{Limits, Policy, extract, probe};
use sandgate_gate::{
    Config, Context, Decision, Direction, Fault, Guard, Key, Part, Policy as _, Role, Session, Step,
};
use sandgate_tests::hostile::{self, Becomes, Case, LOST, PROVOCATION, starry};
use sandgate_tests::policies::{Packed, packed};
use sandgate_tests::texts::{cut, make};
use serde_json::{Value, json};

const PLAIN: &str = "a*b";
const EDITED: &str = "a<STAR>b";
/// Texts of each policy that are nobody's cases.
const N_TEXTS: usize = 300;
/// Enough for the longest case.
const AMPLE: Budget = Budget { fuel: 5_000_000_000 };
const SCARCE: Budget = Budget { fuel: 20_000_000 };

#[test]
fn fused_policies_answer_as_their_components_do() -> Result<()> {
    let policies = packed()?;
    let fused = Fused::new(&probe(&read(&policies)?, &Limits::default())?)?;
    for (number, policy) in (0..).zip(&policies) {
        compare(policy, || Ok(fused.tenant(number)))?;
    }
    assert!(!fused.has_trapped());
    Ok(())
}

#[test]
fn extracted_policies_answer_as_their_components_do() -> Result<()> {
    for (policy, read) in packed()?.iter().zip(read(&packed()?)?) {
        let module = extract(&read, &Limits::default())?;
        compare(policy, || Ok(Extracted::new(&module)?))?;
    }
    Ok(())
}

#[test]
fn the_same_policies_give_the_same_bytes() -> Result<()> {
    let both = || -> Result<_> {
        let policies = read(&packed()?)?;
        let each = policies.iter().map(|policy| extract(policy, &Limits::default()));
        Ok((probe(&policies, &Limits::default())?, each.collect::<Result<Vec<_>, _>>()?))
    };
    assert!(both()? == both()?);
    Ok(())
}

#[test]
fn a_fused_module_tells_of_its_policies() -> Result<()> {
    let policies = packed()?;
    let fused = Fused::new(&probe(&read(&policies)?, &Limits::default())?)?;
    let about: Value = serde_json::from_slice(&fused.about()?)?;
    for (number, policy) in policies.iter().enumerate() {
        let (told, seen) = (&about["policies"][number], inspect(&policy.component)?);
        assert_eq!(told["name"], policy.name);
        assert_eq!(told["digest"], seen.digest);
        assert_eq!(told["manifest"], json!(seen.manifest));
    }
    Ok(())
}

#[test]
fn a_hostile_policy_is_an_error_or_a_fault_of_its_own() -> Result<()> {
    let mut wrong = Vec::new();
    for case in hostile::cases()? {
        let result = becomes(&case);
        wrong.extend(result.err().map(|e| format!("{}: {e:#}", case.name)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

#[test]
fn a_thousand_faults_leave_memory_flat() -> Result<()> {
    // Little memory: a policy that used it up is made new by clearing all of it.
    let limits = Limits { memory: 4 << 20, ..Limits::default() };
    for name in ["memory-bomb", "trap-in-feed", "deep-recursion", "loop-of-big-fills"] {
        let case = hostile::cases()?.into_iter().find(|case| case.name == name);
        let case = case.with_context(|| format!("no case {name}"))?;
        let (fused, good, bad) = neighbours(&case, &limits)?;
        let bad = bad?;
        let mut held = 0;
        for round in 0..1000_usize {
            let outcome = bad.check(PROVOCATION);
            assert_eq!(outcome.decision, Decision::Refused, "{name}, {round}");
            if round == 0 {
                held = fused.memory();
            }
        }
        assert_eq!(fused.memory(), held, "{name}");
        assert_eq!(bad.check(PLAIN).text, EDITED, "{name}");
        assert_eq!(good.check(PLAIN).text, EDITED, "{name}");
    }
    Ok(())
}

/// What breaks only the rules of handles. Here a handle is what it stands for, and a policy that
/// makes one up deceives nobody but itself.
const HANDLES: &str = "handle";

fn becomes(case: &Case) -> Result<()> {
    let (fused, good, bad) = match neighbours(case, &Limits::default()) {
        Ok(neighbours) => neighbours,
        Err(error) => {
            ensure!(matches!(case.becomes, Becomes::Error(_)), "it was not fused: {error:#}");
            return Ok(());
        }
    };
    if case.name.starts_with(HANDLES) {
        let _ = bad.map(|bad| bad.check(PROVOCATION));
        return edits(&good);
    }
    match &case.becomes {
        Becomes::Error(_) => ensure!(bad.is_err(), "it was configured"),
        Becomes::Fault { kinds, always } => {
            let bad = bad?;
            faults(&bad, PROVOCATION, kinds)?;
            if *always {
                faults(&bad, PLAIN, kinds)?
            } else {
                edits(&bad)?
            }
            faults(&bad, PROVOCATION, kinds)?;
        }
        Becomes::Nothing => {
            let bad = bad?;
            edits(&bad)?;
            let outcome = bad.check(PROVOCATION);
            ensure!(outcome.decision == Decision::Edited, "{:?}", outcome.report);
        }
    }
    let is_lost = fused.has_trapped();
    ensure!(is_lost == (case.name == LOST), "whether the engine itself trapped: {is_lost}");
    edits(&good)
}

fn faults(guard: &Guard<Configured<Tenant>>, text: &str, kinds: &[String]) -> Result<()> {
    let outcome = guard.check(text);
    ensure!(outcome.decision == Decision::Refused, "{:?}", outcome.report);
    let fault = outcome.report.faults.first().context("no fault")?;
    let value = json!(fault.kind);
    let name = value.get("answer").unwrap_or(&value).as_str().unwrap_or_default();
    ensure!(kinds.iter().any(|kind| kind == name), "{name}, expected {kinds:?}");
    Ok(())
}

fn edits(guard: &Guard<Configured<Tenant>>) -> Result<()> {
    let outcome = guard.check(PLAIN);
    ensure!(outcome.text == EDITED, "{:?}", outcome.report);
    Ok(())
}

type Hosted = Guard<Configured<Tenant>>;

/// A well-behaved policy and a case in one module.
fn neighbours(case: &Case, limits: &Limits) -> Result<(Fused, Hosted, Result<Hosted, Failure>)> {
    let policies = [Policy::read("starry", &starry()?)?, Policy::read("hostile", &case.component)?];
    let fused = Fused::new(&probe(&policies, limits)?)?;
    let mut guards = policies.iter().zip(0..).map(|(policy, number)| {
        let what = (policy.manifest().clone(), policy.digest().to_owned());
        let core = fused.tenant(number);
        let configured = Configured::new(core, what, &json!({}), Vec::new(), SCARCE)?;
        let config = json!({ "policies": { policy.name(): {} } }).to_string();
        let config = Config::from_json(&config, "it.json").expect("a good configuration");
        let policies = [(policy.name().to_owned(), configured)];
        Ok(Guard::new(&config, policies, &Key::new(*b"it needs thirty-two bytes in all"))
            .expect("its rules"))
    });
    let mut next = || guards.next().context("there are two");
    let (good, bad) = (next()??, next()?);
    drop(guards);
    Ok((fused, good, bad))
}

fn read(policies: &[Packed]) -> Result<Vec<Policy>> {
    let policies = policies.iter().map(|policy| Policy::read(&policy.name, &policy.component));
    Ok(policies.collect::<Result<_, _>>()?)
}

/// Compares every step of every case, however it is cut, and of texts that are made up.
fn compare<C: Core>(policy: &Packed, core: impl Fn() -> Result<C>) -> Result<()> {
    let engine = Engine::new(Options { instances: 16, ..Options::default() })?;
    let component = engine.load(&policy.component)?;
    for (settings, assets, texts) in questions(policy) {
        let assets: Vec<_> =
            assets.into_iter().map(|(name, text)| (name, text.into_bytes())).collect();
        let configured = component.configure(&settings, &assets)?;
        let core = core()?;
        core.reset()?;
        let what = (component.manifest().clone(), component.digest().to_owned());
        let plain = Configured::new(core, what, &settings, assets, AMPLE)?;
        for text in &texts {
            for chunks in [vec![text.as_str()], cut(text, &[1, 7, 40])] {
                let expected = steps(&mut *configured.session(&Context::default()), &chunks)?;
                let found = steps(&mut *plain.session(&Context::default()), &chunks)?;
                assert!(found == expected, "policy `{}`, {text:?}", policy.name);
            }
        }
    }
    Ok(())
}

type Assets = BTreeMap<String, String>;

/// Settings and assets of the policy's cases, each with the texts for them.
fn questions(policy: &Packed) -> Vec<(Value, Assets, Vec<String>)> {
    let mut questions: Vec<(Value, Assets, Vec<String>)> = Vec::new();
    for case in &policy.cases.cases {
        let (settings, assets) = (policy.settings(case), case.assets.clone());
        let known = questions.iter_mut().find(|known| (&known.0, &known.1) == (&settings, &assets));
        match known {
            Some((.., texts)) => texts.push(case.full_text()),
            None => questions.push((settings, assets, vec![case.full_text()])),
        }
    }
    let samples = policy.cases.cases.iter().map(|case| case.text.clone()).collect();
    if let Some((.., texts)) = questions.first_mut() {
        texts.extend(make(N_TEXTS, 11, samples));
    }
    questions
}

fn steps(session: &mut dyn Session, chunks: &[&str]) -> Result<Vec<Step>, Fault> {
    let part = Part { direction: Direction::Request, role: Role::User, name: Some("it".into()) };
    session.begin(&part)?;
    let mut steps =
        chunks.iter().map(|chunk| session.feed(chunk)).collect::<Result<Vec<_>, _>>()?;
    steps.push(session.end()?);
    Ok(steps)
}
