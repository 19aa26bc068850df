//! The columns of an extract that are no fields, such as a service or an expenditure code: what a clerk
//! judges an invoice by, side by side as the finding's own fields are.
//!
//! Not for: one transaction's page (`transactions`). Invariant: who is not shown personal data is shown none
//! of it: nobody knows what such a column holds.

use std::collections::BTreeMap;

use domain::Visibility;
use domain::finding::FindingRow;

use super::ledger_row::row_now;
use crate::App;
use crate::http::pages::access::Member;

/// The most transactions that stand side by side; of more, the first.
const ROWS_SHOWN_MAX: usize = 6;
/// The column of the ledger that holds them, as one text.
const EXTRA: &str = "extra";

/// A small table: a line for each column, a cell for each transaction.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct OtherColumns {
    pub(super) heads: Vec<String>,
    pub(super) lines: Vec<OtherColumn>,
    /// The ledger has some that the reader is not shown.
    pub(super) are_hidden: bool,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct OtherColumn {
    pub(super) name: String,
    pub(super) cells: Vec<String>,
    pub(super) differs: bool,
}

/// Nothing where no row holds such columns, or the ledger cannot be read: the finding is told without them.
pub(super) async fn other_columns(
    app: &App,
    member: &Member,
    rows: &[FindingRow],
    visibility: Visibility,
) -> OtherColumns {
    let (mut found, mut are_hidden) = (Vec::new(), false);
    let invoices = rows.iter().filter(|row| row.ledger.is_of_invoices());
    for row in invoices.take(ROWS_SHOWN_MAX) {
        let Ok(held) = row_now(app, member, row).await else { return OtherColumns::default() };
        let extra = held.and_then(|mut held| held.fields.remove(EXTRA)).unwrap_or_default();
        let shown = row.ledger.sensitivity(EXTRA).masked(&extra, visibility);
        are_hidden |= shown != extra && !parse(&extra).is_empty();
        let number = row.fields.get("invoice_number").unwrap_or(&row.id).clone();
        found.push((number, parse(&shown)));
    }
    OtherColumns { are_hidden, ..table(found) }
}

/// The columns that a ledger keeps as one text; none where it is masked or is no such text.
pub(in crate::http::pages) fn parse(extra: &str) -> BTreeMap<String, String> {
    let read: Result<BTreeMap<String, serde_json::Value>, _> = serde_json::from_str(extra);
    let text = |value: serde_json::Value| match value {
        serde_json::Value::String(text) => text,
        serde_json::Value::Null => String::new(),
        other => other.to_string(),
    };
    let columns = read.unwrap_or_else(|_masked_or_none| BTreeMap::new());
    columns.into_iter().map(|(name, value)| (name, text(value))).collect()
}

fn table(found: Vec<(String, BTreeMap<String, String>)>) -> OtherColumns {
    let mut names: Vec<&String> = found.iter().flat_map(|(_, columns)| columns.keys()).collect();
    names.sort_unstable();
    names.dedup();
    let line = |name: &String| {
        let cell = |(_, columns): &(String, BTreeMap<String, String>)| {
            columns.get(name).cloned().unwrap_or_default()
        };
        let cells: Vec<String> = found.iter().map(cell).collect();
        let differs = cells.windows(2).any(|two| two[0] != two[1]);
        OtherColumn { name: name.clone(), differs, cells }
    };
    let mut lines: Vec<OtherColumn> = names.into_iter().map(line).collect();
    lines.retain(|line| line.cells.iter().any(|cell| !cell.is_empty()));
    // What tells them apart first, as with the fields.
    lines.sort_by_key(|line| !line.differs);
    if lines.is_empty() {
        return OtherColumns::default();
    }
    let heads = found.into_iter().map(|(head, _)| head).collect();
    OtherColumns { lines, heads, are_hidden: false }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_side_by_side_those_that_differ_first() {
        let rows = vec![
            ("10927".to_owned(), parse(r#"{"Account":"R1","Service":"Adult","Empty":""}"#)),
            ("1O927".to_owned(), parse(r#"{"Account":"R1","Service":"Child","Number":7}"#)),
        ];
        let table = table(rows);
        assert_eq!(table.heads, ["10927", "1O927"]);
        let told: Vec<String> = table
            .lines
            .iter()
            .map(|line| format!("{} {} {}", line.name, line.cells.join("|"), line.differs))
            .collect();
        assert_eq!(told, ["Number |7 true", "Service Adult|Child true", "Account R1|R1 false"]);
    }

    #[test]
    fn what_is_masked_is_no_column() {
        for text in ["", "hidden", "[1]", "7"] {
            assert!(parse(text).is_empty(), "{text}");
        }
    }
}
