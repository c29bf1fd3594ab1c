//! Telephone numbers, by what their writing is sure of.

use super::{parsed, shaped};
use crate::form::Region::{Any, Cn, Us};
use crate::form::{Form, Lead};
use crate::parse::phone;
use crate::validators::global;

const PHONE: &[&str] = &[
    "phone",
    "phones",
    "phone number",
    "telephone",
    "tel",
    "telefon",
    "telefonnummer",
    "téléphone",
    "telephone number",
    "teléfono",
    "telefono",
    "telefone",
    "mobile",
    "mobil",
    "móvil",
    "celular",
    "cell",
    "cellphone",
    "cellulare",
    "handy",
    "handynummer",
    "portable",
    "fax",
    "call",
    "call me",
    "call us",
    "dial",
    "text me",
    "whatsapp",
    "sms",
    "contact number",
    "contact",
    "hotline",
    "puhelin",
    "puhelinnumero",
    "mobiel",
    "telefoonnummer",
    "ring",
    "numer telefonu",
    "номер",
    "телефон",
    "тел",
    "هاتف",
    "الهاتف",
    "جوال",
    "طلفون",
    "電話",
    "電話番号",
    "携帯",
    "电话",
    "电话号码",
    "手机",
    "手机号",
    "手机号码",
    "联系电话",
    "전화",
    "전화번호",
    "휴대폰",
    "연락처",
];

pub(super) const FORMS: &[Form] = &[
    parsed(
        "PHONE_NUMBER",
        Any,
        (Lead::SIGN, phone::international),
        global::varied,
        (82, 96),
        PHONE,
    ),
    parsed("PHONE_NUMBER", Any, (Lead::DIGITS, phone::prefixed), global::varied, (58, 92), PHONE),
    parsed(
        "PHONE_NUMBER",
        Us,
        (Lead::DIGITS.or(Lead::SIGN), phone::nanp),
        global::varied,
        (72, 94),
        PHONE,
    ),
    parsed(
        "PHONE_NUMBER",
        Any,
        (Lead::DIGITS.or(Lead::SIGN), phone::trunk),
        global::varied,
        (62, 93),
        PHONE,
    ),
    parsed("PHONE_NUMBER", Any, (Lead::SIGN, phone::bracketed), global::varied, (60, 92), PHONE),
    shaped(
        "PHONE_NUMBER",
        Cn,
        &["99999999999", "999-9999-9999", "999 9999 9999"],
        chinese_mobile,
        (62, 92),
        PHONE,
    ),
    parsed(
        "PHONE_NUMBER",
        Any,
        (Lead::DIGITS.or(Lead::SIGN), phone::any),
        global::varied,
        (0, 88),
        PHONE,
    ),
];

/// A Chinese mobile number: 13 to 19 (MIIT, numbering plan).
fn chinese_mobile(text: &[u8]) -> bool {
    matches!(text, [b'1', b'3'..=b'9', ..]) && global::varied(text)
}
