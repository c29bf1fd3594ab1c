//! Made-up texts: what people, code and logs look like, with numbers and keys that almost are
//! some. Wild enough to reach a policy's corners, the same on every run.

use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// Texts of a few words to some hundred, with `samples` and pieces of them between.
pub fn texts(samples: Vec<String>) -> impl Strategy<Value = String> {
    prop::collection::vec(fragment(samples), 1..24).prop_map(|fragments| fragments.concat())
}

/// `n` texts, always the same ones for a `seed`.
///
/// # Panics
/// Where the strategy refuses to make a text, which ours never do.
pub fn make(n: usize, seed: u8, samples: Vec<String>) -> Vec<String> {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let texts = texts(samples);
    let mut text = || texts.new_tree(&mut runner).expect("nothing is filtered out").current();
    (0..n).map(|_| text()).collect()
}

/// Where to cut: relative places, for [`cut`].
pub fn cuts() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(0..64_usize, 0..16)
}

/// The text in chunks of about these lengths, the last of what is left; never inside a character.
pub fn cut<'a>(mut text: &'a str, lengths: &[usize]) -> Vec<&'a str> {
    let mut chunks = Vec::new();
    for &length in lengths {
        let (head, tail) = text.split_at(text.ceil_char_boundary(length.min(text.len())));
        chunks.push(head);
        text = tail;
    }
    chunks.push(text);
    chunks
}

fn fragment(samples: Vec<String>) -> impl Strategy<Value = String> {
    prop_oneof![
        4 => select(WORDS).prop_map(str::to_owned),
        2 => select(SEPARATORS).prop_map(str::to_owned),
        1 => select(SCRIPTS).prop_map(str::to_owned),
        2 => number(),
        2 => address(),
        2 => key(),
        3 => sample(samples),
        1 => any::<char>().prop_map(String::from),
    ]
}

/// Digits in groups, as cards, phones, and identities are written; some pass a checksum by chance.
fn number() -> impl Strategy<Value = String> {
    let group = "[0-9]{1,6}";
    let separator = select(&["", " ", "-", ".", "/"][..]);
    let grouped = (prop::collection::vec(group, 1..6), separator)
        .prop_map(|(groups, separator)| groups.join(separator));
    prop_oneof![
        3 => grouped,
        2 => "4[0-9]{14}".prop_map(|digits| with_luhn(&digits)),
        1 => "[A-Z]{2}[0-9]{2}( ?[A-Z0-9]{4}){3,6}",
        1 => "\\+[1-9][0-9]{1,2}[ -]?[0-9]{2,4}[ -]?[0-9]{5,8}",
        1 => "[A-Z]{1,4}[0-9]{6,9}[A-Z]?",
    ]
}

/// Mail, host and network addresses, good and nearly so.
fn address() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z]{1,8}([.+_-][a-z0-9]{1,5})?@[a-z]{1,8}\\.(com|org|de|example|c)",
        "https?://([a-z]{1,8}(:[a-zA-Z0-9]{4,12})?@)?[a-z]{2,9}\\.[a-z]{2,4}(/[a-z0-9?=&%]{0,12})?",
        "(postgres|mysql|redis|mongodb)://[a-z]{3,6}:[A-Za-z0-9]{6,14}@db[.]internal:[0-9]{4}/x",
        "[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}",
        "([0-9a-f]{1,4}:){2,7}[0-9a-f]{1,4}",
        "[0-9A-F]{2}(:[0-9A-F]{2}){5}",
    ]
}

/// What keys look like: a prefix that some provider uses, then noise; and look-alikes.
fn key() -> impl Strategy<Value = String> {
    let provided = (select(PREFIXES), "[A-Za-z0-9_-]{8,48}").prop_map(|(a, b)| format!("{a}{b}"));
    let assigned = (select(NAMES), select(ASSIGNMENTS), "[A-Za-z0-9+/=!$%]{6,40}")
        .prop_map(|(name, sign, value)| format!("{name}{sign}{value}"));
    prop_oneof![
        provided,
        assigned,
        "eyJ[A-Za-z0-9_-]{10,40}\\.eyJ[A-Za-z0-9_-]{10,40}\\.[A-Za-z0-9_-]{20,43}",
        "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
        "[0-9a-f]{32,64}",
        "sha512-[A-Za-z0-9+/]{40,86}==",
    ]
}

/// A golden text, or a piece of one.
fn sample(samples: Vec<String>) -> impl Strategy<Value = String> {
    let samples = if samples.is_empty() { vec![String::new()] } else { samples };
    (select(samples), 0..200_usize, 0..400_usize, any::<bool>()).prop_map(
        |(sample, start, length, whole)| {
            if whole {
                return sample;
            }
            let start = sample.floor_char_boundary(start.min(sample.len()));
            let end = sample.ceil_char_boundary((start + length).min(sample.len()));
            sample[start..end].to_owned()
        },
    )
}

/// The digits and the one that makes their Luhn sum right.
fn with_luhn(digits: &str) -> String {
    let doubled = |(at, digit): (usize, u8)| {
        let digit = u32::from(digit - b'0') * if at % 2 == 0 { 2 } else { 1 };
        digit / 10 + digit % 10
    };
    let sum: u32 = digits.bytes().rev().enumerate().map(doubled).sum();
    format!("{digits}{}", (10 - sum % 10) % 10)
}

const WORDS: &[&str] = &[
    "please call ",
    "my number is ",
    "ssn: ",
    "card ",
    "passport ",
    "Steuer-ID ",
    "name=",
    "the ",
    "iban ",
    "order 66 ",
    "password is ",
    "token ",
    "born on 12.03.1984 ",
    "Mr. ",
    "api key ",
    "driver license ",
    "NHS no. ",
    "PAN ",
    "Aadhaar ",
    "cpf ",
    "NIF ",
    "phone: ",
    "version 1.2.3 ",
];
const SEPARATORS: &[&str] = &[
    " ",
    "\n",
    "\r\n",
    "\t",
    ", ",
    "; ",
    "\"",
    "': '",
    "{\"a\": \"",
    "\"}",
    "```\n",
    "(",
    ")",
    "<",
    "=",
    "\\n",
    "\\u0020",
    "&nbsp;",
    "\u{200b}",
    "\u{a0}",
    "\u{202e}",
    "\0",
    "  \n\n  ",
    "/*",
    "$",
];
const SCRIPTS: &[&str] = &[
    "电话号码",
    "我的邮箱是",
    "メール：",
    "전화번호 ",
    "Телефон ",
    "رقم الهاتف ",
    "मेरा नंबर ",
    "é",
    "e\u{301}",
    "👩‍👩‍👧‍👦",
    "🇩🇪",
    "１２３４",
    "ｆｕｌｌ",
    "ß",
    "İ",
    "𝟙𝟚𝟛",
    "\u{e0041}",
    "Ａ＠ｂ．ｃｏｍ",
];
// Only beginnings, so that no file of ours ever holds what a scanner takes for a key.
const PREFIXES: &[&str] = &[
    "AKIA",
    "ghp_",
    "github_pat_",
    "glpat-",
    "xoxb-",
    "sk_live_",
    "sk-",
    "sk-ant-",
    "AIza",
    "SG.",
    "npm_",
    "pypi-",
    "hf_",
    "dop_v1_",
    "shpat_",
    "AC",
    "key-",
    "ya29.",
    "EAAC",
    "lin_api_",
];
const NAMES: &[&str] = &[
    "password",
    "API_KEY",
    "secret",
    "db_pass",
    "AWS_SECRET_ACCESS_KEY",
    "auth-token",
    "\"apiKey\"",
    "integrity",
    "checksum",
    "client_secret",
];
const ASSIGNMENTS: &[&str] = &["=", ": ", " = \"", "\":\"", " := '", "=YOUR_", "=${", " "];
