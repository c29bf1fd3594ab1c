//! A running Envoy, whose listeners come from a file that is written while it runs.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use http_body_util::{BodyExt as _, Empty};
use hyper::body::Bytes;
use hyper::{Method, Request};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::resources::Stand;

/// Compiling a module takes seconds, and a busy machine many.
const PATIENCE: Duration = Duration::from_secs(120);
const PAUSE: Duration = Duration::from_millis(50);

/// A process of Envoy's, which ends with the one that started it.
pub(crate) struct Envoy {
    _process: Child,
    folder: TempDir,
    admin: SocketAddr,
    stands: Mutex<Vec<Stand>>,
}

/// The one that all tests share.
pub(crate) async fn shared() -> Result<&'static Envoy> {
    static ENVOY: OnceLock<Result<Envoy>> = OnceLock::new();
    let envoy = tokio::task::spawn_blocking(|| ENVOY.get_or_init(Envoy::start)).await?;
    envoy.as_ref().map_err(|error| anyhow::anyhow!("{error:#}"))
}

impl Envoy {
    /// Starts one without listeners.
    pub(crate) fn start() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let at = |name: &str| folder.path().join(name);
        for name in ["listeners.json", "clusters.json"] {
            fs::write(at(name), json!({ "resources": [] }).to_string())?;
        }
        let source = |name: &str| json!({ "path_config_source": { "path": at(name) } });
        let local = json!({ "socket_address": { "address": "127.0.0.1", "port_value": 0 } });
        let bootstrap = json!({
            "node": { "id": "test", "cluster": "test" },
            "admin": { "address": local },
            "dynamic_resources": {
                "lds_config": source("listeners.json"),
                "cds_config": source("clusters.json"),
            },
        });
        fs::write(at("envoy.json"), bootstrap.to_string())?;
        // A static outlives every test and is never dropped: the shell ends Envoy when the pipe to
        // it does, which is when this process does.
        let process = Command::new("sh")
            .args(["-c", r#""$@" & echo "$!" >"$0"; read -r _; kill "$!""#])
            .arg(at("process"))
            .arg(binary()?)
            .args(["--concurrency", "1", "--disable-hot-restart", "--log-level", "info"])
            .arg("--config-path")
            .arg(at("envoy.json"))
            .arg("--log-path")
            .arg(at("log"))
            .arg("--admin-address-path")
            .arg(at("admin"))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let mut envoy = Self {
            _process: process,
            admin: SocketAddr::from(([127, 0, 0, 1], 0)),
            folder,
            stands: Mutex::default(),
        };
        envoy.admin = envoy.wait_for_admin()?;
        Ok(envoy)
    }

    fn wait_for_admin(&self) -> Result<SocketAddr> {
        for _ in 0..PATIENCE.as_millis() / PAUSE.as_millis() {
            let address = fs::read_to_string(self.folder.path().join("admin")).unwrap_or_default();
            if let Ok(address) = address.trim().parse() {
                return Ok(address);
            }
            std::thread::sleep(PAUSE);
        }
        bail!("envoy did not start:\n{}", self.log())
    }

    /// Adds a listener with its cluster, or puts it in place of the one of this name, and waits
    /// until Envoy has it. Gives its address.
    ///
    /// # Errors
    /// Where Envoy declines it: holds what Envoy says.
    pub(crate) async fn take(&self, stand: Stand) -> Result<SocketAddr> {
        let (name, host, version) = (stand.name.clone(), stand.host, stand.version());
        {
            let mut stands = self.stands();
            stands.retain(|other| other.name != name);
            stands.push(stand);
            self.write("clusters.json", stands.iter().map(Stand::cluster).collect())?;
            self.write("listeners.json", stands.iter().map(Stand::listener).collect())?;
        }
        for _ in 0..PATIENCE.as_millis() / PAUSE.as_millis() {
            if let Some(port) = self.port(&name, &version).await? {
                return Ok(SocketAddr::from((host, port)));
            }
            if let Some(why) = self.declined(&name).await? {
                self.stands().retain(|other| other.name != name);
                bail!("envoy declines it: {why}\n{}", self.log());
            }
            tokio::time::sleep(PAUSE).await;
        }
        bail!("envoy did not take the listener up:\n{}", self.log())
    }

    /// What Envoy has of a listener.
    async fn state(&self, name: &str) -> Result<Option<Value>> {
        let dump = self.admin("/config_dump?resource=dynamic_listeners").await?;
        let mut dump: Value = serde_json::from_str(&dump)?;
        let configs = dump["configs"].as_array_mut().map(std::mem::take).unwrap_or_default();
        Ok(configs.into_iter().find(|config| config["name"] == name))
    }

    /// Why Envoy did not take a listener up, if it did not.
    async fn declined(&self, name: &str) -> Result<Option<String>> {
        let state = self.state(name).await?;
        Ok(state.and_then(|state| Some(state["error_state"]["details"].as_str()?.to_owned())))
    }

    /// The port on which a listener of this version listens, once it does.
    async fn port(&self, name: &str, version: &str) -> Result<Option<u16>> {
        let is_active = self.state(name).await?.is_some_and(|state| {
            let active = &state["active_state"]["listener"];
            active["metadata"]["filter_metadata"]["test"]["version"] == version
        });
        let clusters = self.admin("/clusters").await?;
        if !is_active || !clusters.contains(&format!("{name}::")) {
            return Ok(None);
        }
        let listeners: Value = serde_json::from_str(&self.admin("/listeners?format=json").await?)?;
        let listeners = listeners["listener_statuses"].as_array().cloned().unwrap_or_default();
        let listener = listeners.iter().find(|listener| listener["name"] == name);
        let port =
            listener.and_then(|l| l["local_address"]["socket_address"]["port_value"].as_u64());
        Ok(port.and_then(|port| u16::try_from(port).ok()))
    }

    /// What Envoy's administration answers.
    pub(crate) async fn admin(&self, path: &str) -> Result<String> {
        self.ask(Method::GET, path).await
    }

    /// Tells Envoy's administration to do something.
    pub(crate) async fn post(&self, path: &str) -> Result<String> {
        self.ask(Method::POST, path).await
    }

    async fn ask(&self, method: Method, path: &str) -> Result<String> {
        let client = Client::builder(TokioExecutor::new()).build_http::<Empty<Bytes>>();
        let request = Request::builder().method(method).uri(format!("http://{}{path}", self.admin));
        let response = client.request(request.body(Empty::new())?).await?;
        let body = response.into_body().collect().await?.to_bytes();
        Ok(String::from_utf8(body.to_vec())?)
    }

    /// The value of a counter or a gauge, 0 where there is none.
    pub(crate) async fn count(&self, name: &str) -> Result<u64> {
        let stats = self.admin(&format!("/stats?filter=^{name}$")).await?;
        let value = stats.lines().next().and_then(|line| line.split_once(": "));
        Ok(value.and_then(|(_, value)| value.parse().ok()).unwrap_or_default())
    }

    /// How much memory it has, in bytes.
    pub(crate) fn memory(&self) -> Result<u64> {
        let process = fs::read_to_string(self.file("process"))?;
        let status = fs::read_to_string(format!("/proc/{}/status", process.trim()))?;
        let size = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = size.and_then(|size| size.trim().strip_suffix(" kB")).context("no size")?;
        Ok(kilobytes.trim().parse::<u64>()? << 10)
    }

    /// Everything it logged.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, resources: Vec<Value>) -> Result<()> {
        let (new, file) = (self.file("new"), self.file(name));
        fs::write(&new, json!({ "resources": resources }).to_string())?;
        // Envoy looks when a file is moved into its place.
        Ok(fs::rename(new, file)?)
    }

    fn stands(&self) -> MutexGuard<'_, Vec<Stand>> {
        self.stands.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Envoy's binary.
fn binary() -> Result<PathBuf> {
    if let Some(binary) = std::env::var_os("ENVOY") {
        return Ok(binary.into());
    }
    let lib = root().join(".venv/lib");
    let versions = fs::read_dir(&lib).into_iter().flatten().flatten();
    let mut binaries =
        versions.map(|version| version.path().join("site-packages/envoy/_bin/envoy"));
    let binary = binaries.find(|binary| binary.is_file());
    binary.context("no Envoy: `scripts/envoy` installs it, and `scripts/test` runs that")
}

/// The filter, as the packer left it.
pub(crate) fn filter() -> Result<Vec<u8>> {
    let file = root().join("target/hosts/envoy.wasm");
    fs::read(&file).with_context(|| format!("{}: `cargo pack` makes it", file.display()))
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}
