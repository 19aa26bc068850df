//! A column that holds a field: where its text stands, and what each cell of it is.
//!
//! Not for: amounts (`amounts`), or a record as a whole (`rows`).

use domain::ColumnKind;
use domain::problem::Reason;

use super::RowProblem;
use super::amounts::{AmountColumn, AmountContext, CurrencyColumns};
use super::base_currency::BaseCurrencyCheck;
use super::days;
use super::source::Source;
use crate::amounts::is_scientific;
use crate::batches::{Column as Cells, Texts};
use crate::cell_text;
use crate::currencies::{self, Currency};
use crate::dates::{self, DateStyle, Day, is_month_of_spreadsheet};
use crate::empty_words::{EmptyWords, FieldContent};
use crate::error_words::is_error_word;
use crate::fields::Field;
use crate::formats::{ColumnFormat, Signs};
use crate::headers::{Header, Source as FieldSource};
use crate::options::{Options, Require};
use crate::record::Record;

/// A field that is read from the file.
#[derive(Debug)]
pub(super) struct MappedColumn {
    pub(super) source: Source,
    /// Set when another field is read from the same column, and says the same of it.
    pub(super) is_shared: bool,
    /// The place among the type's fields, and so among the columns of a batch.
    pub(super) index: usize,
    pub(super) field: Field,
    /// The kind of thing it holds, by which some words are nothing in it.
    pub(super) content: FieldContent,
    /// The problem of an empty cell: a fault where the field must be filled.
    pub(super) if_empty: Option<CellProblem>,
    dates: DateStyle,
    /// The day just read, of a column of dates.
    pub(super) day: Option<i32>,
    /// Set when texts are read without an apostrophe before them.
    drops_apostrophe: bool,
    /// Set when a currency that is not given may be taken from the cell of its amount.
    is_of_amount: bool,
    /// The code of a currency that the header of its amount names, for rows that do not.
    of_header: Option<&'static str>,
    /// Of a base amount that is taken from the invoice amount.
    pub(super) held: Option<Box<BaseCurrencyCheck>>,
    pub(super) signs: Signs,
    pub(super) amounts: AmountColumn,
    pub(super) cells: Cells,
}

/// The currency that the amount read last left for the currency's own field.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum CellCurrency {
    /// None stood with it.
    #[default]
    Nothing,
    Currency(Currency),
    /// It was in another than the base currency, and none was kept.
    NoAmount,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum CellProblem {
    Fault(Reason),
    Note(Reason),
}

impl MappedColumn {
    /// The column of a field, the `index`th of its type; none when the file has nothing of it.
    pub(super) fn new(
        (index, field): (usize, Field),
        header: &Header,
        formats: &[ColumnFormat],
        options: &Options<'_>,
    ) -> Option<Self> {
        let amount = field.amount().and_then(|amount| header.position(amount));
        let of_header = amount.and_then(|at| header.columns[at].currency());
        let names_currency =
            |at: &usize| of_header.is_some() || formats[*at].amount().names_currencies;
        let given = header.source(field);
        let (source, is_shared) = match given {
            None => (Source::WithAmount(amount.filter(names_currency)?), false),
            Some(given) => {
                let is_shared = |position: &usize| header.is_shared(*position);
                (Source::new(given, header), given.positions().iter().any(is_shared))
            }
        };
        let first = header.position(field);
        let format = first.map_or(ColumnFormat::Text, |first| formats[first]);
        let currencies = CurrencyColumns::new(field, header);
        let must_be_filled = options.require == Require::Mandatory && field.is_mandatory();
        Some(Self {
            source,
            is_shared,
            index,
            field,
            content: FieldContent::for_field(field),
            if_empty: match given {
                Some(FieldSource::InBaseCurrency { .. }) if field.kind() == ColumnKind::Amount => {
                    Some(CellProblem::Note(Reason::NotInBaseCurrency))
                }
                Some(FieldSource::Numbered(_)) => None,
                _ => must_be_filled.then_some(CellProblem::Fault(Reason::Empty)),
            },
            dates: days::style(first.map(|first| formats[first]), field, options),
            day: None,
            drops_apostrophe: format == ColumnFormat::ApostropheText,
            is_of_amount: amount.is_some(),
            of_header: of_header.and_then(Currency::code),
            held: currencies.hold_to_base(field, header).map(Box::new),
            signs: Signs::default(),
            amounts: AmountColumn::new(format.amount(), currencies),
            cells: Cells::new(field.kind()),
        })
    }

    /// Appends a text that no cell holds.
    pub(super) fn read_constant(&mut self, text: &str, empty_words: &EmptyWords) {
        let record = Record::default();
        let context = AmountContext { record: &record, position: 0, is_number: false, side: None };
        self.read(text, context, empty_words, &mut CellCurrency::Nothing, &mut Vec::new());
    }

    /// Appends what the cell holds: a null when that is nothing, or when it cannot be read and the row
    /// will not be kept. `found` is the currency that stood with the last amount.
    pub(super) fn read(
        &mut self,
        cell: &str,
        context: AmountContext<'_>,
        empty_words: &EmptyWords,
        found: &mut CellCurrency,
        notes: &mut Vec<RowProblem>,
    ) -> Option<CellProblem> {
        if cell.is_empty() {
            self.day = None;
            if self.is_of_amount {
                return self.read_found(std::mem::take(found));
            }
            self.cells.push_null();
            return self.if_empty;
        }
        if empty_words.is_own(cell) {
            self.day = None;
            return Some(self.read_empty_word(found));
        }
        match &mut self.cells {
            Cells::Texts(texts) => {
                if empty_words.is_nothing(cell, self.content) {
                    return Some(self.read_empty_word(found));
                }
                if is_error_word(cell) {
                    texts.push_null();
                    return Some(said_of_unreadable(self.field, Reason::RuinedCell));
                }
                self.signs.texts += 1;
                if self.field.kind() == ColumnKind::Currency {
                    self.signs.whole += u64::from(currencies::has_no_decimals(cell));
                    if let Some(code) = self.of_header.filter(|code| *code != cell) {
                        notes.extend(other_than_header(code, cell, context.position));
                    }
                    if !currencies::is_code(cell) {
                        return Some(read_currency(cell, texts));
                    }
                }
                texts.push(cell);
                self.problem_of_text(cell, context)
            }
            Cells::Days(days) => {
                let day = dates::parse(cell, &self.dates, &mut self.signs.dates);
                let (day, said) = match day {
                    Ok(Day::Known(day)) => (Some(day), None),
                    Ok(Day::Noted(day, reason)) => (Some(day), Some(CellProblem::Note(reason))),
                    Ok(Day::Nothing(reason)) => {
                        (None, Some(self.if_empty.unwrap_or(CellProblem::Note(reason))))
                    }
                    Err(_) if empty_words.is_nothing(cell, self.content) => {
                        (None, Some(said_of_empty_word(self.if_empty)))
                    }
                    Err(reason) => (None, Some(said_of_unreadable(self.field, reason))),
                };
                self.day = day;
                days.push(day);
                said
            }
            Cells::Amounts(_) => {
                let (amount, said) = self.amount(cell, context, empty_words, found, notes);
                if let Cells::Amounts(amounts) = &mut self.cells {
                    amounts.push(amount);
                }
                said
            }
        }
    }

    /// The amount of a cell that is not empty, and what is to be said of it.
    #[inline]
    fn amount(
        &mut self,
        cell: &str,
        context: AmountContext<'_>,
        empty_words: &EmptyWords,
        found: &mut CellCurrency,
        notes: &mut Vec<RowProblem>,
    ) -> (Option<i128>, Option<CellProblem>) {
        let read = self.amounts.read(cell, context, notes);
        *found = self.amounts.found.map_or(CellCurrency::Nothing, CellCurrency::Currency);
        if let Some(held) = &mut self.held
            && read.is_ok()
            && !held.takes(self.amounts.found, context.record)
        {
            *found = CellCurrency::NoAmount;
            return (None, Some(CellProblem::Note(Reason::NotInBaseCurrency)));
        }
        let said = match read {
            Ok(amount) => return (Some(amount), None),
            Err(_) if empty_words.is_nothing(cell, self.content) => {
                said_of_empty_word(self.if_empty)
            }
            Err(_) if is_error_word(cell) => said_of_unreadable(self.field, Reason::RuinedCell),
            Err(reason) => said_of_unreadable(self.field, reason),
        };
        (None, Some(said))
    }

    /// The currency that stands with the amount or in its header, where no column gives it.
    fn read_found(&mut self, found: CellCurrency) -> Option<CellProblem> {
        match (&mut self.cells, found) {
            (Cells::Texts(texts), CellCurrency::Nothing) if let Some(code) = self.of_header => {
                texts.push(code);
                None
            }
            (cells, CellCurrency::Nothing | CellCurrency::NoAmount) => {
                cells.push_null();
                self.if_empty
            }
            (cells, CellCurrency::Currency(found)) => Some(read_with_amount(found, cells)),
        }
    }

    /// A word that stands for nothing where text is wanted.
    #[cold]
    fn read_empty_word(&mut self, found: &mut CellCurrency) -> CellProblem {
        let said = said_of_empty_word(self.if_empty);
        if self.is_of_amount {
            return self.read_found(std::mem::take(found)).unwrap_or(said);
        }
        self.cells.push_null();
        said
    }

    /// The cell's text without the signs that keep a spreadsheet from taking it for a number; none when there
    /// are none.
    pub(super) fn unwrapped<'a>(&self, cell: &'a str) -> Option<&'a str> {
        if !cell_text::may_be_wrapped(cell) {
            return None;
        }
        cell_text::of_formula(cell).or_else(|| {
            let text = cell_text::behind_apostrophe(cell)?;
            let is_text = matches!(self.cells, Cells::Texts(_));
            let is_dropped = match self.field.kind() {
                ColumnKind::Text => cell_text::is_number_or_formula(text) && self.drops_apostrophe,
                _ => self.drops_apostrophe || !is_text,
            };
            is_dropped.then_some(text)
        })
    }

    /// The cell as it is read, and a note when that is not how it stands there.
    #[cold]
    pub(super) fn take_off<'a>(
        &mut self,
        cell: &'a str,
        position: usize,
        notes: &mut Vec<RowProblem>,
    ) -> &'a str {
        let is_name = self.field.kind() == ColumnKind::Text;
        let text = cell_text::behind_apostrophe(cell);
        let counts = |text: &str| !is_name || cell_text::is_number_or_formula(text);
        self.signs.apostrophes += u64::from(text.is_some_and(counts));
        let Some(text) = self.unwrapped(cell) else { return cell };
        notes.push(RowProblem { position: Some(position), reason: Reason::KeptFromSpreadsheet });
        text
    }

    fn problem_of_text(&self, cell: &str, context: AmountContext<'_>) -> Option<CellProblem> {
        match self.field.kind() {
            ColumnKind::Identifier if is_scientific(cell) => {
                Some(CellProblem::Fault(Reason::RuinedIdentifier))
            }
            ColumnKind::Reference if is_scientific(cell) => {
                Some(CellProblem::Note(Reason::RuinedReference))
            }
            ColumnKind::Reference if context.is_number && dates::is_iso_day(cell) => {
                Some(CellProblem::Note(Reason::MonthForNumber))
            }
            ColumnKind::Identifier | ColumnKind::Reference => number_as_written(cell),
            _ => None,
        }
    }
}

/// Says of a number that a program wrote it as what it is not.
fn number_as_written(cell: &str) -> Option<CellProblem> {
    let reason = match cell.as_bytes() {
        [digits @ .., b'.', b'0']
            if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit) =>
        {
            Reason::PointZero
        }
        [_, .., b'-', b'0'..=b'9', b'0'..=b'9'] | [b'0'..=b'9', .., b'-', _, _, _]
            if is_month_of_spreadsheet(cell) =>
        {
            Reason::MonthForNumber
        }
        _ => return None,
    };
    Some(CellProblem::Note(reason))
}

#[cold]
fn said_of_empty_word(if_empty: Option<CellProblem>) -> CellProblem {
    if_empty.unwrap_or(CellProblem::Note(Reason::EmptyWords))
}

/// Costs the row where the field must be filled, and else the value alone.
#[cold]
fn said_of_unreadable(field: Field, reason: Reason) -> CellProblem {
    if field.is_mandatory() { CellProblem::Fault(reason) } else { CellProblem::Note(reason) }
}

/// The currency that stood with an amount, where no column gives it.
#[cold]
fn read_with_amount(found: Currency, cells: &mut Cells) -> CellProblem {
    match (cells, found.code()) {
        (Cells::Texts(texts), Some(code)) => {
            texts.push(code);
            CellProblem::Note(Reason::CurrencyWithAmount)
        }
        (cells, _) => {
            cells.push_null();
            CellProblem::Note(Reason::SharedSymbol)
        }
    }
}

/// Says that a row is in another currency than its amount's header names.
#[cold]
fn other_than_header(code: &str, cell: &str, position: usize) -> Option<RowProblem> {
    let is_other = Currency::of_column(cell).is_some_and(|currency| !currency.is(code));
    is_other.then_some(RowProblem { position: Some(position), reason: Reason::OtherCurrency })
}

/// A currency that is not written as its code.
#[cold]
fn read_currency(cell: &str, texts: &mut Texts) -> CellProblem {
    let code = Currency::of_column(cell).and_then(Currency::code);
    texts.push(code.unwrap_or(cell));
    let reason = if code.is_some() { Reason::CurrencyNamed } else { Reason::NotACurrency };
    CellProblem::Note(reason)
}
