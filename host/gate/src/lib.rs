//! The pure core: configuration, merging, actions, hold-back, pseudonyms, report.

mod config;
mod error;
mod fault;
mod key;
mod part;
mod report;
mod session;
mod splice;

pub use config::{
    Config, KeySource, Limits, Match, Mode, OnFault, OnHeld, OnUnscannable, Percent, PolicyConfig,
    RefusalConfig, RefusalForm, Route,
};
pub use error::Error;
pub use fault::{BadAnswer, Fault, FaultKind};
pub use key::Key;
pub use part::{Context, Direction, Part, Role};
pub use report::{Decision, PolicyFault, Refusal, Report, Reported};
pub use sandgate_wit::{Action, Manifest, Rule};
pub use session::{Finding, Session, Step};
pub use splice::{Edit, Release, Splicer};
