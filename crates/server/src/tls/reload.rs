//! The certificate in use, replaced while connections go on.
//!
//! Invariant: a new pair that cannot be used changes nothing; the old one is served on, and the log and
//! a counter say so.

use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use super::certificate::{Certificate, CertificateError, CertificateFiles};
use crate::measures;

/// The pause between looks at the files. Renewals happen hours before they must.
pub const LOOK_EVERY: Duration = Duration::from_secs(5);

/// The certificate that new connections are given.
#[derive(Debug)]
pub struct CurrentCertificate {
    files: CertificateFiles,
    current: RwLock<Certificate>,
    seen: Mutex<Option<[SystemTime; 2]>>,
}

impl CurrentCertificate {
    pub fn load(files: CertificateFiles) -> Result<Arc<Self>, CertificateError> {
        let seen = files.modified();
        let certificate = files.load()?;
        measures::certificate(certificate.not_after);
        Ok(Arc::new(Self { files, current: RwLock::new(certificate), seen: Mutex::new(seen) }))
    }

    /// Reads the files again, whether or not they changed (a signal asked for it).
    pub fn reload(&self) -> Result<Timestamp, CertificateError> {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = self.files.modified();
        let certificate = self.files.load().inspect_err(|error| {
            measures::certificate_reload_failed();
            tracing::error!(%error, "the new certificate cannot be used; the old one is served on");
        })?;
        let not_after = certificate.not_after;
        measures::certificate(not_after);
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = certificate;
        tracing::info!(%not_after, "certificate reloaded");
        Ok(not_after)
    }

    /// Reads the files again if either was written since; a refusal is logged once for each writing.
    pub fn reload_if_changed(&self) {
        let modified = self.files.modified();
        let changed = *self.seen.lock().unwrap_or_else(PoisonError::into_inner) != modified;
        if changed && modified.is_some() {
            // Logged and counted where it happens.
            drop(self.reload());
        }
    }

    pub fn not_after(&self) -> Timestamp {
        self.current.read().unwrap_or_else(PoisonError::into_inner).not_after
    }
}

impl ResolvesServerCert for CurrentCertificate {
    fn resolve(&self, _client_hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        Some(Arc::clone(&current.certified))
    }
}
