//! One handshake with a host whose certificate may be anything: what was presented, and what this
//! machine thinks of it.
//!
//! Invariant: the configuration made here accepts every certificate, so it never leaves this module and
//! nothing is ever sent over its connections.

use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, SignatureScheme};
use rustls_platform_verifier::Verifier;
use serde_json::{Value, json};

use super::summary::{CertificateSummary, order_faults};
use crate::explain::explain_transport_error;
use crate::net::interception::interceptor;
use crate::net::link::{CertificateFault, Link, TransportError, connector};
use crate::net::target::Target;
use crate::net::tls::{self, ChainSummary, RefusedChain, summarise_chain};
use crate::report::failure::Failure;

/// The handshake with a host: its TLS version, cipher suite and chain, and whether it is trusted here.
#[derive(Debug)]
pub struct HostInspection {
    pub protocol: String,
    pub suite: String,
    pub chain: Vec<CertificateDer<'static>>,
    pub verdict: TrustVerdict,
    /// The certificates that were named to be trusted besides the operating system's.
    pub named_roots: Vec<CertificateDer<'static>>,
}

/// The verdict on a chain of this machine and of the files that were named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TrustVerdict {
    Trusted,
    Refused(CertificateFault, Option<ChainSummary>),
}

/// Shakes hands with a host and hangs up.
pub async fn inspect_host(
    link: &Link,
    ca_files: &[PathBuf],
) -> Result<HostInspection, TransportError> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let unusable = |what: String| TransportError::Unreachable(what);
    let mut named_roots = Vec::new();
    for file in ca_files {
        named_roots.extend(tls::read_certificates(file).map_err(|failure| unusable(failure.what))?);
    }
    // Without any root there is nothing to trust, which is a verdict and no fault.
    let verifier = Verifier::new_with_extra_roots(named_roots.clone(), Arc::clone(&provider)).ok();
    let presented_chain = SharedVerdict::default();
    let schemes = provider.signature_verification_algorithms.supported_schemes();
    let verifier =
        AcceptingVerifier { verifier, schemes, presented_chain: Arc::clone(&presented_chain) };
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|fault| unusable(fault.to_string()))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    let link = Link { tls: connector(config, RefusedChain::default()), ..link.clone() };
    let (protocol, suite) = link.handshake().await?;
    let presented_chain = presented_chain.lock().unwrap_or_else(PoisonError::into_inner).take();
    let (chain, verdict) =
        presented_chain.ok_or(TransportError::Lost("no certificate came".to_owned()))?;
    Ok(HostInspection { protocol, suite, chain, verdict, named_roots })
}

impl HostInspection {
    pub fn summaries(&self) -> Vec<CertificateSummary> {
        self.chain.iter().filter_map(|der| CertificateSummary::parse(der)).collect()
    }

    pub fn failure(&self, target: &Target) -> Option<Failure> {
        match &self.verdict {
            TrustVerdict::Trusted => None,
            TrustVerdict::Refused(fault, presented) => Some(explain_transport_error(
                &TransportError::Certificate(*fault, presented.clone()),
                target,
            )),
        }
    }

    fn interceptor(&self) -> Option<&'static str> {
        self.summaries().iter().find_map(|one| interceptor(&one.issuer))
    }

    pub fn to_text(&self, target: &Target, now: Timestamp) -> String {
        let trusted = match &self.verdict {
            TrustVerdict::Trusted => "trusted by this machine",
            TrustVerdict::Refused(..) => "not trusted by this machine",
        };
        let mut text = format!("{target}  {}  {}  {trusted}\n", self.protocol, self.suite);
        let all = self.summaries();
        for (number, one) in all.iter().enumerate() {
            text.push_str(&one.to_text(number + 1, now));
            text.push('\n');
        }
        for fault in order_faults(&all) {
            text.push_str(&fault);
            text.push('\n');
        }
        if let Some(name) = self.interceptor() {
            text.push_str(name);
            text.push_str(
                " opens TLS on the way: what is presented is its certificate, not the server's",
            );
        }
        text.trim_end().to_owned()
    }

    pub fn to_json(&self, target: &Target, failure: Option<&Failure>) -> Value {
        json!({
            "host": target.authority(),
            "exitCode": failure.map_or(0, |failure| failure.exit.number()),
            "protocol": self.protocol,
            "suite": self.suite,
            "trusted": self.verdict == TrustVerdict::Trusted,
            "failure": failure.map(Failure::to_json),
            "interceptor": self.interceptor(),
            "notes": order_faults(&self.summaries()),
            "chain": self.summaries().iter().map(CertificateSummary::to_json).collect::<Vec<_>>(),
        })
    }
}

type SharedVerdict = Arc<Mutex<Option<(Vec<CertificateDer<'static>>, TrustVerdict)>>>;

/// Takes any certificate and keeps what the machine would have said.
struct AcceptingVerifier {
    verifier: Option<Verifier>,
    schemes: Vec<SignatureScheme>,
    presented_chain: SharedVerdict,
}

impl fmt::Debug for AcceptingVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AcceptingVerifier").finish_non_exhaustive()
    }
}

impl ServerCertVerifier for AcceptingVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let presented = || summarise_chain(end_entity, intermediates);
        let verdict = match &self.verifier {
            None => TrustVerdict::Refused(CertificateFault::IssuerUnknown, presented()),
            Some(verifier) => {
                let said = verifier.verify_server_cert(
                    end_entity,
                    intermediates,
                    server_name,
                    ocsp_response,
                    now,
                );
                match said {
                    Ok(_) => TrustVerdict::Trusted,
                    Err(rustls::Error::InvalidCertificate(why)) => {
                        TrustVerdict::Refused(CertificateFault::from(&why), presented())
                    }
                    Err(_) => TrustVerdict::Refused(CertificateFault::Unusable, presented()),
                }
            }
        };
        let chain = std::iter::once(end_entity)
            .chain(intermediates)
            .map(|der| der.clone().into_owned())
            .collect();
        *self.presented_chain.lock().unwrap_or_else(PoisonError::into_inner) =
            Some((chain, verdict));
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.schemes.clone()
    }
}
