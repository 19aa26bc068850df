//! TLS of the uploader: whom to trust, which versions, and what the other side presented.
//!
//! Invariant: a certificate that does not verify always ends the handshake; this module only takes
//! notes of it.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, DigitallySignedStruct, SignatureScheme};
use rustls_platform_verifier::Verifier;

use crate::report::failure::Failure;

mod certificate_file;
mod chain;
mod pin;

pub use certificate_file::read_certificates;
pub use chain::{ChainSummary, RefusedChain, host_names, printable, summarise_chain};
pub use pin::Pin;

use certificate_file::unusable;

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

struct RecordingVerifier {
    verifier: Verifier,
    pins: Vec<Pin>,
    refused: RefusedChain,
}

impl fmt::Debug for RecordingVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecordingVerifier").finish_non_exhaustive()
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
