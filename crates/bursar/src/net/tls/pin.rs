//! Pins: keys of which one must be in the chain, besides all that makes it trusted.
//!
//! Not for: trusting a chain that is not trusted otherwise. Invariant: the hash is over the whole public
//! key as the certificate holds it, so a renewed certificate with the same key fits.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::pki_types::CertificateDer;
use rustls::{CertificateError, Error};
use serde::Deserialize;
use x509_parser::prelude::{FromDer as _, X509Certificate};

/// The beginning of a pin, as curl writes it too.
const BEGINNING: &str = "sha256//";

/// The SHA-256 of a public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Pin([u8; 32]);

impl Pin {
    pub fn from_certificate(certificate: &X509Certificate<'_>) -> Self {
        let key = certificate.public_key().raw;
        let mut hash = [0; 32];
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, key);
        hash.copy_from_slice(digest.as_ref());
        Self(hash)
    }
}

impl FromStr for Pin {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let advice = "a pin is written sha256//BASE64, as bursar certs show prints it";
        let bytes = STANDARD.decode(text.strip_prefix(BEGINNING).ok_or(advice)?);
        bytes.ok().and_then(|bytes| bytes.try_into().ok()).map(Self).ok_or(advice)
    }
}

impl TryFrom<String> for Pin {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl fmt::Display for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{BEGINNING}{}", STANDARD.encode(self.0))
    }
}

/// Checks the pins, after the chain was found to be trusted.
pub(super) fn check(
    pins: &[Pin],
    end_entity: &CertificateDer<'_>,
    intermediates: &[CertificateDer<'_>],
) -> Result<(), Error> {
    let is_pinned = |der: &CertificateDer<'_>| {
        X509Certificate::from_der(der)
            .is_ok_and(|(_, one)| pins.contains(&Pin::from_certificate(&one)))
    };
    if pins.is_empty() || std::iter::once(end_entity).chain(intermediates).any(is_pinned) {
        return Ok(());
    }
    Err(Error::InvalidCertificate(CertificateError::ApplicationVerificationFailure))
}
