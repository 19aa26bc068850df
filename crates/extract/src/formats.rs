//! How the columns of a file write dates and amounts, from what their values tell.
//!
//! Not for: reading one value. A format belongs to the column and never to the cell: a file that was
//! read cell by cell would take 03/04 for March and 13/04 for April.
//!
//! Invariant: formats follow from the counts over the whole file and the unit's setting alone, not
//! from the order of rows.

use domain::{ColumnKind, DateOrder, DecimalStyle};
use serde::Serialize;

use crate::amounts::StyleSign;
use crate::dates::{AllDates, DateDecision, DateSigns, DateStyle};

/// The format a column was read in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnFormat {
    Text,
    Date {
        order: DateOrder,
        by: DecidedBy,
        #[serde(skip)]
        style: DateStyle,
    },
    Amount {
        style: DecimalStyle,
        by: DecidedBy,
    },
}

impl ColumnFormat {
    /// Of a column of dates; none for another.
    pub(crate) fn date_style(self) -> Option<DateStyle> {
        if let Self::Date { style, .. } = self { Some(style) } else { None }
    }

    /// Of a column of amounts; any for another.
    pub(crate) fn style(self) -> DecimalStyle {
        if let Self::Amount { style, .. } = self { style } else { DecimalStyle::default() }
    }

    /// Whether every value is read the same, whatever decided it.
    pub(crate) fn reads_as(self, other: Self) -> bool {
        match (self, other) {
            (Self::Date { style: a, .. }, Self::Date { style: b, .. }) => a == b,
            (Self::Amount { style: a, .. }, Self::Amount { style: b, .. }) => a == b,
            (a, b) => a == b,
        }
    }
}

/// The ground on which a format was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DecidedBy {
    /// Values that can be read in one way only; where they differ, the more frequent way.
    Values,
    /// The other columns of the file, as this one's values leave it open.
    OtherColumns,
    /// The unit's setting for dates, the likelier for amounts, as nothing in the file decides.
    Assumption,
    /// Nothing needed deciding.
    NoNeed,
}

/// The evidence that the values of one column give of its format.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Signs {
    pub(crate) dates: DateSigns,
    point: u64,
    comma: u64,
    point_and_three: u64,
    comma_and_three: u64,
}

impl Signs {
    pub(crate) fn count_style(&mut self, sign: StyleSign) {
        match sign {
            StyleSign::None => {}
            StyleSign::Point => self.point += 1,
            StyleSign::Comma => self.comma += 1,
            StyleSign::PointAndThreeDigits => self.point_and_three += 1,
            StyleSign::CommaAndThreeDigits => self.comma_and_three += 1,
        }
    }

    const fn style(&self) -> Option<DecimalStyle> {
        if self.point > self.comma {
            Some(DecimalStyle::Point)
        } else if self.comma > self.point {
            Some(DecimalStyle::Comma)
        } else {
            None
        }
    }

    const fn style_is_open(&self) -> bool {
        self.point + self.comma + self.point_and_three + self.comma_and_three > 0
    }
}

/// The formats of the columns of a file; no kind is text. `usual` is how dates are read where nothing tells.
pub(crate) fn decide(
    columns: &[(Option<ColumnKind>, Signs)],
    usual: DateStyle,
) -> Vec<ColumnFormat> {
    let all = all_dates(columns);
    let common_style = agreed(columns.iter().map(|(_, signs)| signs.style()));
    let decided = |signs: &Signs| signs.dates.decide(&all, usual);
    let orders: Vec<Option<DateOrder>> =
        columns.iter().map(|(_, signs)| decided(signs).order).collect();
    let date = |signs: &Signs| date_format(decided(signs), &orders, usual.order);
    let amount = |signs: &Signs| {
        let (style, by) = match (signs.style(), common_style) {
            (Some(style), _) => (style, DecidedBy::Values),
            (None, Some(style)) => (style, DecidedBy::OtherColumns),
            (None, None) => (likelier_style(signs), DecidedBy::Assumption),
        };
        let by = if signs.style_is_open() { by } else { DecidedBy::NoNeed };
        ColumnFormat::Amount { style, by }
    };
    columns
        .iter()
        .map(|(kind, signs)| match kind {
            Some(ColumnKind::Date) => date(signs),
            Some(ColumnKind::Amount) => amount(signs),
            _ => ColumnFormat::Text,
        })
        .collect()
}

/// The signs of all dates of a file together.
pub(crate) fn all_dates(columns: &[(Option<ColumnKind>, Signs)]) -> AllDates {
    AllDates::new(columns.iter().map(|(_, signs)| &signs.dates))
}

/// By the column's own values, the other columns' `orders`, or what the unit has configured.
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

/// Amounts with three decimals throughout are rare, whole thousands are not: a lone sign before three
/// digits is taken as one of thousands.
const fn likelier_style(signs: &Signs) -> DecimalStyle {
    if signs.point_and_three > signs.comma_and_three {
        DecimalStyle::Comma
    } else {
        DecimalStyle::Point
    }
}

/// What all say who say anything.
fn agreed<T: PartialEq>(said: impl Iterator<Item = Option<T>>) -> Option<T> {
    let mut said = said.flatten();
    let first = said.next()?;
    said.all(|other| other == first).then_some(first)
}

#[cfg(test)]
mod tests;
