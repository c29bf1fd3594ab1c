//! The playground: a page on which to try what the policies do, in the browser and in front of the
//! model. Its files are in memory and fixed when this was built; no path of a disk is ever read.
//!
//! The page may load nothing but itself, and talk to nobody but this gateway.

use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue, LOCATION,
    REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use hyper::{Response, StatusCode};

use crate::passage::Outgoing;

type Files = &'static [(&'static str, &'static [u8])];

/// What was put together when this was built, by path under the page's.
static FILES: Files = include!(concat!(env!("OUT_DIR"), "/playground.rs"));

/// Where it is.
const PATH: &str = "/playground";

const PLAIN: &str = "text/plain; charset=utf-8";

/// What its files are answered with.
const HEADERS: [(HeaderName, &str); 5] = [
    (
        CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self'; connect-src 'self'; worker-src 'self'; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'none'",
    ),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    // Another version of the gateway has other files at the same paths.
    (CACHE_CONTROL, "no-cache"),
];

/// What is at this path; nothing where it is none of the playground's, or there is no playground.
pub(crate) fn at(path: &str) -> Option<Response<Outgoing>> {
    answer(FILES, path)
}

fn answer(files: Files, path: &str) -> Option<Response<Outgoing>> {
    let name = path.strip_prefix(PATH).filter(|_| !files.is_empty())?;
    let name = match name.strip_prefix('/') {
        Some("") => "index.html",
        Some(name) => name,
        None if name.is_empty() => return Some(moved()),
        None => return None,
    };
    let found = files.iter().find(|(file, _)| *file == name);
    let (kind, bytes) =
        found.map_or((PLAIN, &b""[..]), |(file, bytes)| (content_type(file), bytes));
    let mut response = Response::new(body(bytes));
    if found.is_none() {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    Some(response)
}

/// The page's own paths are relative to its folder.
fn moved() -> Response<Outgoing> {
    let mut response = Response::new(body(b""));
    *response.status_mut() = StatusCode::PERMANENT_REDIRECT;
    response.headers_mut().insert(LOCATION, HeaderValue::from_static("/playground/"));
    response
}

fn body(bytes: &'static [u8]) -> Outgoing {
    Full::new(Bytes::from_static(bytes)).map_err(|never| match never {}).boxed_unsync()
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.') {
        Some((_, "html")) => "text/html; charset=utf-8",
        Some((_, "js")) => "text/javascript; charset=utf-8",
        Some((_, "css")) => "text/css; charset=utf-8",
        Some((_, "svg")) => "image/svg+xml",
        Some((_, "wasm")) => "application/wasm",
        _ => PLAIN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOME: Files = &[("demo/main.js", b"run()"), ("index.html", b"<p>")];

    #[track_caller]
    fn check(path: &str, expected: Option<(u16, &str)>) {
        let got = answer(SOME, path);
        let header = |response: &Response<Outgoing>| {
            let headers = response.headers();
            let header = headers.get(CONTENT_TYPE).or(headers.get(LOCATION));
            header.and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
        };
        let got = got.map(|response| (response.status().as_u16(), header(&response)));
        assert_eq!(got.as_ref().map(|(status, header)| (*status, header.as_str())), expected);
    }

    #[test]
    fn files_have_their_types() {
        check("/playground/", Some((200, "text/html; charset=utf-8")));
        check("/playground/index.html", Some((200, "text/html; charset=utf-8")));
        check("/playground/demo/main.js", Some((200, "text/javascript; charset=utf-8")));
    }

    #[test]
    fn only_what_was_embedded_is_there() {
        check("/playground/demo", Some((404, "text/plain; charset=utf-8")));
        check("/playground/../Cargo.toml", Some((404, "text/plain; charset=utf-8")));
        check("/playground//index.html", Some((404, "text/plain; charset=utf-8")));
    }

    #[test]
    fn the_folder_is_named_with_a_slash() {
        check("/playground", Some((308, "/playground/")));
        check("/playgrounds", None);
        check("/v1/chat/completions", None);
    }

    #[test]
    fn without_files_the_path_is_the_upstreams() {
        assert!(answer(&[], "/playground").is_none());
    }

    #[test]
    fn the_page_may_load_only_itself() {
        let page = answer(SOME, "/playground/").expect("it is there");
        let policy = page.headers().get(CONTENT_SECURITY_POLICY).and_then(|v| v.to_str().ok());
        let policy = policy.expect("it has one");
        assert!(policy.starts_with("default-src 'none'; script-src 'self' 'wasm-unsafe-eval'"));
        assert!(!policy.contains("unsafe-inline") && !policy.contains('*'));
    }
}
