//! Uploads: finding, listing, reading back.
//!
//! Not for: the one way a row comes to be, which is `receive`.

use domain::page::{Page, PageSize};
use domain::{FileName, FileType, Sha256Digest, UnitName, Upload, UploadId, UploadState};
use sqlx::any::AnyRow;

use crate::error::Error;
use crate::rows::{Fields, all};
use crate::{CustomerStore, SystemStore};

/// Enough that a round trip to the database is lost among the objects, few enough to hold.
const EVERYBODYS_UPLOADS: i64 = 500;

macro_rules! columns {
    () => {
        "id, customer, unit, file_type, file_name, bytes, sha256, received_at, token, state, \
         state_at, rows_read, rows_set_aside, reason"
    };
}
pub(crate) use columns;

pub(crate) const SELECT_SAME: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM uploads WHERE customer = $1 AND unit = $2 AND file_type = $3 AND file_name = $4 \
     AND sha256 = $5",
);

impl CustomerStore {
    /// The upload that brought this very file before.
    pub async fn find_same(
        &self,
        unit: &UnitName,
        file_type: FileType,
        file_name: &FileName,
        sha256: Sha256Digest,
    ) -> Result<Option<Upload>, Error> {
        let row = sqlx::query(SELECT_SAME)
            .bind(self.customer.as_str())
            .bind(unit.as_str())
            .bind(file_type.as_str())
            .bind(file_name.as_str())
            .bind(sha256.to_string())
            .fetch_optional(self.parts.db.reader())
            .await?;
        row.as_ref().map(upload).transpose()
    }

    /// Newest first. `after` is the `next` of the page before; [`Error::NotFound`] when the unit
    /// has no such upload.
    pub async fn uploads(
        &self,
        unit: &UnitName,
        size: PageSize,
        after: Option<UploadId>,
    ) -> Result<Page<Upload, UploadId>, Error> {
        let (received_at, id) = match after {
            Some(id) => {
                let last =
                    self.upload(unit, id).await?.ok_or(Error::NotFound { what: "upload" })?;
                (last.received_at.as_microsecond(), id.to_string())
            }
            None => (i64::MAX, String::new()),
        };
        let rows = sqlx::query(concat!(
            "SELECT ",
            columns!(),
            " FROM uploads WHERE customer = $1 AND unit = $2 AND (received_at, id) < ($3, $4) \
             ORDER BY received_at DESC, id DESC LIMIT $5",
        ))
        .bind(self.customer.as_str())
        .bind(unit.as_str())
        .bind(received_at)
        .bind(id)
        .bind(i64::from(size.get()) + 1)
        .fetch_all(self.parts.db.reader())
        .await?;
        let wanted = size.get() as usize;
        let items = all(&rows[..rows.len().min(wanted)], upload)?;
        let next = if rows.len() > wanted { items.last().map(|last| last.id) } else { None };
        Ok(Page { items, next })
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

impl SystemStore {
    /// Everybody's uploads in the order of their ids, a few hundred at a time.
    pub(crate) async fn everybodys_uploads(
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

pub(crate) fn upload(row: &AnyRow) -> Result<Upload, Error> {
    let fields = Fields::of(row, "uploads", "id");
    Ok(Upload {
        id: fields.parsed("id")?,
        customer: fields.parsed("customer")?,
        unit: fields.parsed("unit")?,
        file_type: fields.parsed("file_type")?,
        file_name: fields.parsed("file_name")?,
        bytes: fields.number("bytes")?,
        sha256: fields.parsed("sha256")?,
        received_at: fields.time("received_at")?,
        token: fields.parsed("token")?,
        state: state(&fields)?,
    })
}

fn state(fields: &Fields<'_>) -> Result<UploadState, Error> {
    match fields.text("state")?.as_str() {
        "received" => Ok(UploadState::Received),
        "reading" => Ok(UploadState::Reading { since: fields.time("state_at")? }),
        "read" => Ok(UploadState::Read {
            at: fields.time("state_at")?,
            rows_read: fields.number("rows_read")?,
            rows_set_aside: fields.number("rows_set_aside")?,
        }),
        "refused" => Ok(UploadState::Refused {
            at: fields.time("state_at")?,
            reason: fields.text("reason")?,
        }),
        _ => Err(fields.corrupt()),
    }
}
