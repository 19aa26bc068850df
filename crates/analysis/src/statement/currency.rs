//! The currency of the lines of a statement: as a column says it, the cell or the header of the amount, or
//! the words above the table.
//!
//! Not for: statements that say nothing of it; then it is the supplier's own (`matching`).
//!
//! Invariant: a code of ISO 4217, and none where two could be meant.

use std::collections::BTreeSet;

use domain::statement::StatementColumn;
use domain::text::fold;
use extract::{TableRecord, amount_currency, cell_currency, header_currency};

use super::headers::Columns;

/// Words beside which the currency of all amounts stands, as capital letters without accents.
const WORDS: [&str; 16] = [
    "CURRENCY",
    "CCY",
    "AMOUNTS",
    "WAHRUNG",
    "WAEHRUNG",
    "BETRAGE",
    "DEVISE",
    "MONNAIE",
    "MONTANTS",
    "MONEDA",
    "DIVISA",
    "IMPORTES",
    "VALUTA",
    "MUNTEENHEID",
    "BEDRAGEN",
    "IMPORTI",
];
/// Letters of the shortest name of a currency; what is shorter is a code or no currency.
const NAME_LETTERS_MIN: usize = 4;
/// Words of a row between lines that says of which currency those below are.
const PART_WORDS_MAX: usize = 4;

/// The currencies that a statement names besides its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Currencies {
    of_headers: Vec<(StatementColumn, &'static str)>,
    of_document: Option<&'static str>,
}

impl Currencies {
    /// Of the rows above the one that names the columns, and of that one.
    pub(super) fn read(above: &[TableRecord], header: &TableRecord, columns: &Columns) -> Self {
        let of_header = |role| {
            let named = header_currency(columns.cell(role, header))?;
            Some((role, named))
        };
        let found: BTreeSet<&'static str> = above.iter().filter_map(of_words).collect();
        Self {
            of_headers: StatementColumn::ALL.into_iter().filter_map(of_header).collect(),
            of_document: found.first().copied().filter(|_| found.len() == 1),
        }
    }

    /// Those of what follows a row that names the columns anew, or that says in few words of which currency
    /// it is: a statement in several currencies has a part of each. None where the row changes nothing.
    pub(super) fn of_part(&self, record: &TableRecord, columns: Option<&Columns>) -> Option<Self> {
        let next = if let Some(columns) = columns {
            let of_headers = Self::read(&[], record, columns).of_headers;
            if of_headers.is_empty() {
                return None;
            }
            Self { of_headers, ..self.clone() }
        } else {
            let text = record.cells.join(" ");
            // Lines have digits, and terms of payment more words.
            let has_digit = text.contains(|c: char| c.is_ascii_digit());
            if has_digit || text.split_whitespace().count() > PART_WORDS_MAX {
                return None;
            }
            let named = of_words(record)?;
            // The header of before is that of another part, where it names another.
            let mut of_headers = self.of_headers.clone();
            of_headers.retain(|(_, header)| *header == named);
            Self { of_headers, of_document: Some(named) }
        };
        (next != *self).then_some(next)
    }

    /// Of a line whose amount stands in this column.
    pub(super) fn of_line(
        &self,
        record: &TableRecord,
        columns: &Columns,
        place: StatementColumn,
    ) -> Option<String> {
        use StatementColumn::{Credit, Currency, Debit};
        let roles: &[StatementColumn] = if place == Debit { &[Debit, Credit] } else { &[place] };
        let of_cell = || roles.iter().find_map(|role| amount_currency(columns.cell(*role, record)));
        let of_header = || {
            let mut named = self.of_headers.iter();
            named.find(|(role, _)| roles.contains(role)).map(|(_, named)| *named)
        };
        let own = cell_currency(columns.cell(Currency, record));
        let found = own.or_else(of_cell).or_else(of_header).or(self.of_document);
        found.map(str::to_owned)
    }
}

/// The currency in a row of words that speaks of one; the last where it has several.
fn of_words(record: &TableRecord) -> Option<&'static str> {
    let text = record.cells.join(" ");
    let folded = fold(&text).to_uppercase();
    let mut words = folded.split(|c: char| !c.is_alphanumeric());
    if !words.any(|word| WORDS.contains(&word)) {
        return None;
    }
    let tokens =
        text.split(|c: char| c.is_whitespace() || matches!(c, ':' | ',' | ';' | '(' | ')' | '.'));
    let currency = |token: &str| {
        let letters = token.chars().filter(|c| c.is_alphabetic()).count();
        let is_code = token.chars().all(|c| c.is_ascii_uppercase());
        let may_be = letters == 0 || is_code || letters >= NAME_LETTERS_MIN;
        cell_currency(token).filter(|_| may_be)
    };
    tokens.filter(|token| !token.is_empty()).filter_map(currency).next_back()
}
