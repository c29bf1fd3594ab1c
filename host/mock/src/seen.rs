//! The requests that came, so that a demonstration can show what a model was sent.
//!
//! It keeps methods, paths without their queries, and bodies: no headers, where keys are.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

const MAX_REQUESTS: usize = 64;
/// How much is kept of a body, in bytes.
const MAX_BODY: usize = 256 << 10;

/// The last requests, newest last.
#[derive(Debug, Default)]
pub(crate) struct Log(Mutex<Requests>);

#[derive(Debug, Default)]
struct Requests {
    last: VecDeque<Request>,
    /// How many there were.
    count: u64,
}

#[derive(Debug)]
struct Request {
    number: u64,
    method: String,
    path: String,
    body: Vec<u8>,
    /// The text of its answer, where there was one.
    answer: Option<String>,
}

impl Log {
    /// Takes note of a request, and gives its number.
    pub(crate) fn note(&self, method: &str, path: &str, body: &[u8]) -> u64 {
        let body = body.get(..MAX_BODY).unwrap_or(body).to_vec();
        let (method, path) = (method.to_owned(), path.to_owned());
        let mut requests = self.requests();
        requests.count += 1;
        let number = requests.count;
        if requests.last.len() == MAX_REQUESTS {
            requests.last.pop_front();
        }
        requests.last.push_back(Request { number, method, path, body, answer: None });
        number
    }

    /// Takes note of what a request was answered.
    pub(crate) fn answered(&self, number: u64, text: &str) {
        let mut requests = self.requests();
        if let Some(request) = requests.last.iter_mut().find(|request| request.number == number) {
            let end = text.floor_char_boundary(MAX_BODY);
            request.answer = Some(text.get(..end).unwrap_or(text).to_owned());
        }
    }

    /// All that is known, as a list.
    pub(crate) fn list(&self) -> Value {
        self.requests().last.iter().map(Request::document).collect()
    }

    fn requests(&self) -> MutexGuard<'_, Requests> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Request {
    fn document(&self) -> Value {
        let text = || String::from_utf8_lossy(&self.body).into();
        let body: Value = serde_json::from_slice(&self.body).unwrap_or_else(|_| text());
        let (method, path, answer) = (&self.method, &self.path, &self.answer);
        json!({"method": method, "path": path, "body": body, "answer": answer})
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
        assert_eq!(list[0], json!({"method": "POST", "path": "/2", "body": [1], "answer": null}));
    }

    #[test]
    fn an_answer_stands_with_its_request() {
        let log = Log::default();
        let (first, _) = (log.note("POST", "/1", b""), log.note("POST", "/2", b""));
        log.answered(first, "yes");
        log.answered(99, "no");
        assert_eq!(
            (&log.list()[0]["answer"], &log.list()[1]["answer"]),
            (&json!("yes"), &json!(null))
        );
    }

    #[test]
    fn long_bodies_are_cut() {
        let log = Log::default();
        log.note("POST", "/", &vec![b'1'; MAX_BODY + 1]);
        log.note("POST", "/", &vec![b'a'; MAX_BODY + 1]);
        assert_eq!(log.list()[1]["body"].as_str().map(str::len), Some(MAX_BODY));
    }
}
