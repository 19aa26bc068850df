//! Days by which systems say that there is no day.
//!
//! Not for: zeros and words, which are no days. 1970-01-01 may be a day: its column tells (`evidence`).

use super::calendar::civil;

/// Days that no row of a ledger bears: the first or the last that a system knows, or one far from today.
const PLACEHOLDERS: [(i32, i32, i32); 22] = [
    // .NET, Business Central, DB2.
    (1, 1, 1),
    (1, 1, 3),
    // The Gregorian calendar begins; SAS, Lotus Notes.
    (1582, 10, 15),
    (1601, 1, 1),
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
    // Ends of time.
    (2079, 6, 6),
    (2099, 12, 31),
    (2199, 12, 31),
    (2999, 12, 31),
    (4712, 12, 31),
    (9999, 12, 30),
    (9999, 12, 31),
];

/// Of 1970-01-01 itself nothing is said here.
pub(super) fn is_placeholder(day: i32) -> bool {
    PLACEHOLDERS.iter().any(|(year, month, date)| civil(*year, *month, *date) == Some(day))
}

/// The day 0 of January 1900, as a spreadsheet shows a cell that holds zero, and years that are none.
pub(super) const fn is_zero_day(year: i32, first: i32, second: i32) -> bool {
    matches!((year, first, second), (1900, 0, 1) | (1900, 1, 0))
        || (year == 0 && first <= 1 && second <= 1)
}
