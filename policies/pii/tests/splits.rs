//! However a text is cut, the findings are the same.

use pii::{Pii, Settings};
use proptest::prelude::*;
use sandgate_guest::native;
use sandgate_guest::prelude::*;

/// What matches and their look-alikes are made of.
const FRAGMENTS: &[&str] = &[
    "4111 1111 1111 1111",
    "4111111111111111",
    "378282246310005",
    "DE89 3704 0044 0532 0130 00",
    "GB29NWBK60161331926819",
    "jane.doe@example.org",
    "@",
    "https://example.com/a?id=",
    "://",
    "http",
    "192.0.2.44",
    "fe80::1ff:fe23:4567:890a",
    "00:1B:44:11:3A:B7",
    "::",
    "+44 20 7946 0958",
    "(212) 555-0123",
    " x12",
    "030 1234567",
    "090-1234-5678",
    "ssn ",
    "SSN: ",
    "536-90-4399",
    "536904399",
    "phone ",
    "order ",
    "QQ 12 34 56 C",
    "AB 12 34 56 C",
    "AB123456C",
    "passport no ",
    "C01X00T47",
    "May 5, 1990",
    "5 May 1990",
    "born ",
    "1990-05-17",
    "1990年5月17日",
    "身份证号",
    "11010519491231002X",
    "電話",
    "телефон ",
    "رقم ",
    "SWIFT ",
    "DEUTDEFF",
    "NEDSZAJJXXX",
    "12 Main Street",
    "12 rue de la Paix",
    "Ringvej 144",
    "Schönefelderstraße ",
    "gasse",
    "4111-1111-",
    "IBAN ",
    "iPhone",
    "cpf=",
    "529.982.247-25",
    "vin",
    "1HGCM82633A004352",
    "AB-CD 123",
    "plate ",
    ", Apt 5",
    "Baker ",
    "52.520008, 13.404954",
    "-",
    "42 years old",
    " ",
    " ",
    ", ",
    ".",
    "\n",
    "\n\n",
    "\\n",
    "%40",
    "%20",
    "_",
    "=",
    "\"",
    ":",
    "/",
    "0",
    "1",
    "23",
    "456",
    "7890",
    "12345678901234567890",
    "a",
    "B",
    "xyz",
    "é",
    "中",
    "🙂",
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2",
    "550e8400-e29b-41d4-a716-446655440000",
    "RSSMRA85T10A562S",
    "ABCDEFGHIJ",
    "version ",
    "1.2.3.4",
    "$",
    "+",
    "(",
    ")",
    "123.456.789-09",
    "aaaaaaaaaaaaaaaaaaaaaaaa",
];

fn cut(text: &str, sizes: &[usize]) -> Vec<String> {
    let (mut rest, mut chunks) = (text, Vec::new());
    for &size in sizes.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (head, tail) = rest.split_at(rest.ceil_char_boundary(size.min(rest.len())));
        chunks.push(head.to_owned());
        rest = tail;
    }
    chunks
}

type Seen = Vec<(String, u64, u64, u8)>;

fn findings(policy: &Rc<Pii>, chunks: &[&str]) -> Seen {
    let found = native::scan(policy, chunks).into_iter();
    found.map(|f| (f.rule, f.start, f.end, f.confidence)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn cuts_change_nothing(
        fragments in prop::collection::vec(prop::sample::select(FRAGMENTS), 1..24),
        sizes in prop::collection::vec(1_usize..40, 1..8),
    ) {
        let policy = Rc::new(Pii::configure(Settings::default(), vec![]).unwrap());
        let text = fragments.concat();
        let chunks = cut(&text, &sizes);
        let chunks: Vec<_> = chunks.iter().map(String::as_str).collect();
        prop_assert_eq!(findings(&policy, &[&text]), findings(&policy, &chunks), "{:?}", chunks);
    }

    #[test]
    fn no_text_breaks_the_scan(text in "\\PC{0,80}[0-9@:]\\PC{0,80}", size in 1_usize..20) {
        let policy = Rc::new(Pii::configure(Settings::default(), vec![]).unwrap());
        let found = findings(&policy, &native::chunks(&text, size));
        let on_boundaries = |(_, start, end, _): &(String, u64, u64, u8)| {
            text.is_char_boundary(*start as usize) && text.is_char_boundary(*end as usize)
        };
        prop_assert!(found.iter().all(on_boundaries));
    }
}

#[test]
fn ordinary_text_is_held_back_128_bytes_at_most() {
    let policy = Rc::new(Pii::configure(Settings::default(), vec![]).unwrap());
    let text = "In May 1969, Dr. Ann-Marie O'Neil (aged 42) flew 384,400 km; 今天天气很好。 See \
                https://example.org/a?b=1 or mail ann@example.org, tel. +44 20 7946 0958. "
        .repeat(20);
    let context = Context { model: None, labels: vec![] };
    let part = Part { direction: Direction::Request, role: Role::User, name: None };
    let mut scanner = policy.scanner(&context, &part);
    let mut fed = 0;
    for chunk in native::chunks(&text, 4) {
        fed += chunk.len() as u64;
        let held = fed - scanner.feed(chunk).settled;
        assert!(held <= 128, "{held} bytes held back at {fed}");
    }
}

#[test]
fn endless_runs_settle_and_stay_linear() {
    let policy = Rc::new(Pii::configure(Settings::default(), vec![]).unwrap());
    for run in ["7", "1 ", "a", "A", "1-", "a.", "f:", "(", "1.2."] {
        let text = run.repeat(100_000 / run.len());
        // Quadratic work would take minutes here.
        findings(&policy, &native::chunks(&text, 4));
    }
}
