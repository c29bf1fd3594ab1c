//! Configurations, and what is said about those that are wrong.

use sandgate_gate::*;

use crate::script::Words;

fn read(yaml: &str) -> Result<Config, Error> {
    Config::from_yaml(yaml, "sandgate.yaml")
}

#[track_caller]
fn wrong(cases: &[(&str, &str)]) {
    for (yaml, expected) in cases {
        assert_eq!(read(yaml).expect_err("it is wrong").to_string(), *expected, "{yaml}");
    }
}

const FULL: &str = r#"
policies:
  pii:
    settings: { regions: [us, gb] }
    actions: { US_SSN: block, EMAIL_ADDRESS: pseudonymize, "*": mask }
    allow: [support@example.org]
  secrets:
  injection: { mode: observe, threshold: 80 }
  codenames: { use: ./acme.wasm, on_fault: allow, assets: { words: ./words.txt } }
routes:
  - match: { path: /v1/*, headers: { x-team: hr }, authority: api.example.org, route: chat }
    policies: [pii, secrets]
refusal: { as: message, status: 451 }
on_unscannable: allow
limits: { held: 4096, on_held: release, held_ms: 500, findings: 100 }
key: { env: SANDGATE_KEY }
identity: { header: x-user }
envoy: { headers: pass }
"#;

#[test]
fn every_key_is_read() {
    let config = read(FULL).unwrap();
    assert_eq!(config.policies.len(), 4);
    assert_eq!(config.policies["pii"].settings()["regions"][1], "gb");
    assert_eq!(config.policies["pii"].actions["*"], Action::Mask);
    assert_eq!(config.policies["secrets"], PolicyConfig::default());
    assert_eq!(config.policies["secrets"].settings(), serde_json::json!({}));
    assert_eq!(config.policies["secrets"].on_fault(), OnFault::Block);
    assert_eq!(config.policies["injection"].on_fault(), OnFault::Allow);
    assert_eq!(config.policies["injection"].threshold.get(), 80);
    assert_eq!(config.policies["codenames"].file.as_deref(), Some("./acme.wasm"));
    assert_eq!(config.routes[0].matches.headers["x-team"], "hr");
    assert_eq!(config.refusal, RefusalConfig { form: RefusalForm::Message, status: 451 });
    assert_eq!(config.on_unscannable, OnUnscannable::Allow);
    assert_eq!((config.limits.held, config.limits.held_ms), (4096, Some(500)));
    assert_eq!(config.key, Some(KeySource::Env("SANDGATE_KEY".into())));
    assert_eq!(config.identity, Some(IdentitySource::Header("x-user".into())));
    assert_eq!(config.envoy.headers, HeldHeaders::Pass);
}

#[test]
fn a_secret_in_the_document_is_not_printed() {
    let config = read("key: { value: a secret nobody should see }").unwrap();
    assert_eq!(config.key, Some(KeySource::Value("a secret nobody should see".into())));
    assert!(!format!("{config:?}").contains("nobody"));
}

#[test]
fn a_route_is_for_a_host_and_a_route_of_the_proxy() {
    let config = read(FULL).unwrap();
    let headers = |authority: &'static str, route: &'static str| {
        move |name: &str| match name {
            ":authority" => Some(authority),
            ":route" => Some(route),
            "x-team" => Some("hr"),
            _ => None,
        }
    };
    for (authority, route, taken) in [
        ("api.example.org", "chat", Some(0)),
        ("API.Example.org", "chat", Some(0)),
        ("api.example.com", "chat", None),
        ("api.example.org", "other", None),
    ] {
        assert_eq!(config.route("/v1/x", headers(authority, route)), taken, "{authority} {route}");
    }
}

#[test]
fn who_asks_is_named_as_hosts_can_find_them() {
    wrong(&[
        (
            "identity: { header: X-User }",
            "sandgate.yaml:1: identity.header: `X-User` is no header, expected a name in lower case",
        ),
        (
            "identity: { jwt: sub }",
            "sandgate.yaml:1: identity.jwt: `sub` is no claim, expected a path as `payload.sub`",
        ),
    ]);
}

#[test]
fn nothing_is_every_default() {
    for yaml in ["", "{}", "# only a comment\n", "policies:\n"] {
        let config = read(yaml).unwrap_or_else(|e| panic!("{yaml:?}: {e}"));
        assert_eq!(config.policies.len(), 0);
        assert_eq!(config.limits, Limits::default());
    }
    assert_eq!(Config::with_policies(["pii"]).policies["pii"], PolicyConfig::default());
}

#[test]
fn unknown_names_are_errors_with_the_nearest_one() {
    wrong(&[
        (
            "policies:\n  pii:\n    moode: observe\n",
            "sandgate.yaml:3: policies.pii.moode: unknown field `moode`, expected one of `use`, \
             `digest`, `settings`, `assets`, `actions`, `mode`, `threshold`, `allow`, `on_fault`, \
             did you mean `mode`?",
        ),
        (
            "policies: { pii: { mode: obsreve } }",
            "sandgate.yaml:1: policies.pii.mode: unknown variant `obsreve`, expected `enforce` \
             or `observe`, did you mean `observe`?",
        ),
        (
            "routes:\n  - policies: [ppi]\npolicies: { pii: }",
            "sandgate.yaml:2: routes[0].policies[0]: no policy `ppi`, did you mean `pii`?",
        ),
    ]);
}

#[test]
fn wrong_values_are_errors_with_what_was_expected() {
    wrong(&[
        (
            "policies:\n  pii:\n    threshold: 120",
            "sandgate.yaml:3: policies.pii.threshold: invalid value: integer `120`, expected a \
             whole number from 0 to 100",
        ),
        (
            "policies:\n  pii: { allow: [4111111111111111] }",
            "sandgate.yaml:2: policies.pii.allow[0]: invalid type: integer `4111111111111111`, \
             expected a string",
        ),
        (
            "policies:\n  pii: { digest: abc }",
            "sandgate.yaml:2: policies.pii.digest: `abc` is no digest, expected `sha256:` and 64 \
             hex digits",
        ),
        ("limits: { held: 0 }", "sandgate.yaml:1: limits.held: 0, expected at least 1"),
        (
            "refusal: { status: 200 }",
            "sandgate.yaml:1: refusal.status: 200 is not an HTTP error status, expected 400 to 599",
        ),
        (
            "policies: { pii: }\nroutes:\n- match: { path: '*/v1' }\n  policies: [pii]",
            "sandgate.yaml:3: routes[0].match.path: `*/v1`, expected a path from `/` with a `*` \
             only at its end",
        ),
        (
            "formats:\n- path: /p\n  request:\n    $.a[0]: text",
            "sandgate.yaml:4: formats[0].request: `$.a[0]`, expected a JSONPath of names, `*`, `[*]` \
             and `..`: `$.a[*].b`",
        ),
        (
            "formats:\n- path: p",
            "sandgate.yaml:2: formats[0].path: `p`, expected a path from `/` with a `*` only at its end",
        ),
        ("[]", "sandgate.yaml:1: invalid type: sequence, expected a mapping"),
        (
            "a: {}",
            "sandgate.yaml:1: a: unknown field `a`, expected one of `policies`, `routes`, `upstreams`, `formats`, \
         `refusal`, `on_unscannable`, `limits`, `key`, `identity`, `envoy`",
        ),
        (
            "policies: { pii: [observe] }",
            "sandgate.yaml:1: policies.pii: invalid type: sequence, expected a mapping",
        ),
    ]);
}

#[test]
fn broken_documents_are_errors_with_their_line() {
    wrong(&[("limits: {}\nkey:\nlimits: {}\n", "sandgate.yaml:3: duplicate key `limits`")]);
    for (yaml, line) in [("policies: [", 1), ("a: b\n c: d", 2), ("{}\n---\n{}", 2), ("a: *x", 1)] {
        let error = read(yaml).unwrap_err();
        assert!(error.line().is_some_and(|at| at >= line), "{yaml:?}: {error}");
    }
}

#[test]
fn bombs_are_errors() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for n in 1..12 {
        let aliases = vec![format!("*a{}", n - 1); 10].join(", ");
        bomb += &format!("a{n}: &a{n} [{aliases}]\n");
    }
    assert!(read(&bomb).is_err());
    assert!(read(&"[".repeat(100_000)).is_err());
    assert!(Config::from_json(&"[".repeat(100_000), "").is_err());
}

#[test]
fn json_is_read_alike() {
    let json =
        r#"{"policies": {"pii": null, "x": {"mode": "observe", "allow": ["\ud83d\ude00"]}}}"#;
    let config = Config::from_json(json, "c.json").unwrap();
    assert_eq!(config.policies["pii"], PolicyConfig::default());
    assert_eq!(config.policies["x"].allow, ["🙂".replace('🙂', "😀")]);
    for (json, expected) in [
        ("{\n\"limits\": {},\n\"limits\": {}}", "c.json:3: duplicate key `limits`"),
        ("{\"limits\":\n{\"held\": 0}}", "c.json:2: limits.held: 0, expected at least 1"),
        ("{'a': 1}", "c.json:1: key must be a string"),
        ("", "c.json:1: EOF while parsing a value"),
    ] {
        assert_eq!(Config::from_json(json, "c.json").unwrap_err().to_string(), expected);
    }
}

#[test]
fn the_schema_knows_every_key() {
    let schema = Config::schema();
    let text = schema.to_string();
    let keys = [
        "policies",
        "routes",
        "upstreams",
        "formats",
        "refusal",
        "on_unscannable",
        "limits",
        "key",
    ];
    for key in keys {
        assert!(schema["properties"].get(key).is_some(), "{key}");
    }
    for word in ["pseudonymize", "threshold", "on_fault", "\"use\"", "held_ms", "\"env\""] {
        assert!(text.contains(word), "{word}");
    }
    assert_eq!(schema["additionalProperties"], false);
}

fn planned(yaml: &str) -> Result<Plan, Error> {
    let mut manifest = Words::new(&["a"], 0).manifest();
    manifest.rules[0].name = "EMAIL_ADDRESS".into();
    manifest.rules_from = Some("/patterns".into());
    Plan::new(
        &read(yaml).expect("it is right"),
        &[("pii".to_owned(), &manifest)],
        Key::new([0; 32]),
    )
}

#[test]
fn an_action_for_a_rule_that_does_not_exist_is_an_error() {
    let error = planned("policies:\n  pii:\n    actions: { EMAIL_ADRESS: mask }\n").err().unwrap();
    assert_eq!(
        error.to_string(),
        "sandgate.yaml:3: policies.pii.actions.EMAIL_ADRESS: no rule `EMAIL_ADRESS`, did you mean \
         `EMAIL_ADDRESS`?"
    );
}

#[test]
fn rules_that_a_user_wrote_are_rules() {
    let own = "policies: { pii: { settings: { patterns: { TICKET: {} } } } }";
    let plan = planned(own).unwrap();
    assert_eq!(plan.action("pii", "TICKET"), Some(Action::Redact));
    assert_eq!(plan.action("pii", "EMAIL_ADDRESS"), Some(Action::Redact));
    assert_eq!(plan.action("pii", "OTHER"), None);
}

#[test]
fn the_first_route_that_matches_is_taken() {
    let yaml = "
policies: { a: , b: }
routes:
- match: { path: /v1/*, headers: { x-team: hr } }
  policies: [a]
- match: { path: /v1/models }
  policies: []
- match: { path: /open/* }
  policies: [b]
- match: { headers: { x-team: it } }
  policies: [b]
";
    let config = Config::from_yaml(yaml, "sandgate.yaml").expect("it is right");
    for (path, team, route) in [
        ("/v1/chat", "hr", Some(0)),
        ("/v1/models", "hr", Some(0)),
        ("/v1/models?a=/open/", "", Some(1)),
        ("/v1/models/", "", None),
        ("/v1/chat", "", None),
        ("/open/chat", "hr", Some(2)),
        ("/open/", "", Some(2)),
        ("/", "it", Some(3)),
        // Nobody takes a more open route by spelling the path another way.
        ("/open/../v1/chat", "hr", None),
        ("/open/%2e%2e/v1/chat", "it", None),
        ("/open//v1/chat", "it", None),
        ("//open/", "it", None),
        ("/open/..;/v1", "it", None),
        ("/open/..\\v1", "it", None),
        ("/open//", "it", None),
        ("open/", "it", None),
    ] {
        let header = |name: &str| (name == "x-team").then_some(team);
        assert_eq!(config.route(path, header), route, "{path} {team}");
    }
}
