//! Problems kept of an upload, and how many there were.
//!
//! Not for: finding them (`extract`). Who writes them is `reading`.
//!
//! Invariant: of one upload they are of one reading, replaced or removed as a whole.

use domain::page::{Page, PageSize};
use domain::problem::Reason;
use domain::{Problem, ProblemCount, ReadingRules, UnitName, UploadId};
use futures_util::stream::{self, BoxStream, StreamExt as _};
use sqlx::any::AnyRow;
use sqlx::{Any, AssertSqlSafe, Transaction};

use crate::CustomerStore;
use crate::error::Error;
use crate::rows::{Fields, all, placeholders, storable};

/// More than anybody mends by hand; the counts tell of all. About a megabyte of rows.
pub const PROBLEMS_KEPT_MAX: usize = 10_000;
/// Seven values each: far below the 32,766 that SQLite takes in a statement.
const ROWS_A_STATEMENT: usize = 1_000;

/// The problems of an upload as far as they are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptProblems {
    /// Set when there are no others.
    pub are_all: bool,
    /// The rules by which they were found; none of a reading by an earlier version of the program.
    pub read_by: Option<ReadingRules>,
}

impl CustomerStore {
    /// The problems in the order of the file. `after` is the `next` of the page before.
    pub async fn problems(
        &self,
        unit: &UnitName,
        upload: UploadId,
        size: PageSize,
        after: Option<u64>,
    ) -> Result<Page<Problem, u64>, Error> {
        self.problems_of(unit, upload, None, size, after).await
    }

    /// Returns `true` when a problem was kept of a line of an upload's file.
    pub async fn has_problem_at(
        &self,
        unit: &UnitName,
        upload: UploadId,
        line: u64,
    ) -> Result<bool, Error> {
        self.expect_upload(unit, upload).await?;
        let Ok(line) = i64::try_from(line) else { return Ok(false) };
        let problems: i64 =
            sqlx::query_scalar("SELECT COUNT(*) FROM problems WHERE upload = $1 AND line = $2")
                .bind(upload.to_string())
                .bind(line)
                .fetch_one(self.parts.db.reader())
                .await?;
        Ok(problems > 0)
    }

    /// A page of an upload's problems of one reason.
    pub async fn problems_of(
        &self,
        unit: &UnitName,
        upload: UploadId,
        reason: Option<Reason>,
        size: PageSize,
        after: Option<u64>,
    ) -> Result<Page<Problem, u64>, Error> {
        // Whoever asks may ask for what is behind any number.
        const LAST: u64 = i64::MAX.unsigned_abs();
        self.expect_upload(unit, upload).await?;
        let after = after.map_or(-1, |after| after.min(LAST).cast_signed());
        let rows = sqlx::query(
            "SELECT upload, ordinal, line, column_name, value, reason, level FROM problems \
             WHERE upload = $1 AND ordinal > $2 AND ($4 = '' OR reason = $4) \
             ORDER BY ordinal LIMIT $3",
        )
        .bind(upload.to_string())
        .bind(after)
        .bind(i64::from(size.get()) + 1)
        .bind(reason.map(Reason::code).unwrap_or_default())
        .fetch_all(self.parts.db.reader())
        .await?;
        let wanted = &rows[..rows.len().min(size.get() as usize)];
        let next = match wanted.last() {
            Some(last) if rows.len() > wanted.len() => {
                Some(Fields::new(last, "problems", "upload").number("ordinal")?)
            }
            _ => None,
        };
        Ok(Page { items: all(wanted, problem)?, next })
    }

    /// All that are kept, some at a time, in the order of the file.
    pub async fn all_problems(
        &self,
        unit: &UnitName,
        upload: UploadId,
    ) -> Result<BoxStream<'static, Result<Vec<Problem>, Error>>, Error> {
        self.expect_upload(unit, upload).await?;
        let size = PageSize::try_from(domain::page::PAGE_SIZE_MAX).map_err(Error::internal)?;
        let (store, unit) = (self.clone(), unit.clone());
        let pages = stream::try_unfold(Some(None), move |place| {
            let (store, unit) = (store.clone(), unit.clone());
            async move {
                let Some(after) = place else {
                    return Ok::<_, Error>(None);
                };
                let page = store.problems(&unit, upload, size, after).await?;
                Ok(Some((page.items, page.next.map(Some))))
            }
        });
        Ok(pages.boxed())
    }

    /// The problems that are kept of an upload, and how all of them were found.
    pub async fn kept_problems(
        &self,
        unit: &UnitName,
        upload: UploadId,
    ) -> Result<KeptProblems, Error> {
        let row = sqlx::query(
            "SELECT id, read_by, \
             (SELECT COUNT(*) FROM problems WHERE upload = uploads.id) AS kept, \
             (SELECT CAST(COALESCE(SUM(problems), 0) AS BIGINT) FROM problem_counts \
             WHERE upload = uploads.id) AS found \
             FROM uploads WHERE customer = $1 AND unit = $2 AND id = $3",
        )
        .bind(self.customer.as_str())
        .bind(unit.as_str())
        .bind(upload.to_string())
        .fetch_optional(self.parts.db.reader())
        .await?;
        let row = row.ok_or(Error::NotFound { what: "upload" })?;
        let fields = Fields::new(&row, "uploads", "id");
        let rules = fields.optional_text("read_by")?;
        Ok(KeptProblems {
            are_all: fields.number::<u64>("found")? <= fields.number::<u64>("kept")?,
            read_by: rules
                .map(|rules| serde_json::from_str(&rules))
                .transpose()
                .map_err(|_invalid| fields.corrupt())?,
        })
    }

    /// The most frequent first.
    pub async fn problem_counts(
        &self,
        unit: &UnitName,
        upload: UploadId,
    ) -> Result<Vec<ProblemCount>, Error> {
        self.expect_upload(unit, upload).await?;
        let rows = sqlx::query(
            "SELECT upload, column_name, reason, level, problems FROM problem_counts \
             WHERE upload = $1 ORDER BY problems DESC, ordinal",
        )
        .bind(upload.to_string())
        .fetch_all(self.parts.db.reader())
        .await?;
        all(&rows, |row| {
            let fields = Fields::new(row, "problem_counts", "upload");
            Ok(ProblemCount {
                column: fields.optional_text("column_name")?,
                reason: fields.parsed("reason")?,
                level: fields.parsed("level")?,
                count: fields.number("problems")?,
            })
        })
    }

    async fn expect_upload(&self, unit: &UnitName, upload: UploadId) -> Result<(), Error> {
        let found = self.upload(unit, upload).await?;
        found.map(drop).ok_or(Error::NotFound { what: "upload" })
    }
}

pub(crate) async fn remove(
    transaction: &mut Transaction<'static, Any>,
    upload: UploadId,
) -> Result<(), Error> {
    for delete in
        ["DELETE FROM problems WHERE upload = $1", "DELETE FROM problem_counts WHERE upload = $1"]
    {
        sqlx::query(delete).bind(upload.to_string()).execute(&mut **transaction).await?;
    }
    Ok(())
}

/// Notes the rules by which the problems that are kept from now on were found.
pub(crate) async fn note_rules(
    transaction: &mut Transaction<'static, Any>,
    upload: UploadId,
    rules: &ReadingRules,
) -> Result<(), Error> {
    sqlx::query("UPDATE uploads SET read_by = $2 WHERE id = $1")
        .bind(upload.to_string())
        .bind(serde_json::to_string(rules).map_err(Error::internal)?)
        .execute(&mut **transaction)
        .await?;
    Ok(())
}

pub(crate) async fn add(
    transaction: &mut Transaction<'static, Any>,
    upload: UploadId,
    problems: &[Problem],
) -> Result<(), Error> {
    let kept = &problems[..problems.len().min(PROBLEMS_KEPT_MAX)];
    let upload = upload.to_string();
    let mut ordinals = 0_i64..;
    for some in kept.chunks(ROWS_A_STATEMENT) {
        let insert = format!(
            "INSERT INTO problems (upload, ordinal, line, column_name, value, reason, level) \
             VALUES {}",
            placeholders(some.len(), 7),
        );
        // One text for each full statement and one for the rest, which is not worth keeping.
        let mut query = sqlx::query(AssertSqlSafe(insert)).persistent(false);
        for (problem, ordinal) in some.iter().zip(&mut ordinals) {
            let line = problem.line.map(i64::try_from).transpose().map_err(Error::internal)?;
            query = query
                .bind(upload.as_str())
                .bind(ordinal)
                .bind(line)
                .bind(problem.column.as_deref().map(storable))
                .bind(problem.value.as_deref().map(storable))
                .bind(problem.reason.code())
                .bind(problem.level.code());
        }
        query.execute(&mut **transaction).await?;
    }
    Ok(())
}

pub(crate) async fn add_counts(
    transaction: &mut Transaction<'static, Any>,
    upload: UploadId,
    counts: &[ProblemCount],
) -> Result<(), Error> {
    let upload = upload.to_string();
    let mut ordinals = 0_i64..;
    for some in counts.chunks(ROWS_A_STATEMENT) {
        let insert = format!(
            "INSERT INTO problem_counts (upload, ordinal, column_name, reason, level, problems) \
             VALUES {}",
            placeholders(some.len(), 6),
        );
        let mut query = sqlx::query(AssertSqlSafe(insert)).persistent(false);
        for (count, ordinal) in some.iter().zip(&mut ordinals) {
            query = query
                .bind(upload.as_str())
                .bind(ordinal)
                .bind(count.column.as_deref().map(storable))
                .bind(count.reason.code())
                .bind(count.level.code())
                .bind(i64::try_from(count.count).map_err(Error::internal)?);
        }
        query.execute(&mut **transaction).await?;
    }
    Ok(())
}

fn problem(row: &AnyRow) -> Result<Problem, Error> {
    let fields = Fields::new(row, "problems", "upload");
    let line = fields.optional_number("line")?;
    Ok(Problem {
        line: line.map(u64::try_from).transpose().map_err(|_negative| fields.corrupt())?,
        column: fields.optional_text("column_name")?,
        value: fields.optional_text("value")?,
        reason: fields.parsed("reason")?,
        level: fields.parsed("level")?,
    })
}
