//! What an operator needs beside the module: configurations for Envoy, Istio and Envoy Gateway, and
//! an image to publish. Each is a template in `templates/`, filled in.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::{Context, Result, anyhow, ensure};
use sandgate_engine::digest;
use sandgate_fuse::capabilities;
use serde_json::{Value, json};

use super::{Output, oci};
use crate::bundle;

const ENVOY: &str = include_str!("../../templates/envoy.yaml");
const TLS: &str = include_str!("../../templates/envoy-tls.yaml");
const ISTIO: &str = include_str!("../../templates/istio.yaml");
const GATEWAY: &str = include_str!("../../templates/envoy-gateway.yaml");

/// A module for Envoy, and how it is to be used.
pub(super) struct Kit {
    pub(super) path: PathBuf,
    pub(super) module: Vec<u8>,
    pub(super) configuration: Value,
    pub(super) upstream: Upstream,
}

/// Where a proxy sends requests on to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Upstream {
    tls: bool,
    host: String,
    port: u16,
}

impl Kit {
    pub(super) fn outputs(self) -> Result<Vec<Output>> {
        let folder = self.path.parent().unwrap_or(Path::new("")).to_owned();
        let image = oci::layout(&self.module)?;
        let configuration = serde_json::to_string_pretty(&self.configuration)?;
        let granted = capabilities(&self.module)?;
        let granted: Vec<_> = granted.iter().map(|name| format!("{name}: {{}}")).collect();
        let module_digest = digest(&self.module);
        let Upstream { host, port, tls } = &self.upstream;
        let tls = if *tls { fill(TLS, &[("host", host)]) } else { String::new() };
        let port = port.to_string();
        let path = self.path.display().to_string();
        let words = [
            ("module", path.as_str()),
            ("sha256", module_digest.trim_start_matches("sha256:")),
            ("image-sha256", image.digest.trim_start_matches("sha256:")),
            ("configuration", &configuration),
            ("capabilities", &granted.join("\n")),
            ("host", host),
            ("port", &port),
            ("tls", &tls),
        ];
        let yaml = [("envoy", ENVOY), ("istio", ISTIO), ("envoy-gateway", GATEWAY)];
        let yaml = yaml.map(|(name, template)| {
            let path = folder.join(name).with_extension("yaml");
            Output { path, bytes: fill(template, &words).into_bytes(), ours: false }
        });
        let image = image.files.into_iter().map(|(name, bytes)| Output {
            path: folder.join(oci::FOLDER).join(name),
            bytes,
            ours: true,
        });
        let image: Vec<_> = image.collect();
        let module = Output { path: self.path, bytes: self.module, ours: true };
        Ok([module].into_iter().chain(yaml).chain(image).collect())
    }
}

/// A configuration with these policies as they come, and a key of its own: what they propose may
/// need one.
pub(super) fn of_policies<'a>(names: impl Iterator<Item = &'a str>) -> Result<Value> {
    let mut key = [0_u8; 24];
    getrandom::fill(&mut key).map_err(|e| anyhow!("no random key: {e}"))?;
    let key: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    let policies: serde_json::Map<_, _> = names.map(|name| (name.to_owned(), json!({}))).collect();
    Ok(json!({ "policies": policies, "key": { "value": key } }))
}

/// The configuration in a file, without what Envoy itself sees to: where policies' files are, and
/// where requests go.
pub(super) fn of_file(file: &Path) -> Result<Value> {
    let text = bundle::read_text(file)?;
    let name = file.display().to_string();
    // Every JSON document is YAML too.
    let mut document: Value = serde_saphyr::from_str(&text).with_context(|| name)?;
    if let Some(document) = document.as_object_mut() {
        document.remove("upstreams");
    }
    let policies = document.get_mut("policies").and_then(Value::as_object_mut);
    for policy in policies.into_iter().flat_map(|policies| policies.values_mut()) {
        if let Some(policy) = policy.as_object_mut() {
            policy.remove("use");
        }
    }
    Ok(document)
}

/// A template with `{{word}}` replaced. A word that has a line to itself may have many: they all
/// begin where it does.
fn fill(template: &str, words: &[(&str, &str)]) -> String {
    let mut filled = String::new();
    for line in template.lines() {
        let alone = words.iter().find(|(word, _)| line.trim() == format!("{{{{{word}}}}}"));
        if let Some((_, text)) = alone {
            let indent = &line[..line.len() - line.trim_start().len()];
            for line in text.lines() {
                filled.extend([indent, line, "\n"]);
            }
            continue;
        }
        let words = words.iter();
        let line = words.fold(line.to_owned(), |line, (word, text)| {
            line.replace(&format!("{{{{{word}}}}}"), text)
        });
        filled.extend([&line, "\n"]);
    }
    filled
}

impl FromStr for Upstream {
    type Err = anyhow::Error;

    fn from_str(url: &str) -> Result<Self> {
        let (scheme, rest) = url.split_once("://").context("expected http://… or https://…")?;
        let tls = match scheme {
            "http" => false,
            "https" => true,
            _ => return Err(anyhow!("expected http://… or https://…")),
        };
        let authority = rest.strip_suffix('/').unwrap_or(rest);
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) => (host, port.parse().context("its port is not a number")?),
            None => (authority, if tls { 443 } else { 80 }),
        };
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        ensure!(!host.is_empty() && host.chars().all(is_name), "expected a host and a port only");
        Ok(Self { tls, host: host.to_owned(), port })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_alone_on_its_line_keeps_its_indent() {
        let filled =
            fill("a:\n  {{list}}\nb: {{one}}-{{one}}\n", &[("list", "x\ny"), ("one", "1")]);
        assert_eq!(filled, "a:\n  x\n  y\nb: 1-1\n");
    }

    #[test]
    fn an_upstream_is_a_host_and_a_port() {
        let upstream = |tls, host: &str, port| Upstream { tls, host: host.to_owned(), port };
        assert_eq!("https://a.example".parse().ok(), Some(upstream(true, "a.example", 443)));
        assert_eq!("http://[::1]:1".parse::<Upstream>().ok(), None);
        assert_eq!("http://127.0.0.1:81/".parse().ok(), Some(upstream(false, "127.0.0.1", 81)));
        for wrong in ["a.example", "ftp://a", "http://a/b", "http://a:b", "http://"] {
            assert!(wrong.parse::<Upstream>().is_err(), "{wrong}");
        }
    }
}
