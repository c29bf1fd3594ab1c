//! Policies in plain modules, run as the hosts run them that know no components.

use anyhow::Result;
use sandgate_canon::{Configured, Core, Limits};
use sandgate_fuse::Policy;
use sandgate_gate as gate;
use serde_json::Value;

use crate::golden::Assets;

/// Golden cases may be long, and are fed in one chunk too.
const AMPLE: Limits = Limits { fuel: 20_000_000_000 };

/// Configures a policy in a plain module, which is made new for it.
pub(crate) fn configure<C: Core + Clone>(
    core: &C,
    policy: &Policy,
    settings: &Value,
    assets: Assets,
) -> Result<Box<dyn gate::Policy>> {
    core.reset()?;
    let what = (policy.manifest().clone(), policy.digest().to_owned());
    Ok(Box::new(Configured::new(core.clone(), what, settings, assets, AMPLE)?))
}
