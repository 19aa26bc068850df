//! The rows of a finding side by side, with what differs marked.
//!
//! Invariant: put together again, the pieces of a cell are its text; what is personal is masked before it
//! comes here or is compared.

mod pieces;

use std::borrow::Cow;
use std::collections::BTreeSet;

use domain::finding::FindingRow;
use domain::{Amount, FileType};
use jiff::civil::Date;

pub(crate) use self::pieces::Piece;
use self::pieces::{are_one_thing, pieces};
use super::labels::row_word;
use super::scan_link::ScanLink;
use crate::http::pages::{field_labels, format};

/// Rows of one ledger.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Comparison {
    pub(crate) title: &'static str,
    pub(crate) heads: Vec<RowHead>,
    pub(crate) lines: Vec<FieldLine>,
    /// So many that they stand below each other, with what tells them apart.
    pub(crate) is_list: bool,
}

impl Comparison {
    /// The first fields that are not the same for all, nor what another says already.
    pub(crate) fn distinguishing(&self) -> Vec<&FieldLine> {
        let mut distinguishing: Vec<&FieldLine> = Vec::new();
        for line in self.lines.iter().filter(|line| line.differs) {
            let says =
                |of: &FieldLine| of.cells.iter().map(|cell| cell_text(cell)).collect::<Vec<_>>();
            if !distinguishing.iter().any(|other| says(other) == says(line)) {
                distinguishing.push(line);
            }
        }
        distinguishing.truncate(LISTED_MAX);
        distinguishing
    }

    /// The fields that are the same for all, with their values.
    pub(crate) fn shared(&self) -> impl Iterator<Item = (&str, String)> {
        let same = self.lines.iter().filter(|line| !line.differs);
        same.map(|line| (line.label.as_ref(), cell_text(&line.cells[0])))
    }
}

impl FieldLine {
    /// The whole cell of a row.
    pub(crate) fn text(&self, of: &RowHead) -> String {
        cell_text(&self.cells[of.row])
    }
}

/// The head of a row: which it is, and its own page.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct RowHead {
    /// Its place.
    pub(crate) row: usize,
    pub(crate) id: String,
    pub(crate) text: String,
    pub(crate) href: String,
    /// Where its paper can be looked at.
    pub(crate) scan: Option<ScanLink>,
}

/// A field of all of them.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct FieldLine {
    pub(crate) label: Cow<'static, str>,
    pub(crate) differs: bool,
    pub(crate) cells: Vec<Vec<Piece>>,
}

/// More are not read side by side.
const SIDE_BY_SIDE_MAX: usize = 3;
/// Columns of a list: the first that tell its rows apart.
const LISTED_MAX: usize = 4;

/// Fields that are one thing written twice where they are nearly alike: numbers that somebody has keyed.
const BY_LETTER: [&str; 4] =
    ["invoice_number", "po_number", "vat_number", "company_registration_number"];

/// The column that says where a paper was scanned to.
const SCAN: &str = "scanned_image";

/// One table for each ledger, in the order in which they first come. `path` is where a row's own page is.
pub(crate) fn comparisons(
    rows: &[FindingRow],
    path: impl Fn(FileType, &str) -> String,
) -> Vec<Comparison> {
    let mut ledgers: Vec<FileType> = Vec::new();
    for row in rows {
        if !ledgers.contains(&row.ledger) {
            ledgers.push(row.ledger);
        }
    }
    let of = |ledger| rows.iter().filter(move |row| row.ledger == ledger).collect::<Vec<_>>();
    ledgers.into_iter().map(|ledger| table(ledger, &of(ledger), &path)).collect()
}

fn table(
    ledger: FileType,
    rows: &[&FindingRow],
    path: &impl Fn(FileType, &str) -> String,
) -> Comparison {
    let names: BTreeSet<&str> =
        rows.iter().flat_map(|row| row.fields.keys().map(String::as_str)).collect();
    let is_link = |name: &&str| *name == SCAN && rows.iter().all(|row| scan_link(row).is_some());
    let mut names: Vec<&str> = names.into_iter().filter(|name| !is_link(name)).collect();
    names.sort_by_key(|name| ledger.reading_place(name));
    let line = |name: &&str| {
        let texts: Vec<String> = rows
            .iter()
            .map(|row| {
                row.fields.get(*name).map(|text| display_text(name, text)).unwrap_or_default()
            })
            .collect();
        FieldLine {
            label: field_labels::label(name),
            differs: texts.iter().any(|text| *text != texts[0]),
            cells: cells(name, &texts),
        }
    };
    Comparison {
        title: match rows.len() {
            1 => row_word(ledger),
            2..=SIDE_BY_SIDE_MAX => "Side by side",
            _ => "All rows",
        },
        heads: rows
            .iter()
            .enumerate()
            .map(|(at, row)| RowHead {
                row: at,
                id: row.id.clone(),
                text: format!("{} {}", row_word(ledger), row.id),
                href: path(ledger, &row.id),
                scan: scan_link(row),
            })
            .collect(),
        lines: names.iter().map(line).collect(),
        is_list: rows.len() > SIDE_BY_SIDE_MAX,
    }
}

fn scan_link(row: &FindingRow) -> Option<ScanLink> {
    ScanLink::parse(row.fields.get(SCAN)?)
}

fn cell_text(cell: &[Piece]) -> String {
    cell.iter().map(|piece| piece.text.as_str()).collect()
}

/// Writes a value as people read it.
fn display_text(name: &str, text: &str) -> String {
    if let Some(date) = name.ends_with("_date").then(|| text.parse::<Date>().ok()).flatten() {
        return format::day(date);
    }
    if let Some(amount) = name.ends_with("_amount").then(|| text.parse::<Amount>().ok()).flatten() {
        return format::amount(amount);
    }
    text.to_owned()
}

/// The texts of a column, each beside the first; the first beside the second. What is not one thing written
/// twice is marked whole.
fn cells(column: &str, texts: &[String]) -> Vec<Vec<Piece>> {
    let by_letter = BY_LETTER.contains(&column);
    let marked = |text: &str, beside: &str| {
        if by_letter && are_one_thing(text, beside) {
            pieces(text, beside)
        } else {
            vec![Piece { text: text.to_owned(), differs: text != beside }]
        }
    };
    let others = texts.iter().skip(1).map(|text| marked(text, &texts[0]));
    let first = match texts {
        [first, second] => marked(first, second),
        [first, ..] => vec![Piece { text: first.clone(), differs: false }],
        [] => return Vec::new(),
    };
    std::iter::once(first).chain(others).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_in_the_order_they_are_read() {
        let row = |id: &str, name: &str, fields: &[(&str, &str)]| FindingRow {
            withheld: Vec::new(),
            ledger: name.parse().unwrap(),
            id: id.to_owned(),
            fields: fields
                .iter()
                .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
                .collect(),
        };
        let rows = [
            row("1", "APT", &[("base_amount", "4310.00"), ("invoice_number", "10983")]),
            row("E7", "Employees", &[("full_name", "Ann"), ("department", "AP")]),
            row(
                "2",
                "APT",
                &[
                    ("base_amount", "4310"),
                    ("invoice_number", "IO983"),
                    ("paid_date", "2026-03-15"),
                ],
            ),
        ];
        let tables = comparisons(&rows, |ledger, id| format!("{ledger}/{id}"));
        let labels: Vec<Vec<(&str, bool)>> = tables
            .iter()
            .map(|table| {
                table.lines.iter().map(|line| (line.label.as_ref(), line.differs)).collect()
            })
            .collect();
        assert_eq!(labels[0], [("Invoice number", true), ("Base amount", false), ("Paid", true)]);
        let heads = tables[0].heads.iter().map(|head| (head.text.as_str(), head.href.as_str()));
        assert!(heads.eq([("Transaction 1", "APT/1"), ("Transaction 2", "APT/2")]));
        let cell = |table: usize, line: usize| tables[table].lines[line].cells[0][0].text.clone();
        assert_eq!(
            (cell(0, 1), cell(1, 0), cell(1, 1)),
            ("4,310.00".into(), "Ann".into(), "AP".into())
        );
    }

    #[test]
    fn letters_are_marked_only_between_like_things() {
        let marked = |texts: [&str; 2], column| {
            let texts = texts.map(str::to_owned);
            let cells = cells(column, &texts);
            cells[1].iter().map(|piece| (piece.text.clone(), piece.differs)).collect::<Vec<_>>()
        };
        let whole = |text: &str| vec![(text.to_owned(), true)];
        let names = ["Housteads", "Langstead Gardens"];
        assert_eq!(marked(names, "supplier_name"), whole("Langstead Gardens"));
        assert_eq!(marked(["10983", "77"], "invoice_number"), whole("77"));
        assert_eq!(
            marked(["10983", "IO983"], "invoice_number"),
            [("IO".to_owned(), true), ("983".to_owned(), false)]
        );
    }

    #[test]
    fn many_rows_are_listed_by_what_tells_them_apart() {
        let row = |at: usize| FindingRow {
            withheld: Vec::new(),
            ledger: FileType::Transactions,
            id: at.to_string(),
            fields: [("invoice_number", format!("A{at}")), ("supplier_ref", "S1".to_owned())]
                .map(|(name, text)| (name.to_owned(), text))
                .into(),
        };
        let of = |count: usize| {
            let rows: Vec<FindingRow> = (0..count).map(row).collect();
            comparisons(&rows, |_, id| id.to_owned()).remove(0)
        };
        assert!(!of(SIDE_BY_SIDE_MAX).is_list);
        let many = of(SIDE_BY_SIDE_MAX + 1);
        assert!(many.is_list);
        let distinguishing: Vec<String> =
            many.distinguishing().iter().map(|line| line.text(&many.heads[2])).collect();
        assert_eq!(distinguishing, ["A2"]);
        let shared: Vec<(&str, String)> = many.shared().collect();
        assert_eq!(shared, [("Supplier ref", "S1".to_owned())]);
    }

    #[test]
    fn a_scan_is_opened_by_an_address_and_nothing_else() {
        for (said, opened) in [("https://scans.example.org/1.pdf", true), (r"\\scans\1.pdf", false)]
        {
            let row = FindingRow {
                withheld: Vec::new(),
                ledger: FileType::Transactions,
                id: "1".to_owned(),
                fields: [(SCAN.to_owned(), said.to_owned())].into(),
            };
            let tables = comparisons(&[row], |_, id| id.to_owned());
            assert_eq!(tables[0].heads[0].scan.is_some(), opened, "{said}");
            assert_eq!(
                tables[0].lines.is_empty(),
                opened,
                "what opens nothing is shown as text: {said}"
            );
        }
    }
}
