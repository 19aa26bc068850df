//! Credentials of SFTP: what senders present there in the place of an access token.
//!
//! A credential of SFTP is a row of `tokens`, so that whatever is true of an access token (its unit, its end,
//! its use, that it can be revoked, the uploads it sent) is true of it.
//!
//! Invariant: no password is kept, only its SHA-256: passwords are made here and never chosen, so that it can
//! no more be guessed than they can.

use domain::{CustomerName, Sha256Digest, UnitName};

use super::{TokenRecord, columns, record, token};
use crate::SystemStore;
use crate::error::Error;
use crate::rows::{Fields, all};

/// The proof that a credential of SFTP asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SftpSecret {
    /// The SHA-256 of a password.
    Password(Sha256Digest),
    /// A public key as OpenSSH writes it, without a comment.
    PublicKey(String),
}

impl SftpSecret {
    /// The word for it in the audit log.
    pub(super) const fn word(&self) -> &'static str {
        match self {
            Self::Password(_) => "password",
            Self::PublicKey(_) => "key",
        }
    }

    pub(super) fn password_column(&self) -> Option<String> {
        match self {
            Self::Password(digest) => Some(digest.to_string()),
            Self::PublicKey(_) => None,
        }
    }

    pub(super) fn key_column(&self) -> Option<String> {
        match self {
            Self::Password(_) => None,
            Self::PublicKey(text) => Some(text.clone()),
        }
    }

    pub(super) fn from_columns(fields: &Fields<'_>) -> Result<Option<Self>, Error> {
        if fields.optional_text("sftp_password")?.is_some() {
            return Ok(Some(Self::Password(fields.parsed("sftp_password")?)));
        }
        Ok(fields.optional_text("sftp_key")?.map(Self::PublicKey))
    }
}

impl SystemStore {
    /// The credentials of SFTP of a unit, the newest first, those that ended among them.
    pub async fn sftp_credentials(
        &self,
        customer: &CustomerName,
        unit: &UnitName,
    ) -> Result<Vec<TokenRecord>, Error> {
        let rows = sqlx::query(concat!(
            "SELECT ",
            record!(),
            " FROM tokens WHERE customer = $1 AND (sftp_password IS NOT NULL OR sftp_key IS NOT NULL) \
             ORDER BY issued_at DESC, id DESC",
        ))
        .bind(customer.as_str())
        .fetch_all(self.parts.db.reader())
        .await?;
        let mut credentials = all(&rows, token)?;
        credentials.retain(|credential| credential.scope.allows_unit(customer, unit));
        Ok(credentials)
    }
}
