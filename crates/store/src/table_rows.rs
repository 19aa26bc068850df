//! All rows of a database, copied into another of either kind and compared with it.
//!
//! Not for: what the rows say, or the objects they name (`transfer`).
//!
//! Invariant: all rows are of one moment, come to be in one transaction, and were read back and found to be
//! the same before it ends.

use aws_lc_rs::digest;
use futures_util::TryStreamExt as _;
use serde_json::Value;
use sqlx::any::AnyRow;
use sqlx::{Any, AssertSqlSafe, Row as _, Transaction};

use crate::db::Database;
use crate::error::Error;
use crate::rows::placeholders;
use crate::tables::TABLES;

/// Few enough to hold, also where each has a whole finding; together with the columns far fewer than the
/// parameters either database takes.
pub(crate) const ROWS_AT_ONCE: usize = 100;
/// The one row that every database has: the end of a chain without entries.
const END_OF_CHAIN: &str = "audit_end";

/// The content of a table, whatever the order of its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TableDigest {
    pub table: &'static str,
    pub rows: u64,
    /// The sum of the digests of all rows.
    sum: u128,
}

/// A column, and which of the two types of the schema it has.
pub(crate) struct Column {
    pub(crate) name: String,
    is_number: bool,
}

/// A value as either database has it.
pub(crate) enum Cell {
    Text(Option<String>),
    Number(Option<i64>),
}

impl Column {
    /// The value of a member of a JSON object in this column; none where it fits none.
    pub(crate) fn cell(&self, value: &Value) -> Option<Cell> {
        match (value, self.is_number) {
            (Value::Null, true) => Some(Cell::Number(None)),
            (Value::Null, false) => Some(Cell::Text(None)),
            (Value::Number(number), true) => {
                number.as_i64().map(|number| Cell::Number(Some(number)))
            }
            (Value::String(text), false) => Some(Cell::Text(Some(text.clone()))),
            _ => None,
        }
    }
}

impl Cell {
    pub(crate) fn into_json(self) -> Value {
        match self {
            Self::Text(text) => text.into(),
            Self::Number(number) => number.into(),
        }
    }
}

impl TableDigest {
    const fn new(table: &'static str) -> Self {
        Self { table, rows: 0, sum: 0 }
    }

    fn add(&mut self, row: &[Cell]) {
        let mut hash = digest::Context::new(&digest::SHA256);
        for cell in row {
            let (kind, bytes) = match cell {
                Cell::Text(None) | Cell::Number(None) => (0_u8, Vec::new()),
                Cell::Text(Some(text)) => (1, text.as_bytes().to_vec()),
                Cell::Number(Some(number)) => (2, number.to_be_bytes().to_vec()),
            };
            hash.update(&[kind]);
            hash.update(&(bytes.len() as u64).to_be_bytes());
            hash.update(&bytes);
        }
        let digest = hash.finish();
        let half: [u8; 16] = digest.as_ref()[..16].try_into().expect("SHA-256 has 32 bytes");
        self.rows += 1;
        self.sum = self.sum.wrapping_add(u128::from_be_bytes(half));
    }
}

/// Returns `true` when nothing was ever kept in a database.
pub(crate) async fn is_empty(db: &Database) -> Result<bool, Error> {
    let mut transaction = db.snapshot().await?;
    for table in TABLES {
        let condition = if table.name == END_OF_CHAIN { " WHERE sequence > 0" } else { "" };
        let select = format!("SELECT COUNT(*) FROM {}{condition}", table.name);
        let rows: i64 =
            sqlx::query_scalar(AssertSqlSafe(select)).fetch_one(&mut *transaction).await?;
        if rows > 0 {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The content of every table at one moment.
pub(crate) async fn digests(db: &Database) -> Result<Vec<TableDigest>, Error> {
    let mut snapshot = db.snapshot().await?;
    let mut digests = Vec::with_capacity(TABLES.len());
    for table in TABLES {
        let columns = columns(db, &mut snapshot, table.name).await?;
        digests.push(digest_of(&mut snapshot, table.name, &columns).await?);
    }
    Ok(digests)
}

/// Copies every row into a database that is empty.
pub(crate) async fn copy(from: &Database, to: &Database) -> Result<Vec<TableDigest>, Error> {
    let (mut source, mut target) = (from.snapshot().await?, to.begin().await?);
    sqlx::query("DELETE FROM audit_end").execute(&mut *target).await?;
    let mut copied = Vec::with_capacity(TABLES.len());
    for table in TABLES {
        let columns = columns(from, &mut source, table.name).await?;
        let sent = copy_table(&mut source, &mut target, table.name, &columns).await?;
        let arrived = digest_of(&mut target, table.name, &columns).await?;
        if arrived != sent {
            return Err(Error::internal(format!("rows of {} arrived otherwise", table.name)));
        }
        copied.push(arrived);
    }
    target.commit().await?;
    Ok(copied)
}

/// The columns of a table, in the order of their names.
pub(crate) async fn columns(
    db: &Database,
    transaction: &mut Transaction<'static, Any>,
    table: &str,
) -> Result<Vec<Column>, Error> {
    let rows = sqlx::query(db.dialect().columns_of_table())
        .bind(table.to_owned())
        .fetch_all(&mut **transaction)
        .await?;
    let mut columns = Vec::with_capacity(rows.len());
    for row in &rows {
        let (name, kind): (String, String) = (row.try_get("name")?, row.try_get("kind")?);
        columns.push(Column { name, is_number: kind.eq_ignore_ascii_case("bigint") });
    }
    columns.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(columns)
}

pub(crate) fn names(columns: &[Column]) -> String {
    columns.iter().map(|column| format!("\"{}\"", column.name)).collect::<Vec<_>>().join(", ")
}

pub(crate) fn cells(row: &AnyRow, columns: &[Column]) -> Result<Vec<Cell>, Error> {
    let cell = |(place, column): (usize, &Column)| {
        Ok(if column.is_number {
            Cell::Number(row.try_get(place)?)
        } else {
            Cell::Text(row.try_get(place)?)
        })
    };
    columns.iter().enumerate().map(cell).collect()
}

async fn digest_of(
    transaction: &mut Transaction<'static, Any>,
    table: &'static str,
    columns: &[Column],
) -> Result<TableDigest, Error> {
    let mut digest = TableDigest::new(table);
    let select = format!("SELECT {} FROM {table}", names(columns));
    let mut rows = sqlx::query(AssertSqlSafe(select)).fetch(&mut **transaction);
    while let Some(row) = rows.try_next().await? {
        digest.add(&cells(&row, columns)?);
    }
    Ok(digest)
}

async fn copy_table(
    source: &mut Transaction<'static, Any>,
    target: &mut Transaction<'static, Any>,
    table: &'static str,
    columns: &[Column],
) -> Result<TableDigest, Error> {
    let mut digest = TableDigest::new(table);
    let select = format!("SELECT {} FROM {table}", names(columns));
    let mut rows = sqlx::query(AssertSqlSafe(select)).fetch(&mut **source);
    let mut some = Vec::with_capacity(ROWS_AT_ONCE);
    while let Some(row) = rows.try_next().await? {
        let row = cells(&row, columns)?;
        digest.add(&row);
        some.push(row);
        if some.len() == ROWS_AT_ONCE {
            insert(target, table, columns, &mut some).await?;
        }
    }
    insert(target, table, columns, &mut some).await?;
    Ok(digest)
}

pub(crate) async fn insert(
    target: &mut Transaction<'static, Any>,
    table: &str,
    columns: &[Column],
    rows: &mut Vec<Vec<Cell>>,
) -> Result<(), Error> {
    if rows.is_empty() {
        return Ok(());
    }
    let places = placeholders(rows.len(), columns.len());
    let statement = format!("INSERT INTO {table} ({}) VALUES {places}", names(columns));
    let mut query = sqlx::query(AssertSqlSafe(statement));
    for cell in rows.drain(..).flatten() {
        query = match cell {
            Cell::Text(text) => query.bind(text),
            Cell::Number(number) => query.bind(number),
        };
    }
    query.execute(&mut **target).await?;
    Ok(())
}
