//! House style that a machine can see: headers, lengths, words, and what a policy's folder holds.

use sandgate_tidy::{files, root};

const MAX_FILE: usize = 600;
const MAX_FUNCTION: usize = 80;

/// Names of files that hold no idea of their own.
const NAMELESS: &[&str] = &["utils", "util", "common", "helpers", "types", "manager", "misc"];

#[track_caller]
fn check(claim: &str, offenders: Vec<String>) {
    assert!(offenders.is_empty(), "{claim}:\n  {}", offenders.join("\n  "));
}

#[test]
fn every_file_says_what_it_is() {
    let bare = files(".rs")
        .into_iter()
        .filter(|(_, text)| !text.trim_start_matches("#![no_main]\n").starts_with("//!"));
    check("files that do not open with `//!`", bare.map(|(path, _)| path).collect());
}

#[test]
fn no_file_is_longer_than_its_idea() {
    let long = files(".rs").into_iter().filter(|(_, text)| text.lines().count() > MAX_FILE);
    check("files over 600 lines", long.map(|(path, _)| path).collect());
}

#[test]
fn no_function_is_longer_than_a_screen() {
    let mut long = Vec::new();
    for (path, text) in files(".rs") {
        long.extend(long_functions(&text).map(|line| format!("{path}:{line}")));
    }
    check("functions over 80 lines", long);
}

#[test]
fn the_measure_of_functions_sees_a_long_one() {
    let body = "    work();\n".repeat(MAX_FUNCTION);
    let text = format!("fn short() {{\n}}\n\npub(crate) fn long() {{\n{body}}}\n");
    assert_eq!(long_functions(&text).collect::<Vec<_>>(), [4]);
}

#[test]
fn files_are_named_after_what_they_hold() {
    let nameless = files(".rs").into_iter().map(|(path, _)| path).filter(|path| {
        path.trim_end_matches(".rs").split('/').any(|word| NAMELESS.contains(&word))
    });
    check("files named after nothing", nameless.collect());
}

#[test]
fn nothing_names_a_machine_or_a_registry() {
    let strangers = ["/home/", "/root/", "/tmp/bash", concat!("/wo", "rk/"), "index.crates.io"];
    let mut found = Vec::new();
    let scripts = ["demo", "test", "tests", "run", "setup", "browser"];
    let texts = [".rs", ".md", ".toml", ".yaml", ".py", ".sh", ".js", ".ts", ".html", ".json"];
    for ending in scripts.into_iter().chain(texts) {
        for (path, text) in files(ending) {
            let hits = strangers.iter().filter(|stranger| text.contains(**stranger));
            found.extend(hits.map(|stranger| format!("{path}: {stranger}")));
        }
    }
    check("paths of one machine", found.into_iter().filter(|f| !f.contains("tidy.rs")).collect());
}

#[test]
fn every_policy_folder_holds_what_a_policy_needs() {
    let mut missing = Vec::new();
    let folders = std::fs::read_dir(root().join("policies")).expect("there are policies");
    for folder in folders.map(|entry| entry.expect("readable").path()).filter(|p| p.is_dir()) {
        for file in ["Cargo.toml", "cases.yaml", "src/lib.rs", "src/main.rs"] {
            if !folder.join(file).is_file() {
                missing.push(folder.join(file).display().to_string());
            }
        }
    }
    check("files that a policy's folder lacks", missing);
}

/// The lines on which functions over the limit begin. rustfmt has aligned a function's closing
/// brace with its first line, so that no parser is needed.
fn long_functions(text: &str) -> impl Iterator<Item = usize> {
    let lines: Vec<_> = text.lines().collect();
    let starts = lines.iter().enumerate().filter(|(_, line)| is_function(line));
    let long = starts.filter(|(start, line)| {
        let indent = line.len() - line.trim_start().len();
        let close = format!("{}}}", " ".repeat(indent));
        let end = lines[*start..].iter().position(|line| *line == close);
        end.is_some_and(|length| length > MAX_FUNCTION)
    });
    long.map(|(start, _)| start + 1).collect::<Vec<_>>().into_iter()
}

fn is_function(line: &str) -> bool {
    let words = line.split_whitespace();
    let mut words = words.skip_while(|word| {
        matches!(*word, "async" | "const" | "unsafe" | "extern" | "\"C\"")
            || word.starts_with("pub")
    });
    words.next() == Some("fn") && !line.trim_end().ends_with([';', '}'])
}
