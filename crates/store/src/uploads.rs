//! Uploads: finding, reading back, and the one way a row changes its state.
//!
//! Not for: the one way a row comes to be (`receive`), or who changes it (`reading`, `decisions`).
//!
//! Invariant: a state follows another only as the life cycle in `domain` has it.

mod list;

use std::collections::BTreeMap;

use domain::upload::InvalidTransition;
use domain::{
    FileType, HoldReason, Remedy, RowCounts, Sender, UnitName, Upload, UploadId, UploadState,
};
use jiff::Timestamp;
use sqlx::any::AnyRow;
use sqlx::{Any, AssertSqlSafe, Executor, Transaction};

use crate::db::Database;
use crate::error::Error;
use crate::rows::{Fields, all, storable};
use crate::{CustomerStore, SystemStore};

pub use list::{UploadFilter, UploadOrder};

/// Enough that a round trip to the database is lost among the objects, few enough to hold.
const EVERYBODYS_UPLOADS: i64 = 500;

macro_rules! columns {
    () => {
        "id, customer, unit, file_type, file_name, bytes, sha256, received_at, token, \
         user_id, released_at, state, state_at, ledger_version, rows_read, rows_set_aside, non_rows, \
         rows_replaced, made_inactive, active_before, hold_reason, hold_details, reason, \
         removed_at, read_before, remedy"
    };
}
pub(crate) use columns;

impl CustomerStore {
    /// The names of files of a file type that are read, as they were sent.
    pub async fn file_names(
        &self,
        unit: &UnitName,
        file_type: FileType,
    ) -> Result<BTreeMap<UploadId, String>, Error> {
        let rows = sqlx::query(
            "SELECT id, file_name FROM uploads WHERE customer = $1 AND unit = $2 AND file_type = $3 \
             AND state = 'read'",
        )
        .bind(self.customer.as_str())
        .bind(unit.as_str())
        .bind(file_type.as_str())
        .fetch_all(self.parts.db.reader())
        .await?;
        let named = all(&rows, |row| {
            let fields = Fields::new(row, "uploads", "id");
            Ok((fields.parsed("id")?, fields.text("file_name")?))
        })?;
        Ok(named.into_iter().collect())
    }

    pub async fn upload(&self, unit: &UnitName, id: UploadId) -> Result<Option<Upload>, Error> {
        let row = sqlx::query(concat!(
            "SELECT ",
            columns!(),
            " FROM uploads WHERE customer = $1 AND unit = $2 AND id = $3",
        ))
        .bind(self.customer.as_str())
        .bind(unit.as_str())
        .bind(id.to_string())
        .fetch_optional(self.parts.db.reader())
        .await?;
        row.as_ref().map(upload).transpose()
    }
}

impl CustomerStore {
    /// Why an upload that is not read yet was put off when it was its turn; none when it was not.
    pub async fn why_unread(&self, unit: &UnitName, id: UploadId) -> Result<Option<String>, Error> {
        let why: Option<Option<String>> = sqlx::query_scalar(
            "SELECT last_error FROM jobs WHERE customer = $1 AND unit = $2 AND upload = $3 \
             AND kind = 'read_upload' AND state IN ('waiting', 'running')",
        )
        .bind(self.customer.as_str())
        .bind(unit.as_str())
        .bind(id.to_string())
        .fetch_optional(self.parts.db.reader())
        .await?;
        Ok(why.flatten())
    }
}

impl SystemStore {
    /// Uploads of all customers in the order of their ids, a few hundred at a time.
    pub(crate) async fn uploads_of_all_customers(
        &self,
        after: Option<UploadId>,
    ) -> Result<Vec<Upload>, Error> {
        let rows = sqlx::query(concat!(
            "SELECT ",
            columns!(),
            " FROM uploads WHERE id > $1 ORDER BY id LIMIT $2",
        ))
        .bind(after.map(|id| id.to_string()).unwrap_or_default())
        .bind(EVERYBODYS_UPLOADS)
        .fetch_all(self.parts.db.reader())
        .await?;
        all(&rows, upload)
    }
}

impl Database {
    /// Locks the row, so that what is decided by it still holds when it is written.
    pub(crate) async fn locked_upload(
        &self,
        transaction: &mut Transaction<'static, Any>,
        id: UploadId,
    ) -> Result<Upload, Error> {
        let select = format!("SELECT {} FROM uploads WHERE id = $1 {}", columns!(), self.locked());
        let row = sqlx::query(AssertSqlSafe(select))
            .bind(id.to_string())
            .fetch_optional(&mut **transaction)
            .await?;
        upload(&row.ok_or(Error::NotFound { what: "upload" })?)
    }
}

/// Returns `true` when an upload of the same ledger that was received later is read, or in the other
/// state.
pub(crate) async fn is_overtaken<'e>(
    reader: impl Executor<'e, Database = Any>,
    upload: &Upload,
    or_state: &'static str,
) -> Result<bool, Error> {
    let newer: Option<String> = sqlx::query_scalar(
        "SELECT id FROM uploads WHERE customer = $1 AND unit = $2 AND file_type = $3 \
         AND state IN ('read', $6) AND (received_at, id) > ($4, $5) LIMIT 1",
    )
    .bind(upload.customer.as_str())
    .bind(upload.unit.as_str())
    .bind(upload.file_type.as_str())
    .bind(upload.received_at.as_microsecond())
    .bind(upload.id.to_string())
    .bind(or_state)
    .fetch_optional(reader)
    .await?;
    Ok(newer.is_some())
}

/// Writes the state, `released_at` and `read_before` of a row that was locked.
pub(crate) async fn write_state(
    transaction: &mut Transaction<'static, Any>,
    upload: &Upload,
) -> Result<(), Error> {
    let (at, version, rows, held, refused) = match &upload.state {
        UploadState::Received => (None, None, None, None, None),
        UploadState::Reading { since } => (Some(*since), None, None, None, None),
        UploadState::Read { at, ledger_version, rows } => {
            (Some(*at), Some(*ledger_version), Some(*rows), None, None)
        }
        UploadState::Held { at, rows, reason } => {
            (Some(*at), None, Some(*rows), Some(reason), None)
        }
        UploadState::Refused { at, reason, remedy } => {
            (Some(*at), None, None, None, Some((reason, remedy)))
        }
    };
    let (active_before, details) = match held {
        None => (None, None),
        Some(HoldReason::ManyInactive { active_before }) => (Some(*active_before), None),
        Some(HoldReason::ReusedIdentifiers { reused_identifiers }) => {
            (None, Some(serde_json::to_string(reused_identifiers).map_err(Error::internal)?))
        }
    };
    let count = |of: fn(RowCounts) -> u64| number(rows.map(of));
    sqlx::query(
        "UPDATE uploads SET state = $2, state_at = $3, ledger_version = $4, rows_read = $5, \
         rows_set_aside = $6, non_rows = $7, rows_replaced = $8, made_inactive = $9, \
         active_before = $10, reason = $11, released_at = $12, hold_reason = $13, \
         hold_details = $14, read_before = $15, remedy = $16 WHERE id = $1",
    )
    .bind(upload.id.to_string())
    .bind(upload.state.word())
    .bind(at.map(Timestamp::as_microsecond))
    .bind(number(version)?)
    .bind(count(|rows| rows.rows_read)?)
    .bind(count(|rows| rows.rows_set_aside)?)
    .bind(count(|rows| rows.non_rows)?)
    .bind(count(|rows| rows.rows_replaced)?)
    .bind(count(|rows| rows.made_inactive)?)
    .bind(number(active_before)?)
    .bind(refused.map(|(reason, _)| storable(reason)))
    .bind(upload.released_at.map(Timestamp::as_microsecond))
    .bind(held.map(HoldReason::code))
    .bind(details.as_deref().map(storable))
    .bind(number(upload.read_before)?)
    .bind(refused.and_then(|(_, remedy)| remedy.map(Remedy::code)))
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

impl From<InvalidTransition> for Error {
    fn from(_the_state_is_shown_anyway: InvalidTransition) -> Self {
        Self::Conflict { what: "state of the upload" }
    }
}

pub(crate) fn upload(row: &AnyRow) -> Result<Upload, Error> {
    let fields = Fields::new(row, "uploads", "id");
    Ok(Upload {
        id: fields.parsed("id")?,
        customer: fields.parsed("customer")?,
        unit: fields.parsed("unit")?,
        file_type: fields.parsed("file_type")?,
        file_name: fields.parsed("file_name")?,
        bytes: fields.number("bytes")?,
        sha256: fields.parsed("sha256")?,
        received_at: fields.time("received_at")?,
        sender: sender(&fields)?,
        released_at: fields.optional_time("released_at")?,
        removed_at: fields.optional_time("removed_at")?,
        read_before: fields
            .optional_number("read_before")?
            .map(u64::try_from)
            .transpose()
            .map_err(|_negative| fields.corrupt())?,
        state: state(&fields)?,
    })
}

fn sender(fields: &Fields<'_>) -> Result<Sender, Error> {
    match fields.optional_text("token")? {
        Some(_) => fields.parsed("token").map(Sender::Token),
        None => fields.parsed("user_id").map(Sender::User),
    }
}

fn state(fields: &Fields<'_>) -> Result<UploadState, Error> {
    match fields.text("state")?.as_str() {
        "received" => Ok(UploadState::Received),
        "reading" => Ok(UploadState::Reading { since: fields.time("state_at")? }),
        "read" => Ok(UploadState::Read {
            at: fields.time("state_at")?,
            ledger_version: fields.number("ledger_version")?,
            rows: row_counts(fields)?,
        }),
        "held" => Ok(UploadState::Held {
            at: fields.time("state_at")?,
            rows: row_counts(fields)?,
            reason: hold_reason(fields)?,
        }),
        "refused" => Ok(UploadState::Refused {
            at: fields.time("state_at")?,
            reason: fields.text("reason")?,
            remedy: fields
                .optional_text("remedy")?
                .map(|code| code.parse())
                .transpose()
                .map_err(|_unknown| fields.corrupt())?,
        }),
        _ => Err(fields.corrupt()),
    }
}

fn hold_reason(fields: &Fields<'_>) -> Result<HoldReason, Error> {
    match fields.text("hold_reason")?.as_str() {
        "manyInactive" => {
            Ok(HoldReason::ManyInactive { active_before: fields.number("active_before")? })
        }
        "reusedIdentifiers" => {
            let details = fields.text("hold_details")?;
            let reused_identifiers =
                serde_json::from_str(&details).map_err(|_invalid| fields.corrupt())?;
            Ok(HoldReason::ReusedIdentifiers { reused_identifiers })
        }
        _ => Err(fields.corrupt()),
    }
}

fn row_counts(fields: &Fields<'_>) -> Result<RowCounts, Error> {
    Ok(RowCounts {
        rows_read: fields.number("rows_read")?,
        rows_set_aside: fields.number("rows_set_aside")?,
        non_rows: fields.number("non_rows")?,
        rows_replaced: fields.number("rows_replaced")?,
        made_inactive: fields.number("made_inactive")?,
    })
}

fn number(count: Option<u64>) -> Result<Option<i64>, Error> {
    count.map(i64::try_from).transpose().map_err(Error::internal)
}
