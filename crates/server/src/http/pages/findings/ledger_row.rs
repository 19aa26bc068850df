//! A row of a finding as its ledger has it now, and the lines that it was added up from.
//!
//! Not for: the row as it was found, which the finding keeps.

use domain::finding::FindingRow;
use domain::ledger_view::{LedgerRow, RowsFilter, RowsOrder, RowsRequest};
use domain::page::PageSize;

use crate::App;
use crate::http::pages::access::Member;
use crate::ledgers::LedgersError;

/// Rows of one Unique ID that are read of an invoice; more tell nothing that these do not.
const LINES_READ_MAX: u32 = 20;

const SUPPLIER: &str = "supplier_ref";

/// The rows of the ledger that a row of a finding stands for.
#[derive(Debug)]
pub(super) struct LinesNow {
    pub(super) rows: Vec<LedgerRow>,
    /// The number of them; of many a finding names the first only.
    pub(super) all: usize,
}

/// The row as the ledger has it now; none where it has it no more.
pub(super) async fn row_now(
    app: &App,
    member: &Member,
    row: &FindingRow,
) -> Result<Option<LedgerRow>, LedgersError> {
    // Rows of very many suppliers may share a Unique ID, as in lists that are numbered anew each month.
    let supplier = row.fields.get(SUPPLIER).filter(|text| !text.is_empty());
    if row.ledger.is_of_invoices() && supplier.is_some() {
        let own = rows_of(app, member, row, (&row.id, supplier, 1)).await?;
        if let Some(own) = own.into_iter().next() {
            return Ok(Some(own));
        }
    }
    // A later state may name another supplier.
    let any = rows_of(app, member, row, (&row.id, None, 1)).await?;
    Ok(any.into_iter().next())
}

/// The lines of an invoice as the ledger has them now, as far as the finding names them; of any other row
/// itself. Those that the ledger has no more are not among them.
pub(super) async fn lines_now(
    app: &App,
    member: &Member,
    row: &FindingRow,
) -> Result<LinesNow, LedgersError> {
    let Some(all) = row.fields.get("lines").and_then(|lines| lines.parse().ok()) else {
        let own = row_now(app, member, row).await?;
        return Ok(LinesNow { rows: own.into_iter().collect(), all: 1 });
    };
    let supplier = row.fields.get(SUPPLIER).filter(|text| !text.is_empty());
    let mut rows = Vec::new();
    for id in line_ids(row) {
        rows.extend(rows_of(app, member, row, (id, supplier, LINES_READ_MAX)).await?);
    }
    Ok(LinesNow { rows, all })
}

/// The rows of the ledger of a finding's row that have an id, of a supplier where one is named, so many at
/// most.
async fn rows_of(
    app: &App,
    member: &Member,
    row: &FindingRow,
    (id, supplier, most): (&str, Option<&String>, u32),
) -> Result<Vec<LedgerRow>, LedgersError> {
    let request = RowsRequest {
        of: member.checked_unit(),
        file_type: row.ledger,
        filter: RowsFilter {
            id: Some(id.to_owned()),
            supplier: supplier.cloned(),
            ..RowsFilter::default()
        },
        order: RowsOrder::usual(row.ledger),
        skip: 0,
        size: PageSize::fixed(most),
    };
    let page = app.browser.rows(&request).await?;
    Ok(page.rows.into_iter().filter(|found| found.id == id).collect())
}

/// The Unique IDs of lines that a finding names, of many the first; that of the row where all bear it.
fn line_ids(row: &FindingRow) -> Vec<&str> {
    let Some(named) = row.fields.get("line_ids") else { return vec![row.id.as_str()] };
    let is_count = |text: &&str| text.starts_with("and ") && text.ends_with(" more");
    named.split("; ").filter(|text| !is_count(text)).collect()
}

#[cfg(test)]
mod tests {
    use domain::FileType;

    use super::*;

    #[test]
    fn lines_are_read_by_the_ids_that_are_named() {
        let ids = |named: Option<&str>| {
            let fields = named.map(|ids| ("line_ids".to_owned(), ids.to_owned()));
            let row = FindingRow {
                ledger: FileType::Transactions,
                id: "7".to_owned(),
                fields: fields.into_iter().collect(),
                withheld: Vec::new(),
            };
            line_ids(&row).join(",")
        };
        assert_eq!(ids(None), "7");
        assert_eq!(ids(Some("7; 8")), "7,8");
        assert_eq!(ids(Some("1; 2; 3; 4; 5; and 2 more")), "1,2,3,4,5");
    }
}
