//! The repository as a list of files: what the tidy tests look at. It builds no engine, so that
//! whoever works on a policy can run them in seconds.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The workspace's root folder.
pub fn root() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2);
    root.expect("this crate lies in tests/tidy").to_owned()
}

/// Every file git tracks or would track whose path ends in `ending`, with its text.
///
/// # Panics
/// Where git or a file cannot be read.
pub fn files(ending: &str) -> Vec<(String, String)> {
    let mut git = Command::new("git");
    git.args(["ls-files", "--cached", "--others", "--exclude-standard"]).current_dir(root());
    let output = git.output().expect("git runs");
    let list = String::from_utf8(output.stdout).expect("paths are UTF-8");
    let named = list.lines().filter(|path| path.ends_with(ending));
    named
        .filter_map(|path| {
            Some((path.to_owned(), std::fs::read_to_string(root().join(path)).ok()?))
        })
        .collect()
}
