//! What the packer asks of cargo: which crates there are, their wasm, and their manifest.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use sandgate_wit::Manifest;
use serde_json::Value;

const TARGET: &str = "wasm32-unknown-unknown";

/// A cargo workspace with policy crates in it.
pub(crate) struct Workspace {
    pub(crate) root: PathBuf,
    target_dir: PathBuf,
    packages: Vec<Package>,
}

/// How a crate becomes a core module.
#[derive(Clone, Copy)]
pub(crate) struct Recipe {
    profile: &'static str,
    features: &'static [&'static str],
}

impl Recipe {
    /// For a policy: its speed counts.
    pub(crate) const POLICY: Self =
        Self { profile: "policy", features: &["sandgate-guest/component"] };
    /// For what drives policies in a host that runs core modules: its size counts.
    pub(crate) const HOST: Self = Self { profile: "filter", features: &[] };
}

/// A crate of the workspace.
#[derive(Clone)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) folder: PathBuf,
}

impl Workspace {
    /// The workspace that `folder` lies in.
    pub(crate) fn around(folder: &Path) -> Result<Self> {
        let mut command = cargo();
        command.args(["metadata", "--no-deps", "--format-version", "1"]).current_dir(folder);
        let metadata: Value = serde_json::from_slice(&output(command)?)?;
        let path = |key: &str| -> Result<PathBuf> {
            let path = metadata[key].as_str();
            Ok(path.with_context(|| format!("cargo metadata: no `{key}`"))?.into())
        };
        let packages = metadata["packages"].as_array().into_iter().flatten();
        Ok(Self {
            root: path("workspace_root")?,
            target_dir: path("target_directory")?,
            packages: packages.filter_map(package).collect(),
        })
    }

    /// The crates in `folders`, or all of `policies/` where none is named.
    pub(crate) fn policies(&self, folders: &[PathBuf]) -> Result<Vec<Package>> {
        if folders.is_empty() {
            let folder = self.root.join("policies");
            let mut found: Vec<_> =
                self.packages.iter().filter(|p| p.folder.starts_with(&folder)).cloned().collect();
            found.sort_by(|a, b| a.name.cmp(&b.name));
            return Ok(found);
        }
        folders.iter().map(|folder| self.crate_in(folder)).collect()
    }

    /// The crate in `host/NAME`, where there is one.
    pub(crate) fn host(&self, name: &str) -> Option<&Package> {
        let folder = self.root.join("host").join(name);
        self.packages.iter().find(|package| package.folder == folder)
    }

    fn crate_in(&self, folder: &Path) -> Result<Package> {
        let whole = folder.canonicalize().with_context(|| format!("{}", folder.display()))?;
        let found = self.packages.iter().find(|p| p.folder == whole);
        found.cloned().with_context(|| {
            format!("{}: not a crate of the workspace {}", folder.display(), self.root.display())
        })
    }

    /// Asks the policy, built natively, what it says of itself.
    pub(crate) fn manifest(&self, package: &Package) -> Result<Manifest> {
        let mut command = self.cargo();
        command.args(["run", "--quiet", "--package", &package.name]);
        let json = output(command)?;
        let manifest: Manifest = serde_json::from_slice(&json)
            .context("its program does not print a manifest; see `native::print_manifest`")?;
        ensure!(manifest.name == package.name, "its manifest says `{}`", manifest.name);
        Ok(manifest)
    }

    /// Builds the crate as a core module and says where it is. One crate at a time, so that its
    /// bytes do not depend on which features others ask of the same dependencies.
    pub(crate) fn build_wasm(&self, package: &Package, recipe: Recipe) -> Result<PathBuf> {
        let mut command = self.cargo();
        command.args(["build", "--quiet", "--lib", "--package", &package.name]);
        command.args(["--target", TARGET, "--profile", recipe.profile]);
        command.args(recipe.features.iter().flat_map(|feature| ["--features", *feature]));
        // Paths of this machine would end up in panic messages and make the digest differ.
        let flags = format!(
            "-C target-feature=+simd128 --remap-path-prefix {}=. --remap-path-prefix {}=cargo",
            self.root.display(),
            cargo_home()?.display()
        );
        command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", flags);
        output(command).with_context(|| {
            format!("cannot build for wasm; `rustup target add {TARGET}` adds the target")
        })?;
        let file = package.name.replace('-', "_");
        Ok(self.target_dir.join(TARGET).join(recipe.profile).join(file).with_extension("wasm"))
    }

    fn cargo(&self) -> Command {
        let mut command = cargo();
        command.current_dir(&self.root);
        command
    }
}

fn package(package: &Value) -> Option<Package> {
    let manifest = Path::new(package["manifest_path"].as_str()?);
    Some(Package { name: package["name"].as_str()?.into(), folder: manifest.parent()?.into() })
}

fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.stdin(Stdio::null()).stderr(Stdio::inherit());
    command
}

fn cargo_home() -> Result<PathBuf> {
    if let Some(home) = std::env::var_os("CARGO_HOME") {
        return Ok(home.into());
    }
    Ok(std::env::home_dir().context("no home directory")?.join(".cargo"))
}

/// What a command prints, if it succeeds.
fn output(mut command: Command) -> Result<Vec<u8>> {
    let output = command.stdout(Stdio::piped()).output().context("cannot run cargo")?;
    if !output.status.success() {
        bail!("cargo failed: {}", output.status);
    }
    Ok(output.stdout)
}
