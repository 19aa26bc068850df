//! The sums of suppliers from a list index.
//!
//! Invariant: they are the engine's (`browse::supplier`), to the penny.

use domain::columns::transactions::PAID;

use super::dictionary::{Dictionary, NONE};
use super::{Column, DATED, ListIndex, SUPPLIER};
use crate::browse::supplier_sums::{SummedRow, SupplierSums};

const NUMBER: &str = "invoice_number";
pub(super) const BILLED: &str = "base_amount";
pub(super) const CURRENCY: &str = "base_amount_currency";
/// The place of a day where there is none.
pub(super) const NO_DAY: i32 = i32::MAX;

impl ListIndex {
    /// The sums that a supplier billed and was paid.
    pub(in crate::browse) fn supplier_sums(&self, reference: &str) -> SupplierSums {
        let columns = [SUPPLIER, DATED, BILLED, CURRENCY].map(|name| self.columns.get(name));
        let [
            Some(Column::Dictionary(suppliers)),
            Some(Column::Days(days)),
            Some(Column::Amounts(amounts)),
            Some(Column::Dictionary(currencies)),
        ] = columns
        else {
            return SupplierSums::default();
        };
        let Some(supplier) = suppliers.find(reference) else { return SupplierSums::default() };
        let numbers = match self.columns.get(NUMBER) {
            Some(Column::Dictionary(numbers)) => Some(numbers),
            _ => None,
        };
        let paid_days = self.paid_days();
        let of_supplier = suppliers.places().iter().enumerate();
        let of_supplier = of_supplier.filter(|(_, place)| **place == supplier);
        let rows = of_supplier.map(|(row, _)| SummedRow {
            number: numbers.and_then(|numbers| named(numbers, row)),
            dated: Some(days[row]).filter(|on| *on != NO_DAY),
            paid: first_day(&paid_days, row),
            amount: if amounts[row] == i64::MAX { 0 } else { i128::from(amounts[row]) },
            currency: named(currencies, row),
        });
        let newest = self.newest_day.get_or_init(|| newest_day(days, &paid_days));
        SupplierSums::new(rows.collect(), *newest)
    }

    /// The columns of days of payment, the first the one that is asked first.
    pub(super) fn paid_days(&self) -> Vec<&[i32]> {
        let columns = PAID.iter().filter_map(|name| match self.columns.get(*name) {
            Some(Column::Days(days)) => Some(days.as_slice()),
            _ => None,
        });
        columns.collect()
    }
}

/// The last day on which any row was dated or paid.
fn newest_day(days: &[i32], paid_days: &[&[i32]]) -> Option<i32> {
    let of_row = |(row, on): (usize, &i32)| {
        let dated = Some(*on).filter(|on| *on != NO_DAY);
        dated.max(first_day(paid_days, row))
    };
    days.iter().enumerate().filter_map(of_row).max()
}

/// The first day of a row that is one.
pub(super) fn first_day(columns: &[&[i32]], row: usize) -> Option<i32> {
    columns.iter().map(|days| days[row]).find(|on| *on != NO_DAY)
}

/// The text of a row as it is held.
fn named(texts: &Dictionary, row: usize) -> Option<&str> {
    let place = texts.places()[row];
    (place != NONE).then(|| texts.at(place))
}
