//! The three tables of a unit as the checks' SQL sees them: one version of each ledger, or nothing.
//!
//! Invariant: a table is always there with all its columns, so that SQL need not ask.

use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_array::cast::AsArray as _;
use arrow_array::types::Int64Type;
use arrow_schema::SchemaRef;
use datafusion::datasource::empty::EmptyTable;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{
    ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl,
};
use datafusion::datasource::{MemTable, TableProvider};
use datafusion::execution::FunctionRegistry as _;
use datafusion::prelude::{DataFrame, Expr, SessionContext, coalesce, col, concat, lit};
use domain::{ColumnKind, FileType};
use extract::{AMOUNT_PRECISION, AMOUNT_SCALE};
use object_store::{ObjectMeta, ObjectStore};
use url::Url;

use super::cluster::LEDGERS_URL;
use super::part_files::PartFiles;
use crate::error::Error;
use crate::ledger::Ledger;
use crate::schema::table_schema;

/// The batches that the tables are made of.
#[derive(Debug)]
pub(crate) struct Tables {
    files: Option<Arc<PartFiles>>,
    sources: Vec<(FileType, Source)>,
}

#[derive(Debug)]
enum Source {
    /// Parts of one version of a ledger, by their full places in `files`.
    Parts(Vec<String>),
    Batches(Vec<RecordBatch>),
    /// Transactions of several units, by their names and the parts of each.
    Units(Vec<(String, Vec<String>)>),
}

/// The rows of transactions, where a view of invoices is in their place.
const LINES: &str = "transaction_lines";
/// A posting over several suppliers has one Unique ID, and is an invoice of each.
const SUPPLIER: &str = "supplier_ref";
/// The order of a line, and what the whole order comes to, which stands on each of its lines.
const ORDER: &str = "po_number";
const ORDER_VALUE: &str = "order_value";
/// Rows that are looked at for lines: a ledger that has them has them everywhere.
const ROWS_TRIED: usize = 100_000;

impl Tables {
    /// The tables of ledgers; those that are absent are empty.
    pub(crate) fn from_ledgers(
        files: Arc<dyn ObjectStore>,
        ledgers: &[(String, Ledger)],
    ) -> Result<Self, Error> {
        let (mut sources, mut all) = (Vec::new(), Vec::new());
        for (place, ledger) in ledgers {
            let parts = ledger.listed_parts(place)?;
            sources.push((ledger.file_type(), Source::Parts(locations(&parts))));
            all.extend(parts);
        }
        Ok(Self { files: Some(Arc::new(PartFiles::new(files, all))), sources })
    }

    /// The tables of rows in memory, in the columns of their ledgers.
    pub(crate) fn from_batches(tables: Vec<(FileType, Vec<RecordBatch>)>) -> Self {
        let sources = tables.into_iter().map(|(of, batches)| (of, Source::Batches(batches)));
        Self { files: None, sources: sources.collect() }
    }

    /// The transactions of several units as one table: ids begin with the unit, and a supplier is known
    /// by its name, as references are each unit's own.
    pub(crate) fn from_units(
        files: Arc<dyn ObjectStore>,
        ledgers: &[(String, String, Ledger)],
    ) -> Result<Self, Error> {
        let (mut units, mut all) = (Vec::new(), Vec::new());
        for (unit, place, ledger) in ledgers {
            let parts = ledger.listed_parts(place)?;
            units.push((unit.clone(), locations(&parts)));
            all.extend(parts);
        }
        let sources = vec![(FileType::Transactions, Source::Units(units))];
        Ok(Self { files: Some(Arc::new(PartFiles::new(files, all))), sources })
    }

    pub(crate) fn has(&self, file_type: FileType) -> bool {
        self.sources.iter().any(|(of, _)| *of == file_type)
    }

    pub(crate) fn register(&self, session: &SessionContext) -> Result<(), Error> {
        if let Some(files) = &self.files {
            let store = Url::parse(LEDGERS_URL).map_err(Error::storage)?;
            session.register_object_store(&store, Arc::clone(files) as _);
        }
        for file_type in FileType::ALL {
            let source = self.sources.iter().find(|(of, _)| *of == file_type);
            register(session, file_type, source.map(|(_, source)| source))?;
        }
        Ok(())
    }
}

fn locations(parts: &[ObjectMeta]) -> Vec<String> {
    parts.iter().map(|part| part.location.to_string()).collect()
}

/// Puts a view in the place of transactions: without the rows of these statuses. With none the table stays.
pub(crate) fn leave_out(session: &SessionContext, statuses: &[String]) -> Result<(), Error> {
    let name = FileType::Transactions.spec().table;
    if statuses.is_empty() {
        return Ok(());
    }
    let whole = session.deregister_table(name)?.expect("every table is registered");
    let statuses = statuses.iter().map(|status| lit(status.as_str())).collect();
    let is_left = col("status").is_null().or(col("status").in_list(statuses, true));
    let view = session.read_table(whole)?.filter(is_left)?.into_view();
    session.register_table(name, view)?;
    Ok(())
}

/// Returns `true` when invoices of the ledger have several lines, rows of one Unique ID.
pub(crate) async fn lines_are_repeated(session: &SessionContext) -> Result<bool, Error> {
    let spec = FileType::Transactions.spec();
    let (name, id) = (spec.table, spec.key);
    let sql = format!(
        "SELECT count(*) - count(DISTINCT {id}) FROM (SELECT {id} FROM {name} LIMIT {ROWS_TRIED})"
    );
    let found = session.sql(&sql).await?.collect().await?;
    let repeated = |batch: &RecordBatch| batch.column(0).as_primitive::<Int64Type>().value(0);
    Ok(found.iter().filter(|batch| batch.num_rows() > 0).map(repeated).sum::<i64>() > 0)
}

/// Puts a view in the place of transactions in which an invoice of several lines is one row: its amounts are
/// their sums. Lines of several orders are an invoice of each.
pub(crate) async fn add_up_lines(session: &SessionContext) -> Result<(), Error> {
    let spec = FileType::Transactions.spec();
    let (name, id) = (spec.table, spec.key);
    let whole = session.deregister_table(name)?.expect("every table is registered");
    session.register_table(LINES, whole)?;
    let schema = table_schema(FileType::Transactions);
    let columns = schema.fields().iter().map(|field| {
        let column = field.name();
        let is_amount = FileType::Transactions
            .column(column)
            .is_some_and(|known| known.kind == ColumnKind::Amount);
        match column.as_str() {
            column if column == id || column == SUPPLIER || column == ORDER => column.to_owned(),
            ORDER_VALUE => format!("max({column}) AS {column}"),
            column if is_amount => format!(
                "CAST(sum({column}) AS DECIMAL({AMOUNT_PRECISION}, {AMOUNT_SCALE})) AS {column}"
            ),
            column => format!("min({column}) AS {column}"),
        }
    });
    let columns = columns.collect::<Vec<_>>().join(", ");
    let sql = format!("SELECT {columns} FROM {LINES} GROUP BY {id}, {SUPPLIER}, {ORDER}");
    let view = session.sql(&sql).await?.into_view();
    session.register_table(name, view)?;
    Ok(())
}

fn register(
    session: &SessionContext,
    file_type: FileType,
    source: Option<&Source>,
) -> Result<(), Error> {
    let (name, schema) = (file_type.spec().table, table_schema(file_type));
    match source {
        Some(Source::Parts(parts)) if !parts.is_empty() => {
            session.register_table(name, Arc::new(listed(parts, schema)?))?;
        }
        Some(Source::Units(units)) if units.iter().any(|(_, parts)| !parts.is_empty()) => {
            session.register_table(name, across(session, units)?)?;
        }
        Some(Source::Batches(batches)) => {
            let table = MemTable::try_new(schema, vec![batches.clone()])?;
            session.register_table(name, Arc::new(table))?;
        }
        _ => {
            session.register_table(name, Arc::new(EmptyTable::new(schema)))?;
        }
    }
    Ok(())
}

/// Parts as one table.
fn listed(parts: &[String], schema: SchemaRef) -> Result<ListingTable, Error> {
    let urls = parts.iter().map(|part| ListingTableUrl::parse(format!("{LEDGERS_URL}/{part}")));
    let urls = urls.collect::<Result<Vec<_>, _>>()?;
    let options =
        ListingOptions::new(Arc::new(ParquetFormat::default())).with_file_extension(".parquet");
    let config = ListingTableConfig::new_with_multi_paths(urls)
        .with_listing_options(options)
        .with_schema(schema);
    Ok(ListingTable::try_new(config)?)
}

/// Transactions of several units, one below the other.
fn across(
    session: &SessionContext,
    units: &[(String, Vec<String>)],
) -> Result<Arc<dyn TableProvider>, Error> {
    let schema = table_schema(FileType::Transactions);
    let company_key = session.udf("company_key")?;
    let mut all: Option<DataFrame> = None;
    for (unit, parts) in units.iter().filter(|(_, parts)| !parts.is_empty()) {
        let columns = schema.fields().iter().map(|field| {
            let column = col(field.name().as_str());
            let shown = match field.name().as_str() {
                "unique_id" => concat(vec![lit(format!("{unit}/")), column]),
                "supplier_ref" => {
                    let named = company_key.call(vec![col("supplier_name")]);
                    coalesce(vec![named, column])
                }
                "org_group_ref" | "org_group_name" => lit(unit.as_str()),
                _ => return column,
            };
            shown.alias(field.name().as_str())
        });
        let columns: Vec<Expr> = columns.collect();
        let listed = session.read_table(Arc::new(listed(parts, Arc::clone(&schema))?))?;
        let of_unit = listed.select(columns)?;
        all = Some(match all {
            None => of_unit,
            Some(before) => before.union(of_unit)?,
        });
    }
    Ok(all.expect("a unit has parts").into_view())
}
