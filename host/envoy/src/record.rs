//! What happened, told to whoever runs the proxy: counters, and values for its access log.
//!
//! Names and numbers of a [`Report`], which has no field that could carry text. A counter's name
//! holds its labels as `key.value` pairs, as Envoy's `stats_tags` take them apart.

use std::collections::BTreeMap;

use sandgate_gate::{FaultKind, Report};
use serde::Serialize;

use crate::host::Host;

/// Leaves what is known by now for the access log.
pub(crate) fn note(host: &impl Host, report: &Report) {
    host.note("sandgate.decision", &word(&report.decision));
    host.note("sandgate.refused", &report.refused.map(|why| word(&why)).unwrap_or_default());
    host.note("sandgate.findings", &findings(report));
    host.note("sandgate.faults", &faults(report));
    host.note("sandgate.unscannable", &report.unscannable.to_string());
}

/// Counts an exchange that is over. `held` is the most of a stream that was held back at a time.
pub(crate) fn count(host: &impl Host, report: &Report, held: u64) {
    host.count(&format!("sandgate.exchanges.decision.{}", word(&report.decision)), 1);
    if let Some(why) = report.refused {
        host.count(&format!("sandgate.refusals.reason.{}", word(&why)), 1);
    }
    for ((policy, rule, action), times) in rules(report) {
        let (policy, rule) = (label(policy), label(rule));
        let name = format!("sandgate.findings.policy.{policy}.rule.{rule}.action.{action}");
        host.count(&name, times);
    }
    for fault in &report.faults {
        let (policy, kind) = (label(&fault.policy), kind(fault.kind));
        host.count(&format!("sandgate.faults.policy.{policy}.kind.{kind}"), 1);
    }
    for (name, by) in [("unscannable", report.unscannable), ("restored", report.restored)] {
        if by > 0 {
            host.count(&format!("sandgate.{name}"), by);
        }
    }
    host.observe("sandgate.bytes", report.bytes);
    if held > 0 {
        host.observe("sandgate.held", held);
    }
}

/// The word that reports have for something.
pub(crate) fn word(value: &impl Serialize) -> String {
    let word = serde_json::to_value(value).ok();
    word.as_ref().and_then(|word| word.as_str()).unwrap_or("other").to_owned()
}

/// `pii/EMAIL_ADDRESS redact 2, …`: how often which rule found something, and what was done.
fn findings(report: &Report) -> String {
    let rules = rules(report).into_iter();
    let rules = rules.map(|((policy, rule, action), n)| format!("{policy}/{rule} {action} {n}"));
    rules.collect::<Vec<_>>().join(", ")
}

fn faults(report: &Report) -> String {
    let faults = report.faults.iter();
    let faults = faults.map(|fault| format!("{} {}", fault.policy, kind(fault.kind)));
    faults.collect::<Vec<_>>().join(", ")
}

fn rules(report: &Report) -> BTreeMap<(&str, &str, String), u64> {
    let mut rules = BTreeMap::new();
    for found in &report.findings {
        *rules.entry((&*found.policy, &*found.rule, word(&found.action))).or_default() += 1;
    }
    rules
}

fn kind(kind: FaultKind) -> &'static str {
    match kind {
        FaultKind::Trap => "trap",
        FaultKind::Fuel => "fuel",
        FaultKind::Time => "time",
        FaultKind::Memory => "memory",
        FaultKind::Stack => "stack",
        FaultKind::Busy => "busy",
        FaultKind::Answer(_) => "answer",
        _ => "other",
    }
}

/// A name as a part of a counter's, whose parts are divided by dots.
fn label(name: &str) -> String {
    let keep = |char: char| char.is_ascii_alphanumeric() || matches!(char, '_' | '-');
    name.chars().map(|char| if keep(char) { char } else { '_' }).collect()
}
