//! A presented chain, as far as it helps a person.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use rustls::pki_types::CertificateDer;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use crate::report::foreign_text::visible;

/// The parts of a presented chain that help a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainSummary {
    /// Who signed the last certificate of the chain.
    pub signer: String,
    pub is_self_signed: bool,
    /// Set when nothing but the server's own certificate came.
    pub is_alone: bool,
    pub not_before: Option<Timestamp>,
    pub not_after: Option<Timestamp>,
    /// The host names of the first certificate.
    pub names: Vec<String>,
}

/// The chain that was last refused, filled by the verifier.
#[derive(Debug, Clone, Default)]
pub struct RefusedChain(Arc<Mutex<Option<ChainSummary>>>);

impl RefusedChain {
    pub fn take(&self) -> Option<ChainSummary> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    pub(super) fn put(&self, presented: Option<ChainSummary>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = presented;
    }
}

/// Summarises a chain for a person; nothing, when its first certificate cannot be read.
pub fn summarise_chain(
    end_entity: &CertificateDer<'_>,
    intermediates: &[CertificateDer<'_>],
) -> Option<ChainSummary> {
    let (_, first) = X509Certificate::from_der(end_entity).ok()?;
    let last = intermediates
        .last()
        .and_then(|der| X509Certificate::from_der(der).ok())
        .map_or_else(|| first.clone(), |(_, last)| last);
    let moment = |time: x509_parser::time::ASN1Time| Timestamp::from_second(time.timestamp()).ok();
    Some(ChainSummary {
        signer: common_name(last.issuer()),
        is_alone: intermediates.is_empty(),
        is_self_signed: intermediates.is_empty() && first.issuer() == first.subject(),
        not_before: moment(first.validity().not_before),
        not_after: moment(first.validity().not_after),
        names: host_names(&first),
    })
}

/// The hosts that a certificate is for.
pub fn host_names(certificate: &X509Certificate<'_>) -> Vec<String> {
    certificate
        .subject_alternative_name()
        .ok()
        .flatten()
        .map(|extension| extension.value.general_names.iter().filter_map(host_name).collect())
        .unwrap_or_default()
}

fn host_name(name: &x509_parser::extensions::GeneralName<'_>) -> Option<String> {
    use x509_parser::extensions::GeneralName;
    match name {
        GeneralName::DNSName(text) => Some(printable(text)),
        GeneralName::IPAddress(bytes) => match <[u8; 4]>::try_from(*bytes) {
            Ok(v4) => Some(std::net::Ipv4Addr::from(v4).to_string()),
            Err(_) => {
                <[u8; 16]>::try_from(*bytes).ok().map(|v6| std::net::Ipv6Addr::from(v6).to_string())
            }
        },
        _ => None,
    }
}

fn common_name(name: &x509_parser::x509::X509Name<'_>) -> String {
    let common = name.iter_common_name().find_map(|part| part.as_str().ok());
    printable(common.unwrap_or(&name.to_string()))
}

/// The text of a certificate for a terminal: a stranger wrote it.
pub fn printable(text: &str) -> String {
    /// Longer names are no help.
    const SHOWN_MAX: usize = 120;
    visible(text, SHOWN_MAX)
}
