//! A certificate chain and its key, read from PEM files and found to belong together.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;

/// Where the operator keeps the pair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateFiles {
    /// PEM: the server's certificate first, then the intermediates.
    pub chain: PathBuf,
    /// PEM, unencrypted.
    pub key: PathBuf,
}

/// A pair that can be served.
#[derive(Debug, Clone)]
pub struct Certificate {
    pub(super) certified: Arc<CertifiedKey>,
    pub not_before: Timestamp,
    pub not_after: Timestamp,
}

/// Why a pair cannot be used; each says which file and what to do.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    #[error("cannot read {}: {source}", path.display())]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error("{} holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)", .0.display())]
    NoCertificate(PathBuf),
    #[error("{} holds no unencrypted private key in PEM form", .0.display())]
    NoKey(PathBuf),
    #[error("the key in {} is of a kind that cannot be used; use ECDSA P-256 or RSA with 2048 bits or more", .0.display())]
    KeyUnusable(PathBuf),
    #[error("the key in {} does not belong to the first certificate in {}; the server's own certificate must come first", .0.key.display(), .0.chain.display())]
    Mismatch(CertificateFiles),
    #[error("the first certificate in {} cannot be understood", .0.display())]
    Malformed(PathBuf),
}

impl CertificateFiles {
    /// Reads both files and checks that they belong together.
    pub fn load(&self) -> Result<Certificate, CertificateError> {
        let chain: Vec<CertificateDer<'static>> =
            CertificateDer::pem_slice_iter(&read(&self.chain)?)
                .collect::<Result<_, _>>()
                .map_err(|_not_pem| CertificateError::NoCertificate(self.chain.clone()))?;
        let first =
            chain.first().ok_or_else(|| CertificateError::NoCertificate(self.chain.clone()))?;
        let (not_before, not_after) =
            validity(first).ok_or_else(|| CertificateError::Malformed(self.chain.clone()))?;
        let key = PrivateKeyDer::from_pem_slice(&read(&self.key)?)
            .map_err(|_no_key| CertificateError::NoKey(self.key.clone()))?;
        let provider = CryptoProvider::get_default()
            .cloned()
            .unwrap_or_else(|| Arc::new(rustls::crypto::aws_lc_rs::default_provider()));
        let key = provider
            .key_provider
            .load_private_key(key)
            .map_err(|_unusable| CertificateError::KeyUnusable(self.key.clone()))?;
        let certified = CertifiedKey::new(chain, key);
        match certified.keys_match() {
            Ok(()) | Err(rustls::Error::InconsistentKeys(rustls::InconsistentKeys::Unknown)) => {}
            Err(_) => return Err(CertificateError::Mismatch(self.clone())),
        }
        Ok(Certificate { certified: Arc::new(certified), not_before, not_after })
    }

    /// When either file was last written; `None` while one is missing.
    pub(super) fn modified(&self) -> Option<[std::time::SystemTime; 2]> {
        let modified = |path: &Path| fs::metadata(path).and_then(|meta| meta.modified()).ok();
        Some([modified(&self.chain)?, modified(&self.key)?])
    }
}

fn read(path: &Path) -> Result<Vec<u8>, CertificateError> {
    fs::read(path).map_err(|source| CertificateError::Unreadable { path: path.to_owned(), source })
}

fn validity(certificate: &CertificateDer<'_>) -> Option<(Timestamp, Timestamp)> {
    let (_, parsed) = x509_parser::parse_x509_certificate(certificate).ok()?;
    let moment = |time: x509_parser::time::ASN1Time| Timestamp::from_second(time.timestamp()).ok();
    Some((moment(parsed.validity().not_before)?, moment(parsed.validity().not_after)?))
}
