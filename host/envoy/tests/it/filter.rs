//! What becomes of a stream, in the order in which Envoy calls.

use std::time::Duration;

use sandgate_envoy::Next;
use sandgate_gate::Direction::{Request, Response};
use serde_json::{Value, json};

use crate::stage::{Proxy, stage};

fn prompt(text: &str, stream: bool) -> String {
    json!({"model": "m", "stream": stream, "messages": [{"role": "user", "content": text}]})
        .to_string()
}

fn reply(text: &str) -> String {
    json!({"choices": [{"message": {"role": "assistant", "content": text}}]}).to_string()
}

fn event(text: &str) -> String {
    format!("data: {{\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{text}\"}}}}]}}\n\n")
}

/// A filter whose request is through, for a response.
fn asked(
    config: Value,
    stream: bool,
) -> (sandgate_envoy::Filter<Proxy, crate::stage::Stars>, Proxy) {
    let (mut filter, proxy) = stage(config);
    let body = prompt("hi", stream);
    proxy.asks(body.len());
    filter.request_headers(false);
    let size = proxy.comes(Request, &body);
    assert_eq!(filter.request_body(size, true), Next::Go);
    assert_eq!(proxy.leaves(Request), body);
    (filter, proxy)
}

#[test]
fn a_request_waits_for_its_end_and_leaves_edited_with_its_length() {
    let (mut filter, proxy) = stage(json!({}));
    let body = prompt("a*b", false);
    proxy.asks(body.len());
    assert_eq!(filter.request_headers(false), Next::Wait);
    assert_eq!(proxy.header(Request, "accept-encoding").as_deref(), Some("identity"));
    let (one, two) = body.split_at(40);
    assert_eq!(filter.request_body(proxy.comes(Request, one), false), Next::Wait);
    assert_eq!(filter.request_body(proxy.comes(Request, two), true), Next::Go);
    let left = prompt("a<STAR>b", false);
    assert_eq!(proxy.header(Request, "content-length"), Some(left.len().to_string()));
    assert_eq!(proxy.leaves(Request), left);
    assert_eq!(proxy.noted("sandgate.decision"), "edited");
    assert_eq!(proxy.noted("sandgate.findings"), "stars/STAR redact 1");
}

#[test]
fn trailers_end_a_body_and_do_not_go_on() {
    let (mut filter, proxy) = stage(json!({}));
    let body = prompt("a*b", false);
    proxy.asks(body.len());
    filter.request_headers(false);
    assert_eq!(filter.request_body(proxy.comes(Request, &body), false), Next::Wait);
    assert_eq!(filter.request_trailers(), Next::Go);
    assert_eq!(proxy.leaves(Request), prompt("a<STAR>b", false));
    proxy.answers("200", "application/json");
    assert_eq!(filter.response_headers(false), Next::Wait);
    assert_eq!(filter.response_body(proxy.comes(Response, &reply("c*d")), false), Next::Wait);
    assert_eq!(filter.response_trailers(), Next::Go);
    assert_eq!(proxy.leaves(Response), reply("c<STAR>d"));
    assert_eq!(proxy.trailers_dropped(), 2);
}

#[test]
fn a_refused_request_is_answered_in_its_providers_shape() {
    let (mut filter, proxy) = stage(json!({ "refusal": { "status": 451 } }));
    proxy.asks(9);
    filter.request_headers(false);
    assert_eq!(filter.request_body(proxy.comes(Request, "{broken"), true), Next::Wait);
    let (status, said) = proxy.answered();
    assert_eq!(status, 451);
    assert!(said.contains("unscannable_content") && !said.contains("broken"), "{said}");
    let refused = ("x-sandgate".to_owned(), "refused".to_owned());
    assert!(proxy.answer_headers().contains(&refused));
    // Envoy asks about the answer too: it goes on as it is.
    proxy.answers("451", "application/json");
    assert_eq!(filter.response_headers(false), Next::Go);
    assert_eq!(filter.response_body(proxy.comes(Response, &said), true), Next::Go);
    assert_eq!(proxy.leaves(Response), said);
    filter.log();
    assert_eq!(proxy.counts()["sandgate.exchanges.decision.refused"], 1);
    assert_eq!(proxy.counts()["sandgate.refusals.reason.unscannable"], 1);
}

#[test]
fn a_response_is_held_edited_and_said_to_be() {
    let (mut filter, proxy) = asked(json!({}), false);
    proxy.answers("200", "application/json");
    assert_eq!(filter.response_headers(false), Next::Wait);
    let body = reply("c*d");
    assert_eq!(filter.response_body(proxy.comes(Response, &body[..9]), false), Next::Wait);
    assert_eq!(filter.response_body(proxy.comes(Response, &body[9..]), true), Next::Go);
    let left = reply("c<STAR>d");
    assert_eq!(proxy.header(Response, "content-length"), Some(left.len().to_string()));
    assert_eq!(proxy.header(Response, "x-sandgate").as_deref(), Some("edited"));
    assert_eq!(
        proxy.header(Response, "x-sandgate-policies").as_deref(),
        Some("stars@0123456789ab")
    );
    assert_eq!(proxy.leaves(Response), left);
    filter.log();
    let counts = proxy.counts();
    assert_eq!(counts["sandgate.findings.policy.stars.rule.STAR.action.redact"], 1);
    assert_eq!(counts["sandgate.exchanges.decision.edited"], 1);
}

#[test]
fn a_stream_leaves_while_it_comes_and_its_tail_at_the_end() {
    let (mut filter, proxy) = asked(json!({}), true);
    proxy.answers("200", "text/event-stream");
    assert_eq!(filter.response_headers(false), Next::Go);
    assert_eq!(proxy.header(Response, "content-length"), None);
    assert_eq!(proxy.header(Response, "x-sandgate").as_deref(), Some("forward"));
    let mut next = |bytes: &str, end: bool| {
        let size = proxy.comes(Response, bytes);
        assert_eq!(filter.response_body(size, end), Next::Go);
        proxy.leaves(Response)
    };
    assert_eq!(next(&event("one"), false), event("one"));
    let (start, rest) = (&event("t*o")[..20], &event("t*o")[20..]);
    assert_eq!(next(start, false), "");
    assert_eq!(next(rest, false), event("t<STAR>o"));
    assert_eq!(next(&event("held… back"), false), event("held"));
    assert_eq!(next("", true), event("… back"));
    filter.log();
    assert_eq!(proxy.counts()["sandgate.held"], "… back".len() as u64);
}

#[test]
fn a_blocked_stream_ends_in_its_own_words_and_swallows_the_rest() {
    let (mut filter, proxy) = asked(json!({ "limits": { "held": 4 } }), true);
    proxy.answers("200", "text/event-stream");
    filter.response_headers(false);
    let size = proxy.comes(Response, &event("a… held"));
    assert_eq!(filter.response_body(size, false), Next::Go);
    let ending = proxy.leaves(Response);
    assert!(ending.ends_with("data: [DONE]\n\n") && !ending.contains("held\""), "{ending}");
    for (bytes, end) in [(event("more"), false), (event("and more"), true)] {
        assert_eq!(filter.response_body(proxy.comes(Response, &bytes), end), Next::Go);
        assert_eq!(proxy.leaves(Response), "");
    }
}

#[test]
fn a_stream_that_breaks_off_is_seen_to() {
    let (mut filter, proxy) = asked(json!({}), true);
    proxy.answers("200", "text/event-stream");
    filter.response_headers(false);
    let size = proxy.comes(Response, &event("one")[..20]);
    filter.response_body(size, false);
    proxy.leaves(Response);
    assert_eq!(filter.response_body(0, true), Next::Wait);
    assert_eq!((proxy.resets(), proxy.is_answered()), (1, false));
}

#[test]
fn text_that_was_held_too_long_leaves_with_what_comes_next() {
    let limits = json!({ "limits": { "held_ms": 100, "on_held": "release" } });
    let (mut filter, proxy) = asked(limits, true);
    proxy.answers("200", "text/event-stream");
    filter.response_headers(false);
    filter.response_body(proxy.comes(Response, &event("a… held")), false);
    assert_eq!(proxy.leaves(Response), event("a"));
    proxy.later(Duration::from_millis(50));
    filter.response_body(proxy.comes(Response, ": early\n\n"), false);
    assert_eq!(proxy.leaves(Response), ": early\n\n");
    proxy.later(Duration::from_millis(100));
    filter.response_body(proxy.comes(Response, ": late\n\n"), false);
    assert_eq!(proxy.leaves(Response), event("… held") + ": late\n\n");
}

#[test]
fn bodies_over_the_limit_are_refused_as_soon_as_that_is_known() {
    let limit = json!({ "limits": { "body": 100 } });
    let (mut filter, proxy) = stage(limit.clone());
    proxy.asks(101);
    assert_eq!(filter.request_headers(false), Next::Wait);
    assert_eq!(proxy.answered().0, 413);
    let (mut filter, proxy) = stage(limit.clone());
    proxy.asks(10);
    filter.request_headers(false);
    assert_eq!(filter.request_body(proxy.comes(Request, &" ".repeat(101)), false), Next::Wait);
    assert_eq!(proxy.answered().0, 413);
    let (mut filter, proxy) = asked(limit, false);
    proxy.answers("200", "application/json");
    filter.response_headers(false);
    assert_eq!(filter.response_body(proxy.comes(Response, &" ".repeat(101)), false), Next::Wait);
    assert_eq!(proxy.answered().0, 502);
}

#[test]
fn what_cannot_be_inspected_is_no_request() {
    for headers in [
        [(":method", "GET"), (":path", "/v1/realtime"), ("upgrade", "websocket")].as_slice(),
        &[(":method", "CONNECT"), (":authority", "example.org:443")],
    ] {
        let (mut filter, proxy) = stage(json!({}));
        proxy.has(Request, headers);
        assert_eq!(filter.request_headers(true), Next::Wait);
        assert_eq!(proxy.answered().0, 501);
    }
}

#[test]
fn a_response_to_half_a_request_is_inspected_and_the_rest_never_leaves() {
    let (mut filter, proxy) = stage(json!({ "envoy": { "headers": "pass" } }));
    proxy.asks(100);
    assert_eq!(filter.request_headers(false), Next::Go);
    assert_eq!(proxy.header(Request, "content-length"), None);
    proxy.answers("401", "application/json");
    assert_eq!(filter.response_headers(false), Next::Go);
    let size = proxy.comes(Response, "{\"error\":{\"message\":\"a*b\"}}");
    assert_eq!(filter.response_body(size, true), Next::Go);
    assert_eq!(proxy.leaves(Response), "{\"error\":{\"message\":\"a<STAR>b\"}}");
    assert_eq!(filter.request_body(proxy.comes(Request, "{}"), true), Next::Wait);
}

#[test]
fn where_heads_have_gone_text_still_waits_and_a_refusal_takes_its_place() {
    let pass = json!({ "envoy": { "headers": "pass" } });
    let (mut filter, proxy) = asked(pass.clone(), false);
    proxy.answers("200", "application/json");
    assert_eq!(filter.response_headers(false), Next::Go);
    assert_eq!(proxy.header(Response, "content-length"), None);
    assert_eq!(filter.response_body(proxy.comes(Response, "{broken"), false), Next::Wait);
    assert_eq!(filter.response_body(proxy.comes(Response, " secret"), true), Next::Go);
    let left = proxy.leaves(Response);
    assert!(left.contains("unscannable_content") && !left.contains("secret"), "{left}");
    assert!(!proxy.is_answered());

    let (mut filter, proxy) = stage(pass);
    proxy.asks(9);
    filter.request_headers(false);
    assert_eq!(filter.request_body(proxy.comes(Request, "{broken"), true), Next::Wait);
    assert_eq!(proxy.answered().0, 403, "a request can be refused all the same");
}

#[test]
fn a_proxy_that_does_not_answer_ends_the_exchange() {
    let (mut filter, proxy) = stage(json!({}));
    proxy.asks(10);
    proxy.declines();
    assert_eq!(filter.request_headers(false), Next::Wait);
    assert_eq!((proxy.answered().0, proxy.resets()), (500, 1));
    let (mut filter, proxy) = asked(json!({}), true);
    proxy.answers("200", "text/event-stream");
    filter.response_headers(false);
    let size = proxy.comes(Response, &event("a*b"));
    proxy.declines();
    assert_eq!(filter.response_body(size, false), Next::Wait);
    assert_eq!(proxy.resets(), 1);
}
