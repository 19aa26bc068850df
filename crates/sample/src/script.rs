//! What is to be keyed on which day, known before the day comes.
//!
//! Not for: ordinary invoices, which are made on the day.
//!
//! Invariant: nothing is taken twice, and nothing is kept behind the last day.

use std::collections::BTreeMap;

use super::calendar::Day;
use super::invoice::{Invoice, Paper, Payment};
use super::truth::CaseId;

#[derive(Debug, Default)]
pub(super) struct Script {
    days: BTreeMap<Day, Vec<Due>>,
}

#[derive(Debug)]
pub(super) enum Due {
    Order(Order),
    /// An invoice that follows from another: a copy, a credit.
    Ready(Box<Invoice>, Option<CaseId>),
}

/// An invoice to be made by its supplier's billing, with what must be so.
#[derive(Debug, Clone, Default)]
pub(super) struct Order {
    pub(super) supplier: usize,
    pub(super) amount: Option<i64>,
    pub(super) number: Option<String>,
    pub(super) user: Option<usize>,
    pub(super) payment: Payment,
    pub(super) paper: Paper,
    pub(super) case: Option<CaseId>,
}

impl Script {
    pub(super) fn add(&mut self, day: Day, due: Due) {
        self.days.entry(day).or_default().push(due);
    }

    pub(super) fn take(&mut self, day: Day) -> Vec<Due> {
        self.days.remove(&day).unwrap_or_default()
    }
}
