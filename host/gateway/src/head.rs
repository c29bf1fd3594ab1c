//! Heads of requests and responses: what goes on, and what belongs to one connection only.

use hyper::header::{
    ACCEPT_ENCODING, CONNECTION, CONTENT_LENGTH, EXPECT, HOST, HeaderMap, HeaderName, HeaderValue,
    PROXY_AUTHENTICATE, PROXY_AUTHORIZATION, TE, TRAILER, TRANSFER_ENCODING, UPGRADE,
};

use crate::client::CLIENT;

/// Those of one connection, RFC 9110 §7.6.1, and those that are written anew.
const OWN: &[HeaderName] = &[
    CONNECTION,
    CONTENT_LENGTH,
    EXPECT,
    HOST,
    PROXY_AUTHENTICATE,
    PROXY_AUTHORIZATION,
    TE,
    TRAILER,
    TRANSFER_ENCODING,
    UPGRADE,
];

/// The headers of a request that go on to the upstream.
pub(crate) fn onward(headers: &HeaderMap) -> HeaderMap {
    let mut headers = end_to_end(headers);
    headers.remove(CLIENT);
    // What comes back compressed could not be read.
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    headers
}

/// Those that are for the other end, and not for the next connection.
pub(crate) fn end_to_end(headers: &HeaderMap) -> HeaderMap {
    let named = joined(headers, &CONNECTION).unwrap_or_default().to_ascii_lowercase();
    let named: Vec<&str> = named.split(',').map(str::trim).collect();
    let mut left = HeaderMap::with_capacity(headers.len());
    for (name, value) in headers {
        let is_own = OWN.contains(name)
            || matches!(name.as_str(), "keep-alive" | "proxy-connection")
            || named.contains(&name.as_str());
        if !is_own {
            left.append(name, value.clone());
        }
    }
    left
}

/// All values of a header, as one. A value that is no text is in it as something nobody knows.
pub(crate) fn joined(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let mut values = headers.get_all(name).iter().map(|value| value.to_str().unwrap_or("?"));
    let mut joined = values.next()?.to_owned();
    for value in values {
        joined += ", ";
        joined += value;
    }
    Some(joined)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(list: &[(&str, &str)]) -> HeaderMap {
        let parse = |(name, value): &(&str, &str)| {
            (name.parse::<HeaderName>().expect("a name"), value.parse().expect("a value"))
        };
        let mut headers = HeaderMap::new();
        list.iter().map(parse).for_each(|(name, value)| {
            headers.append(name, value);
        });
        headers
    }

    #[test]
    fn what_belongs_to_one_connection_does_not_go_on() {
        let came = headers(&[
            ("host", "a"),
            ("connection", "keep-alive, X-Hop"),
            ("x-hop", "1"),
            ("transfer-encoding", "chunked"),
            ("content-length", "3"),
            ("accept-encoding", "gzip"),
            ("authorization", "k"),
            ("x-sandgate-client", "pii@sha256:0"),
            ("x-two", "1"),
            ("x-two", "2"),
        ]);
        let left = [
            ("accept-encoding", "identity"),
            ("authorization", "k"),
            ("x-two", "1"),
            ("x-two", "2"),
        ];
        assert_eq!(onward(&came), headers(&left));
    }

    #[test]
    fn a_header_that_is_there_twice_is_read_whole() {
        let twice = headers(&[("content-encoding", "identity"), ("content-encoding", "gzip")]);
        let encoding = joined(&twice, &hyper::header::CONTENT_ENCODING);
        assert_eq!(encoding.as_deref(), Some("identity, gzip"));
    }
}
