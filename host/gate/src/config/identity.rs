//! Where a host learns who asks.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::Error;

/// Who asks: the person or tenant whose pseudonyms an exchange makes. Whoever stands in front of the
/// host has to have established it; without it all callers are one.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum IdentitySource {
    /// A header, by its lower-case name, that callers cannot set themselves.
    Header(String),
    /// A claim of a token that Envoy's `jwt_authn` checked, as `payload.sub`: what its
    /// `payload_in_metadata` says, and the path to the claim.
    Jwt(String),
    /// The certificate that the caller showed Envoy.
    Certificate(CertificateField),
}

/// What of a certificate says whose it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum CertificateField {
    /// Its first URI among the alternative names, as SPIFFE has it.
    Uri,
    /// Its subject.
    Subject,
}

impl IdentitySource {
    pub(super) fn check(&self) -> Result<(), Error> {
        let named = |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_graphic());
        match self {
            Self::Header(name) if !named(name) || name.bytes().any(|b| b.is_ascii_uppercase()) => {
                let problem = format!("`{name}` is no header, expected a name in lower case");
                Err(Error::at("identity.header", problem))
            }
            Self::Jwt(claim)
                if claim.split('.').count() < 2 || claim.split('.').any(str::is_empty) =>
            {
                let problem = format!("`{claim}` is no claim, expected a path as `payload.sub`");
                Err(Error::at("identity.jwt", problem))
            }
            _ => Ok(()),
        }
    }
}
