//! The requests that came, so that a demonstration can show what a model was sent.
//!
//! It keeps methods, paths without their queries, and bodies: no headers, where keys are.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};

const MAX_REQUESTS: usize = 64;
/// How much is kept of a body, in bytes.
const MAX_BODY: usize = 256 << 10;

/// The last requests, newest last.
#[derive(Debug, Default)]
pub(crate) struct Log(Mutex<VecDeque<Request>>);

#[derive(Debug)]
struct Request {
    method: String,
    path: String,
    body: Vec<u8>,
}

impl Log {
    /// Takes note of a request.
    pub(crate) fn note(&self, method: &str, path: &str, body: &[u8]) {
        let body = body.get(..MAX_BODY).unwrap_or(body).to_vec();
        let mut requests = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if requests.len() == MAX_REQUESTS {
            requests.pop_front();
        }
        requests.push_back(Request { method: method.into(), path: path.into(), body });
    }

    /// All that is known, as a list.
    pub(crate) fn list(&self) -> Value {
        let requests = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        requests.iter().map(Request::document).collect()
    }
}

impl Request {
    fn document(&self) -> Value {
        let text = || String::from_utf8_lossy(&self.body).into();
        let body: Value = serde_json::from_slice(&self.body).unwrap_or_else(|_| text());
        json!({"method": self.method, "path": self.path, "body": body})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_are_kept() {
        let log = Log::default();
        for idx in 0..MAX_REQUESTS + 2 {
            log.note("POST", &format!("/{idx}"), b"[1]");
        }
        let list = log.list();
        assert_eq!(list.as_array().map(Vec::len), Some(MAX_REQUESTS));
        assert_eq!(list[0], json!({"method": "POST", "path": "/2", "body": [1]}));
    }

    #[test]
    fn long_bodies_are_cut() {
        let log = Log::default();
        log.note("POST", "/", &vec![b'1'; MAX_BODY + 1]);
        log.note("POST", "/", &vec![b'a'; MAX_BODY + 1]);
        assert_eq!(log.list()[1]["body"].as_str().map(str::len), Some(MAX_BODY));
    }
}
