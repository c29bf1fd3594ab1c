//! Every body of the corpus, walked by the table of its API.

use std::fs;
use std::path::{Path, PathBuf};

use sandgate_wire::{Api, Role, Rule, StreamKey, Table, View, walk};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    body: Body,
    json: Option<String>,
    #[serde(default)]
    events: Vec<String>,
    #[serde(default)]
    parts: Vec<Part>,
    #[serde(default)]
    unscannable: u64,
}

#[derive(Deserialize, Clone, Copy, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Body {
    Request,
    Response,
    Event,
    Error,
}

#[derive(Deserialize, Debug, PartialEq)]
#[serde(deny_unknown_fields)]
struct Part {
    role: String,
    #[serde(default)]
    name: Option<String>,
    text: String,
}

/// A part, the stream it goes on with, and what reads it.
struct Found {
    stream: Option<StreamKey>,
    view: View,
    part: Part,
}

#[test]
fn every_text_is_found_and_nothing_else() {
    let mut count = 0;
    let mut wrong = Vec::new();
    for file in files() {
        let text = fs::read_to_string(&file).expect("the corpus can be read");
        let cases: Vec<Case> = serde_saphyr::from_str(&text).expect("it is a list of cases");
        let folder = file.parent().and_then(Path::file_name).expect("a folder per API");
        let api = Api::ALL.into_iter().find(|api| *api.name() == *folder);
        for case in cases {
            count += 1;
            let (parts, unscannable) = read(rules(api, case.body), &case);
            let expected: Vec<Part> = case.parts.into_iter().map(spaceless).collect();
            let parts: Vec<Part> = parts.into_iter().map(spaceless).collect();
            if parts != expected || unscannable != case.unscannable {
                wrong.push(format!(
                    "{}: {}\n found {unscannable} {parts:#?}\n expected {} {expected:#?}",
                    file.display(),
                    case.name,
                    case.unscannable
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count > 100, "only {count} cases");
}

fn files() -> Vec<PathBuf> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let list = |path: &Path| -> Vec<PathBuf> {
        let entries = fs::read_dir(path).into_iter().flatten();
        entries.filter_map(|entry| Some(entry.ok()?.path())).collect()
    };
    let mut files: Vec<PathBuf> = list(&corpus).iter().flat_map(|folder| list(folder)).collect();
    files.sort();
    files
}

fn rules(api: Option<Api>, body: Body) -> &'static [Rule] {
    match (api, body) {
        (Some(api), Body::Request) => api.request(),
        (Some(api), Body::Response) => api.response(),
        (Some(api), Body::Event) => api.event(),
        _ => Api::OpenAiChat.error(),
    }
}

fn read(rules: &[Rule], case: &Case) -> (Vec<Part>, u64) {
    let table = Table::new(rules);
    let role = if case.body == Body::Request { Role::User } else { Role::Assistant };
    let mut found: Vec<Found> = Vec::new();
    let mut unscannable = 0;
    for document in case.json.iter().chain(&case.events) {
        let walk = walk(document, &table, None, role).expect("cases are JSON");
        unscannable += walk.unscannable;
        for text in walk.texts {
            let goes_on = |f: &Found| f.stream.is_some() && f.stream == text.stream;
            let idx = found.iter().position(goes_on).unwrap_or_else(|| {
                let part =
                    Part { role: word(text.role).to_owned(), name: text.name, text: String::new() };
                let view = View::new(text.spelling);
                found.push(Found { stream: text.stream, view, part });
                found.len() - 1
            });
            let said = found[idx].view.push(&document[text.span]);
            found[idx].part.text += &said;
        }
    }
    let whole = |mut found: Found| {
        found.part.text += &found.view.end();
        found.part
    };
    let parts = found.into_iter().map(whole).filter(|part| !part.text.is_empty());
    (parts.collect(), unscannable)
}

fn spaceless(part: Part) -> Part {
    Part { text: part.text.split_whitespace().collect(), ..part }
}

fn word(role: Role) -> &'static str {
    match role {
        Role::System => "system",
        Role::User => "user",
        Role::Assistant => "assistant",
        Role::ToolCall => "tool-call",
        Role::ToolResult => "tool-result",
        Role::Other => "other",
    }
}
