//! Suppliers' statements as they were held against the ledger.
//!
//! Not for: reading them or holding them against anything. Invariant: one that is kept is never changed; a
//! statement that is sent again is another. The run that finds its credits is asked for with it.

use domain::statement::{LineState, Reconciliation, SentStatement};
use domain::{AuditEntry, StatementId, UnitName};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::json;
use sqlx::any::AnyRow;
use sqlx::{Any, Transaction};

use crate::error::Error;
use crate::rows::{Fields, all, day_number, storable};
use crate::runs::{NewRun, RunTicket};
use crate::{CustomerStore, Decider};

/// Statements that are listed of a supplier: one a month for four years.
const LISTED_MAX: i64 = 48;
/// Statements that are listed of a unit: those of a month of a large one.
const LISTED_OF_UNIT_MAX: i64 = 500;
/// Statements whose credits a run looks at: those of the suppliers of a large unit that have any.
const WITH_CREDITS_MAX: i64 = 2_000;

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
    /// The run that is asked for where it can change what is found; none: nobody asks for one.
    pub run: Option<NewRun>,
}

const COLUMNS: &str = "id, supplier, file_name, sent_by, sent_at, lines, to_ask, missing_there";

impl CustomerStore {
    /// Keeps a statement, and asks for a run where it has credits that were not taken, or one before it had.
    pub async fn keep_statement(
        &self,
        unit: &UnitName,
        new: NewStatement<'_>,
        decider: &Decider<'_>,
    ) -> Result<(), Error> {
        let outcome = new.reconciliation;
        let to_ask = outcome.lines.iter().filter(|line| line.state.question().is_some()).count();
        let has_credits = outcome.of(LineState::CreditNotTaken).next().is_some();
        let sent_on = TimeZone::UTC.to_datetime(decider.at).date();
        let count = |number: usize| i64::try_from(number).map_err(Error::internal);
        let mut transaction = self.parts.db.begin().await?;
        sqlx::query(
            "INSERT INTO statements (id, customer, unit, supplier, file_name, sent_by, sent_at, lines, \
             to_ask, missing_there, body, has_credits, listing, last_day) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
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
        .bind(i64::from(has_credits))
        .bind(outcome.listing.as_str())
        .bind(day_number(outcome.last_day().unwrap_or(sent_on)))
        .execute(&mut *transaction)
        .await?;
        if let Some(ids) = new.run
            && self.has_had_credits(&mut transaction, unit, new.supplier).await?
        {
            let (customer, by) = (&self.customer, Some(decider.by));
            let ticket = RunTicket { customer, unit, by, at: decider.at, trace: None };
            self.parts.db.ask_for_run(&mut transaction, ticket, ids).await?;
        }
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

    /// Returns `true` where any statement of a supplier has credits that were not taken.
    async fn has_had_credits(
        &self,
        transaction: &mut Transaction<'static, Any>,
        unit: &UnitName,
        supplier: &str,
    ) -> Result<bool, Error> {
        let found: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM statements WHERE customer = $1 AND unit = $2 AND supplier = $3 \
             AND has_credits = 1",
        )
        .bind(self.customer.as_str())
        .bind(unit.as_str())
        .bind(storable(supplier))
        .fetch_one(&mut **transaction)
        .await?;
        Ok(found > 0)
    }

    /// The statements with credits that were not taken which are the last word of their suppliers, the
    /// earliest first. A later one up to the same day takes the place of another, and one that lists all that
    /// is open that of every earlier one.
    pub async fn statements_with_credits(
        &self,
        unit: &UnitName,
    ) -> Result<Vec<SentStatement>, Error> {
        let rows = sqlx::query(
            "SELECT id, supplier, file_name, body FROM statements AS s WHERE customer = $1 AND unit = $2 \
             AND has_credits = 1 AND NOT EXISTS (SELECT 1 FROM statements AS later \
             WHERE later.customer = s.customer AND later.unit = s.unit AND later.supplier = s.supplier \
             AND ((later.last_day = s.last_day AND (later.sent_at, later.id) > (s.sent_at, s.id)) \
             OR (later.last_day > s.last_day AND later.listing = 'open_items'))) \
             ORDER BY last_day DESC, sent_at DESC, id DESC LIMIT $3",
        )
        .bind(self.customer.as_str())
        .bind(unit.as_str())
        .bind(WITH_CREDITS_MAX)
        .fetch_all(self.parts.db.reader())
        .await?;
        let mut statements = all(&rows, |row| {
            let fields = Fields::new(row, "statements", "id");
            let reconciliation = reconciliation(&fields)?;
            Ok(SentStatement {
                id: fields.parsed("id")?,
                file_name: fields.text("file_name")?,
                supplier: fields.text("supplier")?,
                lines: reconciliation.lines.into_iter().map(|line| line.line).collect(),
            })
        })?;
        statements.reverse();
        Ok(statements)
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
            Ok(KeptStatement { summary: summary(row)?, reconciliation: reconciliation(&fields)? })
        };
        row.as_ref().map(read).transpose()
    }
}

fn reconciliation(fields: &Fields<'_>) -> Result<Reconciliation, Error> {
    serde_json::from_str(&fields.text("body")?).map_err(|_invalid| fields.corrupt())
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
