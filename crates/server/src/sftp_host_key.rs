//! The key by which clients of SFTP know this deployment again: made at the first start that serves SFTP.
//!
//! Invariant: it is Ed25519, and the same on all nodes.

use domain::Secret;
use jiff::Timestamp;
use russh::keys::ssh_key::private::Ed25519Keypair;
use russh::keys::{HashAlg, PrivateKey};
use store::{SftpHostKey, Store};

use crate::Randomness;

/// The name of SSH for the algorithm.
const ALGORITHM: &str = "ssh-ed25519";

/// Why there is no host key.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the host key of SFTP in the database is none of Ed25519; restore the database")]
    Unusable,
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// A host key, ready for use.
#[derive(Debug, Clone)]
pub struct HostKey {
    pub(crate) key: PrivateKey,
    /// Set when this call made it.
    pub is_new: bool,
}

impl HostKey {
    /// The fingerprint as clients show it when they meet the server for the first time.
    pub fn fingerprint(&self) -> String {
        self.key.fingerprint(HashAlg::Sha256).to_string()
    }
}

/// The host key of the deployment; none before SFTP was first served.
pub async fn find(store: &Store) -> Result<Option<HostKey>, Error> {
    let Some(record) = store.system().sftp_host_key().await? else { return Ok(None) };
    Ok(Some(HostKey { key: private_key(&record)?, is_new: false }))
}

/// The host key of the deployment, made unless there is one.
pub async fn find_or_make(
    store: &Store,
    randomness: &Randomness,
    now: Timestamp,
) -> Result<HostKey, Error> {
    if let Some(known) = find(store).await? {
        return Ok(known);
    }
    let made = SftpHostKey {
        algorithm: ALGORITHM.to_owned(),
        private_key: Secret::new(randomness.bytes::<32>().to_vec()),
        made_at: now,
    };
    store.system().keep_sftp_host_key(&made).await?;
    // Another node may have been quicker.
    let record = store.system().sftp_host_key().await?.ok_or(Error::Unusable)?;
    let is_new = record.private_key == made.private_key;
    Ok(HostKey { key: private_key(&record)?, is_new })
}

fn private_key(record: &SftpHostKey) -> Result<PrivateKey, Error> {
    let seed = record.private_key.expose().as_slice().try_into();
    let seed: [u8; 32] = seed.map_err(|_other_length| Error::Unusable)?;
    Ok(PrivateKey::from(Ed25519Keypair::from_seed(&seed)))
}
