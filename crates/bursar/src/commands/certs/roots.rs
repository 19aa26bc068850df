//! The root of a chain: presented with it, named, or found in the operating system's store.
//!
//! Invariant: what is called a root signed the chain by name; whether by key, whoever uses it verifies.

use rustls::pki_types::CertificateDer;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;

/// The root of a chain: presented, one of those named with `--ca-file`, or in the system's store.
pub(super) fn root_of(
    chain: &[CertificateDer<'static>],
    named: &[CertificateDer<'static>],
) -> Result<CertificateDer<'static>, Failure> {
    let none = || {
        Failure::new(
            ExitCode::IssuerUnknown,
            "the root is neither presented, nor given with --ca-file, nor in this machine's store",
            "Servers do not present it: ask whoever runs the server, or the proxy in between, for the \
             certificate of its authority.",
        )
    };
    let last = chain.last().ok_or_else(none)?;
    let (_, parsed) = X509Certificate::from_der(last).map_err(|_unreadable| none())?;
    if parsed.issuer() == parsed.subject() {
        return Ok(last.clone());
    }
    let wanted = parsed.issuer().as_raw();
    let is_it = |der: &CertificateDer<'static>| {
        X509Certificate::from_der(der).is_ok_and(|(_, root)| root.subject().as_raw() == wanted)
    };
    let system = || rustls_native_certs::load_native_certs().certs.into_iter().find(is_it);
    named.iter().find(|der| is_it(der)).cloned().or_else(system).ok_or_else(none)
}
