//! The pure core: configuration, merging, actions, hold-back, pseudonyms, report.
//!
//! Policies say what they see; the gate decides what becomes of it. A [`Config`] and the policies'
//! manifests make a [`Plan`], which opens an [`Exchange`] for each request with its response.
//! Text goes in, and a [`Release`] says how much of it may leave and with which edits.
//!
//! It does no I/O, reads no clock and runs no policy: a host brings a [`Session`] for each, from a
//! sandbox or from wherever it has them, and every answer is checked. What it leaves out on
//! purpose is formats: parts of text come in, whatever body they were found in.
//!
//! ```
//! use sandgate_gate::{
//!     Config, Direction, Fault, Finding, Key, Manifest, Part, Plan, Role, Session, Splicer, Step,
//! };
//!
//! /// Finds the name of a project in a part that comes in one piece.
//! struct Codenames(u64);
//!
//! impl Session for Codenames {
//!     fn begin(&mut self, _: &Part) -> Result<(), Fault> {
//!         Ok(self.0 = 0)
//!     }
//!     fn feed(&mut self, chunk: &str) -> Result<Step, Fault> {
//!         self.0 = chunk.len() as u64;
//!         let finding = |(at, hit): (usize, &str)| Finding {
//!             rule: "CODENAME".into(),
//!             start: at as u64,
//!             end: (at + hit.len()) as u64,
//!             confidence: 100,
//!             replacement: None,
//!         };
//!         let findings = chunk.match_indices("bluebird").map(finding).collect();
//!         Ok(Step { findings, settled: self.0 })
//!     }
//!     fn end(&mut self) -> Result<Step, Fault> {
//!         Ok(Step { findings: Vec::new(), settled: self.0 })
//!     }
//! }
//!
//! let manifest: Manifest = serde_json::from_str(
//!     r#"{"contract": "0.1.0", "name": "codenames", "version": "1.0.0", "description": "",
//!         "rules": [{"name": "CODENAME", "description": "", "action": "redact"}],
//!         "settings": {}, "cases": ""}"#,
//! )?;
//! let config = Config::from_yaml("policies: { codenames: }", "sandgate.yaml")?;
//! let plan = Plan::new(&config, &[("codenames".into(), &manifest)], Key::derive(b"a secret"))?;
//!
//! let mut exchange = plan.open(vec![Box::new(Codenames(0))], "ana");
//! let (mut splicer, mut out) = (Splicer::new(), String::new());
//! exchange.begin(Part { direction: Direction::Request, role: Role::User, name: None });
//! splicer.push("when does bluebird fly?");
//! splicer.release(&exchange.feed("when does bluebird fly?"), &mut out);
//! splicer.release(&exchange.end(), &mut out);
//! assert_eq!(out, "when does <CODENAME> fly?");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod config;
mod context;
mod edit;
mod error;
mod exchange;
mod fault;
mod guard;
mod hold;
mod key;
mod lane;
mod live;
mod memory;
mod merge;
mod plan;
mod pseudonym;
mod report;
mod session;
mod splice;
mod transit;

pub use config::{
    CertificateField, Config, EnvoyConfig, FormatConfig, HeldHeaders, IdentitySource, KeySource,
    Limits, Match, Meaning, Mode, OnFault, OnHeld, OnUnscannable, Percent, PolicyConfig,
    RefusalConfig, RefusalForm, Route, UpstreamConfig, UpstreamMatch,
};
pub use context::Context;
pub use error::Error;
pub use exchange::{Exchange, StrandId};
pub use fault::{BadAnswer, Fault, FaultKind};
pub use guard::{Guard, GuardPolicy, Outcome, Policy};
pub use key::Key;
pub use plan::Plan;
pub use pseudonym::Restorer;
pub use report::{Decision, PolicyFault, Refusal, Report, Reported};
pub use sandgate_wire::{Api, Direction, Edit, Part, Release, Reply, Role};
pub use sandgate_wit::{Action, Manifest, Rule};
pub use session::{Finding, Session, Step};
pub use splice::Splicer;
pub use transit::{Delivery, Flow, Request, RequestHead, ResponseHead, Transit};
