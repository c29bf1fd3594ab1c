//! Who asks, as Envoy established it: a token's claim, a client's certificate. One person's pseudonyms
//! are no other person's.

use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http_body_util::Full;
use hyper::Request;
use hyper::Response;
use hyper::body::{Bytes, Incoming};
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use rcgen::string::Ia5String;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, SanType};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ClientConfig, RootCertStore};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::task::JoinHandle;

use crate::claims::Proxy as _;
use crate::gateway::{CHAT, prompt};
use crate::stage::{Stage, run};

const SECRET: &[u8] = b"what the one who makes tokens and Envoy know";

fn config(identity: Value) -> Value {
    json!({
        "policies": { "it": { "actions": { "STAR": "pseudonymize" } } },
        "key": { "value": "0123456789abcdef0123456789abcdef" },
        "identity": identity,
    })
}

/// What the model is asked when a client asks so.
async fn reaches(
    stage: &mut Stage,
    client: JoinHandle<Result<Response<Incoming>>>,
) -> Result<Bytes> {
    let asked = stage.asked().await?;
    let body = asked.body.clone();
    drop(asked.answers(200, "application/json")?);
    client.await??;
    ensure!(!body.contains(&b'*'), "it left as it was written");
    Ok(body)
}

/// A token for this subject.
fn token(subject: &str) -> Result<String> {
    let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let head = part(json!({ "alg": "HS256", "typ": "JWT", "kid": "it" }));
    let body = part(json!({ "iss": "it", "sub": subject }));
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET)?;
    mac.update(format!("{head}.{body}").as_bytes());
    Ok(format!("{head}.{body}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())))
}

/// Envoy's filter that checks such tokens, where there is one.
fn checks_tokens() -> Value {
    let secret = URL_SAFE_NO_PAD.encode(SECRET);
    let keys = json!({ "keys": [{ "kty": "oct", "alg": "HS256", "kid": "it", "k": secret }] });
    json!({
        "name": "jwt",
        "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication",
            "providers": { "it": {
                "issuer": "it",
                "payload_in_metadata": "payload",
                "local_jwks": { "inline_string": keys.to_string() },
            } },
            "rules": [{
                "match": { "prefix": "/" },
                "requires": { "requires_any": { "requirements": [
                    { "provider_name": "it" },
                    { "allow_missing": {} },
                ] } },
            }],
        },
    })
}

#[test]
fn who_a_token_is_for_has_pseudonyms_of_their_own() -> Result<()> {
    run(async {
        let config = config(json!({ "jwt": "payload.sub" }));
        let mut stage = Stage::with(config, |stand| stand.before.push(checks_tokens())).await?;
        let mut seen = Vec::new();
        for subject in [Some("ana"), Some("ben"), Some("ana"), None] {
            let mut request = Request::post(CHAT);
            if let Some(subject) = subject {
                request = request.header("authorization", format!("Bearer {}", token(subject)?));
            }
            let client = stage.send_with(request, prompt("a*b", false));
            seen.push(reaches(&mut stage, client).await?);
        }
        assert_eq!(seen[0], seen[2]);
        assert!(seen[0] != seen[1] && seen[1] != seen[3] && seen[0] != seen[3]);
        Ok(())
    })
}

/// Who signs certificates here.
fn authority() -> Result<CertifiedIssuer<'static, KeyPair>> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    Ok(CertifiedIssuer::self_signed(params, KeyPair::generate()?)?)
}

/// A client who shows a certificate with this name in it.
fn client(
    authority: &CertifiedIssuer<'static, KeyPair>,
    name: &str,
) -> Result<
    Client<
        hyper_rustls::HttpsConnector<hyper_util::client::legacy::connect::HttpConnector>,
        Full<Bytes>,
    >,
> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.distinguished_name.push(DnType::CommonName, name);
    let uri = Ia5String::try_from(format!("spiffe://example.org/{name}"))?;
    params.subject_alt_names.push(SanType::URI(uri));
    let key = KeyPair::generate()?;
    let own = params.signed_by(&key, authority)?;
    let mut roots = RootCertStore::empty();
    roots.add(authority.der().clone())?;
    let secret = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let tls = ClientConfig::builder()
        .with_root_certificates(Arc::new(roots))
        .with_client_auth_cert(vec![own.der().clone()], secret)?;
    let connector =
        HttpsConnectorBuilder::new().with_tls_config(tls).https_only().enable_http1().build();
    Ok(Client::builder(TokioExecutor::new()).build(connector))
}

/// TLS for which a client needs a certificate of that authority.
fn asks_for_certificates(
    authority: &CertifiedIssuer<'static, KeyPair>,
    name: &str,
) -> Result<Value> {
    let key = KeyPair::generate()?;
    let own = CertificateParams::new(vec![name.to_owned()])?.signed_by(&key, authority)?;
    Ok(json!({
        "name": "tls",
        "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext",
            "require_client_certificate": true,
            "common_tls_context": {
                "tls_certificates": [{
                    "certificate_chain": { "inline_string": own.pem() },
                    "private_key": { "inline_string": key.serialize_pem() },
                }],
                "validation_context": { "trusted_ca": { "inline_string": authority.pem() } },
            },
        },
    }))
}

#[test]
fn who_shows_a_certificate_has_pseudonyms_of_their_own() -> Result<()> {
    run(async {
        let authority = authority()?;
        for field in ["uri", "subject"] {
            let config = config(json!({ "certificate": field }));
            let mut transport = None;
            let mut stage = Stage::with(config, |stand| {
                transport = asks_for_certificates(&authority, &stand.host.to_string()).ok();
                stand.transport = transport.clone();
            })
            .await?;
            transport.context("no certificate could be made")?;
            let mut seen = Vec::new();
            for name in ["ana", "ben", "ana"] {
                let client = client(&authority, name)?;
                let url = format!("https://{}{CHAT}", stage.address);
                let body = Full::new(Bytes::from(prompt("a*b", false)));
                let request = Request::post(url).body(body)?;
                let client = tokio::spawn(async move { Ok(client.request(request).await?) });
                seen.push(reaches(&mut stage, client).await?);
            }
            assert_eq!(seen[0], seen[2], "{field}");
            assert_ne!(seen[0], seen[1], "{field}");
        }
        Ok(())
    })
}
