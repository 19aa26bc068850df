//! Rows of a ledger for people who look: found, ordered, paged; and one supplier over time.
//!
//! Not for: deciding who may see what (the server masks). Invariant: what was asked is a value in the
//! plan, never a part of a statement.

mod answers;
mod index_cache;
mod index_folder;
mod invoice_suppliers;
mod list_index;
mod supplier;
mod supplier_sums;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use arrow_array::cast::AsArray as _;
use arrow_array::types::Int64Type;
use arrow_array::{Array as _, ArrayRef, RecordBatch};
use arrow_schema::DataType;
use datafusion::arrow::compute::cast;
use datafusion::functions_aggregate::expr_fn::count;
use datafusion::prelude::{DataFrame, Expr, SessionContext, col, contains, lit, lower};
use domain::columns::transactions::AMOUNTS_SEARCHED;
use domain::columns::unposted_invoices::POSTED_AS;
use domain::finding::{CheckedUnit, OwnCheckTrial};
use domain::ledger_view::{LedgerRow, RowsFilter, RowsPage, RowsRequest, SupplierTotal};
use domain::{Amount, FileType, InvoiceWorkflow, LeftOutStatuses, OwnCheck};
use extract::{AMOUNT_PRECISION, AMOUNT_SCALE};
use jiff::civil::Date;

use self::answers::{Pages, Suppliers};
use self::index_cache::ListIndexCache;
use self::index_folder::IndexFolder;
pub use self::index_folder::remove_kept_lists;
use crate::engine::{Engine, Joins, Tables, workflow_state};
use crate::error::Error;
use crate::ledger::Ledger;
use crate::ledgers::Ledgers;
use crate::run::own_checks::try_over;
use crate::schema::{ACTIVE_COLUMN, table_schema};

/// Shows the rows of ledgers to people. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Browser {
    ledgers: Ledgers,
    engine: Arc<Engine>,
    /// For list indexes, which nobody waits for.
    background: Arc<Engine>,
    pages: Pages,
    suppliers: Suppliers,
    lists: ListIndexCache,
    folder: Option<IndexFolder>,
}

impl Browser {
    /// A browser whose clones share answers and list indexes.
    pub fn new(ledgers: Ledgers, engine: Arc<Engine>) -> Self {
        let (pages, suppliers, lists) = Default::default();
        let background = Arc::clone(&engine);
        Self { ledgers, engine, background, pages, suppliers, lists, folder: None }
    }

    /// Takes another engine for what nobody waits for.
    #[must_use]
    pub fn with_background(self, background: Arc<Engine>) -> Self {
        Self { background, ..self }
    }

    pub(crate) const fn ledgers(&self) -> &Ledgers {
        &self.ledgers
    }

    /// A browser that keeps list indexes in a folder of this machine, so that they are there at once after
    /// a start; each so long after it was made, if it is the newest then. The folder may be emptied at any
    /// time.
    #[must_use]
    pub fn with_index_folder(self, folder: PathBuf, wait: Duration) -> Self {
        Self { folder: Some(IndexFolder::new(folder, wait)), ..self }
    }

    /// Some rows of the newest version; an empty page where there is no ledger yet.
    pub async fn rows(&self, request: &RowsRequest) -> Result<RowsPage, Error> {
        let mut page = self.page(request).await?;
        if request.file_type == FileType::Suppliers {
            page.supplier_totals = self.supplier_totals(&request.of, &page.rows).await?;
        }
        Ok(page)
    }

    /// The totals of these suppliers, as far as a list index says them at once.
    async fn supplier_totals(
        &self,
        of: &CheckedUnit,
        suppliers: &[LedgerRow],
    ) -> Result<BTreeMap<String, SupplierTotal>, Error> {
        let Some((_, ledger)) = self.ledgers.look_at(of, FileType::Transactions).await? else {
            return Ok(BTreeMap::new());
        };
        let Some(index) = self.lists.get(of, ledger.version()) else {
            self.warm_later(of, ledger);
            return Ok(BTreeMap::new());
        };
        let references: Vec<String> = suppliers.iter().map(|row| row.id.clone()).collect();
        // The first time it goes through all rows.
        Ok(tokio::task::spawn_blocking(move || index.supplier_totals(&references)).await?)
    }

    async fn page(&self, request: &RowsRequest) -> Result<RowsPage, Error> {
        let Some(opened) = self.ledgers.look_at(&request.of, request.file_type).await? else {
            return match request.file_type {
                FileType::Suppliers => self.suppliers_of_invoices(request).await,
                FileType::Transactions
                | FileType::Employees
                | FileType::UnpostedInvoices
                | FileType::Payments => Ok(RowsPage::default()),
            };
        };
        let version = opened.1.version();
        if let Some(page) = self.pages.get(&(request.clone(), version)) {
            return Ok(page);
        }
        let mut page = match self.indexed_page(request, version).await? {
            Some(page) => page,
            None => self.read_page(request, opened).await?,
        };
        page.version = version;
        self.pages.put((request.clone(), version), page.clone());
        Ok(page)
    }

    /// One check of somebody's own over a unit as it is now, without keeping anything.
    pub async fn try_own_check(
        &self,
        of: &CheckedUnit,
        left_out: &LeftOutStatuses,
        check: &OwnCheck,
    ) -> Result<OwnCheckTrial, Error> {
        let mut opened = Vec::new();
        for file_type in FileType::ALL {
            opened.extend(self.ledgers.open_of_unit(of, file_type).await?);
        }
        let tables = Tables::from_ledgers(self.ledgers.files(), &opened)?;
        let (engine, left_out, check) = (Arc::clone(&self.engine), left_out.clone(), check.clone());
        let work = move |_| async move { try_over(&engine, &tables, &left_out, &check).await };
        self.engine.execute(work).await
    }

    /// A page from memory, where the version has a list index and it is a list that is asked for.
    async fn indexed_page(
        &self,
        request: &RowsRequest,
        version: u64,
    ) -> Result<Option<RowsPage>, Error> {
        if request.file_type != FileType::Transactions || request.filter.id.is_some() {
            return Ok(None);
        }
        let Some(index) = self.lists.get(&request.of, version) else { return Ok(None) };
        let (filter, order) = (request.filter.clone(), request.order.clone());
        let part = part(request);
        // Some milliseconds of nothing but arithmetic: not on a thread that answers others.
        let page = tokio::task::spawn_blocking(move || {
            index.page(&filter, &order, FileType::Transactions.spec().searched.columns, part)
        });
        Ok(page.await?)
    }

    async fn read_page(
        &self,
        request: &RowsRequest,
        opened: (String, Ledger),
    ) -> Result<RowsPage, Error> {
        let (all, wanted) = (opened.1.row_count()?, request.clone());
        // Of one row or one supplier the other columns are read where it was found, not everywhere.
        let is_few = wanted.filter.id.is_some() || wanted.filter.supplier.is_some();
        let session = self.session_over(&opened, if is_few { Joins::Few } else { Joins::Hash })?;
        if wanted.file_type == FileType::Transactions {
            self.warm_later(&wanted.of, opened.1);
        }
        self.engine.execute(move |_| async move { page(&session, &wanted, all).await }).await
    }

    /// A session in which one ledger is the table of its name.
    fn session_over(
        &self,
        opened: &(String, Ledger),
        joins: Joins,
    ) -> Result<SessionContext, Error> {
        let session = self.engine.session(joins, self.engine.threads());
        let opened = std::slice::from_ref(opened);
        Tables::from_ledgers(self.ledgers.files(), opened)?.register(&session)?;
        Ok(session)
    }
}

async fn page(
    session: &SessionContext,
    request: &RowsRequest,
    all: u64,
) -> Result<RowsPage, Error> {
    let file_type = request.file_type;
    let table = session.table(file_type.spec().table).await?;
    let wanted = predicate(file_type, &request.filter);
    let filtered = match &wanted {
        Some(wanted) => table.filter(wanted.clone())?,
        None => table,
    };
    // The id makes the order total, so that no row is on two pages.
    let id = file_type.spec().key;
    let order = vec![
        col(request.order.column()).sort(!request.order.is_descending, false),
        col(id).sort(true, false),
    ];
    let [skip, size] = part(request);
    let batches = filtered
        .clone()
        .sort(order)?
        .limit(skip, Some(size))?
        .select(columns(file_type, &request.filter))?
        .collect()
        .await?;
    let mut rows = Vec::new();
    for batch in &batches {
        rows.extend(read(batch, id)?);
    }
    let total = match wanted {
        None => all,
        // All there are: to count them would be to look for them once more.
        Some(_) if skip == 0 && rows.len() < size => rows.len() as u64,
        Some(_) => count_rows(filtered).await?,
    };
    Ok(RowsPage { rows, total, ..RowsPage::default() })
}

/// Rows passed over, and rows shown.
fn part(request: &RowsRequest) -> [usize; 2] {
    [request.skip, request.size.get()]
        .map(|rows| usize::try_from(rows).expect("addresses have 64 bits"))
}

/// The columns that are read for a list, in the order of the table.
fn listed(file_type: FileType) -> Vec<String> {
    let (schema, spec) = (table_schema(file_type), file_type.spec());
    let names = schema.fields().iter().map(|field| field.name().clone());
    let is_listed = |name: &String| {
        let name = name.as_str();
        name == ACTIVE_COLUMN || spec.listed.has(name) || spec.beside.contains(&name)
    };
    names.filter(is_listed).collect()
}

/// A list shows a few columns; one row, all.
fn columns(file_type: FileType, filter: &RowsFilter) -> Vec<Expr> {
    if filter.id.is_none() {
        return listed(file_type).into_iter().map(col).collect();
    }
    table_schema(file_type).fields().iter().map(|field| col(field.name().as_str())).collect()
}

async fn count_rows(rows: DataFrame) -> Result<u64, Error> {
    let batches = rows.aggregate(vec![], vec![count(lit(1_i64)).alias("n")])?.collect().await?;
    let first = batches.iter().find(|batch| batch.num_rows() > 0);
    let total = first.map_or(0, |batch| batch.column(0).as_primitive::<Int64Type>().value(0));
    Ok(total.unsigned_abs())
}

fn predicate(file_type: FileType, filter: &RowsFilter) -> Option<Expr> {
    let mut wanted: Vec<Expr> = Vec::new();
    if let Some(id) = &filter.id {
        wanted.push(col(file_type.spec().key).eq(lit(id.as_str())));
    }
    if let Some(text) = filter.text.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        let text = text.to_lowercase();
        let found = file_type
            .spec()
            .searched
            .columns
            .iter()
            .map(|name| contains(lower(col(*name)), lit(text.as_str())).is_true());
        let amounts = filter.amount().filter(|_| file_type.is_of_invoices());
        let amounts = amounts
            .into_iter()
            .flat_map(|amount| AMOUNTS_SEARCHED.map(|name| is_amount(name, amount)));
        wanted.extend(found.chain(amounts).reduce(Expr::or));
    }
    if let Some(supplier) = &filter.supplier {
        wanted.push(col("supplier_ref").eq(lit(supplier.as_str())));
    }
    if file_type.is_of_invoices() {
        wanted.extend(filter.from.map(|day| col("invoice_date").gt_eq(days(day))));
        wanted.extend(filter.to.map(|day| col("invoice_date").lt_eq(days(day))));
        if file_type == FileType::UnpostedInvoices && filter.id.is_none() {
            wanted.push(is_in_workflow(filter));
        }
    } else if filter.is_active_only && file_type.is_snapshot() {
        wanted.push(col(ACTIVE_COLUMN).is_true());
    }
    wanted.into_iter().reduce(Expr::and)
}

/// The filter of unposted invoices that have not left: open ones, and rejected ones as well where not only
/// those that are open are asked for.
fn is_in_workflow(filter: &RowsFilter) -> Expr {
    let mut states = vec![lit(InvoiceWorkflow::Open.as_str())];
    if !filter.is_active_only {
        states.push(lit(InvoiceWorkflow::Rejected.as_str()));
    }
    workflow_state().call(vec![col("status"), col(POSTED_AS)]).in_list(states, false)
}

/// The filter of rows whose column holds an amount, with either sign.
fn is_amount(column: &str, amount: Amount) -> Expr {
    let value = i128::from(amount.ten_thousandths());
    let decimal = |value| {
        lit(datafusion::common::ScalarValue::Decimal128(
            Some(value),
            AMOUNT_PRECISION,
            AMOUNT_SCALE,
        ))
    };
    col(column).eq(decimal(value)).or(col(column).eq(decimal(-value))).is_true()
}

/// A date as the tables keep it: days since 1970.
fn days(day: Date) -> Expr {
    const EPOCH: Date = jiff::civil::date(1970, 1, 1);
    let days = (day - EPOCH).get_days();
    lit(datafusion::common::ScalarValue::Date32(Some(days)))
}

fn read(batch: &RecordBatch, id: &str) -> Result<Vec<LedgerRow>, Error> {
    let schema = batch.schema();
    let texts: Vec<ArrayRef> = batch
        .columns()
        .iter()
        .map(|column| cast(column, &DataType::Utf8))
        .collect::<Result<_, _>>()?;
    let of = |row: usize| {
        let mut fields = BTreeMap::new();
        for (field, column) in schema.fields().iter().zip(&texts) {
            let column = column.as_string::<i32>();
            if column.is_valid(row) && !field.name().starts_with('_') {
                fields.insert(field.name().clone(), column.value(row).to_owned());
            }
        }
        let active = schema.index_of(ACTIVE_COLUMN).ok();
        let is_active = active.map(|at| texts[at].as_string::<i32>().value(row) == "true");
        let id = fields.get(id).cloned().ok_or_else(|| Error::storage("a row has no id"))?;
        Ok(LedgerRow { id, is_active, fields })
    };
    (0..batch.num_rows()).map(of).collect()
}
