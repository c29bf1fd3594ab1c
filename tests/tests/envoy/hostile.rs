//! Policies that break the contract, inside Envoy: each is a fault of its own, within its budget, and the
//! worker goes on.

use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use sandgate_fuse::Policy;
use sandgate_tests::hostile::{self, Becomes, LOST, PROVOCATION, starry};
use serde_json::json;

use crate::claims::Proxy as _;
use crate::gateway::{CHAT, prompt, whole};
use crate::stage::{Stage, module, run};

/// Every case that ends in a fault and can be fused, by name, and the well-behaved policy.
fn policies() -> Result<Vec<(String, Vec<u8>)>> {
    let mut policies = vec![("starry".to_owned(), starry()?)];
    for case in hostile::cases()? {
        let faults = matches!(case.becomes, Becomes::Fault { .. });
        if faults && Policy::read(&case.name, &case.component).is_ok() {
            policies.push((case.name, case.component));
        }
    }
    ensure!(policies.len() > 20, "only {} can be fused", policies.len());
    Ok(policies)
}

async fn stage(policy: &str) -> Result<Stage> {
    let config = json!({ "policies": { policy: null } });
    let module = module("hostile", policies)?;
    Stage::with(config, |stand| stand.module = module).await
}

/// What became of a prompt.
#[derive(Debug)]
enum Became {
    /// It reached the model, as this.
    Left(String),
    /// The policy's fault refused it.
    Fault,
    /// V8 itself trapped, and the VM with all its policies is made anew.
    Down,
}

async fn asks(stage: &mut Stage, text: &str) -> Result<Became> {
    let mut client = stage.send(CHAT, prompt(text, false));
    tokio::select! {
        response = &mut client => {
            let (status, body) = whole(response??).await?;
            match status.as_u16() {
                403 if body.contains("policy_fault") => Ok(Became::Fault),
                503 if body.is_empty() => Ok(Became::Down),
                _ => bail!("{status} {body}"),
            }
        }
        asked = stage.asked.recv() => {
            let asked = asked.context("the model is gone")?;
            let body = String::from_utf8(asked.body.to_vec())?;
            drop(asked.answers(200, "application/json")?);
            client.await??;
            Ok(Became::Left(body))
        }
    }
}

/// What becomes of the next prompt once the VM is there again.
async fn next(stage: &mut Stage, was_down: bool) -> Result<Became> {
    for _ in 0..100 {
        match asks(stage, "a*b").await? {
            Became::Down if was_down => tokio::time::sleep(Duration::from_millis(100)).await,
            became => return Ok(became),
        }
    }
    bail!("the VM did not come back")
}

#[test]
fn a_fault_is_one_of_that_policy_and_the_next_request_is_answered() -> Result<()> {
    run(async {
        let mut good = stage("starry").await?;
        let mut wrong = Vec::new();
        for (name, _) in policies()?.into_iter().skip(1) {
            // One that fails when it is configured is declined.
            let Ok(mut bad) = stage(&name).await else { continue };
            let became = asks(&mut bad, PROVOCATION).await.with_context(|| name.clone())?;
            // Handles are numbers here, and whoever makes them up only fools itself.
            let is_harmless = matches!(&became, Became::Left(left) if !left.contains('*'));
            if matches!(became, Became::Left(_)) && !is_harmless {
                wrong.push(format!("{name}: {became:?}"));
            }
            match next(&mut good, matches!(became, Became::Down)).await? {
                Became::Left(left) if left == prompt("a<STAR>b", false) => {}
                next => wrong.push(format!("after {name}, {became:?}: {next:?}")),
            }
        }
        ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
        Ok(())
    })
}

#[test]
fn a_vm_that_is_lost_comes_back_every_time() -> Result<()> {
    run(async {
        // A module of its own: whoever shares one shares its VM.
        let lost = || Ok(policies()?.into_iter().filter(|(name, _)| name == LOST).collect());
        let config = json!({ "policies": { LOST: null } });
        let module = module("lost", lost)?;
        let mut bad = Stage::with(config, |stand| stand.module = module).await?;
        for _ in 0..10 {
            let became = asks(&mut bad, PROVOCATION).await?;
            ensure!(matches!(became, Became::Down), "{became:?}");
            match next(&mut bad, true).await? {
                Became::Left(left) if left == prompt("a<STAR>b", false) => {}
                next => bail!("{next:?}"),
            }
        }
        Ok(())
    })
}

#[test]
fn a_thousand_faults_leave_memory_as_it_was() -> Result<()> {
    run(async {
        let mut bad = stage("trap-in-feed").await?;
        let mut faults = async |count: usize| -> Result<()> {
            for _ in 0..count {
                let became = asks(&mut bad, PROVOCATION).await?;
                ensure!(matches!(became, Became::Fault), "{became:?}");
            }
            Ok(())
        };
        faults(100).await?;
        let envoy = crate::proxy::shared().await?;
        let before = envoy.memory()?;
        faults(1000).await?;
        let after = envoy.memory()?;
        ensure!(after < before + (16 << 20), "from {before} to {after} bytes");
        Ok(())
    })
}
