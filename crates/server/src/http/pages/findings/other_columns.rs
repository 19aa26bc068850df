//! The columns of an extract that are no fields, such as a service or an expenditure code: what a clerk
//! judges an invoice by, side by side as the finding's own fields are.
//!
//! Not for: one transaction's page (`transactions`). Invariant: who is not shown personal data is shown none
//! of it: nobody knows what such a column holds. Of an invoice that was added up from lines the values of all
//! of them are compared, in whatever order they stand.

use std::collections::{BTreeMap, BTreeSet};

use domain::Visibility;
use domain::finding::FindingRow;

use super::ledger_row::lines_now;
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

/// Such columns of one invoice, by all of its lines.
#[derive(Debug, Default)]
struct InvoiceColumns {
    /// The number of the invoice.
    head: String,
    /// The values of each column, each once.
    values: BTreeMap<String, BTreeSet<String>>,
    /// The number of lines that were read, and of all, where those are more.
    partly: Option<(usize, usize)>,
}

impl InvoiceColumns {
    /// Adds a line.
    fn add(&mut self, columns: BTreeMap<String, String>) {
        for (name, value) in columns {
            let values = self.values.entry(name).or_default();
            values.extend(Some(value).filter(|value| !value.is_empty()));
        }
    }

    fn values(&self, name: &str) -> Vec<&str> {
        self.values.get(name).into_iter().flatten().map(String::as_str).collect()
    }

    /// The values of a column as they are read.
    fn cell(&self, name: &str) -> String {
        let text = self.values(name).join("; ");
        match self.partly {
            Some((read, all)) if !text.is_empty() => format!("{text} (of {read} of {all} lines)"),
            _ => text,
        }
    }
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
        let Ok(lines) = lines_now(app, member, row).await else { return OtherColumns::default() };
        let head = row.fields.get("invoice_number").unwrap_or(&row.id).clone();
        let read = lines.rows.len();
        let partly = (read < lines.all).then_some((read, lines.all));
        let mut invoice = InvoiceColumns { head, partly, ..InvoiceColumns::default() };
        for mut line in lines.rows {
            let extra = line.fields.remove(EXTRA).unwrap_or_default();
            let shown = row.ledger.sensitivity(EXTRA).masked(&extra, visibility);
            are_hidden |= shown != extra && !parse(&extra).is_empty();
            invoice.add(parse(&shown));
        }
        found.push(invoice);
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

fn table(found: Vec<InvoiceColumns>) -> OtherColumns {
    let mut names: Vec<&String> = found.iter().flat_map(|invoice| invoice.values.keys()).collect();
    names.sort_unstable();
    names.dedup();
    // Lines that were not read may hold what seems to be missing.
    let are_whole = found.iter().all(|invoice| invoice.partly.is_none());
    let line = |name: &String| {
        let of_two = |two: &[InvoiceColumns]| two[0].values(name) != two[1].values(name);
        OtherColumn {
            name: name.clone(),
            differs: are_whole && found.windows(2).any(of_two),
            cells: found.iter().map(|invoice| invoice.cell(name)).collect(),
        }
    };
    let mut lines: Vec<OtherColumn> = names.into_iter().map(line).collect();
    lines.retain(|line| line.cells.iter().any(|cell| !cell.is_empty()));
    // What tells them apart first, as with the fields.
    lines.sort_by_key(|line| !line.differs);
    if lines.is_empty() {
        return OtherColumns::default();
    }
    let heads = found.into_iter().map(|invoice| invoice.head).collect();
    OtherColumns { lines, heads, are_hidden: false }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn invoice(head: &str, lines: &[&str]) -> InvoiceColumns {
        let mut invoice = InvoiceColumns { head: head.to_owned(), ..InvoiceColumns::default() };
        for line in lines {
            invoice.add(parse(line));
        }
        invoice
    }

    fn told(table: &OtherColumns) -> Vec<String> {
        let line =
            |line: &OtherColumn| format!("{} {} {}", line.name, line.cells.join("|"), line.differs);
        table.lines.iter().map(line).collect()
    }

    #[test]
    fn columns_stand_side_by_side_those_that_differ_first() {
        let table = table(vec![
            invoice("10927", &[r#"{"Account":"R1","Service":"Adult","Empty":""}"#]),
            invoice("1O927", &[r#"{"Account":"R1","Service":"Child","Number":7}"#]),
        ]);
        assert_eq!(table.heads, ["10927", "1O927"]);
        assert_eq!(
            told(&table),
            ["Number |7 true", "Service Adult|Child true", "Account R1|R1 false"]
        );
    }

    #[test]
    fn lines_of_two_invoices_are_compared_whatever_their_order() {
        let (power, levy) = (r#"{"Code":"Electricity"}"#, r#"{"Code":"Levy"}"#);
        let both = "Electricity; Levy";
        for (lines, cell, differs) in [
            (&[levy, power][..], both, false),
            (&[levy, power, power], both, false),
            (&[power, power], "Electricity", true),
            (&[], "", true),
        ] {
            let table = table(vec![invoice("1", &[power, levy]), invoice("2", lines)]);
            assert_eq!(told(&table), [format!("Code {both}|{cell} {differs}")]);
        }
        let partly = InvoiceColumns { partly: Some((1, 2)), ..invoice("2", &[power]) };
        let table = table(vec![invoice("1", &[power, levy]), partly]);
        assert_eq!(told(&table), [format!("Code {both}|Electricity (of 1 of 2 lines) false")]);
    }

    #[test]
    fn what_is_masked_is_no_column() {
        for text in ["", "hidden", "[1]", "7"] {
            assert!(parse(text).is_empty(), "{text}");
        }
    }
}
