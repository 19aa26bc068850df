//! Columns of a small table as days, amounts and currencies, each in the format that its column has.
//!
//! Not for: extracts, whose rows have types (`rows`), nor for the cells themselves (`plain_table`).
//!
//! Invariant: a format belongs to the column and never to the cell: read cell by cell 03/04 would be in March
//! and 13/04 in April.

use domain::{Amount, ColumnKind, DateOrder, DecimalStyle};
use jiff::civil::Date;

use crate::amounts::{self, DecimalEvidence};
use crate::currencies::Currency;
use crate::dates::{self, DateSigns, DateStyle, Day, Today, from_days};
use crate::formats::{AmountRules, ColumnFormat, Signs, decide};
use crate::names::currency_of_header;

/// The days of a column in its order; none where a text is no day. `today` says which years are likely where
/// they have two digits.
pub fn column_days(texts: &[&str], today: Date) -> Vec<Option<Date>> {
    let usual = DateStyle::usual(DateOrder::DayFirst, Today::new(today));
    let mut signs = Signs::default();
    let days: Vec<Option<Date>> =
        texts.iter().map(|text| day(text, &usual, &mut signs.dates)).collect();
    let format = decide(&[(Some(ColumnKind::Date), signs)], usual, AmountRules::default());
    let style = format.first().copied().and_then(ColumnFormat::date_style).unwrap_or(usual);
    if style == usual {
        return days;
    }
    texts.iter().map(|text| day(text, &style, &mut DateSigns::default())).collect()
}

fn day(text: &str, style: &DateStyle, signs: &mut DateSigns) -> Option<Date> {
    if text.is_empty() {
        return None;
    }
    match dates::parse(text, style, signs) {
        Ok(Day::Known(day) | Day::Noted(day, _)) => civil(day),
        Ok(Day::Nothing(_)) | Err(_) => None,
    }
}

fn civil(day: i32) -> Option<Date> {
    let (year, month, day) = from_days(day);
    let small = |number: i32| i8::try_from(number).ok();
    Date::new(i16::try_from(year).ok()?, small(month)?, small(day)?).ok()
}

/// The sign before the decimals in columns of amounts that are written alike.
pub fn decimal_style<'t>(texts: impl IntoIterator<Item = &'t str>) -> DecimalStyle {
    let (mut points, mut commas) = (0_u64, 0_u64);
    let (mut point_groups, mut comma_groups) = (0_u64, 0_u64);
    for text in texts {
        let counted = match amounts::read(text, |_, _| DecimalStyle::Point).evidence {
            DecimalEvidence::Point => &mut points,
            DecimalEvidence::Comma => &mut commas,
            DecimalEvidence::PointAndThreeDigits => &mut point_groups,
            DecimalEvidence::CommaAndThreeDigits => &mut comma_groups,
            DecimalEvidence::None | DecimalEvidence::Settled => continue,
        };
        *counted += 1;
    }
    // A lone sign before three digits groups them: amounts with three decimals throughout are rare.
    let is_comma = if points == commas { point_groups > comma_groups } else { commas > points };
    if is_comma { DecimalStyle::Comma } else { DecimalStyle::Point }
}

/// The amount of a cell, also as `(12.00)`, `12.00-` and `12.00 CR`; zero for a lone dash, none for what
/// is no amount.
pub fn cell_amount(text: &str, style: DecimalStyle) -> Option<Amount> {
    match amounts::read(text.trim(), |_, _| style).amount.ok()? {
        amounts::Amount::Exact(value) | amounts::Amount::Rounded(value) => {
            Some(Amount::nearest(value))
        }
        amounts::Amount::Dash => Some(Amount::from_ten_thousandths(0)),
    }
}

/// The currency of a cell in a column of currencies, by its code of ISO 4217; none where several have its
/// symbol alike.
pub fn cell_currency(text: &str) -> Option<&'static str> {
    Currency::of_column(text.trim())?.code()
}

/// The currency that stands with an amount in its cell: `€ 12,00` has EUR.
pub fn amount_currency(text: &str) -> Option<&'static str> {
    amounts::read(text.trim(), |_, _| DecimalStyle::Point).currency?.code()
}

/// The currency that the header of a column of amounts names: `Amount (GBP)` names GBP.
pub fn header_currency(header: &str) -> Option<&'static str> {
    currency_of_header(header)?.code()
}

#[cfg(test)]
mod tests;
