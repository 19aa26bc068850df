//! Suppliers' statements as they were held against the ledger.
//!
//! Not for: reading them or holding them against anything. Invariant: one that is kept is never changed; a
//! statement that is sent again is another.

use domain::statement::Reconciliation;
use domain::{AuditEntry, StatementId, UnitName};
use jiff::Timestamp;
use serde_json::json;
use sqlx::any::AnyRow;

use crate::error::Error;
use crate::rows::{Fields, all, storable};
use crate::{CustomerStore, Decider};

/// Statements that are listed of a supplier: one a month for four years.
const LISTED_MAX: i64 = 48;
/// Statements that are listed of a unit: those of a month of a large one.
const LISTED_OF_UNIT_MAX: i64 = 500;

/// A statement in short.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementSummary {
    pub id: StatementId,
    pub supplier: String,
    pub file_name: String,
    /// The name or address of who sent it.
    pub sent_by: String,
    pub sent_at: Timestamp,
    pub lines: u64,
    /// Lines that there is something to ask about.
    pub to_ask: u64,
    /// Rows of ours that it lacks.
    pub missing_there: u64,
}

/// A statement with what it came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptStatement {
    pub summary: StatementSummary,
    pub reconciliation: Reconciliation,
}

/// A statement that was read and held against the ledger.
#[derive(Debug, Clone, Copy)]
pub struct NewStatement<'a> {
    pub id: StatementId,
    pub supplier: &'a str,
    pub file_name: &'a str,
    pub reconciliation: &'a Reconciliation,
}

const COLUMNS: &str = "id, supplier, file_name, sent_by, sent_at, lines, to_ask, missing_there";

impl CustomerStore {
    pub async fn keep_statement(
        &self,
        unit: &UnitName,
        new: NewStatement<'_>,
        decider: &Decider<'_>,
    ) -> Result<(), Error> {
        let outcome = new.reconciliation;
        let to_ask = outcome.lines.iter().filter(|line| line.state.question().is_some()).count();
        let count = |number: usize| i64::try_from(number).map_err(Error::internal);
        let mut transaction = self.parts.db.begin().await?;
        sqlx::query(
            "INSERT INTO statements (id, customer, unit, supplier, file_name, sent_by, sent_at, lines, \
             to_ask, missing_there, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        )
        .bind(new.id.to_string())
        .bind(self.customer.as_str())
        .bind(unit.as_str())
        .bind(storable(new.supplier))
        .bind(storable(new.file_name))
        .bind(decider.by)
        .bind(decider.at.as_microsecond())
        .bind(count(outcome.lines.len())?)
        .bind(count(to_ask)?)
        .bind(count(outcome.missing_there.len())?)
        .bind(storable(&serde_json::to_string(outcome).map_err(Error::internal)?))
        .execute(&mut *transaction)
        .await?;
        let entry = AuditEntry {
            at: decider.at,
            who: decider.who.to_owned(),
            what: "statement.reconcile".to_owned(),
            about: new.supplier.to_owned(),
            customer: Some(self.customer.clone()),
            details: json!({
                "unit": unit.as_str(),
                "statement": new.id,
                "lines": outcome.lines.len(),
            }),
        };
        self.parts.db.audit(&mut transaction, &entry).await?;
        Ok(transaction.commit().await?)
    }

    /// The statements of a supplier, the newest first.
    pub async fn statements(
        &self,
        unit: &UnitName,
        supplier: &str,
    ) -> Result<Vec<StatementSummary>, Error> {
        let select = format!(
            "SELECT {COLUMNS} FROM statements WHERE customer = $1 AND unit = $2 AND supplier = $3 \
             ORDER BY sent_at DESC, id DESC LIMIT $4"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(select))
            .bind(self.customer.as_str())
            .bind(unit.as_str())
            .bind(storable(supplier))
            .bind(LISTED_MAX)
            .fetch_all(self.parts.db.reader())
            .await?;
        all(&rows, summary)
    }

    /// The statements of all suppliers of a unit, the newest first.
    pub async fn newest_statements(&self, unit: &UnitName) -> Result<Vec<StatementSummary>, Error> {
        let select = format!(
            "SELECT {COLUMNS} FROM statements WHERE customer = $1 AND unit = $2 \
             ORDER BY sent_at DESC, id DESC LIMIT $3"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(select))
            .bind(self.customer.as_str())
            .bind(unit.as_str())
            .bind(LISTED_OF_UNIT_MAX)
            .fetch_all(self.parts.db.reader())
            .await?;
        all(&rows, summary)
    }

    pub async fn statement(
        &self,
        unit: &UnitName,
        id: StatementId,
    ) -> Result<Option<KeptStatement>, Error> {
        let select = format!(
            "SELECT {COLUMNS}, body FROM statements WHERE customer = $1 AND unit = $2 AND id = $3"
        );
        let row = sqlx::query(sqlx::AssertSqlSafe(select))
            .bind(self.customer.as_str())
            .bind(unit.as_str())
            .bind(id.to_string())
            .fetch_optional(self.parts.db.reader())
            .await?;
        let read = |row: &AnyRow| {
            let fields = Fields::new(row, "statements", "id");
            let body = fields.text("body")?;
            Ok(KeptStatement {
                summary: summary(row)?,
                reconciliation: serde_json::from_str(&body).map_err(|_invalid| fields.corrupt())?,
            })
        };
        row.as_ref().map(read).transpose()
    }
}

fn summary(row: &AnyRow) -> Result<StatementSummary, Error> {
    let fields = Fields::new(row, "statements", "id");
    Ok(StatementSummary {
        id: fields.parsed("id")?,
        supplier: fields.text("supplier")?,
        file_name: fields.text("file_name")?,
        sent_by: fields.text("sent_by")?,
        sent_at: fields.time("sent_at")?,
        lines: fields.number("lines")?,
        to_ask: fields.number("to_ask")?,
        missing_there: fields.number("missing_there")?,
    })
}
