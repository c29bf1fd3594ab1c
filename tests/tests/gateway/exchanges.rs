//! What becomes of requests and responses.

use std::time::Duration;

use anyhow::{Context as _, Result};
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::{Request, StatusCode};
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use sandgate_gate::Config;
use sandgate_gateway::{Gateway, Tls, Upstream, check_identity};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use crate::claims::Proxy as _;
use crate::stage::*;

#[test]
fn what_is_for_the_next_hop_goes_no_further() -> Result<()> {
    run(async {
        let mut stage = Stage::new("").await?;
        let request = Request::post(CHAT).header("connection", "x-mine").header("x-mine", "1");
        let client = stage.send_with(request, prompt("hi", false));
        let asked = stage.asked().await?;
        assert_eq!(asked.path, "/base/v1/chat/completions");
        assert!(!asked.headers.contains_key("x-mine"));
        drop(asked.answers(200, "application/json")?);
        assert!(!client.await??.headers().contains_key("x-hop"));
        Ok(())
    })
}

#[test]
fn a_client_that_looked_by_the_same_policies_is_told_so_and_the_model_is_not() -> Result<()> {
    run(async {
        let mut stage = Stage::new("").await?;
        let guard = setting("policies: { it: }", "http://127.0.0.1")?.guard;
        let digest = guard.policies().next().context("a policy")?.digest().to_owned();
        for (claim, known) in [
            (format!("other@sha256:0, it@{digest}"), "it"),
            ("it@sha256:0".to_owned(), ""),
            (digest.clone(), ""),
        ] {
            let request = Request::post(CHAT).header("x-sandgate-client", claim);
            let client = stage.send_with(request, prompt("a*b", false));
            let asked = stage.asked().await?;
            assert!(!asked.headers.contains_key("x-sandgate-client"));
            drop(asked.answers(200, "application/json")?);
            assert_eq!(client.await??.headers()["x-sandgate-client"], known);
        }
        Ok(())
    })
}

#[test]
fn a_route_says_which_policies_look() -> Result<()> {
    run(async {
        let routes = "routes: [{ match: { path: /v1/*, headers: { x-team: it } }, policies: [] }]";
        let mut stage = Stage::new(routes).await?;
        for (path, team, seen) in
            [(CHAT, "it", "a*b"), (CHAT, "hr", "a<STAR>b"), ("/v1/../x", "it", "a<STAR>b")]
        {
            let request = Request::post(path).header("x-team", team);
            let client = stage.send_with(request, prompt("a*b", false));
            let asked = stage.asked().await?;
            assert_eq!(asked.body, prompt(seen, false), "{path} {team}");
            drop(asked.answers(200, "application/json")?);
            client.await??;
        }
        Ok(())
    })
}

#[test]
fn a_route_may_be_one_of_a_host() -> Result<()> {
    run(async {
        let routes = "routes: [{ match: { authority: free.example }, policies: [] }]";
        let mut stage = Stage::new(routes).await?;
        for (host, seen) in [("free.example", "a*b"), ("other.example", "a<STAR>b")] {
            let request = Request::post(CHAT).header("host", host);
            let client = stage.send_with(request, prompt("a*b", false));
            let asked = stage.asked().await?;
            assert_eq!(asked.body, prompt(seen, false), "{host}");
            drop(asked.answers(200, "application/json")?);
            client.await??;
        }
        Ok(())
    })
}

#[test]
fn one_persons_pseudonyms_are_no_other_persons() -> Result<()> {
    run(async {
        let config =
            "policies: { it: { actions: { STAR: pseudonymize } } }\nidentity: { header: x-user }";
        let mut stage = Stage::new(config).await?;
        let mut seen = Vec::new();
        for user in ["ana", "ben", "ana"] {
            let request = Request::post(CHAT).header("x-user", user);
            let client = stage.send_with(request, prompt("a*b", false));
            let asked = stage.asked().await?;
            seen.push(asked.body.clone());
            drop(asked.answers(200, "application/json")?);
            client.await??;
        }
        assert_ne!(seen[0], seen[1]);
        assert_eq!(seen[0], seen[2]);
        Ok(())
    })
}

#[test]
fn who_asks_has_to_be_said_in_a_way_that_a_gateway_can_learn() -> Result<()> {
    let config = Config::from_json(r#"{"identity": {"jwt": "payload.sub"}}"#, "it.json")?;
    let error = check_identity(&config).err().context("only Envoy knows it")?.to_string();
    assert!(error.contains("identity.jwt") && error.contains("`identity.header`"), "{error}");
    Ok(())
}

#[test]
fn an_exchange_keeps_the_setting_that_it_began_with() -> Result<()> {
    run(async {
        let mut stage = Stage::new("").await?;
        let client = stage.send(CHAT, prompt("a*b", true));
        let first = stage.asked().await?;
        assert_eq!(first.body, prompt("a<STAR>b", true));
        let upstream = format!("http://{}", stage.gateway);
        let mut other = setting("policies: { it: { actions: { STAR: block } } }", &upstream)?;
        other.config.refusal.status = 418;
        stage.running.replace(other);
        assert_eq!(stage.send(CHAT, prompt("a*b", false)).await??.status(), 418);
        let mut chunks = first.answers(200, "text/event-stream")?;
        chunks.send_data(event("c*d").into()).await?;
        drop(chunks);
        assert_eq!(whole(client.await??).await?, (StatusCode::OK, event("c<STAR>d")));
        Ok(())
    })
}

#[test]
fn requests_go_to_the_first_upstream_that_is_for_them_with_its_key() -> Result<()> {
    run(async {
        let place = tempfile::tempdir()?;
        let file = place.path().join("key");
        std::fs::write(&file, "sk-provider\n")?;
        let (model, asked) = model().await?;
        let key = format!("key: {{ file: {} }}", file.display());
        let config = format!(
            "policies: {{ it: }}
upstreams:
- {{ url: 'http://{model}/one', match: {{ path: /v1/chat/* }}, {key} }}
- {{ url: 'http://{model}/two', match: {{ path: /v1*, model: claude-* }}, {key} }}
- {{ url: 'http://{model}/three', match: {{ path: /v1beta/* }}, {key} }}
- {{ url: 'http://{model}/four', match: {{ path: /own/* }}, {key}, key_header: x-own }}
- {{ url: 'http://{model}/five', match: {{ path: /open/* }} }}
"
        );
        let mut stage = Stage::before("", asked, &config).await?;
        let bearer = "Bearer sk-provider";
        for (path, model, target, header, value) in [
            (CHAT, "m", "/one/v1/chat/completions", "authorization", bearer),
            ("/v1/messages", "claude-x", "/two/v1/messages", "x-api-key", "sk-provider"),
            (
                "/v1beta/models/g:generateContent?key=mine&alt=sse",
                "",
                "/three/v1beta/models/g:generateContent?alt=sse",
                "x-goog-api-key",
                "sk-provider",
            ),
            ("/own/x", "", "/four/own/x", "x-own", "sk-provider"),
            ("/open/x?key=mine", "", "/five/open/x?key=mine", "x-api-key", "mine"),
        ] {
            let request = Request::post(path).header("x-api-key", "mine");
            let client = stage.send_with(request, format!("{{\"model\":\"{model}\"}}"));
            let asked = stage.asked().await?;
            assert_eq!((asked.path.as_str(), &asked.headers[header]), (target, &value.parse()?));
            let brings = asked.headers.get("x-api-key").is_some_and(|key| key == "mine");
            assert_eq!(brings, path.starts_with("/open"), "{path}");
            drop(asked.answers(200, "application/json")?);
            client.await??;
        }
        for path in ["/v1/messages", "/open/../v1/chat/completions"] {
            assert_eq!(stage.send(path, "{\"model\":\"gpt\"}").await??.status(), 404, "{path}");
        }
        Ok(())
    })
}

#[test]
fn an_upstream_that_cannot_be_used_is_named() -> Result<()> {
    let place = tempfile::tempdir()?;
    let file = place.path().join("key");
    std::fs::write(&file, "two words")?;
    let file = file.display();
    for (line, error) in [
        ("url: ftp://a".to_owned(), "upstreams[0].url: the upstream's address: expected http://"),
        ("url: http://a, key: { env: NO_SUCH_KEY }".to_owned(), "upstreams[0].key: `NO_SUCH_KEY`"),
        (format!("url: http://a, key: {{ file: {file} }}"), "upstreams[0].key: no key there"),
        ("url: http://a, match: { model: a*b }".to_owned(), "upstreams[0].match.model: `a*b`"),
        ("url: http://a, match: { path: v1 }".to_owned(), "upstreams[0].match.path: `v1`"),
        ("url: http://a, key_header: x-a".to_owned(), "upstreams[0].key_header: a header for"),
    ] {
        let config = format!("policies: {{ it: }}\nupstreams:\n- {{ {line} }}");
        let found = setting(&config, "").err().context(line)?.to_string();
        assert!(found.starts_with("sandgate.yaml:3: ") && found.contains(error), "{found}");
        assert!(!found.contains("two words"));
    }
    Ok(())
}

#[test]
fn what_the_gateway_itself_answers_says_why() -> Result<()> {
    run(async {
        let stage = Stage::new("limits: { body: 100 }").await?;
        let upgrade = Request::get("/v1/realtime")
            .header("connection", "upgrade")
            .header("upgrade", "websocket");
        let (status, body) = whole(stage.send_with(upgrade, "").await??).await?;
        assert_eq!(status, 501);
        assert!(body.contains("WebSocket"), "{body}");
        let (status, body) = whole(stage.send(CHAT, " ".repeat(101)).await??).await?;
        assert_eq!(status, 413);
        assert!(body.contains("limits.body"), "{body}");
        for (path, says) in [("/healthz", "ok"), ("/readyz", "ready")] {
            let response = stage.send_with(Request::get(path), "").await??;
            assert_eq!(whole(response).await?, (StatusCode::OK, says.to_owned()));
        }
        let closed = TcpListener::bind("127.0.0.1:0").await?.local_addr()?;
        let (_, asked) = mpsc::unbounded_channel();
        let stage = Stage::before(&format!("http://{closed}"), asked, "").await?;
        let (status, body) = whole(stage.send(CHAT, prompt("a*b", false)).await??).await?;
        assert_eq!(status, 502);
        assert!(body.contains("cannot be reached"), "{body}");
        Ok(())
    })
}

#[test]
fn what_is_under_way_when_it_stops_goes_to_its_end() -> Result<()> {
    run(async {
        let mut stage = Stage::new("").await?;
        let client = stage.send(CHAT, prompt("hi", true));
        let mut chunks = stage.asked().await?.answers(200, "text/event-stream")?;
        chunks.send_data(event("one").into()).await?;
        let response = client.await??;
        drop(stage.stop.take());
        while tokio::net::TcpStream::connect(stage.gateway).await.is_ok() {
            tokio::task::yield_now().await;
        }
        chunks.send_data(event("two").into()).await?;
        drop(chunks);
        let (_, body) = whole(response).await?;
        assert_eq!(body, event("one") + &event("two"));
        stage.served.await?;
        Ok(())
    })
}

#[test]
fn exchanges_that_wait_for_the_model_keep_no_policy_busy() -> Result<()> {
    run(async {
        let mut stage = Stage::new("").await?;
        let (mut clients, mut waiting) = (Vec::new(), Vec::new());
        for number in 0..3 * INSTANCES {
            clients.push(stage.send(CHAT, prompt(&format!("{number}*"), false)));
            waiting.push(stage.asked().await?);
        }
        for asked in waiting {
            asked.answers(200, "application/json")?.send_data(r#"{"a":"c * d"}"#.into()).await?;
        }
        for client in clients {
            assert_eq!(whole(client.await??).await?.1, r#"{"a":"c <STAR> d"}"#);
        }
        Ok(())
    })
}

#[test]
fn an_address_that_is_none_is_refused() {
    for (url, expected) in [
        ("", "URL"),
        ("api.example.org", "http://"),
        ("ftp://api.example.org", "http://"),
        ("https://me:key@api.example.org", "credentials"),
        ("https://api.example.org/?key=1", "query"),
    ] {
        let error = Upstream::new(url).expect_err(url).to_string();
        assert!(error.contains(expected) && !error.contains("key"), "{url}: {error}");
    }
}

#[test]
fn clients_may_speak_tls() -> Result<()> {
    run(async {
        let folder = tempfile::tempdir()?;
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()])?;
        let (cert, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
        std::fs::write(&cert, made.cert.pem())?;
        std::fs::write(&key, made.signing_key.serialize_pem())?;
        let (model, mut asked) = model().await?;
        let mut setting = setting("policies: { it: }", &format!("http://{model}"))?;
        setting.tls = Some(Tls::from_files(&cert, &key)?);
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        let served = Gateway::new(setting).serve(listener, std::future::pending(), Duration::ZERO);
        tokio::spawn(served);

        let mut roots = rustls::RootCertStore::empty();
        roots.add(made.cert.der().clone())?;
        let trusting = rustls::ClientConfig::builder().with_root_certificates(roots);
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(trusting.with_no_client_auth())
            .https_only()
            .enable_all_versions()
            .build();
        let client = Client::builder(TokioExecutor::new()).build(connector);
        let url = format!("https://localhost:{port}{CHAT}");
        let request = Request::post(url).body(Full::new(Bytes::from(prompt("a*b", false))))?;
        let client = tokio::spawn(async move { client.request(request).await });
        let asked = asked.recv().await.context("the model was not asked")?;
        assert_eq!(asked.body, prompt("a<STAR>b", false));
        asked.answers(200, "application/json")?.send_data("{}".into()).await?;
        let response = client.await??;
        assert_eq!(response.version(), hyper::Version::HTTP_2);
        assert_eq!(whole(response).await?, (StatusCode::OK, "{}".to_owned()));

        let wrong = Tls::from_files(&key, &cert).expect_err("they are swapped").to_string();
        assert!(wrong.contains("key.pem: ") && wrong.contains("expected"), "{wrong}");
        Ok(())
    })
}
