//! What Envoy calls.
//!
//! A stream's filter is out of the table while it runs. So when Envoy calls again from inside of a
//! call, about an answer of its own, the filter is not there and that answer goes on.
#![expect(unsafe_code, reason = "Envoy finds functions by their exported names")]

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use sandgate_canon::{Configured, Failure, Limits};
use sandgate_gate::PolicyConfig;

use super::calls::{self, Level, Proxy};
use super::seam::{self, Fused};
use crate::filter::Filter;
use crate::host::{Host as _, Next};
use crate::problem::Problem;
use crate::setting::{About, Misfit, Setting};

type Policy = Configured<Fused>;
type Stream = Filter<Proxy, Policy>;

/// What there is in this VM.
struct Contexts {
    /// Every configuration; those that an update replaced too, while streams have them.
    settings: BTreeMap<u32, Rc<Setting<Policy>>>,
    /// Every stream; without its filter while that runs.
    streams: BTreeMap<u32, Option<Box<Stream>>>,
}

thread_local! {
    static CONTEXTS: RefCell<Contexts> =
        const { RefCell::new(Contexts { settings: BTreeMap::new(), streams: BTreeMap::new() }) };
}

#[unsafe(no_mangle)]
extern "C" fn proxy_abi_version_0_2_1() {}

#[unsafe(no_mangle)]
extern "C" fn proxy_on_vm_start(_: u32, _: usize) -> u32 {
    1
}

#[unsafe(no_mangle)]
extern "C" fn proxy_on_configure(root: u32, size: usize) -> u32 {
    let setting = match configured(size) {
        Ok(setting) => setting,
        Err(problem) => {
            calls::log(Level::Error, &format!("sandgate: {problem}"));
            return 0;
        }
    };
    for name in setting.unused_files() {
        let what = "the policy that was fused runs, and not this file";
        calls::log(Level::Warn, &format!("sandgate: policies.{name}.use: {what}"));
    }
    let before = CONTEXTS.with_borrow_mut(|all| all.settings.insert(root, Rc::new(setting)));
    drop(before);
    1
}

#[unsafe(no_mangle)]
extern "C" fn proxy_on_context_create(id: u32, root: u32) {
    CONTEXTS.with_borrow_mut(|all| {
        if let Some(setting) = all.settings.get(&root) {
            let stream = Filter::new(Proxy, Rc::clone(setting));
            all.streams.insert(id, Some(Box::new(stream)));
        }
    });
}

#[unsafe(no_mangle)]
extern "C" fn proxy_on_request_headers(id: u32, _: usize, end: u32) -> u32 {
    enter(id, |stream| stream.request_headers(end != 0))
}

#[unsafe(no_mangle)]
extern "C" fn proxy_on_request_body(id: u32, size: usize, end: u32) -> u32 {
    enter(id, |stream| stream.request_body(size, end != 0))
}

#[unsafe(no_mangle)]
extern "C" fn proxy_on_request_trailers(id: u32, _: usize) -> u32 {
    enter(id, Stream::request_trailers)
}

#[unsafe(no_mangle)]
extern "C" fn proxy_on_response_headers(id: u32, _: usize, end: u32) -> u32 {
    enter(id, |stream| stream.response_headers(end != 0))
}

#[unsafe(no_mangle)]
extern "C" fn proxy_on_response_body(id: u32, size: usize, end: u32) -> u32 {
    enter(id, |stream| stream.response_body(size, end != 0))
}

#[unsafe(no_mangle)]
extern "C" fn proxy_on_response_trailers(id: u32, _: usize) -> u32 {
    enter(id, Stream::response_trailers)
}

#[unsafe(no_mangle)]
extern "C" fn proxy_on_done(_: u32) -> u32 {
    1
}

#[unsafe(no_mangle)]
extern "C" fn proxy_on_log(id: u32) {
    if let Some(Some(mut stream)) = take(id) {
        stream.log();
        put_back(id, stream);
    }
}

#[unsafe(no_mangle)]
extern "C" fn proxy_on_delete(id: u32) {
    let gone = CONTEXTS.with_borrow_mut(|all| (all.streams.remove(&id), all.settings.remove(&id)));
    drop(gone);
}

/// Lets a stream's filter take a step.
fn enter(id: u32, step: impl FnOnce(&mut Stream) -> Next) -> u32 {
    let next = match take(id) {
        Some(Some(mut stream)) => {
            let next = step(&mut stream);
            put_back(id, stream);
            next
        }
        Some(None) => Next::Go,
        // It came without a configuration.
        None => {
            if Proxy.answer(&Problem::Proxy.answer()).is_err() {
                Proxy.reset();
            }
            Next::Wait
        }
    };
    match next {
        Next::Go => 0,
        Next::Wait => 1,
    }
}

/// A stream's filter, where it is there; nothing where there is no such stream.
fn take(id: u32) -> Option<Option<Box<Stream>>> {
    CONTEXTS.with_borrow_mut(|all| all.streams.get_mut(&id).map(Option::take))
}

fn put_back(id: u32, stream: Box<Stream>) {
    let gone = CONTEXTS.with_borrow_mut(|all| match all.streams.get_mut(&id) {
        Some(place) => place.replace(stream),
        // It was deleted meanwhile.
        None => Some(stream),
    });
    drop(gone);
}

fn configured(size: usize) -> Result<Setting<Policy>, String> {
    let json = calls::configuration(size).map_err(|_| "the configuration cannot be had")?;
    let json = String::from_utf8(json).map_err(|_| "the configuration is not UTF-8")?;
    let about = seam::about_policies()?;
    let configure = |number, policy: &PolicyConfig| configure(&about, number, policy);
    Setting::read(&json, &about, configure).map_err(|e| e.to_string())
}

fn configure(about: &About, number: usize, policy: &PolicyConfig) -> Result<Policy, Misfit> {
    let failed = |failure: Failure| match failure {
        Failure::Declined(words) => Misfit::Settings(words),
        Failure::Fault(_) => Misfit::Policy(failure.to_string()),
    };
    let fused = about.policies.get(number);
    let fused = fused.ok_or_else(|| Misfit::Policy("there is no such policy".to_owned()))?;
    let core = Fused::ready(number).map_err(|fault| failed(fault.into()))?;
    let manifest = (fused.manifest.clone(), fused.digest.clone());
    let settings = policy.settings();
    Configured::new(core, manifest, &settings, Vec::new(), Limits::default()).map_err(failed)
}
