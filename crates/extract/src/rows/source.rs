//! Where the text of a field stands in a record.
//!
//! Not for: where a mapping or a name says that it stands (`headers`).

use crate::amounts::is_scientific;
use crate::headers::{self, BaseCurrency, Header, numbered};
use crate::identifiers::join;
use crate::record::{Record, trimmed};

/// Where the text of a field stands.
#[derive(Debug)]
pub(super) enum Source {
    /// In the column at this position.
    Column(usize),
    /// In several, joined.
    Built(Vec<usize>),
    /// In the column of credits, which stands first here, or in that of debits.
    Sides([usize; 2]),
    /// In none: this text and the record's line.
    Numbered(String),
    /// In no column of its own: with the amount in the column at this position.
    WithAmount(usize),
    InBaseCurrency(Box<InBaseCurrency>),
}

/// A column that counts where another names the base currency.
#[derive(Debug)]
pub(super) struct InBaseCurrency {
    of: usize,
    currency: usize,
    base: BaseCurrency,
}

impl Source {
    pub(super) fn new(source: &headers::Source, header: &Header) -> Self {
        match source {
            headers::Source::Column(position) => Self::Column(*position),
            headers::Source::InBaseCurrency { of, currency, base } => {
                let base = base.by_rows(header.most_frequent_currency.as_ref());
                Self::InBaseCurrency(Box::new(InBaseCurrency {
                    of: *of,
                    currency: *currency,
                    base,
                }))
            }
            headers::Source::Numbered(text) => Self::Numbered(text.clone()),
            headers::Source::Sides(positions) => Self::Sides(*positions),
            other => Self::Built(other.positions().to_vec()),
        }
    }

    /// Returns `true` when all that it is read from is filled.
    pub(super) fn is_filled(&self, record: &Record) -> bool {
        let is_filled = |position: &usize| !trimmed(record.cell(*position)).is_empty();
        match self {
            Self::Column(position) => is_filled(position),
            Self::Built(parts) => parts.iter().all(is_filled),
            Self::Sides(sides) => sides.iter().any(is_filled),
            // A line has its number whatever stands in it.
            Self::WithAmount(_) | Self::Numbered(_) => false,
            Self::InBaseCurrency(column) => is_filled(&column.of),
        }
    }

    /// The field's text in a record, and the column to name when something is wrong with it. A part that is
    /// empty or was ruined speaks for the whole.
    #[inline]
    pub(super) fn text<'a>(&self, record: &'a Record, joined: &'a mut String) -> (&'a str, usize) {
        match self {
            Self::Column(position) => (trimmed(record.cell(*position)), *position),
            others => others.text_of_others(record, joined),
        }
    }

    /// Apart, so that the text of nearly every field is found without a call.
    #[cold]
    fn text_of_others<'a>(&self, record: &'a Record, joined: &'a mut String) -> (&'a str, usize) {
        match self {
            Self::Column(position) => (trimmed(record.cell(*position)), *position),
            Self::Built(positions) => built(positions, record, joined),
            Self::Sides(positions) => of_sides(*positions, record, joined),
            Self::WithAmount(position) => ("", *position),
            Self::Numbered(text) => number(text, record, joined),
            Self::InBaseCurrency(column) => column.text(record),
        }
    }
}

impl InBaseCurrency {
    /// Nothing where the row is in another currency, and then that is what there is to say. A row that names
    /// none is in the base currency, as all rows of a file without such a column are.
    #[cold]
    fn text<'a>(&self, record: &'a Record) -> (&'a str, usize) {
        let cell = |position: usize| trimmed(record.cell(position));
        let currency = cell(self.currency);
        let is_base = currency.is_empty()
            || match &self.base {
                BaseCurrency::Column(position) => is_same(currency, cell(*position)),
                BaseCurrency::Code(code) => is_same(currency, code),
                // None was met yet.
                BaseCurrency::MostFrequent => true,
            };
        if is_base { (cell(self.of), self.of) } else { ("", self.currency) }
    }
}

fn is_same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

/// Rows of each currency, of as many currencies as one file is likely to have.
#[derive(Debug)]
pub(crate) struct CurrencyCounts {
    /// Where it stands; none where nothing asks for the most frequent.
    position: Option<usize>,
    counts: Vec<(String, u64)>,
}

/// Some ledgers have rows in every currency their company trades in; more are another kind of column.
const CURRENCIES_MAX: usize = 64;

impl CurrencyCounts {
    pub(super) fn new(header: &Header) -> Self {
        let position = header.sources.iter().find_map(|(_, source)| match source {
            headers::Source::InBaseCurrency {
                currency, base: BaseCurrency::MostFrequent, ..
            } => Some(*currency),
            _ => None,
        });
        Self { position, counts: Vec::new() }
    }

    #[inline]
    pub(super) fn add(&mut self, record: &Record) {
        if let Some(position) = self.position {
            self.count(trimmed(record.cell(position)));
        }
    }

    fn count(&mut self, currency: &str) {
        if currency.is_empty() {
            return;
        }
        let known = self.counts.iter().position(|(known, _)| is_same(known, currency));
        match known {
            Some(place) => self.counts[place].1 += 1,
            None if self.counts.len() < CURRENCIES_MAX => {
                self.counts.push((currency.to_ascii_uppercase(), 1));
            }
            None => {}
        }
    }

    /// The most frequent value; of equals the first by its letters, so that the order of rows decides
    /// nothing.
    pub(crate) fn most_frequent(&self) -> Option<&str> {
        let by_count = |a: &&(String, u64), b: &&(String, u64)| (a.1, &b.0).cmp(&(b.1, &a.0));
        self.counts.iter().max_by(by_count).map(|(code, _)| code.as_str())
    }
}

/// The amount of a row with the word of its side behind; of two amounts both, which are no amount.
#[cold]
fn of_sides<'a>(
    [credits, debits]: [usize; 2],
    record: &'a Record,
    joined: &'a mut String,
) -> (&'a str, usize) {
    let (credit, debit) = (trimmed(record.cell(credits)), trimmed(record.cell(debits)));
    // The other side is empty, a dash or zero.
    let is_amount = |cell: &str| cell.contains(|c: char| c.is_numeric() && c != '0');
    let (cell, place, sides) = match (is_amount(credit), is_amount(debit)) {
        (true, false) => (credit, credits, ["Cr", "Dr"]),
        (false, true) => (debit, debits, ["Dr", "Cr"]),
        (false, false) if credit.is_empty() => return (debit, debits),
        (false, false) => return (credit, credits),
        (true, true) => {
            *joined = format!("{credit} / {debit}");
            return (joined.as_str(), credits);
        }
    };
    // An amount below nothing is one of the other side.
    let bracketed = || cell.strip_prefix('(')?.strip_suffix(')');
    let negative = cell.strip_prefix('-').or_else(|| cell.strip_suffix('-')).or_else(bracketed);
    let (amount, side) = negative.map_or((cell, sides[0]), |amount| (amount, sides[1]));
    *joined = format!("{} {side}", amount.trim());
    (joined.as_str(), place)
}

/// Apart, as [`built`] is.
#[cold]
fn number<'a>(text: &str, record: &Record, joined: &'a mut String) -> (&'a str, usize) {
    *joined = numbered(text, record.line);
    (joined.as_str(), 0)
}

/// Apart, so that every cell of every other field is looked at without a call.
#[cold]
fn built<'a>(positions: &[usize], record: &'a Record, joined: &'a mut String) -> (&'a str, usize) {
    let cell = |position: usize| trimmed(record.cell(position));
    if let Some(ruined) = positions.iter().find(|part| is_scientific(cell(**part))) {
        return (cell(*ruined), *ruined);
    }
    match join(record, positions, joined) {
        Ok(()) => (joined.as_str(), positions[0]),
        Err(empty) => ("", empty),
    }
}
