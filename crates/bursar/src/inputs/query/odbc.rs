//! Any database with an ODBC driver (Oracle, SAP HANA, DB2): rows as text, some at a time, on a thread of
//! its own as the drivers block. Built with the feature `odbc` only.
//!
//! Not for: which driver, and how it reads from its server; that is in the connection string.
//!
//! Invariants: a value is the driver's own text and is never cut; nothing is committed.

use std::io::Write;

use odbc_api::buffers::{ColumnarBuffer, TextColumn};
use odbc_api::{ColumnDescription, Connection, ConnectionOptions, Cursor, DataType, environment};
use tokio::sync::oneshot;

use super::csv::{CsvLine, headings};
use super::database_url::ODBC;
use super::fault::Fault;
use super::proof::Proof;
use crate::source::Spooler;

/// Seconds; long enough for a slow wide-area line.
const CONNECT_SECONDS: u32 = 20;
/// The memory of one set of rows: more makes nothing faster, and the program stays below 64 MiB.
const SET_BYTES: usize = 8 << 20;
/// Drivers ask their server at least this seldom.
const SET_ROWS_MAX: usize = 1000;
/// The characters of a text where the driver knows no bound, or one that no row comes near.
const TEXT_MAX: usize = 32 << 10;
/// Drivers say a bound of 255 for texts they know nothing of.
const TEXT_BOUND_LEAST: usize = 4000;
/// A number or a date is never longer, whatever the driver says of it.
const PLAIN_BOUND_LEAST: usize = 64;

/// Units of UTF-16; databases allow 30 to 128.
const NAME_MAX: usize = 1024;

struct Column {
    name: String,
    /// Characters of the longest value, in UTF-16.
    bound: usize,
}

/// Fills the file with the rows, and gives it back.
pub(super) async fn copy(url: &str, query: &str, mut to: Spooler) -> Result<Spooler, Fault> {
    on_a_thread(url, query, move |place, query, is_awaited| {
        read(place, query, &mut to, is_awaited).map(|()| to)
    })
    .await
}

pub(super) async fn prepare(url: &str, query: &str) -> Result<Proof, Fault> {
    on_a_thread(url, query, |place, query, _| {
        connect(place)?.prepare(query)?;
        Ok(Proof::Prepared)
    })
    .await
}

async fn on_a_thread<T: Send + 'static>(
    url: &str,
    query: &str,
    work: impl FnOnce(&str, &str, &dyn Fn() -> bool) -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    let place = url.trim_start_matches(ODBC).to_owned();
    let query = query.to_owned();
    // When nobody waits any more the thread stops at the next rows.
    let (done, waits) = oneshot::channel();
    tokio::task::spawn_blocking(move || {
        let outcome = work(&place, &query, &|| !done.is_closed());
        done.send(outcome).unwrap_or_else(|_nobody_waits| ());
    });
    waits
        .await
        .map_err(|_died| Fault::Lost("the ODBC driver failed in a way of its own".to_owned()))?
}

fn connect(place: &str) -> Result<Connection<'static>, Fault> {
    let options = ConnectionOptions {
        login_timeout_sec: Some(CONNECT_SECONDS),
        ..ConnectionOptions::default()
    };
    Ok(environment()?.connect_with_connection_string(place, options)?)
}

fn read(
    place: &str,
    query: &str,
    to: &mut impl Write,
    is_awaited: impl Fn() -> bool,
) -> Result<(), Fault> {
    let connection = connect(place)?;
    // What the query might change is never committed.
    connection.set_autocommit(false)?;
    rows(&connection, query, to, is_awaited)?;
    Ok(connection.rollback()?)
}

fn rows(
    connection: &Connection<'_>,
    query: &str,
    to: &mut impl Write,
    is_awaited: impl Fn() -> bool,
) -> Result<(), Fault> {
    let Some(mut cursor) = connection.execute(query, (), None)? else {
        return Err(Fault::Refused("it gives no rows".to_owned()));
    };
    let columns = columns(&mut cursor)?;
    headings(to, columns.iter().map(|column| column.name.as_str()))?;
    let row_bytes: usize = columns.iter().map(|column| (column.bound + 1) * size_of::<u16>()).sum();
    let set_rows = (SET_BYTES / row_bytes.max(1)).clamp(1, SET_ROWS_MAX);
    let mut buffers = Vec::new();
    for (number, column) in (1..).zip(&columns) {
        let buffer = TextColumn::<u16>::try_new(set_rows, column.bound);
        buffers.push((number, buffer.map_err(|fault| fault.add_context(number))?));
    }
    let mut sets = cursor.bind_buffer(ColumnarBuffer::new(buffers))?;
    let mut text = String::new();
    while let Some(set) = sets.fetch()? {
        if !is_awaited() {
            return Err(Fault::Lost("it was given up".to_owned()));
        }
        let filled: Vec<_> = (0..columns.len()).map(|place| set.column(place)).collect();
        for (column, cells) in columns.iter().zip(&filled) {
            if cells.has_truncated_values().is_some() {
                return Err(column.unfit(&format!("more than {} characters", column.bound)));
            }
        }
        for row in 0..set.num_rows() {
            let mut line = CsvLine::begin(to);
            for (column, cells) in columns.iter().zip(&filled) {
                let Some(units) = cells.get(row) else {
                    line.cell(None)?;
                    continue;
                };
                text.clear();
                for letter in char::decode_utf16(units.iter().copied()) {
                    text.push(letter.map_err(|_half| column.unfit("half a character"))?);
                }
                line.cell(Some(text.as_bytes()))?;
            }
            line.end()?;
        }
    }
    Ok(())
}

fn columns(cursor: &mut impl Cursor) -> Result<Vec<Column>, Fault> {
    let mut columns = Vec::new();
    // With room from the first: some drivers cut a name that does not fit and say nothing of the rest.
    let mut described =
        ColumnDescription { name: Vec::with_capacity(NAME_MAX), ..ColumnDescription::default() };
    for number in 1..=cursor.num_result_cols()?.unsigned_abs() {
        cursor.describe_col(number, &mut described)?;
        let name = described.name_to_string();
        let name =
            name.map_err(|_half| Fault::Inexact(format!("the heading of column {number}")))?;
        let shown = cursor.col_display_size(number)?.map(std::num::NonZeroUsize::get);
        columns.push(Column { name, bound: bound(&described.data_type, shown) });
    }
    Ok(columns)
}

/// The longest a value of a column may be; `shown` is what the driver says, in its own characters.
fn bound(kind: &DataType, shown: Option<usize>) -> usize {
    match kind {
        DataType::Char { .. }
        | DataType::WChar { .. }
        | DataType::Varchar { .. }
        | DataType::WVarchar { .. } => {
            // A character may take two units of UTF-16.
            shown
                .map_or(TEXT_MAX, |shown| shown.saturating_mul(2).clamp(TEXT_BOUND_LEAST, TEXT_MAX))
        }
        DataType::Integer
        | DataType::SmallInt
        | DataType::BigInt
        | DataType::TinyInt
        | DataType::Bit
        | DataType::Real
        | DataType::Double
        | DataType::Float { .. }
        | DataType::Numeric { .. }
        | DataType::Decimal { .. }
        | DataType::Date
        | DataType::Time { .. }
        | DataType::Timestamp { .. } => {
            shown.unwrap_or_default().clamp(PLAIN_BOUND_LEAST, TEXT_MAX)
        }
        _ => TEXT_MAX,
    }
}

impl Column {
    fn unfit(&self, what: &str) -> Fault {
        Fault::Inexact(format!("column {} holds {what}", self.name))
    }
}

impl From<odbc_api::Error> for Fault {
    fn from(fault: odbc_api::Error) -> Self {
        let words = fault.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
        let odbc_api::Error::Diagnostics { record, .. } = fault else { return Self::Lost(words) };
        let said = record.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
        match record.state.as_str() {
            // No such data source, or a driver that is not installed: unixODBC gives the latter no state
            // of its own.
            "IM002" | "IM003" | "01000" => Self::BadUrl(said),
            "HYT00" | "HYT01" => Self::Lost(said),
            state if state.starts_with("08") => Self::Lost(said),
            _ => Self::Refused(said),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_have_room_and_numbers_little() {
        let length = std::num::NonZeroUsize::new(255);
        for (kind, shown, expected) in [
            (DataType::Varchar { length }, Some(255), TEXT_BOUND_LEAST),
            (DataType::WVarchar { length }, Some(3000), 6000),
            (DataType::Varchar { length }, None, TEXT_MAX),
            (DataType::Varchar { length }, Some(usize::MAX), TEXT_MAX),
            (DataType::LongVarchar { length }, Some(8190), TEXT_MAX),
            (DataType::Unknown, Some(1), TEXT_MAX),
            (DataType::Date, Some(10), PLAIN_BOUND_LEAST),
            (DataType::Numeric { precision: 0, scale: 0 }, Some(2), PLAIN_BOUND_LEAST),
            (DataType::Decimal { precision: 200, scale: 0 }, Some(202), 202),
        ] {
            assert_eq!(bound(&kind, shown), expected, "{kind:?} {shown:?}");
        }
    }
}
