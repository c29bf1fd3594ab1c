//! Numbers of people and firms in Sweden, Finland, Norway and Denmark.

use super::shaped;
use crate::form::Form;
use crate::form::Region::{Dk, Fi, No, Se};
use crate::validators::nordic;

const SWEDISH: &[&str] = &["personnummer", "person nr", "samordningsnummer", "pnr", "swedish"];
const FINNISH: &[&str] = &["hetu", "henkilötunnus", "sosiaaliturvatunnus", "personbeteckning"];
const NORWEGIAN: &[&str] = &["fødselsnummer", "fodselsnummer", "personnummer", "d nummer", "fnr"];
const DANISH: &[&str] = &["cpr", "cpr nr", "cpr nummer", "personnummer", "cprnummer"];

pub(super) const FORMS: &[Form] = &[
    shaped(
        "SE_PERSONNUMMER",
        Se,
        &["999999-9999", "99999999-9999", "999999+9999"],
        nordic::personnummer,
        (88, 98),
        SWEDISH,
    ),
    shaped(
        "SE_PERSONNUMMER",
        Se,
        &["9999999999", "999999999999"],
        nordic::personnummer,
        (40, 95),
        SWEDISH,
    ),
    shaped(
        "SE_ORGANISATIONSNUMMER",
        Se,
        &["999999-9999"],
        nordic::organisation,
        (60, 95),
        &["organisationsnummer", "org nr", "orgnr", "org nummer"],
    ),
    shaped(
        "FI_PERSONAL_IDENTITY_CODE",
        Fi,
        &["999999-999X", "999999+999X", "999999A999X", "999999B999X", "999999Y999X"],
        nordic::hetu,
        (90, 98),
        FINNISH,
    ),
    shaped(
        "NO_FODSELSNUMMER",
        No,
        &["99999999999", "999999 99999"],
        nordic::fodselsnummer,
        (75, 98),
        NORWEGIAN,
    ),
    shaped("DK_CPR_NUMBER", Dk, &["999999-9999"], nordic::checked_cpr, (75, 96), DANISH),
    shaped("DK_CPR_NUMBER", Dk, &["999999-9999", "9999999999"], nordic::cpr, (35, 92), DANISH),
];
