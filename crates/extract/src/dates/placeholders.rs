//! Days by which systems say that there is no day.
//!
//! Not for: zeros and words, which are no days. 1970-01-01 may be a day: its column tells (`evidence`).

use super::calendar::from_days;

/// Days that no row of a ledger bears: the first or the last that a system knows, or one far from today.
const PLACEHOLDERS: [(i32, i32, i32); 27] = [
    // .NET, Business Central, DB2; Java's of zeros.
    (1, 1, 1),
    (1, 1, 3),
    (2, 11, 30),
    // The Gregorian calendar begins; SAS, Lotus Notes.
    (1582, 10, 15),
    (1601, 1, 1),
    // Lawson's.
    (1700, 1, 1),
    // SQL Server's first, and Navision's.
    (1753, 1, 1),
    (1754, 1, 1),
    (1800, 1, 1),
    (1800, 12, 28),
    (1858, 11, 17),
    (1899, 1, 1),
    // Delphi, Access and Excel at zero.
    (1899, 12, 30),
    (1899, 12, 31),
    // Dynamics, Sybase, SQL Server's zero.
    (1900, 1, 1),
    (1900, 1, 2),
    (1901, 1, 1),
    // The first and the last two-digit year of IBM i, and other ends of time.
    (1940, 1, 1),
    (2038, 1, 19),
    (2039, 12, 31),
    (2049, 12, 31),
    (2050, 12, 31),
    (2079, 6, 6),
    (2099, 12, 31),
    (2100, 1, 1),
    (2100, 12, 31),
    (2199, 12, 31),
];

/// Years of which the first and the last days are the end of time: 2999, 4712, 9999.
const LAST_YEARS: std::ops::RangeInclusive<i32> = 2900..=9999;

/// Of 1970-01-01 itself nothing is said here.
pub(super) fn is_placeholder(day: i32) -> bool {
    let (year, month, date) = from_days(day);
    let is_last = LAST_YEARS.contains(&year) && matches!((month, date), (1, 1) | (12, 30 | 31));
    is_last || PLACEHOLDERS.contains(&(year, month, date))
}

/// The day 0 of January 1900, as a spreadsheet shows a cell that holds zero, and years that are none.
pub(super) const fn is_zero_day(year: i32, first: i32, second: i32) -> bool {
    matches!((year, first, second), (1900, 0, 1) | (1900, 1, 0))
        || (year == 0 && first <= 1 && second <= 1)
}
