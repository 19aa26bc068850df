//! Hosts that scans of papers are taken from, as an administrator has listed them.
//!
//! Invariant: each change is in the audit log, with what was there before.

use std::collections::BTreeSet;

use domain::AuditEntry;
use jiff::Timestamp;
use serde_json::json;
use sqlx::any::AnyRow;

use crate::CustomerStore;
use crate::error::Error;
use crate::rows::Fields;

const SELECT: &str = "SELECT customer, hosts FROM scan_hosts WHERE customer = $1";

impl CustomerStore {
    /// The hosts; none where nobody has listed any, and no scan is taken from anywhere.
    pub async fn scan_hosts(&self) -> Result<BTreeSet<String>, Error> {
        let row = sqlx::query(SELECT)
            .bind(self.customer.as_str())
            .fetch_optional(self.parts.db.reader())
            .await?;
        read(row.as_ref())
    }

    /// Sets the hosts, for all units. Whether anything changed.
    pub async fn set_scan_hosts(
        &self,
        wanted: &BTreeSet<String>,
        by: &str,
        now: Timestamp,
    ) -> Result<bool, Error> {
        let mut transaction = self.parts.db.begin().await?;
        let row = sqlx::query(SELECT)
            .bind(self.customer.as_str())
            .fetch_optional(&mut *transaction)
            .await?;
        let was = read(row.as_ref())?;
        if was == *wanted {
            return Ok(false);
        }
        sqlx::query(
            "INSERT INTO scan_hosts (customer, hosts, set_by, set_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (customer) DO UPDATE SET hosts = excluded.hosts, set_by = excluded.set_by, \
             set_at = excluded.set_at",
        )
        .bind(self.customer.as_str())
        .bind(serde_json::to_string(wanted).map_err(Error::internal)?)
        .bind(by)
        .bind(now.as_microsecond())
        .execute(&mut *transaction)
        .await?;
        let entry = AuditEntry {
            at: now,
            who: by.to_owned(),
            what: "customer.set_scan_hosts".to_owned(),
            about: self.customer.to_string(),
            customer: Some(self.customer.clone()),
            details: json!({ "is": wanted, "was": was }),
        };
        self.parts.db.audit(&mut transaction, &entry).await?;
        transaction.commit().await?;
        Ok(true)
    }
}

fn read(row: Option<&AnyRow>) -> Result<BTreeSet<String>, Error> {
    let Some(row) = row else { return Ok(BTreeSet::new()) };
    Fields::new(row, "scan_hosts", "customer").json("hosts")
}
