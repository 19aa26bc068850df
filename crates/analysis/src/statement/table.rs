//! The lines of a statement, read from the cells below its headers.
//!
//! Not for: which column is what (`headers`), nor where cells come from.
//!
//! Invariant: a line whose amount cannot be read is refused with its place and never left out: a gap in a
//! statement would be taken for an agreement.

use std::collections::{BTreeMap, BTreeSet};

use domain::statement::{StatementColumn, StatementColumns, StatementLine};
use domain::{Amount, DecimalStyle};
use extract::{TableRecord, cell_amount, column_days, decimal_style};
use jiff::civil::Date;

use super::currency::Currencies;
use super::headers::{Columns, find_header, is_header};
use super::vocabulary::{
    DocumentKind, document_kind, is_credit_note_number, is_no_line, is_opening, names_ages,
    names_payment,
};

/// Letters of a cell that a refusal shows.
const SHOWN_LETTERS_MAX: usize = 40;
/// Digits of what is meant as a date, be it one or not: `1/2/26`.
const DATE_DIGITS_MIN: usize = 4;
/// Digits of a date whose month has a name, `1 Feb 26`, and letters of its day or year, `21st`.
const NAMED_MONTH_DIGITS_MIN: usize = 3;
const DATE_WORD_MAX: usize = 4;

/// Lines that describe what was bought, and whose numbers have one form.
const DESCRIBED_LINES_MIN: usize = 3;

/// Why a statement cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StatementFault {
    #[error("{0}")]
    Unreadable(String),
    #[error(
        "the PDF has no text that can be read: it is a scan or a picture; ask the supplier for the statement as \
         CSV, XLSX or a PDF made by its program"
    )]
    NoText,
    #[error("the PDF cannot be read: {0}; ask the supplier for the statement as CSV or XLSX")]
    Pdf(String),
    #[error(
        "no row names the columns: a statement has a row with headers such as Date, Invoice number and Amount; say \
         which column holds what, or add that row above the lines"
    )]
    NoHeader,
    #[error(
        "no row has all the columns that were settled for this supplier: {0}; settle them anew where its \
         statements have changed"
    )]
    NotSettled(String),
    #[error("the amount \"{text}\" at line {line} cannot be read; write it like 1,234.56")]
    Amount { line: u64, text: String },
    #[error("there are no lines below the headers; is the statement empty?")]
    NoLines,
}

/// The lines of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct StatementTable {
    pub(super) lines: Vec<StatementLine>,
    pub(super) opening: OpeningBalance,
}

/// The balance that a statement begins with: what is older is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OpeningBalance {
    Said,
    NotSaid,
}

/// The lines below the row that names the columns. `today` says which years are likely where they have two
/// digits.
pub(super) fn statement_table(
    records: &[TableRecord],
    settled: Option<&StatementColumns>,
    today: Date,
) -> Result<StatementTable, StatementFault> {
    let Some((header, columns)) = find_header(records, settled, today) else {
        return Err(match settled {
            None => StatementFault::NoHeader,
            Some(settled) => {
                let headers: Vec<&str> = settled.headers().map(|(_, header)| header).collect();
                StatementFault::NotSettled(headers.join(", "))
            }
        });
    };
    let mut below: Vec<&TableRecord> = Vec::new();
    let mut currencies =
        vec![(0, Currencies::read(&records[..header], &records[header], &columns))];
    for record in &records[header + 1..] {
        // The header stands once more on every page.
        let is_header = is_header(record, settled);
        let (_, last) = &currencies[currencies.len() - 1];
        if let Some(next) = last.of_part(record, is_header.then_some(&columns)) {
            currencies.push((below.len(), next));
        }
        if !is_header {
            below.push(record);
        }
    }
    let days: Vec<&str> =
        below.iter().map(|record| columns.cell(StatementColumn::Date, record)).collect();
    let placed = &columns;
    let amounts = AMOUNTS
        .into_iter()
        .flat_map(|role| below.iter().map(move |record| placed.cell(role, record)));
    let style = decimal_style(amounts);
    LineReader { style, days: column_days(&days, today), currencies, columns }.read(&below)
}

const AMOUNTS: [StatementColumn; 4] = [
    StatementColumn::Amount,
    StatementColumn::Open,
    StatementColumn::Debit,
    StatementColumn::Credit,
];

/// The signs of a column of amounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AmountSigns {
    /// Credit notes and payments stand below zero.
    Written,
    /// Everything is above zero, so that the kind of document tells.
    ByKind,
}

/// The part of a document's kind in the amounts of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
struct KindRule {
    signs: AmountSigns,
    /// The form of most numbers, where the column describes what was bought and names no kinds.
    described: Option<String>,
}

/// Reads the lines of one statement.
struct LineReader {
    columns: Columns,
    /// With the place of the first record of which they are.
    currencies: Vec<(usize, Currencies)>,
    style: DecimalStyle,
    /// Of each record.
    days: Vec<Option<Date>>,
}

impl LineReader {
    fn read(&self, below: &[&TableRecord]) -> Result<StatementTable, StatementFault> {
        let rule = KindRule { signs: self.signs(below), described: self.described(below) };
        let mut table = StatementTable { lines: Vec::new(), opening: OpeningBalance::NotSaid };
        let mut is_below_ages = false;
        // Lines before each balance that words call one brought forward.
        let mut balances = Vec::new();
        for (at, (record, date)) in below.iter().zip(&self.days).enumerate() {
            let said = record.cells.join(" ");
            let was_below_ages = std::mem::take(&mut is_below_ages);
            if date.is_none() && names_ages(&said) {
                is_below_ages = true;
                continue;
            }
            if was_below_ages && (date.is_none() || self.are_all_money(record)) {
                continue;
            }
            if self.is_no_document(record, *date, &said) {
                if is_opening(&said) && self.has_money(record) {
                    balances.push(table.lines.len());
                }
                continue;
            }
            let Some((mut line, place)) = self.line(record, *date, &rule)? else { continue };
            line.currency = self.currency(at, record, place);
            table.lines.push(line);
        }
        // One between lines is that of a page. Below them it is where the newest come first.
        if balances.iter().any(|before| *before == 0 || *before == table.lines.len()) {
            table.opening = OpeningBalance::Said;
        }
        if table.lines.is_empty() { Err(StatementFault::NoLines) } else { Ok(table) }
    }

    /// Returns `true` for rows that are no document: blank, a balance, a footer.
    fn is_no_document(&self, record: &TableRecord, date: Option<Date>, said: &str) -> bool {
        let number = self.columns.cell(StatementColumn::Number, record);
        let has_number = number.bytes().any(|byte| (b'1'..=b'9').contains(&byte));
        if date.is_some() {
            return !has_number && is_no_line(said);
        }
        if !has_number {
            return true;
        }
        if self.days.iter().all(Option::is_none) {
            return is_no_line(number);
        }
        // Others have a date: this one is a document where it has none, or one that is written wrongly.
        let written = self.columns.cell(StatementColumn::Date, record);
        let is_meant = written.is_empty() || is_meant_as_date(written);
        !is_meant || is_no_line(said) || self.amounts(record).is_err()
    }

    fn are_all_money(&self, record: &TableRecord) -> bool {
        let mut filled = record.cells.iter().filter(|cell| !cell.is_empty());
        filled.all(|cell| cell_amount(cell, self.style).is_some())
    }

    fn has_money(&self, record: &TableRecord) -> bool {
        let mut amounts = record.cells.iter().filter_map(|cell| cell_amount(cell, self.style));
        amounts.any(|amount| amount.ten_thousandths() != 0)
    }

    fn signs(&self, below: &[&TableRecord]) -> AmountSigns {
        // A balance may be below zero where no line is.
        let has_negative = below.iter().zip(&self.days).any(|(record, date)| {
            let is_line = !self.is_no_document(record, *date, &record.cells.join(" "));
            let amount = self.amounts(record).ok().flatten().filter(|_| is_line);
            amount.is_some_and(|(amount, place)| {
                amount.ten_thousandths() < 0 && place != StatementColumn::Debit
            })
        });
        if has_negative { AmountSigns::Written } else { AmountSigns::ByKind }
    }

    /// The form of most numbers of lines whose words name no kind, where these are most lines.
    fn described(&self, below: &[&TableRecord]) -> Option<String> {
        let mut forms: BTreeMap<String, usize> = BTreeMap::new();
        let (mut texts, mut untold, mut told) = (BTreeSet::new(), 0_usize, 0_usize);
        for (record, date) in below.iter().zip(&self.days) {
            if self.is_no_document(record, *date, &record.cells.join(" ")) {
                continue;
            }
            let kind = self.columns.cell(StatementColumn::Kind, record);
            match document_kind(kind) {
                None => {
                    let number = self.columns.cell(StatementColumn::Number, record);
                    *forms.entry(number_form(number)).or_default() += 1;
                    texts.insert(kind);
                    untold += 1;
                }
                Some(DocumentKind::Invoice | DocumentKind::CreditNote) => told += 1,
                Some(DocumentKind::Payment) => {}
            }
        }
        let (form, count) = forms.into_iter().max_by_key(|(_, count)| *count)?;
        let is_usual = count >= DESCRIBED_LINES_MIN && 2 * count > untold;
        // A kind by a word that is not known stands there again and again.
        let is_described = untold > told && 2 * texts.len() > untold;
        (is_usual && is_described && !form.is_empty()).then_some(form)
    }

    fn amount(
        &self,
        role: StatementColumn,
        record: &TableRecord,
    ) -> Result<Option<Amount>, StatementFault> {
        let text = self.columns.cell(role, record);
        if text.is_empty() {
            return Ok(None);
        }
        cell_amount(text, self.style).map(Some).ok_or_else(|| StatementFault::Amount {
            line: record.line,
            text: text.chars().take(SHOWN_LETTERS_MAX).collect(),
        })
    }

    /// The amount of a line and where it stands; none in a row without one, as of a text that goes on.
    fn amounts(
        &self,
        record: &TableRecord,
    ) -> Result<Option<(Amount, StatementColumn)>, StatementFault> {
        use StatementColumn::{Credit, Debit, Open};
        let of = |amount: Option<Amount>| amount.map_or(0, Amount::ten_thousandths);
        let whole = self.amount(StatementColumn::Amount, record)?;
        let (debit, credit) = (self.amount(Debit, record)?, self.amount(Credit, record)?);
        let has_sides = of(debit) != 0 || of(credit) != 0;
        if whole.is_some() && (of(whole) != 0 || !has_sides) {
            return Ok(whole.map(|whole| (whole, StatementColumn::Amount)));
        }
        if debit.is_some() || credit.is_some() {
            let amount = Amount::from_ten_thousandths(of(debit) - of(credit).abs());
            return Ok(Some((amount, Debit)));
        }
        // A balance runs beside debits and credits.
        if self.columns.has(Debit) && self.columns.has(Credit) {
            return Ok(None);
        }
        Ok(self.amount(Open, record)?.map(|open| (open, Open)))
    }

    /// A line that says no currency yet, and the column of its amount.
    fn line(
        &self,
        record: &TableRecord,
        date: Option<Date>,
        rule: &KindRule,
    ) -> Result<Option<(StatementLine, StatementColumn)>, StatementFault> {
        let Some((amount, place)) = self.amounts(record)? else { return Ok(None) };
        let kind = self.columns.cell(StatementColumn::Kind, record).to_owned();
        let number = self.columns.cell(StatementColumn::Number, record);
        let is_taken_off = match document_kind(&kind) {
            Some(DocumentKind::CreditNote) => true,
            // `Check valves` in a column of descriptions, with a number such as invoices have, is none.
            Some(DocumentKind::Payment) => {
                rule.signs == AmountSigns::ByKind
                    && place != StatementColumn::Debit
                    && rule.described.as_ref().is_none_or(|form| *form != number_form(number))
            }
            Some(DocumentKind::Invoice) | None => false,
        };
        let value = amount.ten_thousandths();
        let line = StatementLine {
            line: record.line,
            number: number.to_owned(),
            date,
            amount: Amount::from_ten_thousandths(if is_taken_off { -value.abs() } else { value }),
            currency: None,
            kind,
        };
        Ok(Some((line, place)))
    }

    /// The currency of a line whose amount stands in this column, of its part of the statement.
    fn currency(&self, at: usize, record: &TableRecord, place: StatementColumn) -> Option<String> {
        let (_, of_part) = self.currencies.iter().rfind(|(first, _)| *first <= at)?;
        of_part.of_line(record, &self.columns, place)
    }
}

/// The letters and digits of a number without which they are: `INV-4711` and `INV-4712` have one form.
fn number_form(number: &str) -> String {
    let form = |c: char| if c.is_ascii_digit() { '9' } else { 'A' };
    number.chars().filter(|c| c.is_alphanumeric()).map(form).collect()
}

/// Returns `true` for digits with signs between, which are meant as a date, or for a word between a day and a
/// year: `31 Feb 2026`.
fn is_meant_as_date(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let (numbers, names): (Vec<&str>, Vec<&str>) =
        words.partition(|word| word.starts_with(|c: char| c.is_ascii_digit()));
    let has_month = numbers.len() == 2
        && names.len() == 1
        && digits >= NAMED_MONTH_DIGITS_MIN
        && numbers.iter().all(|number| number.len() <= DATE_WORD_MAX);
    let is_of_digits = digits >= DATE_DIGITS_MIN
        && text.chars().all(|c| c.is_ascii_digit() || matches!(c, '/' | '.' | '-' | ' '));
    has_month || is_of_digits
}

/// Returns `true` for a payment of ours: it takes from what is owed, and says so.
pub(super) fn is_payment(line: &StatementLine) -> bool {
    if line.amount.ten_thousandths() >= 0 {
        return false;
    }
    // `Prompt payment discount` with the number `CN-77` is no payment.
    if is_credit_note_number(&line.number) {
        return false;
    }
    let said = match document_kind(&line.kind) {
        None => &line.number,
        Some(_) => &line.kind,
    };
    match document_kind(said) {
        Some(DocumentKind::Payment) => true,
        Some(DocumentKind::Invoice) => names_payment(said),
        Some(DocumentKind::CreditNote) | None => false,
    }
}

#[cfg(test)]
mod tests;
