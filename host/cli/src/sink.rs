//! Where text goes: standard output, or a file that is there whole or not at all.

use std::fs::{self, File, Permissions};
use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use tempfile::{Builder, NamedTempFile};

/// An output. What is written to a file shows only on [`Sink::commit`].
pub(crate) enum Sink {
    /// Standard output.
    Stdout(BufWriter<StdoutLock<'static>>),
    /// A device or a pipe, which cannot be replaced.
    Device(File),
    /// A file beside the one it will replace.
    Beside {
        /// What is written so far.
        half: BufWriter<NamedTempFile>,
        /// Where it goes.
        path: PathBuf,
    },
}

impl Sink {
    /// Standard output, or the file at `path` where one is given.
    pub(crate) fn new(path: Option<&Path>) -> Result<Self> {
        match path {
            None => Ok(Self::Stdout(BufWriter::new(io::stdout().lock()))),
            Some(path) => Self::file(path).with_context(|| format!("{}", path.display())),
        }
    }

    fn file(path: &Path) -> Result<Self> {
        // A link stays a link: what it points to is replaced.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let permissions = match fs::metadata(&path) {
            Ok(old) if !old.is_file() => return Ok(Self::Device(File::create(path)?)),
            Ok(old) => Some(old.permissions()),
            Err(_) => None,
        };
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let half = new_file(folder.unwrap_or(Path::new(".")))?;
        if let Some(permissions) = permissions {
            half.as_file().set_permissions(permissions)?;
        }
        Ok(Self::Beside { half: BufWriter::new(half), path })
    }

    /// Whether what is written shows on a screen.
    pub(crate) fn is_terminal(&self) -> bool {
        matches!(self, Self::Stdout(stdout) if stdout.get_ref().is_terminal())
    }

    /// Puts a file in its place. Dropped without this, nothing is left of it.
    pub(crate) fn commit(self) -> Result<()> {
        match self {
            Self::Stdout(mut stdout) => stdout.flush()?,
            Self::Device(mut device) => device.flush()?,
            Self::Beside { half, path } => {
                let half = half.into_inner().map_err(io::IntoInnerError::into_error)?;
                half.persist(&path).with_context(|| format!("{}", path.display()))?;
            }
        }
        Ok(())
    }
}

fn new_file(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = Builder::new();
    builder.prefix(".sandgate-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // What any new file gets, less the umask; a temporary one would be its owner's alone.
        builder.permissions(Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Stdout(stdout) => stdout.write(bytes),
            Self::Device(device) => device.write(bytes),
            Self::Beside { half, .. } => half.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Stdout(stdout) => stdout.flush(),
            Self::Device(device) => device.flush(),
            Self::Beside { half, .. } => half.flush(),
        }
    }
}
