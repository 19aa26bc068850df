//! The payments of a run in the order of its file, or the doubtful ones, the gravest first.

use domain::UnitName;
use domain::UploadId;
use domain::page::{Page, PageSize};
use domain::payment_run::{CheckedPayment, PaymentDecision};
use jiff::Timestamp;
use sqlx::any::AnyRow;

use crate::CustomerStore;
use crate::error::Error;
use crate::rows::{Fields, all};

/// The payments of a run that are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PaymentFilter {
    #[default]
    All,
    /// Something speaks against them.
    Doubtful,
    /// Something speaks against them, and nobody has decided.
    Undecided,
    Released,
    Held,
}

/// A payment with what people decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecidedPayment {
    pub payment: CheckedPayment,
    pub decision: Option<PaymentDecision>,
    pub because: Option<String>,
    /// The name or address of who decided.
    pub decided_by: Option<String>,
    pub decided_at: Option<Timestamp>,
}

impl PaymentFilter {
    const fn condition(self) -> &'static str {
        match self {
            Self::All => "1 = 1",
            Self::Doubtful => "doubts > 0",
            Self::Undecided => "doubts > 0 AND decision IS NULL",
            Self::Released => "decision = 'release'",
            Self::Held => "decision = 'hold'",
        }
    }
}

impl CustomerStore {
    /// Payments of a run by line. `after` is the line of the last of the page before.
    pub async fn payments(
        &self,
        unit: &UnitName,
        upload: UploadId,
        filter: PaymentFilter,
        (size, after): (PageSize, Option<u64>),
    ) -> Result<Page<DecidedPayment, u64>, Error> {
        let after = after
            .map_or(-1, |after| i64::try_from(after).unwrap_or_else(|_after_every_line| i64::MAX));
        let select = format!(
            "SELECT payments.upload AS upload, line, body, decision, because, decided_by, decided_at \
             FROM payments JOIN uploads ON uploads.id = payments.upload \
             WHERE uploads.customer = $1 AND uploads.unit = $2 AND payments.upload = $3 \
             AND line > $4 AND {} ORDER BY line LIMIT $5",
            filter.condition()
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(select))
            .bind(self.customer.as_str())
            .bind(unit.as_str())
            .bind(upload.to_string())
            .bind(after)
            .bind(i64::from(size.get()) + 1)
            .fetch_all(self.parts.db.reader())
            .await?;
        let wanted = &rows[..rows.len().min(size.get() as usize)];
        let items = all(wanted, read)?;
        let next = items.last().filter(|_| rows.len() > wanted.len()).map(|last| last.payment.line);
        Ok(Page { items, next })
    }

    /// The lines of a run's payments that were held, in order.
    pub async fn held_lines(&self, unit: &UnitName, upload: UploadId) -> Result<Vec<u64>, Error> {
        let rows = sqlx::query(
            "SELECT payments.upload AS upload, line \
             FROM payments JOIN uploads ON uploads.id = payments.upload \
             WHERE uploads.customer = $1 AND uploads.unit = $2 AND payments.upload = $3 \
             AND decision = 'hold' ORDER BY line",
        )
        .bind(self.customer.as_str())
        .bind(unit.as_str())
        .bind(upload.to_string())
        .fetch_all(self.parts.db.reader())
        .await?;
        all(&rows, |row| Fields::new(row, "payments", "upload").number("line"))
    }

    /// The doubtful payments of a run, the gravest first, so many at most.
    pub async fn doubtful_payments(
        &self,
        unit: &UnitName,
        upload: UploadId,
        size: PageSize,
    ) -> Result<Vec<DecidedPayment>, Error> {
        let rows = sqlx::query(
            "SELECT payments.upload AS upload, line, body, decision, because, decided_by, decided_at \
             FROM payments JOIN uploads ON uploads.id = payments.upload \
             WHERE uploads.customer = $1 AND uploads.unit = $2 AND payments.upload = $3 \
             AND doubts > 0 ORDER BY gravest, amount DESC, line LIMIT $4",
        )
        .bind(self.customer.as_str())
        .bind(unit.as_str())
        .bind(upload.to_string())
        .bind(i64::from(size.get()))
        .fetch_all(self.parts.db.reader())
        .await?;
        all(&rows, read)
    }
}

fn read(row: &AnyRow) -> Result<DecidedPayment, Error> {
    let fields = Fields::new(row, "payments", "upload");
    let body = fields.text("body")?;
    let decision = fields.optional_text("decision")?;
    Ok(DecidedPayment {
        payment: serde_json::from_str(&body).map_err(|_invalid| fields.corrupt())?,
        decision: decision
            .map(|word| word.parse())
            .transpose()
            .map_err(|_unknown| fields.corrupt())?,
        because: fields.optional_text("because")?,
        decided_by: fields.optional_text("decided_by")?,
        decided_at: fields.optional_time("decided_at")?,
    })
}
