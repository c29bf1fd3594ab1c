//! The real policies, as the packer left them. Found by walking: nothing here names one.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use sandgate_wit::{Case, Cases};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A packed policy.
#[derive(Debug, Clone)]
pub struct Packed {
    /// Its name, as its file says.
    pub name: String,
    /// The component.
    pub component: Vec<u8>,
    /// Its golden cases.
    pub cases: Cases,
}

/// A text in its chunks, and what a policy is configured with: a line for the native program.
#[derive(Debug, Clone, Serialize)]
pub struct Question {
    /// The settings.
    pub settings: Value,
    /// The assets, by name.
    pub assets: std::collections::BTreeMap<String, String>,
    /// The text.
    pub chunks: Vec<String>,
}

/// A finding, as any host gives it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub struct Found {
    /// Where it starts, in bytes of the part.
    pub start: u64,
    /// Where it ends.
    pub end: u64,
    /// The rule's name.
    pub rule: String,
    /// How sure, in per cent.
    pub confidence: u8,
    /// What the policy would put in its place.
    pub replacement: Option<String>,
}

/// What the native program answers to a [`Question`].
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Answer {
    /// What it finds.
    Findings(Vec<Found>),
    /// Why it cannot be configured so.
    Error(String),
}

/// What it answers to one that it is timed on.
#[derive(Deserialize)]
struct Time {
    nanoseconds: u64,
}

/// Every policy in `target/policies`, by name.
///
/// # Errors
/// Where there is none, or one without its cases.
pub fn packed() -> Result<Vec<Packed>> {
    let folder = root().join("target/policies");
    let files = fs::read_dir(&folder)
        .with_context(|| format!("{}: not there; `cargo pack` makes it", folder.display()))?;
    let mut files: Vec<PathBuf> =
        files.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    files.retain(|file| file.extension().is_some_and(|ending| ending == "wasm"));
    files.sort();
    ensure!(!files.is_empty(), "{}: no policies; `cargo pack` makes them", folder.display());
    files.iter().map(|file| read(file).with_context(|| file.display().to_string())).collect()
}

impl Packed {
    /// A case's settings, or the file's where it has none.
    pub fn settings(&self, case: &Case) -> Value {
        case.settings.clone().unwrap_or_else(|| self.cases.settings.clone())
    }

    /// What the policy's own program, built natively, answers to each question.
    ///
    /// # Errors
    /// Where it cannot be built, or gives no answer.
    pub fn natively(&self, questions: &[Question]) -> Result<Vec<Answer>> {
        self.ask("dev", "scan", questions)
    }

    /// How many nanoseconds the same program, optimised as the component is, takes for each.
    ///
    /// # Errors
    /// As [`Packed::natively`].
    pub fn timed_natively(&self, questions: &[Question]) -> Result<Vec<u64>> {
        let times: Vec<Time> = self.ask("policy", "time", questions)?;
        Ok(times.into_iter().map(|time| time.nanoseconds).collect())
    }

    fn ask<A: DeserializeOwned>(
        &self,
        profile: &str,
        command: &str,
        questions: &[Question],
    ) -> Result<Vec<A>> {
        let mut lines = Vec::new();
        for question in questions {
            serde_json::to_writer(&mut lines, question)?;
            lines.push(b'\n');
        }
        let output = self.program(profile, command, lines);
        let output = output.with_context(|| format!("policy `{}`", self.name))?;
        let answers: Vec<A> = output.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
        ensure!(answers.len() == questions.len(), "policy `{}`: answers are missing", self.name);
        Ok(answers)
    }

    fn program(&self, profile: &str, command: &str, input: Vec<u8>) -> Result<String> {
        let mut child = Command::new(env!("CARGO"))
            .args(["run", "--quiet", "--profile", profile, "--package", &self.name, "--", command])
            .current_dir(root())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut stdin = child.stdin.take().context("no input")?;
        // Written beside: the program answers before it has read everything.
        let writer = std::thread::spawn(move || stdin.write_all(&input));
        let output = child.wait_with_output()?;
        ensure!(output.status.success(), "its program failed: {}", output.status);
        writer.join().ok().context("the writing thread is lost")??;
        Ok(String::from_utf8(output.stdout)?)
    }
}

fn read(file: &Path) -> Result<Packed> {
    let name = file.file_stem().context("no name")?.to_string_lossy().into_owned();
    let cases = fs::read_to_string(file.with_extension("cases.yaml"))?;
    Ok(Packed { name, component: fs::read(file)?, cases: serde_saphyr::from_str(&cases)? })
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}
