//! The real policies in Envoy: their golden cases leave it as the engine says.

use std::path::Path;

use anyhow::{Result, ensure};
use sandgate_engine::{Engine, Guard, Library, Options};
use sandgate_gate::Config;
use sandgate_tests::policies::{Packed, packed};
use serde_json::{Value, json};

use crate::claims::Proxy as _;
use crate::gateway::CHAT;
use crate::stage::{Stage, module, run};

/// How many texts a request has.
const TEXTS: usize = 50;

#[test]
fn golden_cases_leave_envoy_as_the_engine_says() -> Result<()> {
    run(async {
        let packed = packed()?;
        let all = || packed.iter().map(|policy| (policy.name.clone(), policy.component.clone()));
        let module = module("packed", || Ok(all().collect()))?;
        for policy in &packed {
            let config = config(policy);
            let guard = guard(&config, policy)?;
            let mut stage = Stage::with(config, |stand| stand.module = module.clone()).await?;
            let cases = policy.cases.cases.iter();
            let cases = cases.filter(|case| case.settings.is_none() && case.assets.is_empty());
            let texts: Vec<String> = cases.map(|case| case.full_text()).collect();
            ensure!(texts.len() > 5, "{}: only {} texts", policy.name, texts.len());
            for texts in texts.chunks(TEXTS) {
                let left = left(&mut stage, texts).await?;
                for (text, left) in texts.iter().zip(left) {
                    ensure!(left == guard.check(text).text, "{}: {text:?}", policy.name);
                }
            }
        }
        Ok(())
    })
}

fn config(policy: &Packed) -> Value {
    let settings = &policy.cases.settings;
    json!({ "policies": { &policy.name: { "settings": settings, "actions": { "*": "redact" } } } })
}

fn guard(config: &Value, policy: &Packed) -> Result<Guard> {
    let config = Config::from_json(&config.to_string(), "golden.json")?;
    let mut library = Library::new();
    library.insert(&policy.name, policy.component.clone());
    Ok(Engine::new(Options::default())?.guard(&config, &library, Path::new("."))?)
}

/// What reaches the model of a conversation of these texts.
async fn left(stage: &mut Stage, texts: &[String]) -> Result<Vec<String>> {
    let message = |text: &String| json!({ "role": "user", "content": text });
    let messages: Vec<Value> = texts.iter().map(message).collect();
    let client = stage.send(CHAT, json!({ "model": "m", "messages": messages }).to_string());
    let asked = stage.asked().await?;
    let body: Value = serde_json::from_slice(&asked.body)?;
    drop(asked.answers(200, "application/json")?);
    client.await??;
    let messages = body["messages"].as_array().cloned().unwrap_or_default();
    let content = |message: &Value| message["content"].as_str().unwrap_or_default().to_owned();
    ensure!(messages.len() == texts.len(), "texts are missing");
    Ok(messages.iter().map(content).collect())
}
