//! The rows of a finding side by side, with what differs marked.
//!
//! Invariant: put together again, the pieces of a cell are its text; what is personal is masked before it
//! comes here or is compared.

mod pieces;

use std::borrow::Cow;
use std::collections::BTreeSet;

use domain::columns::currency_column;
use domain::finding::{Finding, FindingRow};
use domain::{Amount, ColumnKind, FileType};
use jiff::civil::Date;

pub(crate) use self::pieces::Piece;
use self::pieces::{are_one_thing, pieces};
use super::labels::row_word;
use super::scan_link::ScanLink;
use crate::http::pages::derived_fields::DerivedFields;
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
        let tells = |line: &&FieldLine| line.differs && line.derived.is_empty();
        for line in self.lines.iter().filter(tells) {
            let says =
                |of: &FieldLine| of.cells.iter().map(|cell| cell_text(cell)).collect::<Vec<_>>();
            if !distinguishing.iter().any(|other| says(other) == says(line)) {
                distinguishing.push(line);
            }
        }
        distinguishing.truncate(LISTED_MAX);
        distinguishing
    }

    /// The scans that a browser draws, where there are several to be looked at side by side.
    pub(crate) fn scans_side_by_side(&self) -> Vec<(&RowHead, &ScanLink)> {
        let drawn = self.heads.iter().filter_map(|head| {
            let scan = head.scan.as_ref()?;
            (!scan.shown.is_empty() && !scan.is_pdf()).then_some((head, scan))
        });
        let drawn: Vec<(&RowHead, &ScanLink)> = drawn.collect();
        if drawn.len() > 1 { drawn } else { Vec::new() }
    }

    /// The lines that are read before somebody decides: those that differ, and then those that agree and
    /// matter. Of one row there is nothing to compare: reasons first, then what stands first.
    pub(crate) fn first_lines(&self) -> Vec<&FieldLine> {
        self.lines_in_order().0
    }

    /// The other lines.
    pub(crate) fn other_lines(&self) -> Vec<&FieldLine> {
        self.lines_in_order().1
    }

    fn lines_in_order(&self) -> (Vec<&FieldLine>, Vec<&FieldLine>) {
        if self.heads.len() == 1 {
            let (mut first, others): (Vec<&FieldLine>, Vec<&FieldLine>) =
                self.lines.iter().partition(|line| line.is_reason || line.matters);
            first.extend(others);
            let others = first.split_off(first.len().min(OF_ONE_ROW));
            return (first, others);
        }
        let is_told = |line: &FieldLine| line.derived.is_empty();
        let (mut first, others): (Vec<&FieldLine>, Vec<&FieldLine>) =
            self.lines.iter().partition(|line| line.differs && is_told(line));
        let (agreeing, others): (Vec<&FieldLine>, Vec<&FieldLine>) =
            others.into_iter().partition(|line| line.is_first_to_agree());
        first.extend(agreeing);
        (first, others)
    }

    /// The fields that are the same for all, with their values.
    pub(crate) fn shared(&self) -> impl Iterator<Item = (&str, String)> {
        let same = self.lines.iter().filter(|line| !line.differs);
        same.map(|line| (line.label.as_ref(), cell_text(&line.cells[0])))
    }
}

impl FieldLine {
    /// Returns `true` where it is alike in all rows, which is a reason for the finding.
    pub(crate) const fn agrees(&self) -> bool {
        self.is_reason && !self.differs && self.cells.len() > 1
    }

    /// Returns `true` where it is the same in all rows and tells something by that.
    const fn is_first_to_agree(&self) -> bool {
        !self.differs && self.derived.is_empty() && (self.agrees() || self.matters)
    }

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
    /// Set where the evidence for the finding speaks of it.
    is_reason: bool,
    /// Worth reading, also where it is the same in all rows.
    matters: bool,
    /// The label of what it is taken from, where the extract has no column for it.
    pub(crate) derived: String,
    pub(crate) cells: Vec<Vec<Piece>>,
}

/// More are not read side by side.
const SIDE_BY_SIDE_MAX: usize = 3;
/// Fields of a row that stands alone; the others are behind a click.
const OF_ONE_ROW: usize = 8;
/// Columns of a list: the first that tell its rows apart.
const LISTED_MAX: usize = 4;

/// Fields that are one thing written twice where they are nearly alike: numbers that somebody has keyed.
const BY_LETTER: [&str; 4] =
    ["invoice_number", "po_number", "vat_number", "company_registration_number"];

/// Fields that people look at first, also where they are the same in all rows.
const MATTERS: [&str; 8] = [
    "supplier_name",
    "base_amount",
    "invoice_amount",
    "invoice_date",
    "paid_date",
    "description",
    "po_number",
    "lines",
];

/// The column that says where a paper was scanned to.
pub(super) const SCAN: &str = "scanned_image";

/// One table for each ledger, in the order in which they first come; invoices stand side by side, posted or
/// not. `path` is where a row's own page is.
pub(crate) fn comparisons(
    finding: &Finding,
    derived: &DerivedFields,
    path: impl Fn(&FindingRow) -> String,
) -> Vec<Comparison> {
    let rows = &finding.rows;
    let reasons = finding.evidence.iter().filter(|reason| reason.bits > 0.0);
    let reasons: BTreeSet<&str> = reasons.map(|reason| reason.field.as_str()).collect();
    let mut ledgers: Vec<FileType> = Vec::new();
    for row in rows {
        if !ledgers.contains(&compared_as(row.ledger)) {
            ledgers.push(compared_as(row.ledger));
        }
    }
    let of = |ledger| {
        rows.iter().filter(move |row| compared_as(row.ledger) == ledger).collect::<Vec<_>>()
    };
    let table = |ledger| table(ledger, &of(ledger), (&reasons, derived), &path);
    let mut tables: Vec<Comparison> = ledgers.into_iter().map(table).collect();
    // Of a ledger that has no more than their names, the title says it.
    tables.retain(|table| {
        !table.lines.is_empty() || table.heads.iter().any(|head| head.scan.is_some())
    });
    // What is compared comes before what stands alone.
    tables.sort_by_key(|table| table.heads.len() == 1);
    tables
}

/// The ledger whose columns a row is compared by.
const fn compared_as(ledger: FileType) -> FileType {
    if ledger.is_of_invoices() { FileType::Transactions } else { ledger }
}

fn table(
    ledger: FileType,
    rows: &[&FindingRow],
    (reasons, derived): (&BTreeSet<&str>, &DerivedFields),
    path: &impl Fn(&FindingRow) -> String,
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
                let text = row.fields.get(*name);
                text.map(|text| display_text(ledger, (*name, text.as_str()), row))
                    .unwrap_or_default()
            })
            .collect();
        let differs = texts.iter().any(|text| *text != texts[0]);
        let of_transactions = ledger == FileType::Transactions;
        let source = derived.source(name).filter(|_| of_transactions);
        FieldLine {
            label: field_labels::label(name),
            differs,
            is_reason: reasons.contains(name),
            matters: MATTERS.contains(name),
            derived: source.unwrap_or_default().to_owned(),
            cells: cells(name, &texts),
        }
    };
    Comparison {
        title: match rows.len() {
            1 => row_word(rows[0].ledger),
            2..=SIDE_BY_SIDE_MAX => "Side by side",
            _ => "All rows",
        },
        heads: rows
            .iter()
            .enumerate()
            .map(|(at, row)| RowHead {
                row: at,
                id: row.id.clone(),
                text: format!("{} {}", row_word(row.ledger), row.id),
                href: path(row),
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

/// Writes a value of a row as people read it.
fn display_text(ledger: FileType, (name, text): (&str, &str), row: &FindingRow) -> String {
    let kind = ledger.column(name).map(|column| column.kind);
    if let Some(date) =
        (kind == Some(ColumnKind::Date)).then(|| text.parse::<Date>().ok()).flatten()
    {
        return format::day(date);
    }
    if let Some(amount) =
        (kind == Some(ColumnKind::Amount)).then(|| text.parse::<Amount>().ok()).flatten()
    {
        let beside = currency_column(name).and_then(|column| row.fields.get(column));
        return format::figure(amount, beside.map(String::as_str));
    }
    // What a check adds of its own is a sentence's part, as its days and its money are.
    if FileType::label_of(name).is_none() { format::prose(text) } else { text.to_owned() }
}

/// Numbers that somebody has keyed, with the letters marked that differ.
pub(super) fn marked_numbers(texts: &[String]) -> Vec<Vec<Piece>> {
    cells("invoice_number", texts)
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
mod tests;
