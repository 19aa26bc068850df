//! Invoice dates after the day of entry that are before it with day and month swapped: what a spreadsheet of
//! another country makes of every date whose day can be a month.
//!
//! Not for: swapping them back, as no single row tells.

use super::calendar::{civil, from_days};

/// Counts over the rows of a file.
#[derive(Debug, Clone, Default)]
pub(crate) struct SwappedDates {
    rows: u64,
    /// Invoices of after their entry that swapping explains, and such as it does not.
    swapped: u64,
    late: u64,
    example: Option<String>,
}

/// Days that an invoice is entered before its date in good order.
const EARLY_DAYS: i32 = 3;
/// Days that an invoice takes to be entered.
const ENTRY_DAYS: i32 = 120;

impl SwappedDates {
    #[inline]
    pub(crate) fn count(&mut self, invoiced: i32, entered: i32, text: impl FnOnce() -> String) {
        self.rows += 1;
        if invoiced > entered + EARLY_DAYS {
            self.count_late(invoiced, entered, text);
        }
    }

    #[cold]
    fn count_late(&mut self, invoiced: i32, entered: i32, text: impl FnOnce() -> String) {
        let (year, month, day) = from_days(invoiced);
        let swapped = if day <= 12 && day != month { civil(year, day, month) } else { None };
        if swapped.is_some_and(|day| (entered - ENTRY_DAYS..=entered + EARLY_DAYS).contains(&day)) {
            self.swapped += 1;
            self.example.get_or_insert_with(text);
        } else {
            self.late += 1;
        }
    }

    /// An example where so many are that it was no slip.
    pub(crate) fn example(&self) -> Option<&str> {
        const ENOUGH: u64 = 3;
        let is_so = self.swapped >= ENOUGH
            && self.swapped * 20 >= self.rows
            && self.swapped > self.late * 2;
        self.example.as_deref().filter(|_| is_so)
    }
}
