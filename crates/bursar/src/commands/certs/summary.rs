//! One certificate in words and as JSON, and what is odd about several in a row.
//!
//! Invariant: names come from strangers and are shown without what moves a cursor.

use std::fmt::Write as _;

use jiff::Timestamp;
use rustls::pki_types::CertificateDer;
use serde_json::{Value, json};
use x509_parser::prelude::{FromDer as _, X509Certificate};
use x509_parser::public_key::PublicKey;

use crate::net::tls::{Pin, host_names, printable};
use crate::report::format::date;

/// A certificate as people compare certificates: whose, whose signature, from when to when, which key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateSummary {
    pub subject: String,
    pub issuer: String,
    pub serial: String,
    pub not_before: Timestamp,
    pub not_after: Timestamp,
    pub key: String,
    pub signature: String,
    pub names: Vec<String>,
    pub is_authority: bool,
    /// SHA-256 of the certificate, in hexadecimal.
    pub fingerprint: String,
    /// SHA-256 of the public key, as `--pin` takes it.
    pub pin: String,
    is_self_issued: bool,
}

impl CertificateSummary {
    /// Reads a certificate; nothing, when it cannot be read.
    pub fn parse(der: &[u8]) -> Option<Self> {
        let (_, certificate) = X509Certificate::from_der(der).ok()?;
        let moment =
            |time: x509_parser::time::ASN1Time| Timestamp::from_second(time.timestamp()).ok();
        let validity = certificate.validity();
        Some(Self {
            subject: printable(&certificate.subject().to_string()),
            issuer: printable(&certificate.issuer().to_string()),
            serial: serial_text(certificate.raw_serial()),
            not_before: moment(validity.not_before)?,
            not_after: moment(validity.not_after)?,
            key: key_name(&certificate),
            signature: signature_name(&certificate),
            names: host_names(&certificate),
            is_authority: certificate.is_ca(),
            fingerprint: hex(sha256(der).as_ref()),
            pin: Pin::from_certificate(&certificate).to_string(),
            is_self_issued: certificate.subject() == certificate.issuer(),
        })
    }

    pub fn to_text(&self, number: usize, now: Timestamp) -> String {
        let mut text = format!("{number}  {}\n", self.subject);
        let mut line = |name: &str, value: &str| {
            writeln!(text, "   {name:<12} {value}").expect("a String takes everything");
        };
        if self.is_self_issued {
            line("issuer", "itself");
        } else {
            line("issuer", &self.issuer);
        }
        let days = self.not_after.duration_since(now).as_hours() / 24;
        let left = match days {
            _ if self.not_after < now => "expired".to_owned(),
            _ if self.not_before > now => "not valid yet".to_owned(),
            days => format!("{days} days left"),
        };
        line("valid", &format!("{} to {} ({left})", date(self.not_before), date(self.not_after)));
        line("key", &format!("{}, signed with {}", self.key, self.signature));
        if !self.names.is_empty() {
            line("for", &self.names.join(", "));
        }
        line("sha256", &self.fingerprint);
        line("pin", &self.pin);
        text.trim_end().to_owned()
    }

    pub fn to_json(&self) -> Value {
        json!({
            "subject": self.subject,
            "issuer": self.issuer,
            "serial": self.serial,
            "notBefore": self.not_before.to_string(),
            "notAfter": self.not_after.to_string(),
            "key": self.key,
            "signature": self.signature,
            "names": self.names,
            "isAuthority": self.is_authority,
            "sha256": self.fingerprint,
            "pin": self.pin,
        })
    }
}

/// Oddities of a chain as it was presented or lies in a file, a sentence each.
pub(super) fn order_faults(chain: &[CertificateSummary]) -> Vec<String> {
    let mut faults = Vec::new();
    for (number, pair) in chain.windows(2).enumerate() {
        if pair[0].fingerprint == pair[1].fingerprint {
            faults.push(format!("certificate {} comes twice", number + 1));
        } else if !pair[0].is_self_issued && pair[0].issuer != pair[1].subject {
            faults.push(format!(
                "certificate {} is not signed by the one after it: the order is wrong, or one is missing",
                number + 1
            ));
        }
    }
    faults
}

/// A certificate as PEM: `-----BEGIN CERTIFICATE-----`.
pub(super) fn pem(der: &CertificateDer<'static>) -> String {
    let mut text = String::from("-----BEGIN CERTIFICATE-----\n");
    let encoded = base64(der);
    for line in encoded.as_bytes().chunks(64) {
        text.push_str(&String::from_utf8_lossy(line));
        text.push('\n');
    }
    text.push_str("-----END CERTIFICATE-----\n");
    text
}

/// A serial number as other programs show it: without the zero that only says that it is not negative.
fn serial_text(raw: &[u8]) -> String {
    let number = match raw {
        [0, rest @ ..] if !rest.is_empty() => rest,
        whole => whole,
    };
    number.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(":")
}

fn key_name(certificate: &X509Certificate<'_>) -> String {
    match certificate.public_key().parsed() {
        Ok(PublicKey::RSA(key)) => format!("RSA {} bits", key.key_size()),
        Ok(PublicKey::EC(point)) => format!("EC {} bits", point.key_size()),
        _ => match certificate.public_key().algorithm.algorithm.to_id_string().as_str() {
            "1.3.101.112" => "Ed25519".to_owned(),
            "1.3.101.113" => "Ed448".to_owned(),
            other => other.to_owned(),
        },
    }
}

fn signature_name(certificate: &X509Certificate<'_>) -> String {
    let id = certificate.signature_algorithm.algorithm.to_id_string();
    let name = match id.as_str() {
        "1.2.840.113549.1.1.5" => "RSA and SHA-1",
        "1.2.840.113549.1.1.10" => "RSA-PSS",
        "1.2.840.113549.1.1.11" => "RSA and SHA-256",
        "1.2.840.113549.1.1.12" => "RSA and SHA-384",
        "1.2.840.113549.1.1.13" => "RSA and SHA-512",
        "1.2.840.10045.4.3.2" => "ECDSA and SHA-256",
        "1.2.840.10045.4.3.3" => "ECDSA and SHA-384",
        "1.2.840.10045.4.3.4" => "ECDSA and SHA-512",
        "1.3.101.112" => "Ed25519",
        _ => return id,
    };
    name.to_owned()
}

fn sha256(bytes: &[u8]) -> aws_lc_rs::digest::Digest {
    aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a String takes everything");
        text
    })
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serials_as_openssl_shows_them() {
        for (raw, shown) in
            [(&[0x12, 0x00][..], "12:00"), (&[0x00, 0xb5, 0x98], "b5:98"), (&[0x00], "00")]
        {
            assert_eq!(serial_text(raw), shown);
        }
    }
}
