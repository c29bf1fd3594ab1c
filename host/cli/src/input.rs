//! Where text comes from: files, gzipped or not, and standard input, in pieces of bounded size.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use flate2::bufread::MultiGzDecoder;
use indicatif::ProgressBar;

const PIECE: usize = 256 * 1024;
/// Past this a file without line breaks is no JSONL, and reading on would take all memory.
const LONGEST_LINE: usize = 1 << 30;
const GZIP: [u8; 2] = [0x1f, 0x8b];
const BOM: &[u8] = "\u{feff}".as_bytes();

/// What an error calls the input at `path`.
pub(crate) fn name(path: &Path) -> String {
    if is_stdin(path) { "standard input".to_owned() } else { path.display().to_string() }
}

/// Whether `path` is `-`.
pub(crate) fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// Bytes of the file, or of standard input for `-`. `progress` counts what is read from disk.
pub(crate) fn open(path: &Path, progress: &ProgressBar) -> Result<Box<dyn Read + Send>> {
    if is_stdin(path) {
        return Ok(Box::new(io::stdin()));
    }
    let file = File::open(path).with_context(|| name(path))?;
    ensure!(!file.metadata().is_ok_and(|file| file.is_dir()), "{}: a folder", path.display());
    Ok(Box::new(progress.wrap_read(file)))
}

/// The same, unpacked where it is gzip.
pub(crate) fn open_unpacked(path: &Path, progress: &ProgressBar) -> Result<Box<dyn Read + Send>> {
    let mut bytes = BufReader::with_capacity(PIECE, open(path, progress)?);
    let start = bytes.fill_buf().with_context(|| name(path))?;
    let is_gzip = start.starts_with(&GZIP) || path.extension().is_some_and(|e| e == "gz");
    Ok(if is_gzip { Box::new(MultiGzDecoder::new(bytes)) } else { Box::new(bytes) })
}

/// Whole lines of one file, about [`PIECE`] of them; longer where one line is.
pub(crate) struct Batch {
    /// The file's name.
    pub(crate) file: Arc<str>,
    /// The first line's number, from 1.
    pub(crate) first: u64,
    /// The lines, their ends included.
    pub(crate) bytes: Vec<u8>,
}

/// The lines of `paths`, one file after the other. A file that cannot be read is an error among
/// the batches, and the next one goes on.
pub(crate) fn batches(
    paths: Vec<PathBuf>,
    progress: ProgressBar,
) -> impl Iterator<Item = Result<Batch>> + Send {
    paths.into_iter().flat_map(move |path| -> Box<dyn Iterator<Item = Result<Batch>> + Send> {
        match open_unpacked(&path, &progress) {
            Ok(input) => Box::new(Batches::new(input, name(&path).into())),
            Err(error) => Box::new(std::iter::once(Err(error))),
        }
    })
}

struct Batches<R> {
    input: R,
    file: Arc<str>,
    next: u64,
    /// What was read of a line whose end was not.
    rest: Vec<u8>,
    ended: bool,
}

impl<R: Read> Batches<R> {
    fn new(input: R, file: Arc<str>) -> Self {
        Self { input, file, next: 1, rest: Vec::new(), ended: false }
    }

    /// Reads until at least one line is whole. A pipe's lines come as soon as they are written.
    fn fill(&mut self) -> Result<Vec<u8>> {
        let mut bytes = std::mem::take(&mut self.rest);
        loop {
            let old = bytes.len();
            let read = self.read(&mut bytes).with_context(|| self.file.to_string())?;
            if read == 0 {
                self.ended = true;
                return Ok(bytes);
            }
            let fresh = bytes.get(old..).unwrap_or_default();
            if let Some(end) = fresh.iter().rposition(|&byte| byte == b'\n') {
                self.rest = bytes.split_off(old + end + 1);
                return Ok(bytes);
            }
            let longest = LONGEST_LINE >> 20;
            ensure!(
                bytes.len() < LONGEST_LINE,
                "{}:{}: a line of more than {longest} MiB",
                self.file,
                self.next
            );
        }
    }

    fn read(&mut self, bytes: &mut Vec<u8>) -> io::Result<usize> {
        let old = bytes.len();
        bytes.resize(old + PIECE, 0);
        let read = loop {
            match self.input.read(&mut bytes[old..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read,
            }
        };
        bytes.truncate(old + *read.as_ref().unwrap_or(&0));
        read
    }
}

impl<R: Read> Iterator for Batches<R> {
    type Item = Result<Batch>;

    fn next(&mut self) -> Option<Result<Batch>> {
        if self.ended {
            return None;
        }
        let mut bytes = match self.fill() {
            Ok(bytes) if bytes.is_empty() => return None,
            Ok(bytes) => bytes,
            Err(error) => {
                self.ended = true;
                return Some(Err(error));
            }
        };
        let first = self.next;
        if first == 1 && bytes.starts_with(BOM) {
            bytes.drain(..BOM.len());
        }
        self.next += bytes.iter().filter(|&&byte| byte == b'\n').count() as u64;
        Some(Ok(Batch { file: self.file.clone(), first, bytes }))
    }
}
