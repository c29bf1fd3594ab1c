//! Whose pseudonyms an exchange makes.

use std::rc::Rc;

use sandgate_envoy::{Filter, Next};
use sandgate_gate::Direction::Request;
use serde_json::{Value, json};

use crate::stage::{Proxy, setting};

/// What a request leaves as, where this is how its proxy knows who asks.
fn left(identity: Value, knows: &[(&[&str], &str)], headers: &[(&str, &str)]) -> String {
    let config = json!({
        "policies": { "keyed": null },
        "key": { "value": "long enough to be a secret" },
        "identity": identity,
    });
    let setting = setting(&config.to_string()).expect("it is a configuration");
    let proxy = Proxy::default();
    for (path, value) in knows {
        proxy.knows(path, value.as_bytes());
    }
    let own = [
        (":method", "POST"),
        (":path", "/v1/chat/completions"),
        ("content-type", "application/json"),
    ];
    proxy.has(Request, &[&own, headers].concat());
    let mut filter = Filter::new(proxy.clone(), Rc::new(setting));
    assert_eq!(filter.request_headers(false), Next::Wait);
    let body = json!({"messages": [{"role": "user", "content": "*"}]}).to_string();
    assert_eq!(filter.request_body(proxy.comes(Request, &body), true), Next::Go);
    proxy.leaves(Request)
}

#[test]
fn pseudonyms_are_those_of_whoever_the_proxy_says_asks() {
    let jwt: &[&str] =
        &["metadata", "filter_metadata", "envoy.filters.http.jwt_authn", "payload", "sub"];
    let uri: &[&str] = &["connection", "uri_san_peer_certificate"];
    let subject: &[&str] = &["connection", "subject_peer_certificate"];
    let nobody = left(Value::Null, &[], &[]);
    let ana = left(json!({ "header": "x-user" }), &[], &[("x-user", "ana")]);
    assert_eq!(ana, left(json!({ "jwt": "payload.sub" }), &[(jwt, "ana")], &[]));
    assert_eq!(ana, left(json!({ "certificate": "uri" }), &[(uri, "ana")], &[]));
    assert_eq!(ana, left(json!({ "certificate": "subject" }), &[(subject, "ana")], &[]));
    assert_eq!(nobody, left(json!({ "header": "x-user" }), &[], &[]));
    let bob = left(json!({ "header": "x-user" }), &[], &[("x-user", "bob")]);
    assert!(ana != bob && ana != nobody && bob != nobody);
    assert!(ana.contains("<STAR_"), "{ana}");
}
