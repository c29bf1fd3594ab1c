//! The one document that says what is done about findings: `sandgate.yaml`, or the same as JSON.
//!
//! Its types are its schema. Whatever they do not know is an error, because a misspelt `on_fualt`
//! that is skipped is a hole that nobody sees.

mod document;
mod envoy;
mod format;
mod identity;
mod limits;
mod nearest;
mod policy;
mod route;
mod upstream;
#[cfg(feature = "yaml")]
mod yaml;

use std::collections::BTreeMap;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

pub use envoy::{EnvoyConfig, HeldHeaders};
pub(crate) use format::Format;
pub use format::{FormatConfig, Meaning};
pub use identity::{CertificateField, IdentitySource};
pub use limits::{Limits, OnHeld};
pub(crate) use nearest::nearest;
pub use policy::{Mode, OnFault, Percent, PolicyConfig};
pub use route::{Match, Route};
pub use upstream::{UpstreamConfig, UpstreamMatch};

use crate::Error;
use document::{Document, Places};

/// A whole configuration.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The policies by name. A name without a value has every default.
    #[serde(default, deserialize_with = "policy::map")]
    #[schemars(with = "BTreeMap<String, Option<PolicyConfig>>")]
    pub policies: BTreeMap<String, PolicyConfig>,
    /// Which policies look at which requests; the first route that matches counts. Where none
    /// does, every policy looks.
    #[serde(default, deserialize_with = "route::list")]
    #[schemars(with = "Vec<Route>")]
    pub routes: Vec<Route>,
    /// Where a gateway sends requests on to: the first one that matches.
    #[serde(default, deserialize_with = "upstream::list")]
    #[schemars(with = "Vec<UpstreamConfig>")]
    pub upstreams: Vec<UpstreamConfig>,
    /// What bodies look like whose format nobody else knows; the first that matches counts.
    #[serde(default, deserialize_with = "format::list")]
    #[schemars(with = "Vec<FormatConfig>")]
    pub formats: Vec<FormatConfig>,
    /// What a caller is told of a refusal.
    #[serde(default, deserialize_with = "document::mapping")]
    pub refusal: RefusalConfig,
    /// What is done about something nobody can read.
    #[serde(default)]
    pub on_unscannable: OnUnscannable,
    /// How much may be held back or found.
    #[serde(default, deserialize_with = "document::mapping")]
    pub limits: Limits,
    /// Where the secret for hashes and pseudonyms comes from. Without it every start makes a new
    /// one, and no hash or pseudonym of before is met again.
    #[serde(default)]
    pub key: Option<KeySource>,
    /// Who asks, so that nobody's pseudonyms are another's.
    #[serde(default)]
    pub identity: Option<IdentitySource>,
    /// What only the filter in Envoy is told.
    #[serde(default, deserialize_with = "document::mapping")]
    pub envoy: EnvoyConfig,
    /// Where everything stands, for errors that are found later.
    #[serde(skip)]
    places: Places,
    /// The formats, ready to be read.
    #[serde(skip)]
    made: Vec<Arc<Format>>,
}

/// What a caller is told of a refusal.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RefusalConfig {
    /// In which form.
    #[serde(rename = "as")]
    pub form: RefusalForm,
    /// The HTTP status of an error.
    #[schemars(range(min = 400, max = 599))]
    pub status: u16,
}

/// The form of a refusal.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum RefusalForm {
    /// An error in the provider's own shape.
    #[default]
    Error,
    /// An answer in the provider's own shape, for chat programs that break on errors.
    Message,
}

/// What is done about something nobody can read: an image, an unknown format, broken JSON.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum OnUnscannable {
    /// The exchange is refused.
    #[default]
    Block,
    /// It goes on, unread and counted.
    Allow,
}

/// Where a secret comes from. The gate fetches none: its host does.
#[derive(Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum KeySource {
    /// The environment variable of this name.
    Env(String),
    /// The file at this path.
    File(String),
    /// Here: for hosts that have neither, such as the filter in Envoy. Who reads the document reads
    /// the secret.
    Value(String),
}

impl Config {
    /// Reads a configuration; `file_name` is what its errors call it.
    ///
    /// # Errors
    /// An [`Error`] that names the file, the line, the key, the value and what was expected.
    #[cfg(feature = "yaml")]
    pub fn from_yaml(text: &str, file_name: &str) -> Result<Self, Error> {
        Self::read(yaml::read(text), file_name)
    }

    /// The same from JSON, for hosts that are configured in it.
    ///
    /// # Errors
    /// An [`Error`] as YAML's; the line is known where YAML can be read too.
    pub fn from_json(text: &str, file_name: &str) -> Result<Self, Error> {
        Self::read(document::json(text), file_name)
    }

    /// These policies with every default.
    pub fn with_policies<S: Into<String>>(names: impl IntoIterator<Item = S>) -> Self {
        let policies = names.into_iter().map(|name| (name.into(), PolicyConfig::default()));
        Self { policies: policies.collect(), ..Self::default() }
    }

    /// The JSON schema of the document.
    pub fn schema() -> Value {
        schemars::schema_for!(Config).to_value()
    }

    /// Which of its routes a request for this path takes, given its headers by their lower-case
    /// names: `:authority` is the host it is for, `:route` the name of the proxy's own route, where
    /// it has one. Nothing where none matches, nor for a path with escapes, dots or empty parts, which
    /// an upstream may read as another one: every policy looks at these.
    pub fn route<H: AsRef<str>>(
        &self,
        path: &str,
        header: impl Fn(&str) -> Option<H>,
    ) -> Option<usize> {
        route::taken(&self.routes, path, header)
    }

    /// Which of its upstreams a request for this path and model goes on to.
    pub fn upstream(&self, path: &str, model: &str) -> Option<usize> {
        upstream::taken(&self.upstreams, path, model)
    }

    /// The format that the configuration knows of a path.
    pub(crate) fn format(&self, path: &str) -> Option<Arc<Format>> {
        format::of_path(&self.made, path)
    }

    /// An error at a place in this document, `policies.pii.use`, for what only a host can find out.
    pub fn error_at(&self, place: impl Into<String>, problem: impl Into<String>) -> Error {
        self.locate(Error::at(place, problem))
    }

    /// The error with the file and the line of its place.
    pub(crate) fn locate(&self, error: Error) -> Error {
        self.places.locate(error)
    }

    fn read(document: Result<Document, Error>, file_name: &str) -> Result<Self, Error> {
        let (value, mut places) = document.map_err(|e| e.in_file(file_name))?.into_parts();
        places.file = Some(file_name.to_owned());
        let config: Result<Self, Error> = document::typed(&value);
        let mut config = config.map_err(|e| places.locate(e))?;
        config.check().map_err(|e| places.locate(e))?;
        let formats = config.formats.iter().enumerate();
        let made =
            formats.map(|(idx, format)| Ok(Arc::new(format.made(&format!("formats[{idx}]"))?)));
        config.made = made.collect::<Result<_, Error>>().map_err(|e| places.locate(e))?;
        config.places = places;
        Ok(config)
    }

    /// What no type can say: that names are those of something.
    fn check(&self) -> Result<(), Error> {
        for (name, policy) in &self.policies {
            policy.check(&format!("policies.{name}"))?;
        }
        let names: Vec<&str> = self.policies.keys().map(String::as_str).collect();
        for (idx, route) in self.routes.iter().enumerate() {
            route.check(&format!("routes[{idx}]"), &names)?;
        }
        for (idx, upstream) in self.upstreams.iter().enumerate() {
            upstream.check(&format!("upstreams[{idx}]"))?;
        }
        if !(400..600).contains(&self.refusal.status) {
            let found = format!("{} is not an HTTP error status", self.refusal.status);
            return Err(Error::at("refusal.status", format!("{found}, expected 400 to 599")));
        }
        if let Some(identity) = &self.identity {
            identity.check()?;
        }
        self.limits.check()
    }
}

// A secret is not printed.
impl std::fmt::Debug for KeySource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Env(name) => f.debug_tuple("Env").field(name).finish(),
            Self::File(path) => f.debug_tuple("File").field(path).finish(),
            Self::Value(_) => f.write_str("Value(…)"),
        }
    }
}

impl Default for RefusalConfig {
    fn default() -> Self {
        Self { form: RefusalForm::Error, status: 403 }
    }
}
