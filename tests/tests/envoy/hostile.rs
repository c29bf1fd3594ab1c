//! Policies that break the contract, inside Envoy: each is a fault of its own, within its budget, and the
//! worker goes on.

use anyhow::{Context as _, Result, ensure};
use hyper::StatusCode;
use sandgate_fuse::Policy;
use sandgate_tests::hostile::{self, Becomes, PROVOCATION, starry};
use serde_json::json;

use crate::gateway::{CHAT, prompt, run, whole};
use crate::stage::{Stage, module};

/// Cases whose fault V8 itself raises: it takes the VM with it, which is made anew.
const HARD: &[&str] = &[];

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

/// Sends a prompt that the policy edits, or answers `false` where it is refused.
async fn asks(stage: &mut Stage, text: &str) -> Result<Option<String>> {
    let mut client = std::pin::pin!(stage.send(CHAT, prompt(text, false)));
    tokio::select! {
        response = &mut client => {
            let (status, body) = whole(response??).await?;
            ensure!(status == StatusCode::FORBIDDEN, "{status} {body}");
            ensure!(body.contains("policy_fault"), "{body}");
            Ok(None)
        }
        asked = stage.asked.recv() => {
            let asked = asked.context("the model is gone")?;
            let body = String::from_utf8(asked.body.to_vec())?;
            drop(asked.answers(200, "application/json")?);
            client.await??;
            Ok(Some(body))
        }
    }
}

#[test]
fn a_fault_is_one_of_that_policy_and_the_next_request_is_answered() -> Result<()> {
    run(async {
        let mut good = stage("starry").await?;
        let mut wrong = Vec::new();
        for (name, _) in policies()?.into_iter().skip(1) {
            let Ok(mut bad) = stage(&name).await else { continue };
            let became = asks(&mut bad, PROVOCATION).await;
            if !matches!(became, Ok(None)) {
                wrong.push(format!("{name}: {became:?}"));
            }
            let next = asks(&mut good, "a*b").await?;
            ensure!(next == Some(prompt("a<STAR>b", false)), "after {name}: {next:?}");
        }
        ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
        Ok(())
    })
}

#[test]
fn a_thousand_faults_leave_memory_as_it_was() -> Result<()> {
    run(async {
        let mut bad = stage("trap-in-feed").await?;
        let mut faults = async |count: usize| -> Result<()> {
            for _ in 0..count {
                ensure!(asks(&mut bad, PROVOCATION).await?.is_none(), "it did not fail");
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
