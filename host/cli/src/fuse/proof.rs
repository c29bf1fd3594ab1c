//! Fused policies against their golden cases, and against the components that they were made from.

use std::io::Write;

use anyhow::{Context, Result};
use sandgate_canon::Core;
use sandgate_engine::{Engine, Extracted, Fused, Options};
use sandgate_fuse::{Limits, Policy, extract, probe};
use sandgate_gate as gate;
use sandgate_wit::Cases;
use serde_json::Value;

use super::Sources;
use crate::bundle::Packed;
use crate::golden::{Assets, check_case};
use crate::paint::{BAD, DIM, GOOD, paint};
use crate::plain::configure;
use crate::setup::cache_folder;

/// How many cases fail in a module of all policies, or with the components.
pub(super) fn fused(sources: &Sources, limits: &Limits) -> Result<usize> {
    let module = Fused::new(&probe(&sources.policies, limits)?)?;
    let numbered = (0..).zip(sources.packed.iter().zip(&sources.policies));
    numbered.map(|(number, source)| check(source, &module.tenant(number))).sum()
}

/// The same in a module for each policy.
pub(super) fn extracted(sources: &Sources, limits: &Limits) -> Result<usize> {
    let each = sources.packed.iter().zip(&sources.policies);
    each.map(|source| check(source, &Extracted::new(&extract(source.1, limits)?)?)).sum()
}

fn check<C: Core + Clone>((packed, policy): (&Packed, &Policy), core: &C) -> Result<usize> {
    let (name, mut stdout) = (policy.name(), anstream::stdout());
    let Some(cases) = &packed.cases else {
        writeln!(stdout, "{name:<16} {}", paint(DIM, "no golden cases beside it: not tried"))?;
        return Ok(0);
    };
    let cases: Cases =
        serde_saphyr::from_str(cases).with_context(|| format!("{name}: its cases"))?;
    let options = Options { instances: 4, cache: cache_folder(), ..Options::default() };
    let component = Engine::new(options)?.load(&packed.component)?;
    let as_component = |settings: &Value, assets: Assets| -> Result<Box<dyn gate::Policy>> {
        Ok(Box::new(component.configure(settings, &assets)?))
    };
    let as_module = |settings: &Value, assets: Assets| configure(core, policy, settings, assets);
    let (mut ways, mut failed) = (0, 0);
    for case in &cases.cases {
        let both = [
            ("component", check_case(&as_component, &cases, case)),
            ("module", check_case(&as_module, &cases, case)),
        ];
        for (host, result) in both {
            match result {
                Ok(n) => ways += n,
                Err(error) => {
                    failed += 1;
                    let case = format!("{} ({host})\n    {error:#}", case.name);
                    writeln!(stdout, "  {} {name}: {case}", paint(BAD, "✗"))?;
                }
            }
        }
    }
    let verdict =
        if failed == 0 { paint(GOOD, "ok") } else { paint(BAD, format!("{failed} failed")) };
    let counts =
        format!("{} cases, {ways} texts and cuts, component and module", cases.cases.len());
    writeln!(stdout, "{name:<16} {verdict}  {}", paint(DIM, counts))?;
    Ok(failed)
}
