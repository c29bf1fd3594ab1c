//! What the packer asks of cargo: where the workspace is, and the gate as WebAssembly.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

const TARGET: &str = "wasm32-unknown-unknown";

/// The workspace that this program was built in.
pub(crate) struct Workspace {
    pub(crate) root: PathBuf,
    pub(crate) target_dir: PathBuf,
}

impl Workspace {
    pub(crate) fn here() -> Result<Self> {
        let mut command = cargo();
        command.args(["locate-project", "--workspace", "--message-format", "plain"]);
        let output = command.stdout(Stdio::piped()).output().context("cannot run cargo")?;
        let manifest = PathBuf::from(String::from_utf8(output.stdout)?.trim());
        let root = manifest.parent().context("not in a cargo workspace")?.to_owned();
        let target = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
        let target_dir = target.unwrap_or_else(|| root.join("target"));
        Ok(Self { root, target_dir })
    }

    /// Builds the gate and says where it is. It alone, so that its bytes do not depend on which
    /// features others ask of the same dependencies.
    pub(crate) fn build_gate(&self) -> Result<PathBuf> {
        let mut command = cargo();
        command.current_dir(&self.root).args(["build", "--quiet", "--lib"]);
        command.args(["--package", "sandgate-browser", "--target", TARGET, "--profile", "browser"]);
        let status = command.status().context("cannot run cargo")?;
        let hint = format!("`rustup target add {TARGET}` adds the target");
        ensure!(status.success(), "cannot build the gate for wasm; {hint}");
        let built = self.target_dir.join(TARGET).join("browser/sandgate_browser.wasm");
        Ok(built)
    }
}

fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.stdin(Stdio::null()).stderr(Stdio::inherit());
    command
}
