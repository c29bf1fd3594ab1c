//! The pure core: configuration, merging, actions, hold-back, pseudonyms, report.

mod config;
mod edit;
mod error;
mod exchange;
mod fault;
mod hold;
mod key;
mod lane;
mod merge;
mod part;
mod plan;
mod pseudonym;
mod report;
mod session;
mod splice;

pub use config::{
    Config, KeySource, Limits, Match, Mode, OnFault, OnHeld, OnUnscannable, Percent, PolicyConfig,
    RefusalConfig, RefusalForm, Route,
};
pub use error::Error;
pub use exchange::Exchange;
pub use fault::{BadAnswer, Fault, FaultKind};
pub use key::Key;
pub use part::{Context, Direction, Part, Role};
pub use plan::Plan;
pub use pseudonym::Restorer;
pub use report::{Decision, PolicyFault, Refusal, Report, Reported};
pub use sandgate_wit::{Action, Manifest, Rule};
pub use session::{Finding, Session, Step};
pub use splice::{Edit, Release, Splicer};
