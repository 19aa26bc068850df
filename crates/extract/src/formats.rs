//! How the columns of a file write dates and amounts, from what their values tell.
//!
//! Not for: reading one value. A format belongs to the column and never to the cell: a file that was
//! read cell by cell would take 03/04 for March and 13/04 for April.
//!
//! Invariant: formats follow from the counts over the whole file and the unit's setting alone, not
//! from the order of rows.

mod amounts;

use domain::{ColumnKind, DateOrder};
use serde::Serialize;

use crate::dates::{AllDates, DateDecision, DateSigns, DateStyle};
pub use amounts::AmountFormat;
pub(crate) use amounts::{AmountRules, AmountSigns, SideSigns};

/// The format a column was read in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnFormat {
    Text,
    /// Text that begins with an apostrophe, so that a spreadsheet takes it for text; read without.
    ApostropheText,
    Date {
        order: DateOrder,
        by: DecidedBy,
        #[serde(skip)]
        style: DateStyle,
    },
    Amount(AmountFormat),
    /// Words for debit and credit, from which unsigned amounts have their sign if they are used.
    Sides {
        are_used: bool,
    },
}

impl ColumnFormat {
    /// The style of a column of dates; none for another.
    pub(crate) fn date_style(self) -> Option<DateStyle> {
        if let Self::Date { style, .. } = self { Some(style) } else { None }
    }

    /// The format of a column of amounts; any for another.
    pub(crate) fn amount(self) -> AmountFormat {
        if let Self::Amount(format) = self { format } else { AmountFormat::default() }
    }

    /// Returns `true` when every value is read the same, whatever decided it.
    pub(crate) fn reads_as(self, other: Self) -> bool {
        match (self, other) {
            (Self::Date { style: a, .. }, Self::Date { style: b, .. }) => a == b,
            (Self::Amount(a), Self::Amount(b)) => a.reads_as(b),
            (a, b) => a == b,
        }
    }
}

/// The ground on which a format was decided.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DecidedBy {
    /// Values that can be read in one way only; where they differ, the more frequent way.
    Values,
    /// The other columns of the file, as this one's values leave it open.
    OtherColumns,
    /// The unit's setting for amounts, as nothing in the file decides.
    Setting,
    /// The decimals that the currency of each row has, as nothing else in the file decides.
    Currencies,
    /// The unit's setting for dates, the likelier for amounts, as nothing in the file decides.
    Assumption,
    /// Nothing needed deciding.
    #[default]
    NoNeed,
}

/// The evidence that the values of one column give of its format.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Signs {
    pub(crate) dates: DateSigns,
    pub(crate) amounts: AmountSigns,
    /// Of a column that may say debit or credit.
    pub(crate) sides: SideSigns,
    /// Texts, and those of them that begin with an apostrophe.
    pub(crate) texts: u64,
    pub(crate) apostrophes: u64,
    /// Of a column of currencies those whose amounts are whole.
    pub(crate) whole: u64,
}

impl Signs {
    /// At least half of the texts begin with an apostrophe: below the only row may stand a footer.
    const fn are_apostrophe_texts(&self) -> bool {
        self.apostrophes > 0 && self.apostrophes * 2 >= self.texts
    }

    /// Returns `true` when all but a few values are words of debit and credit.
    const fn are_sides(&self) -> bool {
        self.sides.known() > self.sides.others
    }
}

/// The formats of the columns of a file; no kind is text. `usual` is how dates are read where nothing tells.
pub(crate) fn decide(
    columns: &[(Option<ColumnKind>, Signs)],
    usual: DateStyle,
    rules: AmountRules,
) -> Vec<ColumnFormat> {
    let all = all_dates(columns);
    let decided = |signs: &Signs| signs.dates.decide(&all, usual);
    let orders: Vec<Option<DateOrder>> =
        columns.iter().map(|(_, signs)| decided(signs).order).collect();
    let date = |signs: &Signs| date_format(decided(signs), &orders, usual.order);
    let (amounts, sides) = amount_formats(columns, rules);
    let columns = columns.iter().zip(amounts).enumerate();
    columns
        .map(|(at, ((kind, signs), amount))| match (kind, amount) {
            (_, Some(amount)) => ColumnFormat::Amount(amount),
            (Some(ColumnKind::Date), _) => date(signs),
            (None, _) if signs.are_sides() => ColumnFormat::Sides { are_used: sides == Some(at) },
            (Some(_), _) if signs.are_apostrophe_texts() => ColumnFormat::ApostropheText,
            _ => ColumnFormat::Text,
        })
        .collect()
}

/// The formats of the columns that are of amounts, and the column that says whether they are debits,
/// where that is used.
fn amount_formats(
    columns: &[(Option<ColumnKind>, Signs)],
    rules: AmountRules,
) -> (Vec<Option<AmountFormat>>, Option<usize>) {
    let is_usable = |signs: &Signs| signs.are_sides() && signs.sides.others == 0;
    let sides = columns.iter().position(|(kind, signs)| kind.is_none() && is_usable(signs));
    let amounts: Vec<Option<AmountSigns>> = columns
        .iter()
        .map(|(kind, signs)| (*kind == Some(ColumnKind::Amount)).then_some(signs.amounts))
        .collect();
    let formats = amounts::decide(&amounts, sides.map(|at| columns[at].1.sides), rules);
    let are_used = formats.iter().flatten().any(|format| format.has_sides);
    (formats, sides.filter(|_| are_used))
}

/// The signs of all dates of a file together.
pub(crate) fn all_dates(columns: &[(Option<ColumnKind>, Signs)]) -> AllDates {
    AllDates::new(columns.iter().map(|(_, signs)| &signs.dates))
}

/// The format by the column's own values, the other columns' `orders`, or what the unit has configured.
fn date_format(
    decided: DateDecision,
    orders: &[Option<DateOrder>],
    configured: DateOrder,
) -> ColumnFormat {
    // A year of two digits in front says nothing of dates that have none.
    let says = |order: &DateOrder| decided.has_short_years || *order != DateOrder::YearFirst;
    let common = agreed(orders.iter().map(|order| order.filter(says)));
    let assumed = decided.likelier.or_else(|| Some(configured).filter(says)).unwrap_or_default();
    let (order, by) = match (decided.order, common) {
        (Some(order), _) => (order, DecidedBy::Values),
        (None, Some(order)) => (order, DecidedBy::OtherColumns),
        (None, None) => (assumed, DecidedBy::Assumption),
    };
    let by = if decided.order_is_open { by } else { DecidedBy::NoNeed };
    ColumnFormat::Date { order, by, style: DateStyle { order, ..decided.style } }
}

/// The answer of all who say anything, where it is one.
fn agreed<T: PartialEq>(said: impl Iterator<Item = Option<T>>) -> Option<T> {
    let mut said = said.flatten();
    let first = said.next()?;
    said.all(|other| other == first).then_some(first)
}

#[cfg(test)]
mod tests;
