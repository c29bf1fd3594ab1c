//! Cards, accounts, banks, companies, crypto-currencies.

use super::{parsed, shaped};
use crate::form::Region::{Any, Us};
use crate::form::{Form, Lead};
use crate::parse::{crypto, iban};
use crate::validators::{americas, europe, global};

const CARD: &[&str] = &[
    "card",
    "credit",
    "credit card",
    "debit",
    "visa",
    "mastercard",
    "amex",
    "american express",
    "discover",
    "diners",
    "maestro",
    "cc",
    "kreditkarte",
    "karte",
    "carte",
    "tarjeta",
    "carta",
    "cartão",
    "creditcard",
    "kort",
    "karta",
    "银行卡",
    "信用卡",
    "カード",
    "카드",
];
const COIN: &[&str] = &[
    "bitcoin",
    "btc",
    "litecoin",
    "ltc",
    "ethereum",
    "eth",
    "crypto",
    "cryptocurrency",
    "wallet",
    "dogecoin",
    "blockchain",
    "coin",
    "payment address",
    "donate",
    "比特币",
    "ビットコイン",
];
const ACCOUNT: &[&str] = &[
    "account",
    "account number",
    "account no",
    "acct",
    "a c",
    "bank account",
    "checking",
    "savings",
    "konto",
    "kontonummer",
    "compte",
    "cuenta",
    "conto",
    "conta",
    "rekening",
    "账号",
    "账户",
    "口座番号",
    "계좌",
];

pub(super) const FORMS: &[Form] = &[
    shaped(
        "CREDIT_CARD",
        Any,
        &[
            "9999~9999~9999~9999",
            "9999~999999~99999",
            "9999~999999~9999",
            "9999999999999999999",
            "9999 9999 9999 9999 999",
        ],
        global::card,
        (92, 99),
        CARD,
    ),
    shaped(
        "CREDIT_CARD",
        Any,
        &["9999999999999", "999999999999999", "99999999999999999", "999999999999999999"],
        global::card,
        (70, 99),
        CARD,
    ),
    shaped(
        "CREDIT_CARD",
        Any,
        &[
            "9999~9999~9999~9999",
            "999999999999",
            "9999999999999",
            "99999999999999",
            "999999999999999",
            "9999999999999999999",
        ],
        any_card,
        (0, 86),
        CARD,
    ),
    shaped("CREDIT_CARD", Any, &["999999999999"], global::card, (55, 95), CARD),
    parsed(
        "IBAN_CODE",
        Any,
        (Lead::MIXED, iban::any),
        global::any,
        (0, 80),
        &["iban", "ibans", "iban number"],
    ),
    parsed("IBAN_CODE", Any, (Lead::MIXED, iban::attempt), iban::check, (97, 99), &["iban"]),
    shaped(
        "SWIFT_CODE",
        Any,
        &["AAAAAAXX", "AAAAAAXXXXX"],
        global::bic,
        (0, 85),
        &["swift", "bic", "swift code", "bic code", "swift bic", "bank identifier"],
    ),
    parsed(
        "SWIFT_CODE",
        Any,
        (Lead::CAPITALS, letters_only_bic),
        global::bic,
        (0, 85),
        &["swift", "bic", "swift code", "bic code", "swift bic", "bank identifier"],
    ),
    parsed("CRYPTO", Any, (Lead::MIXED, crypto::checked), global::any, (95, 99), COIN),
    parsed("CRYPTO", Any, (Lead::MIXED, crypto::miscased), global::any, (70, 90), COIN),
    parsed("CRYPTO", Any, (Lead::MIXED, crypto::any), global::any, (0, 80), COIN),
    shaped(
        "LEI",
        Any,
        &["XXXXXXXXXXXXXXXXXX99"],
        global::lei,
        (80, 95),
        &["lei", "legal entity identifier"],
    ),
    shaped(
        "ABA_ROUTING_NUMBER",
        Us,
        &["999999999", "9999-9999-9"],
        americas::aba,
        (25, 92),
        &["aba", "routing", "routing number", "rtn", "transit", "fedwire", "ach"],
    ),
    shaped(
        "US_BANK_NUMBER",
        Us,
        &[
            "99999999",
            "999999999",
            "9999999999",
            "99999999999",
            "999999999999",
            "9999999999999",
            "99999999999999",
            "999999999999999",
            "9999999999999999",
            "99999999999999999",
        ],
        global::varied,
        (0, 80),
        ACCOUNT,
    ),
    shaped(
        "VAT_NUMBER",
        Any,
        &["AA999999999", "AA9999999999", "AA99999999999", "AA999999999A99", "AAX9999999X"],
        europe::vat,
        (70, 95),
        &["vat", "vat number", "ust", "ust idnr", "umsatzsteuer", "tva", "iva", "btw", "uid"],
    ),
];

/// A number that only its text calls a card's.
fn any_card(text: &[u8]) -> bool {
    crate::checksum::luhn(text) && global::varied(text)
}

/// A BIC without digits.
fn letters_only_bic(reader: crate::form::Reader<'_>, start: usize) -> sandgate_guest::Attempt {
    let end = reader.run(start, 12, |byte| byte.is_ascii_uppercase());
    match end - start {
        8 | 11 => sandgate_guest::Attempt::Match(end),
        _ => sandgate_guest::Attempt::Miss,
    }
}
