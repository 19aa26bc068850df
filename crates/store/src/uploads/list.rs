//! Lists of a unit's uploads: which are wanted, in which order, a page at a time.
//!
//! Invariant: nothing of what is asked for becomes SQL; it is bound.

use domain::page::{Page, PageSize};
use domain::{FileName, FileType, UnitName, Upload, UploadId};
use jiff::Timestamp;
use sqlx::AssertSqlSafe;

use super::{columns, upload};
use crate::CustomerStore;
use crate::error::Error;
use crate::rows::{Fields, all};

/// The uploads asked for; what is absent excludes none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UploadFilter {
    /// The word of its state.
    pub state: Option<String>,
    pub file_type: Option<FileType>,
    /// In the file's name, in any case.
    pub name: Option<String>,
}

/// The order of a list of uploads, by what comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UploadOrder {
    #[default]
    Newest,
    Oldest,
    Largest,
    /// By the file's name.
    Name,
}

impl UploadOrder {
    /// A column, how a later row compares with an earlier one, and the direction. The id settles
    /// what is left.
    const fn sql(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Newest => ("received_at", "<", "DESC"),
            Self::Oldest => ("received_at", ">", "ASC"),
            Self::Largest => ("bytes", "<", "DESC"),
            Self::Name => ("file_name", ">", "ASC"),
        }
    }
}

impl CustomerStore {
    /// Newest first. `after` is the `next` of the page before; [`Error::NotFound`] when the unit
    /// has no such upload.
    pub async fn uploads(
        &self,
        unit: &UnitName,
        size: PageSize,
        after: Option<UploadId>,
    ) -> Result<Page<Upload, UploadId>, Error> {
        self.uploads_of(unit, &UploadFilter::default(), UploadOrder::Newest, size, after).await
    }

    /// A page of the uploads that a filter asks for.
    pub async fn uploads_of(
        &self,
        unit: &UnitName,
        filter: &UploadFilter,
        order: UploadOrder,
        size: PageSize,
        after: Option<UploadId>,
    ) -> Result<Page<Upload, UploadId>, Error> {
        if let Some(id) = after {
            self.upload(unit, id).await?.ok_or(Error::NotFound { what: "upload" })?;
        }
        let (column, later, direction) = order.sql();
        let select = format!(
            "SELECT {} FROM uploads WHERE customer = $1 AND unit = $2 \
             AND ($3 = '' OR state = $3) AND ($4 = '' OR file_type = $4) AND ($5 = '' OR \
             LOWER(file_name) LIKE '%' || REPLACE(REPLACE(REPLACE($5, '\\', '\\\\'), '%', '\\%'), \
             '_', '\\_') || '%' ESCAPE '\\') \
             AND ($6 = '' OR ({column}, id) {later} \
             ((SELECT {column} FROM uploads WHERE id = $6), $6)) \
             ORDER BY {column} {direction}, id {direction} LIMIT $7",
            columns!(),
        );
        let rows = sqlx::query(AssertSqlSafe(select))
            .bind(self.customer.as_str())
            .bind(unit.as_str())
            .bind(filter.state.as_deref().unwrap_or_default())
            .bind(filter.file_type.map(FileType::as_str).unwrap_or_default())
            .bind(filter.name.as_deref().map(str::to_lowercase).unwrap_or_default())
            .bind(after.map(|id| id.to_string()).unwrap_or_default())
            .bind(i64::from(size.get()) + 1)
            .fetch_all(self.parts.db.reader())
            .await?;
        let wanted = size.get() as usize;
        let items = all(&rows[..rows.len().min(wanted)], upload)?;
        let next = if rows.len() > wanted { items.last().map(|last| last.id) } else { None };
        Ok(Page { items, next })
    }

    /// The newest upload of a type that bears a name.
    pub async fn newest_upload_named(
        &self,
        unit: &UnitName,
        file_type: FileType,
        name: &FileName,
    ) -> Result<Option<Upload>, Error> {
        let row = sqlx::query(concat!(
            "SELECT ",
            columns!(),
            " FROM uploads WHERE customer = $1 AND unit = $2 AND file_type = $3 AND file_name = $4 \
             ORDER BY received_at DESC, id DESC LIMIT 1",
        ))
        .bind(self.customer.as_str())
        .bind(unit.as_str())
        .bind(file_type.as_str())
        .bind(name.as_str())
        .fetch_optional(self.parts.db.reader())
        .await?;
        row.as_ref().map(upload).transpose()
    }

    /// When the newest file of each type that was read or waits to be came here.
    pub async fn last_received(
        &self,
        unit: &UnitName,
    ) -> Result<Vec<(FileType, Timestamp)>, Error> {
        let rows = sqlx::query(
            "SELECT file_type, MAX(received_at) AS received_at FROM uploads \
             WHERE customer = $1 AND unit = $2 AND state <> 'refused' \
             GROUP BY file_type ORDER BY file_type",
        )
        .bind(self.customer.as_str())
        .bind(unit.as_str())
        .fetch_all(self.parts.db.reader())
        .await?;
        all(&rows, |row| {
            let fields = Fields::new(row, "uploads", "file_type");
            Ok((fields.parsed("file_type")?, fields.time("received_at")?))
        })
    }
}
