//! Compiled code on disk, so that a policy is compiled once on a machine and not at every start.
//!
//! A file's name says what it was compiled from and for: the component's digest, and a hash of the
//! compiler with all its options. In it stand a checksum and the code. What does not fit is
//! compiled again and written anew, whole or not at all.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use wasmtime::component::Component;

use crate::error::Error;

const CHECKSUM: usize = 32;

/// A folder that nobody else writes to.
pub(crate) struct Cache {
    folder: PathBuf,
    /// Of the compiler and its options.
    compiler: String,
}

impl Cache {
    /// Makes the folder where it is not there yet.
    ///
    /// # Errors
    /// Where it cannot be made, or others could put code of theirs into it.
    pub(crate) fn open(folder: &Path, engine: &wasmtime::Engine) -> Result<Self, Error> {
        let failed = |e: std::io::Error| Error::new(format!("cache {}: {e}", folder.display()));
        make(folder).map_err(failed)?;
        check_owner(folder, &fs::metadata(folder).map_err(failed)?)?;
        let mut hasher = DefaultHasher::new();
        engine.precompile_compatibility_hash().hash(&mut hasher);
        let compiler = format!("{:016x}", hasher.finish());
        Ok(Self { folder: folder.to_owned(), compiler })
    }

    /// The component of these bytes, from the folder or else compiled and put there. A folder that
    /// cannot be written to costs time and nothing else.
    pub(crate) fn component(
        &self,
        engine: &wasmtime::Engine,
        digest: &str,
        bytes: &[u8],
    ) -> wasmtime::Result<Component> {
        let name = digest.strip_prefix("sha256:").unwrap_or(digest);
        let file = self.folder.join(format!("{name}-{}.cwasm", self.compiler));
        if let Some(component) = read(&file, engine) {
            return Ok(component);
        }
        let component = Component::new(engine, bytes)?;
        let _ = self.write(&file, &component.serialize()?);
        Ok(component)
    }

    fn write(&self, file: &Path, code: &[u8]) -> std::io::Result<()> {
        let mut draft = tempfile::NamedTempFile::new_in(&self.folder)?;
        draft.write_all(&Sha256::digest(code))?;
        draft.write_all(code)?;
        draft.persist(file)?;
        Ok(())
    }
}

/// The code in `file` where it is there, whole, and of this compiler.
#[expect(unsafe_code, reason = "compiled code can only be trusted, not checked")]
fn read(file: &Path, engine: &wasmtime::Engine) -> Option<Component> {
    let bytes = fs::read(file).ok()?;
    let (checksum, code) = bytes.split_at_checked(CHECKSUM)?;
    if Sha256::digest(code).as_slice() != checksum {
        return None;
    }
    // SAFETY: the code is what `Cache::write` got from the compiler: nobody else writes to the
    // folder, as `Cache::open` saw to, and the checksum covers accidents. wasmtime itself refuses
    // code of another version or other options.
    unsafe { Component::deserialize(engine, code) }.ok()
}

#[cfg(unix)]
fn make(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn make(folder: &Path) -> std::io::Result<()> {
    fs::create_dir_all(folder)
}

#[cfg(unix)]
fn check_owner(folder: &Path, metadata: &fs::Metadata) -> Result<(), Error> {
    use std::os::unix::fs::MetadataExt;
    let folder = folder.display();
    if metadata.uid() != rustix::process::geteuid().as_raw() {
        return Err(Error::new(format!("cache {folder}: owned by another user")));
    }
    match metadata.mode() & 0o022 {
        0 => Ok(()),
        _ => {
            let mode = metadata.mode() & 0o777;
            let expected = "expected that only its owner can: `chmod go-w`";
            Err(Error::new(format!(
                "cache {folder}: others can write to it ({mode:o}), {expected}"
            )))
        }
    }
}

#[cfg(not(unix))]
fn check_owner(_: &Path, _: &fs::Metadata) -> Result<(), Error> {
    Ok(())
}
