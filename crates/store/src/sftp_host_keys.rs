//! The key by which clients of SFTP know a deployment again.
//!
//! Invariant: all nodes have the same, as it is in the database; whichever starts first makes it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use domain::Secret;
use jiff::Timestamp;

use crate::SystemStore;
use crate::error::Error;
use crate::rows::Fields;

/// The key pair by which clients know the deployment again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SftpHostKey {
    /// The name of SSH for its algorithm.
    pub algorithm: String,
    /// In the form its maker chose.
    pub private_key: Secret<Vec<u8>>,
    pub made_at: Timestamp,
}

impl SystemStore {
    /// The host key of the deployment; none before SFTP was first served.
    pub async fn sftp_host_key(&self) -> Result<Option<SftpHostKey>, Error> {
        let row = sqlx::query("SELECT algorithm, private_key, made_at FROM sftp_host_keys LIMIT 1")
            .fetch_optional(self.parts.db.reader())
            .await?;
        let Some(row) = row else { return Ok(None) };
        let fields = Fields::new(&row, "sftp_host_keys", "algorithm");
        let private_key =
            BASE64.decode(fields.text("private_key")?).map_err(|_not_base64| fields.corrupt())?;
        Ok(Some(SftpHostKey {
            algorithm: fields.text("algorithm")?,
            private_key: Secret::new(private_key),
            made_at: fields.time("made_at")?,
        }))
    }

    /// Keeps a host key unless there is one; whichever of two nodes is first makes that of both.
    pub async fn keep_sftp_host_key(&self, key: &SftpHostKey) -> Result<(), Error> {
        sqlx::query(
            "INSERT INTO sftp_host_keys (algorithm, private_key, made_at) VALUES ($1, $2, $3) \
             ON CONFLICT (algorithm) DO NOTHING",
        )
        .bind(key.algorithm.as_str())
        .bind(BASE64.encode(key.private_key.expose()))
        .bind(key.made_at.as_microsecond())
        .execute(self.parts.db.writer())
        .await?;
        Ok(())
    }
}
