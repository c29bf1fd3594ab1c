//! Why a request is not answered as it asked, said in the words of its provider.

use sandgate_wire::{Api, Refusal, Reply};

/// What is wrong, and the status that says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    status: u16,
    code: &'static str,
    message: String,
}

impl Problem {
    /// The request is not as its API wants it.
    pub(crate) fn bad(message: impl Into<String>) -> Self {
        Self { status: 400, code: "invalid_request", message: message.into() }
    }

    /// Nothing is at this path.
    pub(crate) fn nothing_there(method: &str, path: &str) -> Self {
        let message = format!("{method} {path}: the mock has nothing there");
        Self { status: 404, code: "not_found", message }
    }

    /// The path is known, the method is not.
    pub(crate) fn method(method: &str, path: &str) -> Self {
        let message = format!("{method} {path}: not a method of this path");
        Self { status: 405, code: "method_not_allowed", message }
    }

    /// The body is longer than `limit` bytes.
    pub(crate) fn too_long(limit: usize) -> Self {
        let message = format!("the body is longer than {limit} bytes");
        Self { status: 413, code: "request_too_large", message }
    }

    /// The body did not come in time.
    pub(crate) fn slow() -> Self {
        Self { status: 408, code: "timeout", message: "the body took too long".into() }
    }

    /// The status was ordered.
    pub(crate) fn ordered(status: u16) -> Self {
        let message = format!("mock: status: answered with {status} as it was told to");
        Self { status, code: "mock_status", message }
    }

    /// As the provider says it; as OpenAI does where there is none.
    pub(crate) fn reply(&self, api: Option<Api>) -> Reply {
        let Self { status, code, message } = self;
        Refusal { api, message, model: "", id: None, code }.error(*status)
    }

    #[cfg(test)]
    pub(crate) fn message(&self) -> &str {
        &self.message
    }
}
