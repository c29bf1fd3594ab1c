//! How large the package is, as it travels, and how large it may be.

use std::fmt;
use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::{Result, ensure};
use flate2::Compression;
use flate2::write::GzEncoder;

/// The most that the JavaScript may have, compressed.
const GLUE: usize = 30 << 10;
/// The most that the policies may have together that look for anything by themselves, compressed.
const POLICIES: usize = 600 << 10;

/// Bytes, as they are and compressed.
#[derive(Default, Clone, Copy)]
struct Size {
    plain: usize,
    gzipped: usize,
}

/// The sizes of a package.
pub(crate) struct Sizes {
    glue: Size,
    gate: Size,
    policies: Vec<(String, Size)>,
}

impl Sizes {
    pub(crate) fn of(package: &Path) -> Result<Self> {
        let mut glue = Size::default();
        for (name, size) in folder(package)? {
            if name.ends_with(".js") {
                glue.plain += size.plain;
                glue.gzipped += size.gzipped;
            }
        }
        let gate = Size::of(&package.join("gate_bg.wasm"))?;
        Ok(Self { glue, gate, policies: folder(&package.join("policies"))? })
    }

    /// Whether it is within its budgets, of which the policies' is for those `by_default`.
    pub(crate) fn check(&self, by_default: impl Fn(&str) -> bool) -> Result<()> {
        let counts = |file: &str| file.strip_suffix(".wasm").is_some_and(&by_default);
        let policies = self.policies.iter().filter(|(file, _)| counts(file));
        let policies: usize = policies.map(|(_, size)| size.gzipped).sum();
        for (what, found, most) in
            [("the JavaScript", self.glue.gzipped, GLUE), ("the policies", policies, POLICIES)]
        {
            ensure!(found <= most, "{what}: {found} bytes gzipped, expected at most {most}");
        }
        Ok(())
    }
}

impl Size {
    fn of(file: &Path) -> Result<Self> {
        let bytes = fs::read(file)?;
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(&bytes)?;
        Ok(Self { plain: bytes.len(), gzipped: encoder.finish()?.len() })
    }
}

/// The files of a folder, in order.
fn folder(folder: &Path) -> Result<Vec<(String, Size)>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_file() {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            files.push((name, Size::of(&path)?));
        }
    }
    files.sort_by(|(a, _), (b, _)| a.cmp(b));
    Ok(files)
}

impl fmt::Display for Sizes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut line = |name: &str, size: &Size| {
            let [plain, gzipped] = [size.plain, size.gzipped].map(|bytes| bytes as f64 / 1024.0);
            writeln!(f, "  {name:<22} {plain:>8.1} KiB {gzipped:>8.1} KiB gzipped")
        };
        line("JavaScript", &self.glue)?;
        line("gate_bg.wasm", &self.gate)?;
        self.policies.iter().try_for_each(|(name, size)| line(&format!("policies/{name}"), size))
    }
}
