//! The sums of suppliers from a list index.
//!
//! Invariant: they are the engine's (`browse::supplier`), to the penny.

use std::collections::BTreeMap;

use domain::Amount;
use domain::columns::transactions::PAID;
use domain::ledger_view::{BilledMonth, PaidMonth};
use jiff::civil::Date;

use super::dictionary::{Dictionary, NONE};
use super::{Column, DATED, ListIndex, SUPPLIER, day};
use crate::browse::supplier::SupplierSums;

const BILLED: &str = "base_amount";
const CURRENCY: &str = "base_amount_currency";
/// The place of a day where there is none.
const NO_DAY: i32 = i32::MAX;

/// Invoices and their amounts by month.
type Months = BTreeMap<Date, (u64, i128)>;

impl ListIndex {
    /// The sums that a supplier billed and was paid.
    pub(in crate::browse) fn supplier_sums(&self, reference: &str) -> SupplierSums {
        let mut sums = SupplierSums::default();
        let columns = [SUPPLIER, DATED, BILLED, CURRENCY].map(|name| self.columns.get(name));
        let [
            Some(Column::Dictionary(suppliers)),
            Some(Column::Days(days)),
            Some(Column::Amounts(amounts)),
            Some(Column::Dictionary(currencies)),
        ] = columns
        else {
            return sums;
        };
        let Some(supplier) = suppliers.find(reference) else { return sums };
        let paid_days = self.paid_days();
        let (mut billed, mut paid) = (Months::new(), Months::new());
        let mut of_months: BTreeMap<Date, u32> = BTreeMap::new();
        let mut last_paid = None;
        for (row, place) in suppliers.places().iter().enumerate() {
            if *place != supplier {
                continue;
            }
            let amount = if amounts[row] == i64::MAX { 0 } else { i128::from(amounts[row]) };
            if days[row] != NO_DAY {
                let month = add(&mut billed, days[row], amount);
                let currency = of_months.entry(month).or_insert(NONE);
                *currency = (*currency).min(currencies.places()[row]);
            }
            if let Some(paid_on) = first_day(&paid_days, row) {
                add(&mut paid, paid_on, amount);
                last_paid = last_paid.max(Some(paid_on));
            }
        }
        let currency = of_months.into_values().find(|place| *place != NONE);
        sums.currency = currency.map(|place| currencies.at(place).to_owned());
        sums.last_paid = last_paid.map(day);
        let billed = billed.into_iter().map(|(month, (invoices, sum))| BilledMonth {
            month,
            invoices,
            billed: Amount::nearest(sum),
        });
        let paid = paid.into_iter().map(|(month, (invoices, sum))| PaidMonth {
            month,
            invoices,
            paid: Amount::nearest(sum),
        });
        (sums.months, sums.paid) = (billed.collect(), paid.collect());
        sums
    }

    /// The last day on which each of some suppliers was paid.
    pub(in crate::browse) fn last_paid(&self, references: &[String]) -> BTreeMap<String, Date> {
        let Some(Column::Dictionary(suppliers)) = self.columns.get(SUPPLIER) else {
            return BTreeMap::new();
        };
        let mut wanted = places(suppliers, references);
        let paid_days = self.paid_days();
        for (row, place) in suppliers.places().iter().enumerate() {
            let Ok(at) = wanted.binary_search_by_key(place, |(place, ..)| *place) else { continue };
            let (_, _, last) = &mut wanted[at];
            *last = first_day(&paid_days, row).max(*last);
        }
        let named = wanted
            .into_iter()
            .filter_map(|(_, reference, last)| last.map(|last| (reference.to_owned(), day(last))));
        named.collect()
    }

    /// The columns of days of payment, the first the one that is asked first.
    fn paid_days(&self) -> Vec<&[i32]> {
        let columns = PAID.iter().filter_map(|name| match self.columns.get(*name) {
            Some(Column::Days(days)) => Some(days.as_slice()),
            _ => None,
        });
        columns.collect()
    }
}

/// Suppliers by their places, in order, each with the last day that was met of it.
fn places<'r>(
    suppliers: &Dictionary,
    references: &'r [String],
) -> Vec<(u32, &'r str, Option<i32>)> {
    let known = references.iter().filter_map(|reference| {
        suppliers.find(reference).map(|place| (place, reference.as_str(), None))
    });
    let mut known: Vec<_> = known.collect();
    known.sort_unstable();
    known.dedup();
    known
}

/// The first day of a row that is one.
fn first_day(columns: &[&[i32]], row: usize) -> Option<i32> {
    columns.iter().map(|days| days[row]).find(|on| *on != NO_DAY)
}

fn add(months: &mut Months, on: i32, amount: i128) -> Date {
    let month = day(on).first_of_month();
    let (invoices, sum) = months.entry(month).or_default();
    *invoices += 1;
    *sum += amount;
    month
}
