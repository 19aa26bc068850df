//! Suppliers as invoices name them, for units of which nobody has sent a list of suppliers.
//!
//! Not for: what a list would say of them, such as their bank accounts (`supplier`).

use datafusion::functions_aggregate::expr_fn::max;
use datafusion::prelude::{Expr, SessionContext, col, contains, lit, lower};
use domain::FileType;
use domain::ledger_view::{RowsPage, RowsRequest};

use super::{Browser, count_rows, part, read};
use crate::engine::Joins;
use crate::error::Error;

const REFERENCE: &str = "supplier_ref";
const NAME: &str = "supplier_name";

impl Browser {
    /// Each supplier that transactions name, once; an empty page where there are no transactions.
    pub(super) async fn suppliers_of_invoices(
        &self,
        request: &RowsRequest,
    ) -> Result<RowsPage, Error> {
        let opened = self.ledgers.look_at(&request.of, FileType::Transactions).await?;
        let Some(opened) = opened else { return Ok(RowsPage::default()) };
        let session = self.session_over(&opened, Joins::Hash)?;
        let request = request.clone();
        self.engine.execute(move |_| async move { page(&session, &request).await }).await
    }
}

async fn page(session: &SessionContext, request: &RowsRequest) -> Result<RowsPage, Error> {
    let named = session
        .table(FileType::Transactions.spec().table)
        .await?
        .filter(col(REFERENCE).is_not_null())?
        .aggregate(vec![col(REFERENCE)], vec![max(col(NAME)).alias(NAME)])?;
    let found = match predicate(request) {
        Some(wanted) => named.filter(wanted)?,
        None => named,
    };
    let by = if request.order.column() == REFERENCE { REFERENCE } else { NAME };
    let order =
        vec![col(by).sort(!request.order.is_descending, false), col(REFERENCE).sort(true, false)];
    let [skip, size] = part(request);
    let batches = found.clone().sort(order)?.limit(skip, Some(size))?.collect().await?;
    let mut rows = Vec::new();
    for batch in &batches {
        rows.extend(read(batch, REFERENCE)?);
    }
    let total = count_rows(found).await?;
    Ok(RowsPage { rows, total, are_of_invoices: true, ..RowsPage::default() })
}

fn predicate(request: &RowsRequest) -> Option<Expr> {
    let filter = &request.filter;
    let text = filter.text.as_deref().map(str::trim).filter(|text| !text.is_empty());
    let holds = |column: &str, text: &str| contains(lower(col(column)), lit(text)).is_true();
    let named = text.map(|text| {
        let text = text.to_lowercase();
        holds(REFERENCE, &text).or(holds(NAME, &text))
    });
    let one = filter.id.as_deref().map(|id| col(REFERENCE).eq(lit(id)));
    [named, one].into_iter().flatten().reduce(Expr::and)
}
