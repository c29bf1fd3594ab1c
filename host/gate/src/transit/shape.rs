//! What the bodies of an exchange look like: as a provider's do, or as the configuration says.

use std::sync::Arc;

use sandgate_wire::{Api, Body, Table};

use crate::config::Format;

/// Where the meaning of an exchange's bodies is written down.
#[derive(Debug, Clone)]
pub(super) enum Shape {
    /// In the table of this API, or nowhere.
    Api(Option<Api>),
    /// In the configuration.
    Own(Arc<Format>),
}

impl Shape {
    pub(super) fn table(&self, body: Body) -> &Table {
        match (self, body) {
            (Self::Api(api), _) => Table::for_api(*api, body),
            (Self::Own(format), Body::Request) => &format.request,
            (Self::Own(format), Body::Response) => &format.response,
            (Self::Own(format), Body::Event) => &format.event,
            (Self::Own(_), Body::Error) => Table::for_api(None, body),
        }
    }

    /// Whether it is written down anywhere.
    pub(super) fn is_known(&self) -> bool {
        !matches!(self, Self::Api(None))
    }
}
