//! TLS as it is served: versions and suites, the operator's files or an authority of our own.
//!
//! Not for: sockets (`listener`).
//!
//! Invariant: only TLS 1.2 and 1.3 with AEAD suites and forward secrecy; rustls has nothing else.

mod authority;
mod certificate;
mod names;
mod reload;

use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::CryptoProvider;
use rustls::server::ResolvesServerCert;
use rustls::version::{TLS12, TLS13};

pub use authority::{AuthorityFiles, CERTIFICATE_DAYS, make_authority, renew_certificate};
pub use certificate::{Certificate, CertificateError, CertificateFiles};
pub use reload::{CurrentCertificate, LOOK_EVERY};

/// The protocols offered, best first.
const ALPN: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// The configuration of every connection. 0-RTT stays off: a replayed POST is an upload nobody sent.
pub fn server_config(current: Arc<CurrentCertificate>) -> Result<Arc<ServerConfig>, rustls::Error> {
    let provider = CryptoProvider::get_default()
        .cloned()
        .unwrap_or_else(|| Arc::new(rustls::crypto::aws_lc_rs::default_provider()));
    let resolver: Arc<dyn ResolvesServerCert> = current;
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&TLS13, &TLS12])?
        .with_no_client_auth()
        .with_cert_resolver(resolver);
    config.alpn_protocols = ALPN.map(<[u8]>::to_vec).into();
    Ok(Arc::new(config))
}
