//! The keys that sign access tokens.
//!
//! Not for: signing. A retired key signs no more, and what it signed is refused.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use domain::{AuditEntry, Secret};
use jiff::Timestamp;
use serde_json::Value;
use sqlx::any::AnyRow;

use crate::SystemStore;
use crate::error::Error;
use crate::rows::{Fields, all};

/// The algorithm of a signing key; never taken from a token's header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyAlgorithm {
    EdDsa,
    Es256,
}

/// A key pair. The public and private key are bytes in the form their maker chose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SigningKeyRecord {
    pub kid: String,
    pub algorithm: KeyAlgorithm,
    pub public_key: Vec<u8>,
    pub private_key: Secret<Vec<u8>>,
    pub created_at: Timestamp,
    pub retired_at: Option<Timestamp>,
}

/// Text that is not an algorithm of ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the algorithm of a signing key is EdDSA or ES256")]
pub struct InvalidKeyAlgorithm;

impl KeyAlgorithm {
    /// The name of RFC 7518 and RFC 8037.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::EdDsa => "EdDSA",
            Self::Es256 => "ES256",
        }
    }
}

impl fmt::Display for KeyAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for KeyAlgorithm {
    type Err = InvalidKeyAlgorithm;
    fn from_str(text: &str) -> Result<Self, InvalidKeyAlgorithm> {
        [Self::EdDsa, Self::Es256]
            .into_iter()
            .find(|known| known.as_str() == text)
            .ok_or(InvalidKeyAlgorithm)
    }
}

impl SystemStore {
    /// [`Error::Conflict`] when the `kid` is taken.
    pub async fn add_signing_key(&self, key: SigningKeyRecord) -> Result<(), Error> {
        let mut transaction = self.parts.db.begin().await?;
        let entry = audit_entry("key.add", &key.kid, key.created_at);
        let added = sqlx::query(
            "INSERT INTO signing_keys \
             (kid, algorithm, public_key, private_key, created_at, retired_at) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (kid) DO NOTHING",
        )
        .bind(key.kid)
        .bind(key.algorithm.as_str())
        .bind(BASE64.encode(key.public_key))
        .bind(BASE64.encode(key.private_key.expose()))
        .bind(key.created_at.as_microsecond())
        .bind(key.retired_at.map(Timestamp::as_microsecond))
        .execute(&mut *transaction)
        .await?;
        if added.rows_affected() == 0 {
            return Err(Error::Conflict { what: "signing key" });
        }
        self.parts.db.audit(&mut transaction, &entry).await?;
        Ok(transaction.commit().await?)
    }

    /// All keys, the newest first.
    pub async fn signing_keys(&self) -> Result<Vec<SigningKeyRecord>, Error> {
        let rows = sqlx::query(
            "SELECT kid, algorithm, public_key, private_key, created_at, retired_at \
             FROM signing_keys ORDER BY created_at DESC, kid DESC",
        )
        .fetch_all(self.parts.db.reader())
        .await?;
        all(&rows, signing_key)
    }

    /// Retires a key: what it signed is refused from now on. Whether it was in use until now.
    /// [`Error::NotFound`] when there is no such key.
    pub async fn retire_signing_key(&self, kid: &str, now: Timestamp) -> Result<bool, Error> {
        let mut transaction = self.parts.db.begin().await?;
        let retired = sqlx::query(
            "UPDATE signing_keys SET retired_at = $1 WHERE kid = $2 AND retired_at IS NULL",
        )
        .bind(now.as_microsecond())
        .bind(kid)
        .execute(&mut *transaction)
        .await?;
        let count: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM signing_keys WHERE kid = $1")
            .bind(kid)
            .fetch_one(&mut *transaction)
            .await?;
        if count == 0 {
            return Err(Error::NotFound { what: "signing key" });
        }
        if retired.rows_affected() == 0 {
            return Ok(false);
        }
        self.parts.db.audit(&mut transaction, &audit_entry("key.retire", kid, now)).await?;
        transaction.commit().await?;
        Ok(true)
    }
}

/// Keys are made and retired by commands only, and by the first start.
fn audit_entry(what: &str, kid: &str, at: Timestamp) -> AuditEntry {
    AuditEntry {
        at,
        who: "operator".to_owned(),
        what: what.to_owned(),
        about: kid.to_owned(),
        customer: None,
        details: Value::Null,
    }
}

fn signing_key(row: &AnyRow) -> Result<SigningKeyRecord, Error> {
    let fields = Fields::new(row, "signing_keys", "kid");
    let bytes =
        |column| BASE64.decode(fields.text(column)?).map_err(|_not_base64| fields.corrupt());
    Ok(SigningKeyRecord {
        kid: fields.text("kid")?,
        algorithm: fields.parsed("algorithm")?,
        public_key: bytes("public_key")?,
        private_key: Secret::new(bytes("private_key")?),
        created_at: fields.time("created_at")?,
        retired_at: fields.optional_time("retired_at")?,
    })
}
