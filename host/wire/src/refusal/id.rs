//! The id of a JSON-RPC request, as it was spelled.
//!
//! Kept raw: an id may be a number that no machine type holds, and its client compares.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::seen::object;

/// The id of a JSON-RPC request: a string or a number, as it was spelled.
#[derive(Debug, Clone, Serialize)]
#[serde(transparent)]
pub struct RawId(Box<RawValue>);

impl RawId {
    /// The id of this request, if it is one, alone, and has one that is a string or a number.
    ///
    /// ```
    /// use sandgate_wire::RawId;
    ///
    /// let request = br#"{"jsonrpc": "2.0", "id": 7, "method": "tools/list"}"#;
    /// assert_eq!(RawId::of(request).as_ref().map(RawId::as_str), Some("7"));
    /// ```
    pub fn of(request: &[u8]) -> Option<Self> {
        #[derive(Deserialize)]
        struct Request<'a> {
            #[serde(borrow)]
            id: Option<&'a RawValue>,
        }
        let id = object::<Request>(request)?.id?;
        let scalar = id.get().starts_with(|c: char| c == '"' || c == '-' || c.is_ascii_digit());
        scalar.then(|| Self(id.to_owned()))
    }

    /// Its JSON.
    pub fn as_str(&self) -> &str {
        self.0.get()
    }
}
