//! One row of a finding as its ledger has it now.
//!
//! Not for: the row as it was found, which the finding keeps.

use domain::finding::FindingRow;
use domain::ledger_view::{LedgerRow, RowsFilter, RowsOrder, RowsRequest};
use domain::page::PageSize;

use crate::App;
use crate::http::pages::access::Member;
use crate::ledgers::LedgersError;

/// The row as the ledger has it now; none where it has it no more.
pub(super) async fn row_now(
    app: &App,
    member: &Member,
    row: &FindingRow,
) -> Result<Option<LedgerRow>, LedgersError> {
    let request = RowsRequest {
        of: member.checked_unit(),
        file_type: row.ledger,
        filter: RowsFilter { id: Some(row.id.clone()), ..RowsFilter::default() },
        order: RowsOrder::usual(row.ledger),
        skip: 0,
        size: PageSize::fixed(1),
    };
    let page = app.browser.rows(&request).await?;
    Ok(page.rows.into_iter().find(|found| found.id == row.id))
}
