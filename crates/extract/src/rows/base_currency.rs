//! The base amounts that are taken from invoice amounts whose currency stands in no column: with the amount,
//! in its header, or in a mapping.
//!
//! Not for: files with a column of currencies (`source`). Invariant: an amount that is known to be in another
//! currency than the base currency is no base amount.

use crate::currencies::Currency;
use crate::headers::{BaseCurrency, Header, HeldAmount};
use crate::record::{Record, trimmed};

/// Holds the base amount to the base currency, and counts the currencies it meets.
#[derive(Debug)]
pub(super) struct BaseCurrencyCheck {
    base: BaseCurrency,
    /// Where the currency of the invoice amount stands, if in a column; that decides where it is filled.
    column: Option<usize>,
    /// Set when the file or the unit says which it is.
    is_told: bool,
    /// The currency of every row, as a mapping says.
    of_all: Option<Currency>,
    /// The currency of amounts that are written without one, as their header says.
    of_header: Option<Currency>,
    /// Amounts by the currency that stands with them.
    counts: Vec<(&'static str, u64)>,
    /// Amounts without one.
    without: u64,
}

impl BaseCurrencyCheck {
    pub(super) fn new(
        held: &HeldAmount,
        header: &Header,
        (of_all, of_header): (Option<Currency>, Option<Currency>),
    ) -> Self {
        let is_told = held.base != BaseCurrency::MostFrequent;
        let base = held.base.by_rows(header.most_frequent_currency.as_ref());
        let column = held.currency;
        Self { base, column, is_told, of_all, of_header, counts: Vec::new(), without: 0 }
    }

    /// Returns `true` when the amount with this currency, or none, is one in the base currency.
    #[inline]
    pub(super) fn takes(&mut self, found: Option<Currency>, record: &Record) -> bool {
        if self.column.is_some_and(|at| !trimmed(record.cell(at)).is_empty()) {
            return true;
        }
        let found = found.filter(|found| !found.key().is_empty());
        match found {
            Some(found) => self.count(found),
            None => self.without += 1,
        }
        match self.of_all.or(found).or(self.of_header) {
            Some(currency) => self.is_base(currency, record),
            // As all amounts of a file without currencies.
            None => true,
        }
    }

    #[cold]
    fn count(&mut self, found: Currency) {
        match self.counts.iter_mut().find(|(known, _)| *known == found.key()) {
            Some((_, count)) => *count += 1,
            None => self.counts.push((found.key(), 1)),
        }
    }

    #[cold]
    fn is_base(&self, currency: Currency, record: &Record) -> bool {
        match &self.base {
            BaseCurrency::Column(at) => Currency::of_column(trimmed(record.cell(*at)))
                .is_none_or(|base| currency.is(base.key())),
            BaseCurrency::Code(code) => {
                let code = Currency::of_column(code).map_or(code.as_str(), |code| code.key());
                currency.is(code)
            }
            // None was met yet.
            BaseCurrency::MostFrequent => true,
        }
    }

    /// The currency of most amounts, empty when they have none; nothing where none stands with any. Of
    /// equals the first by its letters, so that the order of rows decides nothing.
    pub(super) fn most_frequent(&self) -> Option<&str> {
        if self.of_all.is_some() {
            return None;
        }
        let usual = self.of_header.map_or("", Currency::key);
        let with = |key: &str| if key == usual { self.without } else { 0 };
        let counts = self.counts.iter().map(|(key, count)| (count + with(key), *key));
        let most = counts.max_by(|a, b| (a.0, b.1).cmp(&(b.0, a.1)))?;
        Some(if most.0 < self.without { usual } else { most.1 })
    }

    /// The base currency that was guessed, as it is said.
    pub(super) fn assumed(&self) -> Option<String> {
        if self.is_told || self.of_all.is_some() {
            return None;
        }
        let most = self.most_frequent().or(self.of_header.map(Currency::key));
        most.filter(|key| !key.is_empty()).map(|key| match key.split_once(' ') {
            Some((likeliest, _)) => format!("{likeliest}, or another with its symbol"),
            None => key.to_owned(),
        })
    }
}
