//! What is kept of access tokens: their claims, never the tokens.

use domain::{AccessScope, CustomerName, Role, TokenId};
use jiff::Timestamp;
use sqlx::any::AnyRow;

use crate::SystemStore;
use crate::error::Error;
use crate::rows::{Fields, all};

/// The record of one token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRecord {
    pub id: TokenId,
    pub scope: AccessScope,
    pub role: Role,
    /// What its maker calls it.
    pub label: String,
    /// The key that signed it.
    pub kid: String,
    pub issued_at: Timestamp,
    pub not_before: Timestamp,
    pub expires_at: Timestamp,
    pub revoked_at: Option<Timestamp>,
    /// When an upload last came with it.
    pub last_used_at: Option<Timestamp>,
}

macro_rules! columns {
    () => {
        "id, customer, label, units, types, kid, issued_at, not_before, expires_at, revoked_at, \
         last_used_at, role"
    };
}

impl SystemStore {
    /// [`Error::NotFound`] names what the scope or the record speaks of and is not there.
    pub async fn add_token(&self, token: &TokenRecord) -> Result<(), Error> {
        self.check_scope(token).await?;
        let added = sqlx::query(concat!(
            "INSERT INTO tokens (",
            columns!(),
            ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (id) DO NOTHING",
        ))
        .bind(token.id.to_string())
        .bind(token.scope.customer.as_str())
        .bind(token.label.as_str())
        .bind(json(token.scope.units.as_ref())?)
        .bind(json(token.scope.types.as_ref())?)
        .bind(token.kid.as_str())
        .bind(token.issued_at.as_microsecond())
        .bind(token.not_before.as_microsecond())
        .bind(token.expires_at.as_microsecond())
        .bind(token.revoked_at.map(Timestamp::as_microsecond))
        .bind(token.last_used_at.map(Timestamp::as_microsecond))
        .bind(token.role.as_str())
        .execute(self.parts.db.writer())
        .await?;
        if added.rows_affected() == 0 {
            return Err(Error::Conflict { what: "token" });
        }
        Ok(())
    }

    pub async fn token(&self, id: TokenId) -> Result<Option<TokenRecord>, Error> {
        let row = sqlx::query(concat!("SELECT ", columns!(), " FROM tokens WHERE id = $1"))
            .bind(id.to_string())
            .fetch_optional(self.parts.db.reader())
            .await?;
        row.as_ref().map(token).transpose()
    }

    /// One customer's or everybody's, the newest first.
    pub async fn tokens(&self, customer: Option<&CustomerName>) -> Result<Vec<TokenRecord>, Error> {
        let rows = match customer {
            Some(customer) => {
                sqlx::query(concat!(
                    "SELECT ",
                    columns!(),
                    " FROM tokens WHERE customer = $1 ORDER BY issued_at DESC, id DESC",
                ))
                .bind(customer.as_str())
                .fetch_all(self.parts.db.reader())
                .await?
            }
            None => {
                sqlx::query(concat!(
                    "SELECT ",
                    columns!(),
                    " FROM tokens ORDER BY issued_at DESC, id DESC"
                ))
                .fetch_all(self.parts.db.reader())
                .await?
            }
        };
        all(&rows, token)
    }

    /// Whether it stood until now; [`Error::NotFound`] when there is no such token.
    pub async fn revoke_token(&self, id: TokenId, now: Timestamp) -> Result<bool, Error> {
        if self.token(id).await?.is_none() {
            return Err(Error::NotFound { what: "token" });
        }
        let revoked =
            sqlx::query("UPDATE tokens SET revoked_at = $1 WHERE id = $2 AND revoked_at IS NULL")
                .bind(now.as_microsecond())
                .bind(id.to_string())
                .execute(self.parts.db.writer())
                .await?;
        Ok(revoked.rows_affected() > 0)
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

fn json<T: serde::Serialize>(list: Option<&T>) -> Result<Option<String>, Error> {
    list.map(serde_json::to_string).transpose().map_err(Error::internal)
}

fn token(row: &AnyRow) -> Result<TokenRecord, Error> {
    let fields = Fields::of(row, "tokens", "id");
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
        issued_at: fields.time("issued_at")?,
        not_before: fields.time("not_before")?,
        expires_at: fields.time("expires_at")?,
        revoked_at: fields.optional_time("revoked_at")?,
        last_used_at: fields.optional_time("last_used_at")?,
    })
}

fn list<T: serde::de::DeserializeOwned>(
    fields: &Fields<'_>,
    text: Option<&str>,
) -> Result<Option<T>, Error> {
    text.map(serde_json::from_str).transpose().map_err(|_not_a_list| fields.corrupt())
}
