//! What is called of Envoy.
#![expect(unsafe_code, reason = "the host's functions take addresses")]

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ptr::null_mut;
use std::time::Duration;

use sandgate_gate::Direction;

use crate::head::Headers;
use crate::host::{Answer, Declined, Host};
use crate::pairs;

/// Bytes of ours, bytes of Envoy's, and how many those are.
type At = *const u8;
type Out = *mut *mut u8;
type Len = *mut usize;

#[link(wasm_import_module = "env")]
unsafe extern "C" {
    fn proxy_log(level: u32, text: At, len: usize) -> u32;
    fn proxy_get_current_time_nanoseconds(time: *mut u64) -> u32;
    fn proxy_get_buffer_bytes(kind: u32, start: usize, most: usize, to: Out, len: Len) -> u32;
    fn proxy_set_buffer_bytes(kind: u32, start: usize, size: usize, from: At, len: usize) -> u32;
    fn proxy_get_header_map_pairs(kind: u32, to: Out, len: Len) -> u32;
    fn proxy_replace_header_map_value(kind: u32, n: At, len: usize, v: At, v_len: usize) -> u32;
    fn proxy_remove_header_map_value(kind: u32, name: At, len: usize) -> u32;
    fn proxy_get_property(path: At, path_len: usize, to: Out, len: Len) -> u32;
    fn proxy_set_property(path: At, path_len: usize, value: At, len: usize) -> u32;
    fn proxy_close_stream(kind: u32) -> u32;
    fn proxy_define_metric(kind: u32, name: At, len: usize, id: *mut u32) -> u32;
    fn proxy_record_metric(id: u32, value: u64) -> u32;
    fn proxy_increment_metric(id: u32, by: i64) -> u32;
    fn proxy_send_local_response(
        status: u32,
        details: At,
        details_len: usize,
        body: At,
        body_len: usize,
        headers: At,
        headers_len: usize,
        grpc_status: i32,
    ) -> u32;
}

/// Envoy, as the stream sees it whose turn it is.
pub(super) struct Proxy;

/// How loud a line of the log is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Level {
    Warn = 3,
    Error = 4,
}

const COUNTER: u32 = 0;
const HISTOGRAM: u32 = 2;
const PLUGIN_CONFIGURATION: u32 = 7;
const RESPONSE_STREAM: u32 = 1;
/// What a local reply has where no gRPC is spoken.
const NO_GRPC: i32 = -1;
/// What access logs are told of a local reply.
const DETAILS: &str = "sandgate";

thread_local! {
    /// Every metric that was defined, by its name.
    static METRICS: RefCell<BTreeMap<String, u32>> = const { RefCell::new(BTreeMap::new()) };
}

/// Writes a line to Envoy's log.
pub(super) fn log(level: Level, text: &str) {
    // SAFETY: the address and the length are a string's.
    unsafe { proxy_log(level as u32, text.as_ptr(), text.len()) };
}

/// The plugin's configuration.
pub(super) fn configuration(size: usize) -> Result<Vec<u8>, Declined> {
    buffer(PLUGIN_CONFIGURATION, size)
}

impl Host for Proxy {
    fn headers(&self, of: Direction) -> Result<Headers, Declined> {
        map(headers_of(of))
    }

    fn set_header(&self, of: Direction, name: &str, value: Option<&str>) -> Result<(), Declined> {
        let (kind, at, len) = (headers_of(of), name.as_ptr(), name.len());
        // SAFETY: the addresses and the lengths are those of strings.
        done(unsafe {
            match value {
                Some(value) => {
                    proxy_replace_header_map_value(kind, at, len, value.as_ptr(), value.len())
                }
                None => proxy_remove_header_map_value(kind, at, len),
            }
        })
    }

    fn drop_trailers(&self, of: Direction) -> Result<(), Declined> {
        let kind = headers_of(of) + 1;
        map(kind)?.0.iter().try_for_each(|(name, _)| {
            // SAFETY: the address and the length are a string's.
            done(unsafe { proxy_remove_header_map_value(kind, name.as_ptr(), name.len()) })
        })
    }

    fn body(&self, of: Direction, size: usize) -> Result<Vec<u8>, Declined> {
        buffer(body_of(of), size).and_then(|body| match body.len() == size {
            true => Ok(body),
            false => Err(Declined),
        })
    }

    fn set_body(&self, of: Direction, size: usize, bytes: &[u8]) -> Result<(), Declined> {
        let (at, len) = (bytes.as_ptr(), bytes.len());
        // SAFETY: the address and the length are a slice's.
        done(unsafe { proxy_set_buffer_bytes(body_of(of), 0, size, at, len) })
    }

    fn answer(&self, answer: &Answer) -> Result<(), Declined> {
        let headers = pairs::encode(&answer.headers);
        // SAFETY: the addresses and the lengths are those of slices.
        done(unsafe {
            proxy_send_local_response(
                u32::from(answer.status),
                DETAILS.as_ptr(),
                DETAILS.len(),
                answer.body.as_ptr(),
                answer.body.len(),
                headers.as_ptr(),
                headers.len(),
                NO_GRPC,
            )
        })
    }

    fn reset(&self) {
        // SAFETY: it takes a number.
        unsafe { proxy_close_stream(RESPONSE_STREAM) };
    }

    fn property(&self, path: &[&str]) -> Option<Vec<u8>> {
        let path = path.join("\0");
        let (mut data, mut len) = (null_mut(), 0);
        // SAFETY: the path's address and length are a string's, the others a place for the answer.
        done(unsafe { proxy_get_property(path.as_ptr(), path.len(), &mut data, &mut len) }).ok()?;
        Some(taken(data, len))
    }

    fn note(&self, name: &str, value: &str) {
        // SAFETY: the addresses and the lengths are those of strings.
        unsafe { proxy_set_property(name.as_ptr(), name.len(), value.as_ptr(), value.len()) };
    }

    fn now(&self) -> Duration {
        let mut now = 0;
        // SAFETY: the address is that of the number.
        unsafe { proxy_get_current_time_nanoseconds(&mut now) };
        Duration::from_nanos(now)
    }

    fn count(&self, name: &str, by: u64) {
        let by = i64::try_from(by).unwrap_or(i64::MAX);
        // SAFETY: it takes numbers.
        metric(COUNTER, name).map(|id| unsafe { proxy_increment_metric(id, by) });
    }

    fn observe(&self, name: &str, value: u64) {
        // SAFETY: it takes numbers.
        metric(HISTOGRAM, name).map(|id| unsafe { proxy_record_metric(id, value) });
    }
}

/// The number of a metric, which is made when it is first wanted.
fn metric(kind: u32, name: &str) -> Option<u32> {
    if let Some(id) = METRICS.with_borrow(|metrics| metrics.get(name).copied()) {
        return Some(id);
    }
    let mut id = 0;
    // SAFETY: the name's address and length are a string's, the last is that of the number.
    done(unsafe { proxy_define_metric(kind, name.as_ptr(), name.len(), &mut id) }).ok()?;
    METRICS.with_borrow_mut(|metrics| metrics.insert(name.to_owned(), id));
    Some(id)
}

fn map(kind: u32) -> Result<Headers, Declined> {
    let (mut data, mut len) = (null_mut(), 0);
    // SAFETY: the addresses are places for the answer.
    done(unsafe { proxy_get_header_map_pairs(kind, &mut data, &mut len) })?;
    pairs::decode(&taken(data, len)).ok_or(Declined)
}

fn buffer(kind: u32, size: usize) -> Result<Vec<u8>, Declined> {
    let (mut data, mut len) = (null_mut(), 0);
    // SAFETY: the addresses are places for the answer.
    done(unsafe { proxy_get_buffer_bytes(kind, 0, size, &mut data, &mut len) })?;
    Ok(taken(data, len))
}

/// Bytes that Envoy asked room for and left here.
fn taken(data: *mut u8, len: usize) -> Vec<u8> {
    if data.is_null() {
        return Vec::new();
    }
    // SAFETY: it is what `allocate` gave out for this length, and nobody else has it.
    unsafe { Vec::from_raw_parts(data, len, len) }
}

/// Gives out room for an answer of Envoy's.
#[unsafe(export_name = "malloc")]
extern "C" fn allocate(size: usize) -> *mut u8 {
    Box::into_raw(vec![0_u8; size].into_boxed_slice()).cast()
}

fn done(status: u32) -> Result<(), Declined> {
    if status == 0 { Ok(()) } else { Err(Declined) }
}

fn headers_of(direction: Direction) -> u32 {
    match direction {
        Direction::Request => 0,
        Direction::Response => 2,
    }
}

fn body_of(direction: Direction) -> u32 {
    match direction {
        Direction::Request => 0,
        Direction::Response => 1,
    }
}
