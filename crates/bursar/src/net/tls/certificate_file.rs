//! Certificates in files.

use std::path::Path;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use crate::report::failure::Failure;

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

/// The failure of a file of certificates.
pub(super) fn unusable(path: &Path, fault: &str) -> Failure {
    Failure::usage(
        format!("the certificate file {} {fault}", path.display()),
        "Give a file in PEM (it begins with -----BEGIN) or, for --ca-file, in DER (.cer, .crt).",
    )
}
