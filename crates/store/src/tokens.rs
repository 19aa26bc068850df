//! What is kept of access tokens: their claims and who used them, never the tokens.
//!
//! Invariant: whatever makes or revokes one is in the audit log.

mod sftp;
mod uses;

use std::sync::Arc;

use domain::{AccessScope, AuditEntry, CustomerName, Role, TokenId};
use jiff::Timestamp;
use serde_json::json;
use sqlx::any::AnyRow;
use tokio::task::JoinHandle;

use crate::error::Error;
use crate::rows::{Fields, all, storable};
use crate::{CustomerStore, SystemStore};

pub use sftp::SftpSecret;
pub(crate) use uses::TokenUses;
use uses::UseWriter;

/// Tokens of a customer that work at once: one for each of hundreds of programs, and more than anybody keeps
/// an eye on.
pub const TOKENS_VALID_MAX: i64 = 1_000;

/// The record of one token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRecord {
    pub id: TokenId,
    pub scope: AccessScope,
    pub role: Role,
    /// The name that its maker gave it.
    pub label: String,
    /// A user's address, or `operator` for a command; none of those that are older than the question.
    pub made_by: Option<String>,
    /// The key that signed it.
    pub kid: String,
    /// The moment at which that key was retired, and the token with it. Read with the token, never
    /// written with it.
    pub key_retired_at: Option<Timestamp>,
    pub issued_at: Timestamp,
    pub not_before: Timestamp,
    pub expires_at: Timestamp,
    pub revoked_at: Option<Timestamp>,
    /// To the minute.
    pub last_used_at: Option<Timestamp>,
    /// The address it then came from.
    pub last_used_from: Option<String>,
    /// Presented over SFTP, and never as an access token; none of an access token.
    pub sftp: Option<SftpSecret>,
}

/// The standing of a token at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenStanding {
    Good,
    NotYetValid,
    Expired,
    /// The key that signed it was retired.
    KeyRetired {
        at: Timestamp,
    },
    Revoked {
        at: Timestamp,
    },
}

impl TokenRecord {
    pub fn standing(&self, now: Timestamp) -> TokenStanding {
        match self {
            Self { revoked_at: Some(at), .. } => TokenStanding::Revoked { at: *at },
            Self { key_retired_at: Some(at), .. } => TokenStanding::KeyRetired { at: *at },
            Self { expires_at, .. } if *expires_at <= now => TokenStanding::Expired,
            Self { not_before, .. } if *not_before > now => TokenStanding::NotYetValid,
            _ => TokenStanding::Good,
        }
    }

    /// Returns `true` for a token that is taken, or will be once it is valid.
    pub fn works(&self, now: Timestamp) -> bool {
        matches!(self.standing(now), TokenStanding::Good | TokenStanding::NotYetValid)
    }
}

macro_rules! columns {
    () => {
        "id, customer, label, units, types, kid, issued_at, not_before, expires_at, revoked_at, \
         last_used_at, role, made_by, last_used_from, sftp_password, sftp_key"
    };
}

/// The columns of a record, with what its key says of it. What is presented over SFTP is signed by none.
macro_rules! record {
    () => {
        concat!(
            columns!(),
            ", (SELECT retired_at FROM signing_keys WHERE signing_keys.kid = tokens.kid \
             AND tokens.sftp_password IS NULL AND tokens.sftp_key IS NULL) AS key_retired_at"
        )
    };
}
use {columns, record};

impl SystemStore {
    /// [`Error::NotFound`] names what the scope or the record speaks of and is not there; [`Error::Illegal`]
    /// when as many tokens of the customer work as there may be.
    pub async fn add_token(&self, token: &TokenRecord) -> Result<(), Error> {
        self.check_scope(token).await?;
        let mut transaction = self.parts.db.begin().await?;
        let name = format!("tokens of {}", token.scope.customer);
        self.parts.db.claim_name(&mut transaction, &name).await?;
        let valid: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM tokens WHERE customer = $1 AND revoked_at IS NULL AND expires_at > $2 \
             AND (sftp_password IS NOT NULL OR sftp_key IS NOT NULL \
             OR kid NOT IN (SELECT kid FROM signing_keys WHERE retired_at IS NOT NULL))",
        )
        .bind(token.scope.customer.as_str())
        .bind(token.issued_at.as_microsecond())
        .fetch_one(&mut *transaction)
        .await?;
        if valid >= TOKENS_VALID_MAX {
            let why = format!(
                "{} has {TOKENS_VALID_MAX} access tokens that work; revoke those that nobody needs",
                token.scope.customer
            );
            return Err(Error::Illegal { why });
        }
        let added = sqlx::query(concat!(
            "INSERT INTO tokens (",
            columns!(),
            ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) \
             ON CONFLICT (id) DO NOTHING",
        ))
        .bind(token.id.to_string())
        .bind(token.scope.customer.as_str())
        .bind(storable(&token.label))
        .bind(list_text(token.scope.units.as_ref())?)
        .bind(list_text(token.scope.types.as_ref())?)
        .bind(token.kid.as_str())
        .bind(token.issued_at.as_microsecond())
        .bind(token.not_before.as_microsecond())
        .bind(token.expires_at.as_microsecond())
        .bind(token.revoked_at.map(Timestamp::as_microsecond))
        .bind(token.last_used_at.map(Timestamp::as_microsecond))
        .bind(token.role.as_str())
        .bind(token.made_by.as_deref())
        .bind(token.last_used_from.as_deref())
        .bind(token.sftp.as_ref().and_then(SftpSecret::password_column))
        .bind(token.sftp.as_ref().and_then(SftpSecret::key_column))
        .execute(&mut *transaction)
        .await?;
        if added.rows_affected() == 0 {
            return Err(Error::Conflict { what: "token" });
        }
        self.parts.db.audit(&mut transaction, &issue_entry(token)).await?;
        Ok(transaction.commit().await?)
    }

    pub async fn token(&self, id: TokenId) -> Result<Option<TokenRecord>, Error> {
        let row = sqlx::query(concat!("SELECT ", record!(), " FROM tokens WHERE id = $1"))
            .bind(id.to_string())
            .fetch_optional(self.parts.db.reader())
            .await?;
        row.as_ref().map(token).transpose()
    }

    /// One customer's or everybody's, the newest first.
    pub async fn tokens(&self, customer: Option<&CustomerName>) -> Result<Vec<TokenRecord>, Error> {
        drop(self.write_token_uses().await);
        let rows = match customer {
            Some(customer) => {
                sqlx::query(concat!(
                    "SELECT ",
                    record!(),
                    " FROM tokens WHERE customer = $1 ORDER BY issued_at DESC, id DESC",
                ))
                .bind(customer.as_str())
                .fetch_all(self.parts.db.reader())
                .await?
            }
            None => {
                sqlx::query(concat!(
                    "SELECT ",
                    record!(),
                    " FROM tokens ORDER BY issued_at DESC, id DESC"
                ))
                .fetch_all(self.parts.db.reader())
                .await?
            }
        };
        all(&rows, token)
    }

    /// The tokens of one customer, or of everybody, that somebody made and that still work: they go on when
    /// whoever made them leaves.
    pub async fn working_tokens_of(
        &self,
        customer: Option<&CustomerName>,
        maker: &str,
        now: Timestamp,
    ) -> Result<Vec<TokenRecord>, Error> {
        let mut tokens = self.tokens(customer).await?;
        tokens.retain(|token| token.made_by.as_deref() == Some(maker) && token.works(now));
        Ok(tokens)
    }

    /// Revokes a token; whether it stood until now. [`Error::NotFound`] when there is no such token.
    pub async fn revoke_token(&self, id: TokenId, by: &str, now: Timestamp) -> Result<bool, Error> {
        let token = self.token(id).await?.ok_or(Error::NotFound { what: "token" })?;
        self.customer(&token.scope.customer).revoke_token(id, by, now).await
    }

    /// It came just now, from there.
    pub async fn note_token_used(
        &self,
        id: TokenId,
        from: &str,
        now: Timestamp,
    ) -> Result<(), Error> {
        uses::write(self.parts.db.writer(), id, from, now).await
    }

    /// Notes a use as [`Self::note_token_used`] does, beside whoever used it: they do not wait for the
    /// database.
    pub fn note_token_used_later(&self, id: TokenId, from: &str, now: Timestamp) {
        if self.parts.token_uses.push(id, from, now) == UseWriter::Caller {
            // Not awaited: who lists tokens waits for it, and so does the end of the process.
            drop(self.write_token_uses());
        }
    }

    /// Writes the uses that wait in a task of its own: what it has taken is written also when whoever asked
    /// for it goes away.
    fn write_token_uses(&self) -> JoinHandle<()> {
        let parts = Arc::clone(&self.parts);
        tokio::spawn(async move { parts.flush_token_uses().await })
    }

    /// Customers, units and keys are never removed: what is there now is there when the row is
    /// written.
    async fn check_scope(&self, token: &TokenRecord) -> Result<(), Error> {
        let units = self.units(&token.scope.customer).await?;
        let named = token.scope.units.iter().flatten();
        if named.into_iter().any(|unit| !units.contains(unit)) {
            return Err(Error::NotFound { what: "unit" });
        }
        let keys = self.signing_keys().await?;
        if keys.iter().all(|key| key.kid != token.kid) {
            return Err(Error::NotFound { what: "signing key" });
        }
        Ok(())
    }
}

impl CustomerStore {
    /// Revokes a token; whether it stood until now. [`Error::NotFound`] when the customer has no such token.
    /// `by` is a user's address, or `operator` for a command.
    pub async fn revoke_token(&self, id: TokenId, by: &str, now: Timestamp) -> Result<bool, Error> {
        let mut transaction = self.parts.db.begin().await?;
        let known = sqlx::query(concat!(
            "SELECT ",
            record!(),
            " FROM tokens WHERE id = $1 AND customer = $2"
        ))
        .bind(id.to_string())
        .bind(self.customer.as_str())
        .fetch_optional(&mut *transaction)
        .await?
        .ok_or(Error::NotFound { what: "token" })?;
        let revoked =
            sqlx::query("UPDATE tokens SET revoked_at = $1 WHERE id = $2 AND revoked_at IS NULL")
                .bind(now.as_microsecond())
                .bind(id.to_string())
                .execute(&mut *transaction)
                .await?;
        if revoked.rows_affected() == 0 {
            return Ok(false);
        }
        let entry = AuditEntry {
            at: now,
            who: by.to_owned(),
            what: "token.revoke".to_owned(),
            about: id.to_string(),
            customer: Some(self.customer.clone()),
            details: json!({ "label": token(&known)?.label }),
        };
        self.parts.db.audit(&mut transaction, &entry).await?;
        transaction.commit().await?;
        Ok(true)
    }
}

fn issue_entry(token: &TokenRecord) -> AuditEntry {
    let mut details = json!({
        "label": token.label,
        "role": token.role,
        "units": token.scope.units,
        "types": token.scope.types,
        "expiresAt": token.expires_at,
    });
    if let Some(secret) = &token.sftp {
        details["sftp"] = secret.word().into();
    }
    AuditEntry {
        at: token.issued_at,
        who: token.made_by.clone().unwrap_or_default(),
        what: "token.issue".to_owned(),
        about: token.id.to_string(),
        customer: Some(token.scope.customer.clone()),
        details,
    }
}

fn list_text<T: serde::Serialize>(list: Option<&T>) -> Result<Option<String>, Error> {
    list.map(serde_json::to_string).transpose().map_err(Error::internal)
}

fn token(row: &AnyRow) -> Result<TokenRecord, Error> {
    let fields = Fields::new(row, "tokens", "id");
    let units = fields.optional_text("units")?;
    let types = fields.optional_text("types")?;
    Ok(TokenRecord {
        id: fields.parsed("id")?,
        scope: AccessScope {
            customer: fields.parsed("customer")?,
            units: list(&fields, units.as_deref())?,
            types: list(&fields, types.as_deref())?,
        },
        role: match fields.optional_text("role")? {
            Some(role) => role.parse().map_err(|_no_role| fields.corrupt())?,
            None => Role::Uploader,
        },
        label: fields.text("label")?,
        kid: fields.text("kid")?,
        key_retired_at: fields.optional_time("key_retired_at")?,
        issued_at: fields.time("issued_at")?,
        not_before: fields.time("not_before")?,
        expires_at: fields.time("expires_at")?,
        revoked_at: fields.optional_time("revoked_at")?,
        made_by: fields.optional_text("made_by")?,
        last_used_at: fields.optional_time("last_used_at")?,
        last_used_from: fields.optional_text("last_used_from")?,
        sftp: SftpSecret::from_columns(&fields)?,
    })
}

fn list<T: serde::de::DeserializeOwned>(
    fields: &Fields<'_>,
    text: Option<&str>,
) -> Result<Option<T>, Error> {
    text.map(serde_json::from_str).transpose().map_err(|_not_a_list| fields.corrupt())
}
