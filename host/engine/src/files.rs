//! What a configuration names and somebody has to read: components, assets, the secret.

use std::borrow::Cow;
use std::fs;
use std::io::Read;
use std::path::Path;
use std::sync::OnceLock;

use sandgate_gate::{Config, Key, KeySource, PolicyConfig};

use crate::error::Error;
use crate::library::Library;

/// Components and assets larger than this are not read.
const MAX_FILE: u64 = 32 << 20;

/// The component of the policy of this name: the file it names, or else the library's.
pub(crate) fn component<'a>(
    config: &Config,
    (name, policy): (&str, &PolicyConfig),
    library: &'a Library,
    base: &Path,
) -> Result<Cow<'a, [u8]>, Error> {
    if let Some(file) = &policy.file {
        let place = format!("policies.{name}.use");
        let read = read(&base.join(file)).map_err(|problem| config.error_at(place, problem))?;
        return Ok(read.into());
    }
    let missing = || {
        let known: Vec<_> = library.names().map(|name| format!("`{name}`")).collect();
        let known = match known.as_slice() {
            [] => "this program came with none: pack them with `cargo pack`".to_owned(),
            known => format!("expected one of {}", known.join(", ")),
        };
        let problem = format!("no policy of this name; {known}, or a file as `use`");
        config.error_at(format!("policies.{name}"), problem).into()
    };
    library.get(name).map(Cow::Borrowed).ok_or_else(missing)
}

/// The files that the policy of this name is configured with.
pub(crate) fn assets(
    config: &Config,
    (name, policy): (&str, &PolicyConfig),
    base: &Path,
) -> Result<Vec<(String, Vec<u8>)>, Error> {
    let read = |(asset, file): (&String, &String)| {
        let place = format!("policies.{name}.assets.{asset}");
        let bytes = read(&base.join(file)).map_err(|problem| config.error_at(place, problem))?;
        Ok((asset.clone(), bytes))
    };
    policy.assets.iter().map(read).collect()
}

/// What stands where a secret comes from; a file is relative to `base`. White space around it is
/// taken off by whoever uses it.
///
/// # Errors
/// Why it cannot be had, without anything of it.
pub fn secret(source: &KeySource, base: &Path) -> Result<Vec<u8>, String> {
    match source {
        KeySource::Env(variable) => {
            let secret = std::env::var(variable).map_err(|e| match e {
                std::env::VarError::NotPresent => format!("`{variable}` is not set"),
                std::env::VarError::NotUnicode(_) => format!("`{variable}` is not UTF-8"),
            });
            secret.map(String::into_bytes)
        }
        KeySource::File(file) => read(&base.join(file)),
        KeySource::Value(value) => Ok(value.clone().into_bytes()),
    }
}

/// The key of hashes and pseudonyms: from where the configuration says, or else this process's own.
pub(crate) fn key(config: &Config, base: &Path) -> Result<Key, Error> {
    let Some(source) = &config.key else { return process_key() };
    let place = match source {
        KeySource::Env(_) => "key.env",
        KeySource::File(_) => "key.file",
        KeySource::Value(_) => "key.value",
    };
    let key = secret(source, base).and_then(|secret| Key::of_secret(&secret));
    key.map_err(|problem| config.error_at(place, problem).into())
}

fn process_key() -> Result<Key, Error> {
    static KEY: OnceLock<[u8; 32]> = OnceLock::new();
    if let Some(key) = KEY.get() {
        return Ok(Key::new(*key));
    }
    let mut key = [0; 32];
    getrandom::fill(&mut key).map_err(|e| Error::new(format!("the system's randomness: {e}")))?;
    Ok(Key::new(*KEY.get_or_init(|| key)))
}

/// A file's bytes, or what is wrong with it. Devices without end are files too: what is read is
/// bounded, whatever the file's size is said to be.
fn read(file: &Path) -> Result<Vec<u8>, String> {
    let place = file.display();
    let mut bytes = Vec::new();
    let opened = fs::File::open(file).map_err(|e| format!("{place}: {e}"))?;
    opened.take(MAX_FILE + 1).read_to_end(&mut bytes).map_err(|e| format!("{place}: {e}"))?;
    match bytes.len() as u64 > MAX_FILE {
        true => Err(format!("{place}: more than {MAX_FILE} bytes, which is the most")),
        false => Ok(bytes),
    }
}
