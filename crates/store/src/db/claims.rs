//! Names that one transaction claims, so that nobody else decides about the same at the same time.
//!
//! Invariant: a claim ends with its transaction.

use std::collections::BTreeSet;

use sqlx::{Any, AssertSqlSafe, Transaction};

use super::Database;
use crate::dialect::Dialect;
use crate::error::Error;
use crate::rows::placeholders;

impl Database {
    /// Claims one name, as [`Self::claim_names`] does several.
    pub(crate) async fn claim_name(
        &self,
        transaction: &mut Transaction<'static, Any>,
        name: &str,
    ) -> Result<(), Error> {
        self.claim_names(transaction, &BTreeSet::from([name.to_owned()])).await
    }

    /// Waits until nobody else's transaction has claimed any of these names, and claims them until this one
    /// ends: what is decided by rows that may not be there yet still holds when it is written. Different
    /// names seldom wait for each other. SQLite has locked the whole database.
    pub(crate) async fn claim_names(
        &self,
        transaction: &mut Transaction<'static, Any>,
        names: &BTreeSet<String>,
    ) -> Result<(), Error> {
        if self.dialect != Dialect::Postgres || names.is_empty() {
            return Ok(());
        }
        // In one order, so that two that claim the same names do not wait for one another.
        let claim = format!(
            "SELECT 1 FROM (SELECT hashtextextended(asked.column1, 0) AS name FROM (VALUES {}) AS asked \
             ORDER BY 1) AS ordered, LATERAL pg_advisory_xact_lock(ordered.name)",
            placeholders(names.len(), 1),
        );
        let mut query = sqlx::query(AssertSqlSafe(claim)).persistent(names.len() == 1);
        for name in names {
            query = query.bind(name.as_str());
        }
        query.execute(&mut **transaction).await?;
        Ok(())
    }
}
