//! The command line as its users meet it: arguments and standard input, what comes out, how it ends.
//!
//! The binary must carry packed policies: `cargo pack` makes them before this is built.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

const REDACT: &str = "policies: { pii: { actions: { '*': redact } } }";
const BLOCK: &str = "policies: { pii: { actions: { '*': redact, CREDIT_CARD: block } } }";
const CARD: &str = "card 4111 1111 1111 1111 ok";

/// A folder with a configuration in it, for one test.
struct Place(TempDir);

/// How a command ended.
struct Ended {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Place {
    #[track_caller]
    fn new(config: &str) -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        place.write("sandgate.yaml", config);
        place
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.0.path().join(name), bytes).unwrap();
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.0.path().join(name)).unwrap()
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.0.path()).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[track_caller]
    fn run(&self, args: &[&str], stdin: impl AsRef<[u8]>) -> Ended {
        let output = run(self.0.path(), args, stdin.as_ref());
        let text = |bytes| String::from_utf8(bytes).expect("output is UTF-8");
        let (stdout, stderr) = (text(output.stdout), text(output.stderr));
        assert!(!stderr.contains("none were packed"), "build again after `cargo pack`: {stderr}");
        Ended { code: output.status.code(), stdout, stderr }
    }
}

fn run(folder: &Path, args: &[&str], stdin: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_sandgate"))
        .args(args)
        .current_dir(folder)
        // Nothing there is as good as not set.
        .env("SANDGATE_POLICIES", "")
        // Shared by all tests, so that each policy is compiled once.
        .env("SANDGATE_CACHE", concat!(env!("CARGO_TARGET_TMPDIR"), "/cache"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut pipe = child.stdin.take().unwrap();
    let stdin = stdin.to_owned();
    let writer = std::thread::spawn(move || drop(pipe.write_all(&stdin)));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output
}

/// Runs under `config` and expects parts of standard output and error, and an exit code.
#[track_caller]
fn check(config: &str, args: &[&str], stdin: &str, expected: (&str, &str, i32)) {
    let ended = Place::new(config).run(args, stdin);
    let (stdout, stderr, code) = expected;
    assert!(ended.stdout.contains(stdout), "{}", ended.stdout);
    assert!(ended.stderr.contains(stderr), "{}", ended.stderr);
    assert_eq!(ended.code, Some(code), "{}", ended.stderr);
}

#[test]
fn check_says_what_it_sees_and_what_leaves() {
    check(REDACT, &["check", "mail ana@example.org"], "", ("EMAIL_ADDRESS", "", 0));
    check(REDACT, &["check", "mail ana@example.org"], "", ("│ mail <EMAIL_ADDRESS>", "", 0));
    check(REDACT, &["check"], "nothing here", ("nothing found", "", 0));
    check(REDACT, &["check", "-"], "", ("nothing found", "", 0));
    check(BLOCK, &["check", CARD], "", ("is refused", "", 1));
}

#[test]
fn check_prints_json_without_excerpts() {
    let ended = Place::new(BLOCK).run(&["check", "--json", CARD], "");
    let answer: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!((&answer["decision"], &answer["text"]), (&"refused".into(), &"".into()));
    assert_eq!(
        (&answer["findings"][0]["start"], &answer["findings"][0]["end"]),
        (&5.into(), &24.into())
    );
    assert!(!ended.stdout.contains("1111"));
}

#[test]
fn nothing_is_coloured_outside_a_terminal() {
    let ended = Place::new(REDACT).run(&["check", "mail ana@example.org"], "");
    assert!(!ended.stdout.contains('\u{1b}'));
}

#[test]
fn redact_edits_and_leaves_the_rest_byte_for_byte() {
    check(
        REDACT,
        &["redact"],
        "\u{feff}a\r\nana@example.org\r\n\0é",
        ("\u{feff}a\r\n<EMAIL_ADDRESS>\r\n\0é", "", 0),
    );
    check(REDACT, &["redact"], "", ("", "", 0));
}

#[test]
fn redact_writes_no_byte_of_what_blocks_nor_after_it() {
    let ended = Place::new(BLOCK).run(&["redact"], format!("before\n{CARD} after"));
    assert_eq!(ended.code, Some(1));
    assert!("before\ncard ".starts_with(&ended.stdout), "{}", ended.stdout);
    assert!(ended.stderr.contains("standard input: refused: CREDIT_CARD at byte 12"));
    assert!(!ended.stderr.contains("1111"));
}

#[test]
fn redact_knows_no_limit_to_findings() {
    let ended = Place::new(REDACT).run(&["redact"], "ana@example.org\n".repeat(150_000));
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
    assert!(ended.stdout == "<EMAIL_ADDRESS>\n".repeat(150_000));
}

#[test]
fn redact_names_file_and_byte_that_is_not_utf_8() {
    let place = Place::new(REDACT);
    place.write("bad.txt", b"caf\xe9 au lait");
    let ended = place.run(&["redact", "bad.txt"], "");
    assert_eq!((ended.code, ended.stderr.trim()), (Some(2), "error: bad.txt: not UTF-8 at byte 3"));
    let ended = place.run(&["redact", "--lossy", "bad.txt"], "");
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(0), "caf\u{fffd} au lait"));
}

#[test]
fn in_place_replaces_whole_files_or_leaves_them() {
    let place = Place::new(BLOCK);
    let long = format!("{}\n{CARD}", "fine ana@example.org\n".repeat(20_000));
    place.write("good.txt", "ana@example.org!");
    place.write("refused.txt", &long);
    place.write("broken.txt", b"ana@example.org \xff");
    let names = place.names();
    let ended = place.run(&["redact", "-i", "refused.txt", "broken.txt", "good.txt"], "");
    assert_eq!(ended.code, Some(2), "{}", ended.stderr);
    assert_eq!(place.read("good.txt"), "<EMAIL_ADDRESS>!");
    assert_eq!(place.read("refused.txt"), long);
    assert_eq!(place.names(), names, "nothing half-written is left");
}

#[test]
fn an_output_file_of_a_refused_text_does_not_appear() {
    let place = Place::new(BLOCK);
    let ended = place.run(&["redact", "-o", "out.txt"], CARD);
    assert_eq!(ended.code, Some(1));
    assert_eq!(place.names(), ["sandgate.yaml"]);
}

#[test]
fn scan_keeps_its_line_format() {
    let rows = "{\"id\": 1.50, \"text\": \"é ana@example.org\"}\n{\"text\":\"\"}\n";
    let ended = Place::new(REDACT).run(&["scan"], rows);
    let mut lines = ended.stdout.lines();
    let first: serde_json::Value = serde_json::from_str(lines.next().unwrap()).unwrap();
    let confidence = first["findings"][0]["confidence"].as_u64().unwrap();
    let expected = format!(
        "{{\"id\":1.50,\"decision\":\"edited\",\"text\":\"é <EMAIL_ADDRESS>\",\"findings\":[{{\
         \"policy\":\"pii\",\"rule\":\"EMAIL_ADDRESS\",\"start\":3,\"end\":18,\
         \"confidence\":{confidence},\"action\":\"redact\"}}],\"unscannable\":0}}"
    );
    assert_eq!(ended.stdout.lines().next(), Some(expected.as_str()));
    let second = r#"{"id":2,"decision":"forward","text":"","findings":[],"unscannable":0}"#;
    assert_eq!((lines.next(), lines.next()), (Some(second), None));
    assert_eq!(ended.code, Some(0));
}

#[test]
fn a_refused_line_has_no_text() {
    let row = format!("{{\"id\":\"x\",\"text\":\"{CARD}\"}}");
    check(
        BLOCK,
        &["scan"],
        &row,
        (r#"{"id":"x","decision":"refused","text":"","findings":[{"#, "", 0),
    );
}

#[test]
fn scan_names_broken_lines_and_goes_on() {
    let rows: &[&[u8]] = &[
        b"\xef\xbb\xbf{\"id\":\"first\",\"text\":\"a\"}\r\n",
        b"{\"id\":\"SECRET\", \r\n",
        b"\r\n",
        b"{\"id\":\"SECRET\"}\n",
        b"{\"text\":[\"SECRET\"]}\n",
        b"\"SECRET\"\n",
        b"{\"text\":\"SECRET \\ud800 \"}\n",
        b"{\"text\":\"SECRET \xff\"}\n",
        b"{\"text\":\"SECRET\",\"text\":\"b\"}\n",
        b"{\"id\":null,\"text\":\"last\"}",
    ];
    let ended = Place::new(REDACT).run(&["scan", "-"], rows.concat());
    let ids: Vec<_> = ended.stdout.lines().map(|line| line.split(',').next().unwrap()).collect();
    assert_eq!(ids, ["{\"id\":\"first\"", "{\"id\":10"]);
    let complaints: Vec<_> = ended.stderr.lines().collect();
    let places = [2, 4, 5, 6, 7, 8, 9].map(|n| format!("error: standard input:{n}: "));
    assert_eq!(complaints.len(), places.len(), "{}", ended.stderr);
    assert!(complaints.iter().zip(&places).all(|(c, p)| c.starts_with(p)), "{}", ended.stderr);
    assert!(!ended.stderr.contains("SECRET"));
    assert_eq!(ended.code, Some(2));
}

#[test]
fn scan_reads_gzip_and_json_pointers_and_keeps_the_order() {
    let place = Place::new(REDACT);
    let rows: Vec<_> = (0..3000).map(|n| format!("{{\"m\":[{{\"c\":\"text {n}\"}}]}}")).collect();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(rows.join("\n").as_bytes()).unwrap();
    place.write("rows.jsonl.gz", gzip.finish().unwrap());
    let args = ["scan", "rows.jsonl.gz", "--field", "/m/0/c", "--jobs", "3", "-o", "out.jsonl"];
    let ended = place.run(&args, "");
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(0), ""), "{}", ended.stderr);
    let out = place.read("out.jsonl");
    let starts = (0..3000)
        .map(|n| format!("{{\"id\":{},\"decision\":\"forward\",\"text\":\"text {n}\"", n + 1));
    assert!(out.lines().zip(starts).all(|(line, start)| line.starts_with(&start)));
    assert_eq!(out.lines().count(), 3000);
}

#[test]
fn one_line_may_be_very_long() {
    let row = format!("{{\"text\":\"{}ana@example.org\"}}", "word ".repeat(4_000_000));
    let ended = Place::new(REDACT).run(&["scan"], &row);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(ended.stdout.contains("\"start\":20000000,\"end\":20000015"));
}

#[test]
fn a_closed_pipe_ends_it_quietly() {
    let rows = "{\"text\":\"a\"}\n".repeat(200_000);
    let place = Place::new(REDACT);
    place.write("rows.jsonl", rows);
    let mut child = Command::new(env!("CARGO_BIN_EXE_sandgate"))
        .args(["scan", "rows.jsonl"])
        .current_dir(place.0.path())
        .env("SANDGATE_CACHE", concat!(env!("CARGO_TARGET_TMPDIR"), "/cache"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]));
}

#[test]
fn what_is_wrong_with_a_configuration_is_named() {
    let zeros = "0".repeat(64);
    let digest = format!("policies: {{ pii: {{ digest: 'sha256:{zeros}' }} }}");
    for (config, expected) in [
        ("policies: { pii: { on_fualt: allow } }", "sandgate.yaml:1: policies.pii"),
        ("polices: {}", "sandgate.yaml:1"),
        ("policies: { nosuch: }", "nosuch"),
        ("policies: { pii: { actions: { NO_SUCH: mask } } }", "NO_SUCH"),
        ("policies: { pii: { settings: { no_such_setting: 1 } } }", "no_such_setting"),
        ("policies: { pii: { use: nowhere.wasm } }", "nowhere.wasm"),
        (digest.as_str(), "digest"),
        ("policies: {}", "sandgate.yaml: policies: none"),
    ] {
        let ended = Place::new(config).run(&["check", "text"], "");
        assert_eq!(ended.code, Some(2), "{config}");
        assert!(ended.stderr.contains(expected), "{config}: {}", ended.stderr);
        assert_eq!(ended.stderr.lines().count(), 1, "{}", ended.stderr);
    }
}

#[test]
fn files_that_are_no_policies_are_named() {
    let place = Place::new("policies: { mine: { use: ./mine.wasm } }");
    let module = b"\0asm\x01\0\0\0";
    let other_world = b"\0asm\x0d\0\x01\0";
    for bytes in [b"no wasm at all".as_slice(), module, other_world, b""] {
        place.write("mine.wasm", bytes);
        for args in [["check", "text"], ["inspect", "mine.wasm"], ["test", "mine.wasm"]] {
            let ended = place.run(&args, "");
            assert_eq!((ended.code, ended.stdout.as_str()), (Some(2), ""), "{args:?}");
            assert!(ended.stderr.contains("mine"), "{args:?}: {}", ended.stderr);
        }
    }
}

#[test]
fn files_that_are_not_there_are_named() {
    for args in
        [["redact", "no.txt"], ["scan", "no.txt"], ["inspect", "no.txt"], ["test", "no.txt"]]
    {
        check(REDACT, &args, "", ("", "no.txt", 2));
    }
    check(REDACT, &["check", "x", "--config", "no.txt"], "", ("", "no.txt", 2));
    check(REDACT, &["check", "x", "--policies", "no.txt"], "", ("", "no.txt", 2));
}

#[test]
fn eval_counts_characters_and_groups() {
    let rows = r#"{"text":"é ana@example.org","spans":[{"start":2,"end":17,"type":"EMAIL"}],"source":"a","lang":"en"}
{"text":"no mail","spans":[{"start":0,"end":2,"type":"EMAIL"}],"source":"a","lang":"de"}
{"text":"ana@example.org","label":0,"source":"clean","lang":"en"}
"#;
    let place = Place::new(REDACT);
    let ended = place.run(&["eval", "-", "--map", "EMAIL=EMAIL_ADDRESS", "--json"], rows);
    let scores: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
    let email = &scores["types"]["EMAIL"];
    assert_eq!(
        (&email["recall"], &email["precision"], &email["exact"]),
        (&0.5.into(), &1.0.into(), &0.5.into())
    );
    assert_eq!((&scores["clean"]["rows"], &scores["clean"]["touched"]), (&1.into(), &1.into()));
    assert_eq!(scores["groups"].as_array().map(Vec::len), Some(3));
    check(REDACT, &["eval", "-", "--map", "X=NO_SUCH"], rows, ("", "NO_SUCH", 2));
}

#[test]
fn the_schema_is_one() {
    let ended = Place::new(REDACT).run(&["schema"], "");
    let schema: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
    assert!(schema["properties"]["policies"].is_object());
}

#[test]
fn every_command_explains_itself_with_an_example() {
    for command in ["check", "redact", "scan", "inspect", "test", "eval", "bench", "schema", "fuse"]
    {
        let ended = Place::new(REDACT).run(&[command, "--help"], "");
        assert!(ended.stdout.contains("Example") && ended.code == Some(0), "{command}");
    }
}
