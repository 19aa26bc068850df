//! Runs of payments: what checking them came to, and what people decided line by line.
//!
//! Not for: the rows of the ledger (`analysis`), or checking.
//!
//! Invariant: checking a run anew takes no decision away of a payment that is still in it; each decision is
//! in the audit log. The payments of a run are those that it was read as last.

mod lines;
mod sums;

use std::collections::BTreeSet;

use domain::payment_run::{PaymentCheck, PaymentDecision, PaymentDoubtKind};
use domain::{AuditEntry, Money, UnitName, Upload, UploadId};
use jiff::Timestamp;
use serde_json::json;
use sqlx::any::AnyRow;
use sqlx::{Any, AssertSqlSafe, Transaction};

pub use self::lines::{DecidedPayment, PaymentFilter};
pub use self::sums::PaymentSums;
use crate::error::Error;
use crate::rows::{Fields, all, placeholders, placeholders_from, storable};
use crate::{CustomerStore, Decider, SystemStore};

/// Seven values each; SQLite looks every one up by its name among those before it.
const ROWS_A_STATEMENT: usize = 100;
const COLUMNS: usize = 7;
/// Runs of a unit that are listed; older ones are found among the uploads.
const RUNS_LISTED_MAX: i64 = 200;
/// Held payments of earlier runs that a check is told of: of more nobody held them one by one.
const HELD_TOLD_MAX: i64 = 10_000;

/// A run that was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentRun {
    pub upload: UploadId,
    pub file_name: String,
    pub received_at: Timestamp,
    pub checked_at: Timestamp,
    /// Sentences on the whole run.
    pub notes: Vec<String>,
    pub sums: PaymentSums,
}

/// A decision about payments of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPaymentDecision {
    pub decision: PaymentDecision,
    /// Why, in somebody's words.
    pub because: Option<String>,
}

/// The payments that a decision is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DecidedLines {
    /// These; all must be of the run.
    Lines(Vec<u64>),
    /// All that nothing speaks against and nobody has decided.
    Clear,
}

impl SystemStore {
    /// Keeps what checking a run came to; decisions of before stay with their lines. Lines that it is not
    /// read as any more, by other rules, go with their decisions.
    pub async fn keep_payment_check(
        &self,
        upload: &Upload,
        check: &PaymentCheck,
        now: Timestamp,
    ) -> Result<(), Error> {
        let mut transaction = self.parts.db.begin().await?;
        sqlx::query(
            "INSERT INTO payment_runs (upload, checked_at, notes) \
             VALUES ($1, $2, $3) ON CONFLICT (upload) DO UPDATE SET \
             checked_at = excluded.checked_at, notes = excluded.notes",
        )
        .bind(upload.id.to_string())
        .bind(now.as_microsecond())
        .bind(serde_json::to_string(&check.notes).map_err(Error::internal)?)
        .execute(&mut *transaction)
        .await?;
        for some in check.payments.chunks(ROWS_A_STATEMENT) {
            keep_payments(&mut transaction, upload.id, some).await?;
        }
        remove_others(&mut transaction, upload.id, check).await?;
        Ok(transaction.commit().await?)
    }

    /// Payments of a unit's runs that somebody has held.
    pub async fn held_payments(&self, upload: &Upload) -> Result<Vec<(UploadId, u64)>, Error> {
        let rows = sqlx::query(
            "SELECT payments.upload AS upload, payments.line AS line FROM payments \
             JOIN uploads ON uploads.id = payments.upload \
             WHERE uploads.customer = $1 AND uploads.unit = $2 AND payments.decision = 'hold' \
             ORDER BY payments.upload DESC, payments.line LIMIT $3",
        )
        .bind(upload.customer.as_str())
        .bind(upload.unit.as_str())
        .bind(HELD_TOLD_MAX)
        .fetch_all(self.parts.db.reader())
        .await?;
        let read = |row: &AnyRow| {
            let fields = Fields::new(row, "payments", "upload");
            Ok((fields.parsed("upload")?, fields.number("line")?))
        };
        rows.iter().map(read).collect()
    }
}

async fn keep_payments(
    transaction: &mut Transaction<'static, Any>,
    upload: UploadId,
    payments: &[domain::payment_run::CheckedPayment],
) -> Result<(), Error> {
    let insert = format!(
        "INSERT INTO payments (upload, line, amount, currency, doubts, gravest, body) VALUES {} \
         ON CONFLICT (upload, line) DO UPDATE SET amount = excluded.amount, \
         currency = excluded.currency, doubts = excluded.doubts, gravest = excluded.gravest, \
         body = excluded.body",
        placeholders(payments.len(), COLUMNS)
    );
    let mut query = sqlx::query(AssertSqlSafe(insert));
    for payment in payments {
        let gravest = payment.doubts.iter().map(|doubt| rank(doubt.kind)).min();
        query = query
            .bind(upload.to_string())
            .bind(i64::try_from(payment.line).map_err(Error::internal)?)
            .bind(payment.money.amount.ten_thousandths())
            .bind(payment.money.currency.as_deref().map(storable))
            .bind(i64::try_from(payment.doubts.len()).map_err(Error::internal)?)
            .bind(gravest)
            .bind(storable(&serde_json::to_string(payment).map_err(Error::internal)?));
    }
    query.execute(&mut **transaction).await?;
    Ok(())
}

/// Removes the payments of lines that the run does not have.
async fn remove_others(
    transaction: &mut Transaction<'static, Any>,
    upload: UploadId,
    check: &PaymentCheck,
) -> Result<(), Error> {
    let rows = sqlx::query("SELECT upload, line FROM payments WHERE upload = $1")
        .bind(upload.to_string())
        .fetch_all(&mut **transaction)
        .await?;
    let known = all(&rows, |row| Fields::new(row, "payments", "upload").number("line"))?;
    let kept: BTreeSet<u64> = check.payments.iter().map(|payment| payment.line).collect();
    let gone: Vec<u64> = known.into_iter().filter(|line| !kept.contains(line)).collect();
    for some in gone.chunks(ROWS_A_STATEMENT) {
        let delete = format!(
            "DELETE FROM payments WHERE upload = $1 AND line IN ({})",
            placeholders_from(2, some.len())
        );
        let mut query = sqlx::query(AssertSqlSafe(delete)).bind(upload.to_string());
        for line in some {
            query = query.bind(i64::try_from(*line).map_err(Error::internal)?);
        }
        query.execute(&mut **transaction).await?;
    }
    Ok(())
}

/// The place of a kind, the gravest first.
fn rank(kind: PaymentDoubtKind) -> i64 {
    let place = PaymentDoubtKind::ALL.iter().position(|known| *known == kind);
    i64::try_from(place.expect("all kinds are among all")).expect("there are a dozen kinds")
}

impl CustomerStore {
    /// The runs of a unit, the newest first.
    pub async fn payment_runs(&self, unit: &UnitName) -> Result<Vec<PaymentRun>, Error> {
        let rows = sqlx::query(
            "SELECT payment_runs.upload AS upload, file_name, received_at, checked_at, notes \
             FROM payment_runs JOIN uploads ON uploads.id = payment_runs.upload \
             WHERE uploads.customer = $1 AND uploads.unit = $2 \
             ORDER BY payment_runs.checked_at DESC, payment_runs.upload DESC LIMIT $3",
        )
        .bind(self.customer.as_str())
        .bind(unit.as_str())
        .bind(RUNS_LISTED_MAX)
        .fetch_all(self.parts.db.reader())
        .await?;
        let mut runs = Vec::new();
        for row in &rows {
            runs.push(self.read_run(row).await?);
        }
        Ok(runs)
    }

    /// One run; none where the upload is not of payments, or not checked yet.
    pub async fn payment_run(
        &self,
        unit: &UnitName,
        upload: UploadId,
    ) -> Result<Option<PaymentRun>, Error> {
        let row = sqlx::query(
            "SELECT payment_runs.upload AS upload, file_name, received_at, checked_at, notes \
             FROM payment_runs JOIN uploads ON uploads.id = payment_runs.upload \
             WHERE uploads.customer = $1 AND uploads.unit = $2 AND payment_runs.upload = $3",
        )
        .bind(self.customer.as_str())
        .bind(unit.as_str())
        .bind(upload.to_string())
        .fetch_optional(self.parts.db.reader())
        .await?;
        match row {
            Some(row) => Ok(Some(self.read_run(&row).await?)),
            None => Ok(None),
        }
    }

    async fn read_run(&self, row: &AnyRow) -> Result<PaymentRun, Error> {
        let fields = Fields::new(row, "payment_runs", "upload");
        let upload = fields.parsed("upload")?;
        let notes = fields.text("notes")?;
        Ok(PaymentRun {
            upload,
            file_name: fields.text("file_name")?,
            received_at: fields.time("received_at")?,
            checked_at: fields.time("checked_at")?,
            notes: serde_json::from_str(&notes).map_err(|_invalid| fields.corrupt())?,
            sums: self.payment_sums(upload).await?,
        })
    }

    /// Releases or holds payments of a run; the number of them. [`Error::NotFound`] when a line is not of it.
    pub async fn decide_payments(
        &self,
        unit: &UnitName,
        upload: UploadId,
        (lines, decision): (&DecidedLines, &NewPaymentDecision),
        decider: &Decider<'_>,
    ) -> Result<u64, Error> {
        if self.payment_run(unit, upload).await?.is_none() {
            return Err(Error::NotFound { what: "payment run" });
        }
        let mut transaction = self.parts.db.begin().await?;
        let decided = match lines {
            DecidedLines::Clear => {
                decide(
                    &mut transaction,
                    upload,
                    "doubts = 0 AND decision IS NULL",
                    (&[], decision),
                    decider,
                )
                .await?
            }
            DecidedLines::Lines(lines) => {
                let mut decided = 0;
                for some in lines.chunks(ROWS_A_STATEMENT) {
                    let places = placeholders_from(6, some.len());
                    let which = format!("line IN ({places})");
                    decided +=
                        decide(&mut transaction, upload, &which, (some, decision), decider).await?;
                }
                if decided < lines.len() as u64 {
                    return Err(Error::NotFound { what: "payment" });
                }
                decided
            }
        };
        let named: Vec<u64> = match lines {
            DecidedLines::Lines(lines) => lines.iter().take(LINES_AUDITED_MAX).copied().collect(),
            DecidedLines::Clear => Vec::new(),
        };
        let entry = AuditEntry {
            at: decider.at,
            who: decider.who.to_owned(),
            what: format!("payment.{}", decision.decision.as_str()),
            about: upload.to_string(),
            customer: Some(self.customer.clone()),
            details: json!({
                "unit": unit.as_str(),
                "payments": decided,
                "lines": named,
                "because": decision.because,
            }),
        };
        self.parts.db.audit(&mut transaction, &entry).await?;
        transaction.commit().await?;
        Ok(decided)
    }
}

/// Lines that an entry of the audit log names; all are counted, and each has who decided it.
const LINES_AUDITED_MAX: usize = 200;

async fn decide(
    transaction: &mut Transaction<'static, Any>,
    upload: UploadId,
    which: &str,
    (lines, decision): (&[u64], &NewPaymentDecision),
    decider: &Decider<'_>,
) -> Result<u64, Error> {
    let update = format!(
        "UPDATE payments SET decision = $2, because = $3, decided_by = $4, decided_at = $5 \
         WHERE upload = $1 AND {which}"
    );
    let mut query = sqlx::query(AssertSqlSafe(update))
        .bind(upload.to_string())
        .bind(decision.decision.as_str())
        .bind(decision.because.as_deref().map(storable))
        .bind(decider.by)
        .bind(decider.at.as_microsecond());
    for line in lines {
        query = query.bind(i64::try_from(*line).map_err(Error::internal)?);
    }
    Ok(query.execute(&mut **transaction).await?.rows_affected())
}

/// Money by currency, the largest first.
fn money(sums: domain::MoneySums) -> Vec<Money> {
    sums.into_money()
}
