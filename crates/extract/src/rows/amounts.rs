//! A column of amounts: cell by cell to values, with the currency that stands beside them.
//!
//! Not for: what an amount looks like (`amounts`) or how a column writes them (`formats`).

use domain::DecimalStyle;
use domain::problem::Reason;

use super::RowProblem;
use super::base_currency::BaseCurrencyCheck;
use crate::amounts::{self, Amount, DecimalEvidence, Overpunch};
use crate::currencies::{self, Currency};
use crate::debit_credit::Side;
use crate::fields::{AMOUNT_DECIMALS, Field};
use crate::formats::{AmountFormat, AmountSigns};
use crate::headers::{Header, Source as FieldSource};
use crate::record::{Record, trimmed};

/// Amounts of one invoice that are often the same.
const TWINS: [(&str, &str); 2] =
    [("invoice_amount", "base_amount"), ("base_amount", "invoice_amount")];

/// Where the currency of an amount stands.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct CurrencyColumns {
    /// The amount's own.
    own: Option<usize>,
    /// That of every row, where no column has it.
    of_all: Option<Currency>,
    /// The one that the header of the amount names, where nothing else tells.
    of_header: Option<Currency>,
    /// Another amount of the row and its currency: an amount that is written alike is of the same.
    twin: Option<(usize, usize)>,
}

impl CurrencyColumns {
    /// The column of an amount.
    pub(super) fn new(field: Field, header: &Header) -> Self {
        let currency_of = |amount: Field| header.position(amount.currency()?);
        let twin = TWINS.iter().find(|(name, _)| *name == field.name());
        let twin = twin.and_then(|(_, twin)| field.beside(twin));
        let of_all = match field.currency().and_then(|currency| header.source(currency)) {
            Some(FieldSource::Constant(text)) => Currency::of_column(text),
            _ => None,
        };
        let of_header = header.position(field).and_then(|at| header.columns[at].currency());
        Self {
            own: currency_of(field),
            of_all,
            of_header,
            twin: twin.and_then(|twin| header.position(twin).zip(currency_of(twin))),
        }
    }

    /// The hold on a base amount that is taken from the invoice amount.
    pub(super) fn hold_to_base(&self, field: Field, header: &Header) -> Option<BaseCurrencyCheck> {
        let held = header.held.as_ref().filter(|held| held.amount == field)?;
        let of_invoice = held.from.currency().and_then(|currency| header.source(currency));
        let of_all = match of_invoice {
            Some(FieldSource::Constant(text)) => Currency::of_column(text),
            _ => None,
        };
        Some(BaseCurrencyCheck::new(held, header, (of_all, self.of_header)))
    }

    fn own_cell<'a>(&self, record: &'a Record) -> &'a str {
        self.own.map_or("", |position| trimmed(record.cell(position)))
    }

    /// The currency of an amount by the columns of the row.
    fn of_row(&self, cell: &str, record: &Record) -> Option<Currency> {
        let own = self.own_cell(record);
        if !own.is_empty() {
            return Currency::of_column(own);
        }
        if self.of_all.is_some() || self.of_header.is_some() {
            return self.of_all;
        }
        let (amount, currency) = self.twin?;
        let is_alike = trimmed(record.cell(amount)) == cell;
        is_alike.then(|| Currency::of_column(trimmed(record.cell(currency)))).flatten()
    }
}

/// Reads the amounts of one column.
#[derive(Debug)]
pub(super) struct AmountColumn {
    format: AmountFormat,
    currencies: CurrencyColumns,
    pub(super) signs: AmountSigns,
    /// The currency that stood in the cell just read.
    pub(super) found: Option<Currency>,
}

/// The record round a cell with an amount, and what it says of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct AmountContext<'a> {
    pub(super) record: &'a Record,
    pub(super) position: usize,
    /// Set when a workbook holds the cell as a number.
    pub(super) is_number: bool,
    /// The side that a column of debit and credit says; none where that is not used.
    pub(super) side: Option<Side>,
}

impl AmountColumn {
    pub(super) fn new(format: AmountFormat, currencies: CurrencyColumns) -> Self {
        Self { format, currencies, signs: AmountSigns::default(), found: None }
    }

    /// The amount of a cell that is not empty; the reason when there is none.
    #[inline]
    pub(super) fn read(
        &mut self,
        cell: &str,
        context: AmountContext<'_>,
        notes: &mut Vec<RowProblem>,
    ) -> Result<i128, Reason> {
        self.found = None;
        if context.is_number {
            return self.read_number(cell, context, notes).map(|value| self.signed(value, context));
        }
        let value = match amounts::plain(cell.as_bytes(), self.format.style) {
            Some((value, has_decimals)) => {
                self.signs.count_plain(value, has_decimals.into(), self.format.style);
                value.into()
            }
            None => self.read_decorated(cell, context, notes)?,
        };
        Ok(self.signed(value, context))
    }

    /// The amount with the sign that it has in the ledger.
    #[inline]
    fn signed(&self, value: i128, context: AmountContext<'_>) -> i128 {
        // What says neither debit nor credit is left as it is.
        let is_turned = self.format.is_turned && (context.side.is_some() || !self.format.has_sides);
        let is_credit = self.format.has_sides && context.side == Some(Side::Credit);
        if is_turned == is_credit { value } else { -value }
    }

    /// A number of a workbook, which says nothing of how texts beside it write decimals.
    fn read_number(
        &mut self,
        cell: &str,
        context: AmountContext<'_>,
        notes: &mut Vec<RowProblem>,
    ) -> Result<i128, Reason> {
        if let Some((value, _)) = amounts::plain(cell.as_bytes(), DecimalStyle::Point) {
            self.signs.count_plain(value, 0, DecimalStyle::Point);
            return Ok(value.into());
        }
        let value = match amounts::read(cell, |_, _| DecimalStyle::Point).amount? {
            Amount::Exact(value) => value,
            Amount::Rounded(value) => {
                let position = Some(context.position);
                notes.push(RowProblem { position, reason: Reason::Rounded });
                value
            }
            Amount::Dash => 0,
        };
        self.signs.count_value(value);
        Ok(value)
    }

    /// An amount that is not of the usual shape, its sign as written.
    #[cold]
    fn read_decorated(
        &mut self,
        cell: &str,
        context: AmountContext<'_>,
        notes: &mut Vec<RowProblem>,
    ) -> Result<i128, Reason> {
        let mut note = |reason| notes.push(RowProblem { position: Some(context.position), reason });
        let of_row = self.currencies.of_row(cell, context.record);
        let of_header = self.currencies.of_header;
        let overpunch = Overpunch::parse(cell);
        if let Some(number) = overpunch.filter(|_| self.format.is_overpunched) {
            note(Reason::Overpunched);
            self.signs.count_overpunch(Some(number.is_distinct));
            let value = number.with_decimals(decimals(of_row.or(of_header)).min(AMOUNT_DECIMALS));
            self.signs.count_value(value);
            return Ok(value);
        }
        let mut three = ThreeDigits::Settled;
        let read = amounts::read(cell, |evidence, in_cell| {
            three = ThreeDigits::new(evidence, of_row.or(in_cell).or(of_header));
            if three.is_of_currency() {
                self.signs.count_by_currency();
            } else {
                self.signs.count_style(evidence);
            }
            match three {
                _ if !self.format.follows_currency => self.format.style,
                ThreeDigits::Settled => self.format.style,
                ThreeDigits::Decimals(style) | ThreeDigits::Thousands(style) => style,
            }
        });
        if read.evidence == DecimalEvidence::Settled {
            self.signs.count_style(read.evidence);
        }
        match three {
            ThreeDigits::Decimals(_) if self.format.follows_currency => {
                note(Reason::DecimalsOfCurrency);
            }
            ThreeDigits::Thousands(style)
                if !self.format.follows_currency && style != self.format.style =>
            {
                note(Reason::DecimalsBeyondCurrency);
            }
            _ => {}
        }
        if overpunch.is_some() || read.amount.is_ok() {
            self.signs.count_overpunch(overpunch.map(|number| number.is_distinct));
        }
        if let Some(side) = read.side {
            self.signs.count_side(side);
        }
        if let Some(currency) = read.currency
            && self.is_of_another(currency, of_row)
        {
            note(Reason::OtherCurrency);
        }
        let value = match read.amount? {
            Amount::Exact(value) => value,
            Amount::Rounded(value) => {
                note(Reason::Rounded);
                value
            }
            Amount::Dash => {
                note(Reason::DashAsZero);
                0
            }
        };
        self.signs.count_value(value);
        Ok(value)
    }

    /// Keeps the currency that stands with an amount; whether the row names another one.
    fn is_of_another(&mut self, currency: Currency, of_row: Option<Currency>) -> bool {
        self.found = Some(currency);
        if self.currencies.own.is_none() && self.currencies.of_all.is_none() {
            self.signs.count_currency();
        }
        of_row.and_then(Currency::code).is_some_and(|code| !currency.may_be(code))
    }
}

fn decimals(currency: Option<Currency>) -> usize {
    /// The decimals of most currencies.
    const USUAL: usize = 2;
    currency.and_then(Currency::code).map_or(USUAL, currencies::decimals)
}

/// The meaning of three digits behind a lone sign by the currency of the row, and the style that makes them
/// so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ThreeDigits {
    /// It does not say, or there are none.
    Settled,
    Decimals(DecimalStyle),
    Thousands(DecimalStyle),
}

impl ThreeDigits {
    fn new(evidence: DecimalEvidence, currency: Option<Currency>) -> Self {
        use DecimalStyle::{Comma, Point};
        let Some(code) = currency.and_then(Currency::code) else { return Self::Settled };
        let (as_decimals, as_thousands) = match evidence {
            DecimalEvidence::PointAndThreeDigits => (Point, Comma),
            DecimalEvidence::CommaAndThreeDigits => (Comma, Point),
            DecimalEvidence::None
            | DecimalEvidence::Settled
            | DecimalEvidence::Point
            | DecimalEvidence::Comma => {
                return Self::Settled;
            }
        };
        match currencies::decimals(code) {
            3 => Self::Decimals(as_decimals),
            0 => Self::Thousands(as_thousands),
            _ => Self::Settled,
        }
    }

    const fn is_of_currency(self) -> bool {
        !matches!(self, Self::Settled)
    }
}
