//! Columns of transactions that the checks of a run read again and again, held in memory: decoded once, and
//! lines added up once.
//!
//! Not for: other tables, or statements of somebody else's making.
//!
//! Invariant: the rows are those of the table in whose place it stands, in its order; what is not held, or
//! would be too large, is read from there.

use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use async_trait::async_trait;
use datafusion::catalog::Session;
use datafusion::datasource::TableProvider;
use datafusion::datasource::memory::MemorySourceConfig;
use datafusion::error::DataFusionError;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown, TableType};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::prelude::SessionContext;
use domain::FileType;
use futures_util::StreamExt as _;

use crate::engine::{Stop, query};
use crate::error::Error;
use crate::limits::HELD_COLUMNS_BYTES_MAX;

/// The transactions of a run, with some of their columns in memory.
#[derive(Debug)]
pub(crate) struct HeldColumns {
    whole: Arc<dyn TableProvider>,
    /// Where each column of the whole table is among those held.
    places: Vec<Option<usize>>,
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
}

impl HeldColumns {
    /// Reads the columns that are named, those that are needed most first, as far as there is room.
    pub(crate) async fn read(
        session: &SessionContext,
        columns: &[&str],
        stop: &Stop,
    ) -> Result<Arc<Self>, Error> {
        let name = FileType::Transactions.spec().table;
        let whole = session.table_provider(name).await?;
        let mut columns = columns.to_vec();
        let (mut batches, mut bytes): (Vec<RecordBatch>, usize) = (Vec::new(), 0);
        if !columns.is_empty() {
            let sql = format!("SELECT {} FROM {name}", columns.join(", "));
            let mut stream = query(session, &sql).await?;
            while let Some(batch) = stream.next().await {
                stop.check()?;
                let batch = first_columns(&batch?, columns.len())?;
                bytes += bytes_of(&batch);
                batches.push(batch);
                while bytes > HELD_COLUMNS_BYTES_MAX && columns.pop().is_some() {
                    for batch in &mut batches {
                        *batch = first_columns(batch, columns.len())?;
                    }
                    bytes = batches.iter().map(bytes_of).sum();
                }
            }
        }
        let schema = whole.schema();
        let place = |name: &str| columns.iter().position(|held| *held == name);
        let places: Vec<Option<usize>> =
            schema.fields().iter().map(|field| place(field.name())).collect();
        let held =
            columns.iter().map(|name| schema.index_of(name)).collect::<Result<Vec<_>, _>>()?;
        let schema: SchemaRef = Arc::new(schema.project(&held)?);
        for batch in &mut batches {
            *batch = RecordBatch::try_new(Arc::clone(&schema), batch.columns().to_vec())?;
        }
        Ok(Arc::new(Self { whole, places, schema, batches }))
    }

    /// Puts it in the place of a session's transactions.
    pub(crate) fn register(self: &Arc<Self>, session: &SessionContext) -> Result<(), Error> {
        let name = FileType::Transactions.spec().table;
        session.deregister_table(name)?;
        session.register_table(name, Arc::clone(self) as Arc<dyn TableProvider>)?;
        Ok(())
    }

    /// The places of columns of the whole table among those held; none where one is not.
    fn held(&self, projection: Option<&Vec<usize>>) -> Option<Vec<usize>> {
        match projection {
            Some(wanted) => wanted.iter().map(|at| self.places[*at]).collect(),
            None => self.places.iter().copied().collect(),
        }
    }
}

#[async_trait]
impl TableProvider for HeldColumns {
    fn schema(&self) -> SchemaRef {
        self.whole.schema()
    }

    fn table_type(&self) -> TableType {
        self.whole.table_type()
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>, DataFusionError> {
        let Some(held) = self.held(projection).filter(|held| !held.is_empty()) else {
            return self.whole.scan(state, projection, filters, limit).await;
        };
        let partitions = std::slice::from_ref(&self.batches);
        let schema = Arc::clone(&self.schema);
        Ok(MemorySourceConfig::try_new_exec(partitions, schema, Some(held))?)
    }

    /// A table of files leaves out whole parts by them; each row is looked at all the same.
    fn supports_filters_pushdown(
        &self,
        filters: &[&Expr],
    ) -> Result<Vec<TableProviderFilterPushDown>, DataFusionError> {
        Ok(vec![TableProviderFilterPushDown::Inexact; filters.len()])
    }
}

fn first_columns(batch: &RecordBatch, count: usize) -> Result<RecordBatch, Error> {
    let columns: Vec<usize> = (0..count.min(batch.num_columns())).collect();
    Ok(batch.project(&columns)?)
}

fn bytes_of(batch: &RecordBatch) -> usize {
    batch.columns().iter().map(|column| column.get_array_memory_size()).sum()
}
