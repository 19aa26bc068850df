//! Which columns that checks need hold anything, and why a check cannot run.
//!
//! Not for: what each check needs (its `check.toml`).
//!
//! Invariant: a check whose columns say nothing is not run, and says why.

use std::collections::{BTreeMap, BTreeSet};

use arrow_array::cast::AsArray as _;
use arrow_array::types::Int64Type;
use datafusion::prelude::SessionContext;

use crate::checks::{Check, file_type_of};
use crate::engine::{Tables, query_all};
use crate::error::Error;

/// Of so many rows of a hundred the entry date is the invoice date where the files hold none and it was taken
/// from there. No department keys all but one invoice in a hundred on the day that the supplier wrote it.
const SAME_DAY_PERCENT_MIN: i64 = 99;

/// Why nobody can say when invoices were keyed.
const NO_ENTERED_DATE: &str =
    "no entered date of its own in transactions: it is the invoice date in all rows or nearly all";

/// The content of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Content {
    Nothing,
    /// The values of another column.
    OfAnother,
    Own,
}

/// The columns that checks need.
#[derive(Debug)]
pub(super) struct FilledColumns(BTreeMap<(&'static str, &'static str), Content>);

impl FilledColumns {
    pub(super) async fn read(session: &SessionContext) -> Result<Self, Error> {
        let needs = Check::all().iter().flat_map(|check| check.needs).copied().flatten();
        let columns: BTreeSet<(&'static str, &'static str)> = needs.copied().collect();
        let mut filled = BTreeMap::new();
        for (table, column) in columns {
            let mut found = first(session, table, column).await?;
            if found == Content::Own && column == "entered_date" {
                found = entered_date(session).await?;
            }
            filled.insert((table, column), found);
        }
        Ok(Self(filled))
    }

    /// Why a check cannot run: nothing of it has been sent, or its columns say nothing.
    pub(super) fn missing(&self, check: &Check, tables: &Tables) -> Option<String> {
        for any in check.needs {
            let filled = |need: &(&'static str, &'static str)| self.0.get(need).copied();
            if any.iter().any(|need| filled(need) == Some(Content::Own)) {
                continue;
            }
            let mut types = any.iter().map(|(table, _)| file_type_of(table));
            if let Some(file_type) = types.find(|file_type| !tables.has(*file_type)) {
                return Some(file_type.none_sent());
            }
            if any.iter().any(|need| filled(need) == Some(Content::OfAnother)) {
                return Some(NO_ENTERED_DATE.to_owned());
            }
            let columns: Vec<String> = any
                .iter()
                .map(|(table, column)| format!("{} in {table}", column.replace('_', " ")))
                .collect();
            return Some(format!("no {}", columns.join(" and no ")));
        }
        None
    }
}

/// The first row that holds something ends the search.
async fn first(session: &SessionContext, table: &str, column: &str) -> Result<Content, Error> {
    let sql = format!("SELECT {column} FROM {table} WHERE {column} IS NOT NULL LIMIT 1");
    let found = query_all(session, &sql).await?;
    let has_rows = found.iter().any(|batch| batch.num_rows() > 0);
    Ok(if has_rows { Content::Own } else { Content::Nothing })
}

async fn entered_date(session: &SessionContext) -> Result<Content, Error> {
    let sql = "SELECT count(entered_date), count(CASE WHEN entered_date = invoice_date THEN 1 END) \
        FROM transactions";
    let found = query_all(session, sql).await?;
    let of_another = found.iter().filter(|batch| batch.num_rows() > 0).any(|batch| {
        let count = |at: usize| batch.column(at).as_primitive::<Int64Type>().value(0);
        count(1) * 100 >= count(0) * SAME_DAY_PERCENT_MIN
    });
    Ok(if of_another { Content::OfAnother } else { Content::Own })
}
