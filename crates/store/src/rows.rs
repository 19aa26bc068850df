//! From rows to values, and text of others' making to what rows can hold.
//!
//! Invariant: a row that fits no value is [`Error::Corrupt`] and names itself; nothing is guessed.

use std::str::FromStr;

use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp};
use serde::de::DeserializeOwned;
use sqlx::Row as _;
use sqlx::any::AnyRow;

use crate::error::Error;

/// The day from which days are counted.
const FIRST_DAY: Date = date(1970, 1, 1);
/// More days than any calendar here has.
const DAYS_MAX: i64 = 10_000_000;
const HOURS_A_DAY: i64 = 24;

/// A share of 1 is kept as so many.
pub(crate) const MILLIONTHS: f64 = 1_000_000.0;

/// Amounts beyond it are summed as this: nine thousand million, of which as many as are kept still make a
/// number. What is beyond it is a slip of somebody's keyboard, and must not take the page away.
pub(crate) const SUMMED_MAX: i64 = 90_000_000_000_000;

/// A row, and how it is known when something is wrong with it.
pub(crate) struct Fields<'r> {
    row: &'r AnyRow,
    table: &'static str,
    key: &'static str,
}

impl<'r> Fields<'r> {
    pub(crate) const fn new(row: &'r AnyRow, table: &'static str, key: &'static str) -> Self {
        Self { row, table, key }
    }

    pub(crate) fn corrupt(&self) -> Error {
        let id = self.row.try_get(self.key).unwrap_or_else(|_no_text| "?".to_owned());
        Error::Corrupt { table: self.table, id }
    }

    pub(crate) fn text(&self, column: &'static str) -> Result<String, Error> {
        self.optional_text(column)?.ok_or_else(|| self.corrupt())
    }

    pub(crate) fn optional_text(&self, column: &'static str) -> Result<Option<String>, Error> {
        self.row.try_get(column).map_err(|_wrong_type| self.corrupt())
    }

    pub(crate) fn parsed<T: FromStr>(&self, column: &'static str) -> Result<T, Error> {
        self.text(column)?.parse().map_err(|_invalid| self.corrupt())
    }

    pub(crate) fn optional_parsed<T: FromStr>(
        &self,
        column: &'static str,
    ) -> Result<Option<T>, Error> {
        let text = self.optional_text(column)?;
        text.map(|text| text.parse().map_err(|_invalid| self.corrupt())).transpose()
    }

    pub(crate) fn optional_number(&self, column: &'static str) -> Result<Option<i64>, Error> {
        self.row.try_get(column).map_err(|_wrong_type| self.corrupt())
    }

    pub(crate) fn json<T: DeserializeOwned>(&self, column: &'static str) -> Result<T, Error> {
        serde_json::from_str(&self.text(column)?).map_err(|_invalid| self.corrupt())
    }

    pub(crate) fn number<T: TryFrom<i64>>(&self, column: &'static str) -> Result<T, Error> {
        let number = self.optional_number(column)?.ok_or_else(|| self.corrupt())?;
        T::try_from(number).map_err(|_out_of_range| self.corrupt())
    }

    pub(crate) fn time(&self, column: &'static str) -> Result<Timestamp, Error> {
        self.optional_time(column)?.ok_or_else(|| self.corrupt())
    }

    pub(crate) fn optional_time(&self, column: &'static str) -> Result<Option<Timestamp>, Error> {
        self.optional_number(column)?
            .map(|micros| {
                Timestamp::from_microsecond(micros).map_err(|_out_of_range| self.corrupt())
            })
            .transpose()
    }

    pub(crate) fn optional_day(&self, column: &'static str) -> Result<Option<Date>, Error> {
        let day = |number: i64| {
            let days = Some(number).filter(|number| number.abs() <= DAYS_MAX)?;
            FIRST_DAY.checked_add(SignedDuration::from_hours(days * HOURS_A_DAY)).ok()
        };
        self.optional_number(column)?
            .map(|number| day(number).ok_or_else(|| self.corrupt()))
            .transpose()
    }
}

/// A day as it is kept: as a number, so that both databases reckon with days alike.
pub(crate) fn day_number(day: Date) -> i64 {
    FIRST_DAY.duration_until(day).as_hours() / HOURS_A_DAY
}

/// Rows to values, all or none.
pub(crate) fn all<T>(
    rows: &[AnyRow],
    read: impl Fn(&AnyRow) -> Result<T, Error>,
) -> Result<Vec<T>, Error> {
    rows.iter().map(read).collect()
}

/// PostgreSQL's text has no zero byte, but a file may: it becomes the sign that stands for it.
pub(crate) fn storable(text: &str) -> String {
    text.replace('\0', "\u{2400}")
}

/// The time as a row keeps it, so that answers now and later are the same.
pub(crate) fn to_the_microsecond(time: Timestamp) -> Result<Timestamp, Error> {
    Timestamp::from_microsecond(time.as_microsecond()).map_err(Error::internal)
}

/// `($1, $2), ($3, $4)` for two rows of two.
pub(crate) fn placeholders(rows: usize, columns: usize) -> String {
    let row = |row: usize| {
        let place = |column: usize| format!("${}", row * columns + column + 1);
        format!("({})", (0..columns).map(place).collect::<Vec<_>>().join(", "))
    };
    (0..rows).map(row).collect::<Vec<_>>().join(", ")
}

/// `$3, $4, $5` for three values from the third on.
pub(crate) fn placeholders_from(first: usize, count: usize) -> String {
    (first..first + count).map(|place| format!("${place}")).collect::<Vec<_>>().join(", ")
}

/// A share from 0 to 1 as it is kept: in millionths, which fit whatever the share.
#[expect(clippy::cast_possible_truncation, reason = "clamped first")]
pub(crate) fn millionths(share: f64) -> i64 {
    (share.clamp(0.0, 1.0) * MILLIONTHS).round() as i64
}

/// The share that so many millionths are.
pub(crate) fn share(millionths: u32) -> f64 {
    f64::from(millionths) / MILLIONTHS
}

#[cfg(test)]
mod tests {
    use super::{FIRST_DAY, day_number, placeholders};

    #[test]
    fn days_are_numbered_through() {
        let day = |text: &str| day_number(text.parse().unwrap());
        assert_eq!((day_number(FIRST_DAY), day("1969-12-31"), day("2026-11-23")), (0, -1, 20_780));
    }

    #[test]
    fn places_are_numbered_through() {
        assert_eq!(placeholders(2, 3), "($1, $2, $3), ($4, $5, $6)");
    }
}
