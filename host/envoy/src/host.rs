//! What the filter needs of the proxy that it stands in.

use std::time::Duration;

use sandgate_gate::Direction;

use crate::head::Headers;

/// The proxy did not do what it was asked: the exchange ends, closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Declined;

/// What Envoy goes on with after it asked the filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Whatever came goes on.
    Go,
    /// Whatever came waits for more.
    Wait,
}

/// An answer of the filter's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers: names in lower case, and values.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// One HTTP stream of the proxy.
pub trait Host {
    /// The headers of the request or the response, while they are held.
    ///
    /// # Errors
    /// Where the proxy gives none; so for all others.
    fn headers(&self, of: Direction) -> Result<Headers, Declined>;

    /// Sets a header to one value, or takes it away.
    ///
    /// # Errors
    /// As [`Host::headers`].
    fn set_header(&self, of: Direction, name: &str, value: Option<&str>) -> Result<(), Declined>;

    /// Takes every trailer away.
    ///
    /// # Errors
    /// As [`Host::headers`].
    fn drop_trailers(&self, of: Direction) -> Result<(), Declined>;

    /// The first so many bytes of what is there of the body.
    ///
    /// # Errors
    /// As [`Host::headers`].
    fn body(&self, of: Direction, size: usize) -> Result<Vec<u8>, Declined>;

    /// Puts bytes in place of so many of the body.
    ///
    /// # Errors
    /// As [`Host::headers`].
    fn set_body(&self, of: Direction, size: usize, bytes: &[u8]) -> Result<(), Declined>;

    /// Answers the client in place of the upstream; nothing of the exchange goes on after that.
    ///
    /// # Errors
    /// As [`Host::headers`].
    fn answer(&self, answer: &Answer) -> Result<(), Declined>;

    /// Breaks the stream off, which the client sees.
    fn reset(&self);

    /// What the proxy knows by this path, if it does.
    fn property(&self, path: &[&str]) -> Option<Vec<u8>>;

    /// Leaves a value for the proxy's access log.
    fn note(&self, name: &str, value: &str);

    /// How long ago a moment was that stays the same.
    fn now(&self) -> Duration;

    /// Adds to a counter.
    fn count(&self, name: &str, by: u64);

    /// Adds a value to a histogram.
    fn observe(&self, name: &str, value: u64);
}
