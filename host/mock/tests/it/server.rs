//! What is there besides models, and what is not.

use std::io::{Read as _, Write as _};

use serde_json::{Value, json};

use crate::stage::{Stage, saying};

#[tokio::test]
async fn what_it_saw_is_listed() {
    let stage = Stage::new().await;
    assert_eq!(stage.get("/mock/seen").await.json(), json!([]));
    let chat = saying("Hi", "n", json!(1));
    stage.post("/v1/chat/completions?key=secret", &chat).await.json();
    stage.send("PUT", "/nowhere", "", b"not { JSON".to_vec()).await.error();
    let seen = json!([
        {"method": "POST", "path": "/v1/chat/completions", "body": chat, "answer": "You said: Hi"},
        {"method": "PUT", "path": "/nowhere", "body": "not { JSON", "answer": null}]);
    assert_eq!(stage.get("/mock/seen").await.json(), seen);
    stage.leave().await;
}

#[tokio::test]
async fn models_are_listed() {
    let stage = Stage::new().await;
    let list = stage.get("/v1/models").await.json();
    assert_eq!((&list["object"], &list["data"][0]["id"]), (&json!("list"), &json!("mock")));
    let list = stage.get("/v1beta/models?pageSize=50").await.json();
    assert_eq!(list["models"][0]["name"], "models/mock");
    assert_eq!(stage.get("/v1/models/gpt-5").await.json()["id"], "gpt-5");
    assert_eq!(stage.get("/api/tags").await.json()["models"][0]["name"], "mock");
    assert!(stage.get("/api/version").await.json()["version"].is_string());
    stage.leave().await;
}

#[tokio::test]
async fn what_it_does_not_know_is_an_error() {
    let stage = Stage::new().await;
    for (method, path, body, expected, message) in [
        ("GET", "/", "", 404, "GET /: the mock has nothing there"),
        ("POST", "/v1/files", "{}", 404, "POST /v1/files: the mock has nothing there"),
        ("GET", "/v1/responses/r", "", 404, "GET /v1/responses/r: the mock has nothing there"),
        ("POST", "/v1/responses", "{}", 400, "input: expected a string or a list"),
        ("POST", "/v1/chat/completions", "[]", 400, "messages: expected a list"),
        (
            "POST",
            "/v1/embeddings",
            "{",
            400,
            "the body is no JSON: EOF while parsing an object at line 1 column 1",
        ),
    ] {
        let reply = stage.send(method, path, "application/json", body.into()).await;
        let (status, error) = reply.error();
        assert_eq!((status, &error["error"]["message"]), (expected, &json!(message)));
    }
    stage.leave().await;
}

#[tokio::test]
async fn both_versions_of_http_are_spoken() {
    for http2 in [false, true] {
        let stage = Stage::speaking(http2).await;
        let body = stage.post("/api/chat", &saying("Hi", "stream", false.into())).await.json();
        assert_eq!(body["message"]["content"], "You said: Hi");
        stage.leave().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn long_bodies_are_refused_before_they_come() {
    let stage = Stage::new().await;
    let mut stream = std::net::TcpStream::connect(stage.address()).expect("it listens");
    let head = "POST /v1/messages HTTP/1.1\r\nhost: mock\r\ncontent-length: 16777217\r\n\r\n";
    stream.write_all(head.as_bytes()).expect("it is written");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it is text");
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    let body = answer.split("\r\n\r\n").nth(1).expect("it has a body");
    let error: Value = serde_json::from_str(body).expect("it is JSON");
    assert_eq!(error["error"]["type"], "request_too_large");
    stage.leave().await;
}
