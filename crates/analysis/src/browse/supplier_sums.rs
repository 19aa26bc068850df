//! The sums that a supplier billed and was paid, made of its rows.
//!
//! Not for: reading those rows (`supplier`, `list_index`).
//!
//! Invariant: an invoice of several rows is one; it counts on the day it is of, and where it was paid on
//! several days, on the last of them.

use std::collections::BTreeMap;

use domain::Amount;
use domain::document::are_of_one_invoice;
use domain::ledger_view::{BilledMonth, DaySum};
use jiff::ToSpan as _;
use jiff::civil::Date;

/// A row of a supplier, as far as its sums go.
#[derive(Debug, Clone, Copy)]
pub(super) struct SummedRow<'a> {
    pub(super) number: Option<&'a str>,
    /// Days since 1970.
    pub(super) dated: Option<i32>,
    pub(super) paid: Option<i32>,
    pub(super) amount: i128,
    pub(super) currency: Option<&'a str>,
}

impl<'a> SummedRow<'a> {
    /// Its number and day.
    fn named(&self) -> (&'a str, Option<i32>) {
        (self.number.unwrap_or_default(), self.dated)
    }
}

/// The sums that a supplier billed and was paid.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct SupplierSums {
    pub(super) months: Vec<BilledMonth>,
    pub(super) billed: Vec<DaySum>,
    pub(super) paid: Vec<DaySum>,
    pub(super) last_paid: Option<Date>,
    /// That of the first month that names one.
    pub(super) currency: Option<String>,
    /// The last day of the whole ledger.
    pub(super) newest_day: Option<Date>,
}

/// Invoices and their amounts by day.
type Days = BTreeMap<i32, (u64, i128)>;

impl SupplierSums {
    /// The sums of all rows of a supplier.
    pub(super) fn new(mut rows: Vec<SummedRow<'_>>, newest: Option<i32>) -> Self {
        let (mut billed, mut paid) = (Days::new(), Days::new());
        for row in &rows {
            for (days, on) in [(&mut billed, row.dated), (&mut paid, row.paid)] {
                if let Some(on) = on {
                    days.entry(on).or_default().1 += row.amount;
                }
            }
        }
        rows.sort_unstable_by_key(|row| (row.number, row.dated));
        for invoice in rows.chunk_by(|one, other| are_of_one_invoice(one.named(), other.named())) {
            if let Some(on) = invoice[0].dated {
                billed.entry(on).or_default().0 += 1;
            }
            if let Some(last) = invoice.iter().filter_map(|row| row.paid).max() {
                paid.entry(last).or_default().0 += 1;
            }
        }
        let named = rows.iter().filter_map(|row| {
            let month = day(row.dated?).first_of_month();
            Some((month, row.currency?))
        });
        Self {
            currency: named.min().map(|(_, currency)| currency.to_owned()),
            months: months(&billed),
            last_paid: paid.keys().next_back().map(|on| day(*on)),
            billed: day_sums(billed),
            paid: day_sums(paid),
            newest_day: newest.map(day),
        }
    }
}

fn months(days: &Days) -> Vec<BilledMonth> {
    let mut months: BTreeMap<Date, (u64, i128)> = BTreeMap::new();
    for (on, (invoices, amount)) in days {
        let of_month = months.entry(day(*on).first_of_month()).or_default();
        of_month.0 += invoices;
        of_month.1 += amount;
    }
    let month = |(month, (invoices, amount))| BilledMonth {
        month,
        invoices,
        billed: Amount::nearest(amount),
    };
    months.into_iter().map(month).collect()
}

fn day_sums(days: Days) -> Vec<DaySum> {
    let sum = |(on, (invoices, amount))| DaySum {
        day: day(on),
        invoices,
        amount: Amount::nearest(amount),
    };
    days.into_iter().map(sum).collect()
}

fn day(days: i32) -> Date {
    jiff::civil::date(1970, 1, 1).saturating_add(i64::from(days).days())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invoice_of_several_rows_is_one() {
        let row = |number, dated, paid, amount: i128| SummedRow {
            number,
            dated,
            paid,
            amount: amount * 10_000,
            currency: Some("GBP"),
        };
        let rows = vec![
            // One invoice of two lines, paid on two days.
            row(Some("7"), Some(0), Some(5), 10),
            row(Some("7"), Some(0), Some(9), 3),
            // The same number in another month.
            row(Some("7"), Some(40), None, 1),
            // One with the same line twice, two without a number, and two whose number tells nothing.
            row(Some("8"), Some(1), None, 4),
            row(Some("8"), Some(1), None, 4),
            row(None, Some(2), None, 2),
            row(None, Some(2), None, 6),
            row(Some("REDACTED"), Some(3), None, 1),
            row(Some("REDACTED"), Some(3), None, 2),
        ];
        let sums = SupplierSums::new(rows, Some(41));
        let told = |sums: &[DaySum]| {
            let one = |sum: &DaySum| format!("{} {} {}", sum.day, sum.invoices, sum.amount);
            sums.iter().map(one).collect::<Vec<_>>().join(", ")
        };
        assert_eq!(
            told(&sums.billed),
            "1970-01-01 1 13.00, 1970-01-02 1 8.00, 1970-01-03 2 8.00, 1970-01-04 2 3.00, 1970-02-10 1 1.00"
        );
        assert_eq!(told(&sums.paid), "1970-01-06 0 10.00, 1970-01-10 1 3.00");
        let months: Vec<u64> = sums.months.iter().map(|month| month.invoices).collect();
        assert_eq!((months, sums.last_paid), (vec![6, 1], Some(day(9))));
        assert_eq!(sums.newest_day, Some(day(41)));
    }
}
