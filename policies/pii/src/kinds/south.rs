//! Numbers of people and firms in Australia, New Zealand and South Africa.

use super::shaped;
use crate::form::Form;
use crate::form::Region::{Au, Nz, Za};
use crate::validators::{global, south};

pub(super) const FORMS: &[Form] = &[
    shaped(
        "AU_TFN",
        Au,
        &["999 999 999", "999999999", "999-999-999"],
        south::tfn,
        (30, 95),
        &["tfn", "tax file number", "tax file"],
    ),
    shaped("AU_ABN", Au, &["99 999 999 999"], south::abn, (78, 97), &["abn", "business number"]),
    shaped(
        "AU_ABN",
        Au,
        &["99999999999"],
        south::abn,
        (40, 96),
        &["abn", "business number", "australian business number"],
    ),
    shaped(
        "AU_ACN",
        Au,
        &["999 999 999", "999999999"],
        south::acn,
        (25, 94),
        &["acn", "company number", "australian company number"],
    ),
    shaped(
        "AU_MEDICARE",
        Au,
        &["9999 99999 9", "9999-99999-9", "9999 99999 9 9", "9999 99999 9-9"],
        south::medicare,
        (70, 97),
        &["medicare", "medicare card", "medicare number"],
    ),
    shaped(
        "AU_MEDICARE",
        Au,
        &["9999999999", "99999999999"],
        south::medicare,
        (25, 96),
        &["medicare", "medicare card", "medicare number"],
    ),
    shaped(
        "AU_PASSPORT",
        Au,
        &["A9999999", "AA9999999"],
        global::varied,
        (0, 86),
        &["australian passport"],
    ),
    shaped(
        "NZ_IRD",
        Nz,
        &["99-999-999", "999-999-999", "99999999", "999999999"],
        south::ird,
        (25, 95),
        &["ird", "ird number", "inland revenue"],
    ),
    shaped(
        "ZA_ID_NUMBER",
        Za,
        &["9999999999999", "999999 9999 999", "999999 9999 99 9"],
        south::south_african,
        (70, 97),
        &["south african", "id number", "identity number", "rsa id", "id no"],
    ),
];
