//! The three tables of a unit as the checks' SQL sees them: one version of each ledger, or nothing.
//!
//! Invariant: a table is always there with all its columns, so that SQL need not ask.

use std::sync::Arc;

use arrow_array::RecordBatch;
use datafusion::datasource::MemTable;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{
    ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl,
};
use datafusion::prelude::{SessionContext, col, lit};
use domain::FileType;
use object_store::ObjectStore;
use url::Url;

use crate::error::Error;
use crate::ledger::Ledger;
use crate::schema::table_schema;

/// The batches that the tables are made of.
#[derive(Debug)]
pub(crate) struct Tables {
    files: Option<Arc<dyn ObjectStore>>,
    sources: Vec<(FileType, Source)>,
}

#[derive(Debug)]
enum Source {
    /// Parts of one version of a ledger, by their full places in `files`.
    Parts(Vec<String>),
    Batches(Vec<RecordBatch>),
}

/// Only tells the engine which store a path is in.
const STORE: &str = "ledgers://unit";

impl Tables {
    /// Of ledgers; those that are absent are empty tables.
    pub(crate) fn from_ledgers(
        files: Arc<dyn ObjectStore>,
        ledgers: &[(String, Ledger)],
    ) -> Result<Self, Error> {
        let mut sources = Vec::new();
        for (place, ledger) in ledgers {
            let parts = ledger.parts()?.into_iter().map(|part| format!("{place}/{}", part.path));
            sources.push((ledger.file_type(), Source::Parts(parts.collect())));
        }
        Ok(Self { files: Some(files), sources })
    }

    /// Of rows in memory, in the columns of their ledgers.
    pub(crate) fn from_batches(tables: Vec<(FileType, Vec<RecordBatch>)>) -> Self {
        let sources = tables.into_iter().map(|(of, batches)| (of, Source::Batches(batches)));
        Self { files: None, sources: sources.collect() }
    }

    pub(crate) fn has(&self, file_type: FileType) -> bool {
        self.sources.iter().any(|(of, _)| *of == file_type)
    }

    pub(crate) fn register(&self, session: &SessionContext) -> Result<(), Error> {
        if let Some(files) = &self.files {
            let store = Url::parse(STORE).map_err(Error::storage)?;
            session.register_object_store(&store, Arc::clone(files));
        }
        for file_type in FileType::ALL {
            let source = self.sources.iter().find(|(of, _)| *of == file_type);
            register(session, file_type, source.map(|(_, source)| source))?;
        }
        Ok(())
    }
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

fn register(
    session: &SessionContext,
    file_type: FileType,
    source: Option<&Source>,
) -> Result<(), Error> {
    let (name, schema) = (file_type.spec().table, table_schema(file_type));
    match source {
        Some(Source::Parts(parts)) if !parts.is_empty() => {
            let urls = parts.iter().map(|part| ListingTableUrl::parse(format!("{STORE}/{part}")));
            let urls = urls.collect::<Result<Vec<_>, _>>()?;
            let options = ListingOptions::new(Arc::new(ParquetFormat::default()))
                .with_file_extension(".parquet");
            let config = ListingTableConfig::new_with_multi_paths(urls)
                .with_listing_options(options)
                .with_schema(schema);
            session.register_table(name, Arc::new(ListingTable::try_new(config)?))?;
        }
        Some(Source::Batches(batches)) => {
            let table = MemTable::try_new(schema, vec![batches.clone()])?;
            session.register_table(name, Arc::new(table))?;
        }
        _ => {
            session.register_table(name, Arc::new(MemTable::try_new(schema, vec![vec![]])?))?;
        }
    }
    Ok(())
}
