//! TLS of the uploader: whom to trust, which versions, and what the other side presented.
//!
//! Invariant: a certificate that does not verify always ends the handshake; this module only takes
//! notes of it.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, DigitallySignedStruct, SignatureScheme};
use rustls_platform_verifier::Verifier;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use crate::report::failure::Failure;
use crate::report::foreign_text::visible;

mod pin;

pub use pin::Pin;

/// The choices about TLS.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TlsPlan {
    /// PEM or DER, added to what the operating system trusts.
    pub ca_files: Vec<PathBuf>,
    pub minimum: TlsMinimum,
    pub client: Option<ClientFiles>,
    /// One of these keys must be in the presented chain; empty asks for none.
    pub pins: Vec<Pin>,
}

/// The least version that is spoken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TlsMinimum {
    /// The vendor's minimum.
    #[default]
    Tls12,
    Tls13,
}

/// A client certificate and its key, both PEM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientFiles {
    pub certificate: PathBuf,
    pub key: PathBuf,
}

/// The parts of a presented chain that help a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainSummary {
    /// Who signed the last certificate of the chain.
    pub signer: String,
    pub is_self_signed: bool,
    /// Whether nothing but the server's own certificate came.
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

    fn put(&self, presented: Option<ChainSummary>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = presented;
    }
}

/// Makes a configuration that trusts what the operating system trusts, and the certificates of the plan.
pub fn client_config(
    plan: &TlsPlan,
    provider: &Arc<CryptoProvider>,
) -> Result<(ClientConfig, RefusedChain), Failure> {
    let mut extra = Vec::new();
    for path in &plan.ca_files {
        extra.extend(read_certificates(path)?);
    }
    let trust_failed = |fault: rustls::Error| {
        Failure::usage(
            format!("the list of trusted certificates cannot be made: {fault}"),
            "Look at the files given with --ca-file; on a machine without a trust store, give one.",
        )
    };
    let verifier =
        Verifier::new_with_extra_roots(extra, Arc::clone(provider)).map_err(trust_failed)?;
    let refused = RefusedChain::default();
    let pins = plan.pins.clone();
    let noting = RecordingVerifier { verifier, pins, refused: refused.clone() };
    let versions = match plan.minimum {
        TlsMinimum::Tls12 => &[&TLS13, &TLS12][..],
        TlsMinimum::Tls13 => &[&TLS13],
    };
    let builder = ClientConfig::builder_with_provider(Arc::clone(provider))
        .with_protocol_versions(versions)
        .map_err(trust_failed)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(noting));
    let mut config = match &plan.client {
        None => builder.with_no_client_auth(),
        Some(files) => {
            let key = PrivateKeyDer::from_pem_file(&files.key).map_err(|_unreadable| {
                unusable(&files.key, "holds no private key in PEM that this user may read")
            })?;
            builder.with_client_auth_cert(read_certificates(&files.certificate)?, key).map_err(
                |fault| unusable(&files.certificate, &format!("does not go with its key: {fault}")),
            )?
        }
    };
    // HTTP/2 uploads are slower by half with the flow-control windows servers usually have.
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok((config, refused))
}

/// All certificates of a file, PEM or DER.
pub fn read_certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, Failure> {
    let content =
        std::fs::read(path).map_err(|fault| unusable(path, &format!("cannot be read: {fault}")))?;
    let begin = b"-----BEGIN";
    if content.windows(begin.len()).any(|window| window == begin) {
        let found: Vec<_> = CertificateDer::pem_slice_iter(&content)
            .collect::<Result<_, _>>()
            .map_err(|fault| unusable(path, &format!("is damaged: {fault}")))?;
        return if found.is_empty() {
            Err(unusable(path, "holds no certificate"))
        } else {
            Ok(found)
        };
    }
    if X509Certificate::from_der(&content).is_err() {
        return Err(unusable(path, "holds no certificate, neither as PEM nor as DER"));
    }
    Ok(vec![CertificateDer::from(content)])
}

fn unusable(path: &Path, fault: &str) -> Failure {
    Failure::usage(
        format!("the certificate file {} {fault}", path.display()),
        "Give a file in PEM (it begins with -----BEGIN) or, for --ca-file, in DER (.cer, .crt).",
    )
}

struct RecordingVerifier {
    verifier: Verifier,
    pins: Vec<Pin>,
    refused: RefusedChain,
}

impl fmt::Debug for RecordingVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NotingVerifier").finish_non_exhaustive()
    }
}

impl ServerCertVerifier for RecordingVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        self.verifier
            .verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
            .and_then(|verified| {
                pin::check(&self.pins, end_entity, intermediates)?;
                Ok(verified)
            })
            .inspect_err(|_| self.refused.put(summarise_chain(end_entity, intermediates)))
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.verifier.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.verifier.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.verifier.supported_verify_schemes()
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
pub(crate) fn host_names(certificate: &X509Certificate<'_>) -> Vec<String> {
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
pub(crate) fn printable(text: &str) -> String {
    /// Longer names are no help.
    const SHOWN_MAX: usize = 120;
    visible(text, SHOWN_MAX)
}
