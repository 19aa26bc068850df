//! The people who go with a customer: those who belong to nobody else.
//!
//! Invariant: an operator stays, and so does whoever is a member of another customer or sent it a file: what
//! others keep goes on naming its sender.

use domain::{EmailAddress, UserId};
use sqlx::{Any, AssertSqlSafe, Transaction};

use super::ErasureScope;
use crate::error::Error;
use crate::rows::{Fields, all};
use crate::tables::{Owner, Table};

/// The accounts that leave with `$1`, a customer.
const LEAVERS: &str = "SELECT id, email FROM users WHERE is_operator = 0 AND id IN \
    (SELECT user_id FROM memberships WHERE customer = $1 \
    UNION SELECT user_id FROM unit_roles WHERE customer = $1 \
    UNION SELECT user_id FROM uploads WHERE customer = $1 AND user_id IS NOT NULL \
    UNION SELECT user_id FROM saved_views WHERE customer = $1) \
    AND id NOT IN (SELECT user_id FROM memberships WHERE customer <> $1 \
    UNION SELECT user_id FROM unit_roles WHERE customer <> $1 \
    UNION SELECT user_id FROM uploads WHERE customer <> $1 AND user_id IS NOT NULL \
    UNION SELECT user_id FROM saved_views WHERE customer <> $1)";

/// The accounts that go.
pub(super) struct Leavers(Vec<(UserId, EmailAddress)>);

impl Leavers {
    /// The accounts that go; with a unit none: they may belong to others of the customer, or come to.
    pub(super) async fn load(
        transaction: &mut Transaction<'static, Any>,
        scope: &ErasureScope,
    ) -> Result<Self, Error> {
        let ErasureScope::Customer(customer) = scope else { return Ok(Self(Vec::new())) };
        let rows =
            sqlx::query(LEAVERS).bind(customer.as_str()).fetch_all(&mut **transaction).await?;
        let leavers = all(&rows, |row| {
            let fields = Fields::new(row, "users", "id");
            Ok((fields.parsed("id")?, fields.parsed("email")?))
        });
        Ok(Self(leavers?))
    }

    pub(super) fn len(&self) -> u64 {
        self.0.len() as u64
    }

    pub(super) fn addresses(&self) -> impl Iterator<Item = &EmailAddress> {
        self.0.iter().map(|(_, email)| email)
    }

    /// Removes what a table holds of them.
    pub(super) async fn remove_from(
        &self,
        transaction: &mut Transaction<'static, Any>,
        table: Table,
    ) -> Result<(), Error> {
        let condition = match table.owner {
            Owner::User(column) => format!("{column} = $1"),
            Owner::Session => {
                "session_id IN (SELECT id FROM sessions WHERE user_id = $1)".to_owned()
            }
            _ => return Ok(()),
        };
        for (id, _) in &self.0 {
            let delete = format!("DELETE FROM {} WHERE {condition}", table.name);
            sqlx::query(AssertSqlSafe(delete))
                .bind(id.to_string())
                .execute(&mut **transaction)
                .await?;
        }
        Ok(())
    }
}
