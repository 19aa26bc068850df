//! What every supplier of a list index billed in all and when it was paid last: added up in one pass when a
//! list of suppliers is first asked for, since each page of it would be a pass of its own.

use std::collections::BTreeMap;

use domain::ledger_view::SupplierTotal;
use domain::{Amount, Money};

use super::dictionary::{Dictionary, NONE};
use super::supplier_sums::{BILLED, CURRENCY, first_day};
use super::{Column, ListIndex, SUPPLIER, day};

/// The total of the supplier of one place.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct PlaceTotal {
    billed: i128,
    currency: TotalCurrency,
    last_paid: Option<i32>,
}

/// The currency of the rows of a supplier, as far as they were met.
#[derive(Debug, Clone, Copy, Default)]
enum TotalCurrency {
    #[default]
    Unknown,
    /// By its place.
    One(u32),
    Several,
}

impl TotalCurrency {
    /// With one row more; rows that name none are of any.
    fn with(self, place: u32) -> Self {
        match self {
            own if place == NONE => own,
            Self::Unknown => Self::One(place),
            Self::One(own) if own == place => self,
            Self::One(_) | Self::Several => Self::Several,
        }
    }
}

impl ListIndex {
    /// The totals of some suppliers; those that no row names are left out.
    pub(in crate::browse) fn supplier_totals(
        &self,
        references: &[String],
    ) -> BTreeMap<String, SupplierTotal> {
        let columns = [SUPPLIER, CURRENCY].map(|name| self.columns.get(name));
        let [Some(Column::Dictionary(suppliers)), Some(Column::Dictionary(currencies))] = columns
        else {
            return BTreeMap::new();
        };
        let totals = self.supplier_totals.get_or_init(|| self.add_up(suppliers, currencies));
        let named = references.iter().filter_map(|reference| {
            let total = totals[suppliers.find(reference)? as usize];
            let amount = Amount::nearest(total.billed);
            let billed = match total.currency {
                TotalCurrency::Unknown => Some(Money { amount, currency: None }),
                TotalCurrency::One(place) => {
                    Some(Money { amount, currency: Some(currencies.at(place).to_owned()) })
                }
                TotalCurrency::Several => None,
            };
            let total = SupplierTotal { billed, last_paid: total.last_paid.map(day) };
            Some((reference.clone(), total))
        });
        named.collect()
    }

    fn add_up(&self, suppliers: &Dictionary, currencies: &Dictionary) -> Vec<PlaceTotal> {
        let mut totals = vec![PlaceTotal::default(); suppliers.len()];
        let paid_days = self.paid_days();
        let amounts = match self.columns.get(BILLED) {
            Some(Column::Amounts(amounts)) => amounts.as_slice(),
            _ => &[],
        };
        for (row, place) in suppliers.places().iter().enumerate() {
            if *place == NONE {
                continue;
            }
            let total = &mut totals[*place as usize];
            let amount = amounts.get(row).copied().filter(|amount| *amount != i64::MAX);
            total.billed += amount.map_or(0, i128::from);
            total.currency = total.currency.with(currencies.places()[row]);
            total.last_paid = total.last_paid.max(first_day(&paid_days, row));
        }
        totals
    }
}
