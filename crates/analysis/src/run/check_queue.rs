//! Checks that wait for their turn.
//!
//! Invariant: each is given out once, in the order in which they were put here.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::FileType;

use crate::checks::{Check, ConfiguredCheck};

/// A check by its place, and why it cannot run if it cannot.
pub(super) type WaitingCheck = (usize, Option<String>, ConfiguredCheck);

/// The checks that wait.
pub(super) struct CheckQueue(Mutex<VecDeque<WaitingCheck>>);

impl CheckQueue {
    pub(super) fn new(checks: Vec<WaitingCheck>) -> Self {
        Self(Mutex::new(checks.into()))
    }

    pub(super) fn next(&self) -> Option<WaitingCheck> {
        self.waiting().pop_front()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.waiting().is_empty()
    }

    /// The columns of transactions that its checks read, those named most often first; none of checks that
    /// cannot run, or whose outcome is known.
    pub(super) fn columns_read(
        &self,
        is_known: impl Fn(&ConfiguredCheck) -> bool,
    ) -> Vec<&'static str> {
        let transactions = FileType::Transactions.spec();
        let waiting = self.waiting();
        let reading: Vec<&Check> = waiting
            .iter()
            .filter(|(_, missing, check)| missing.is_none() && !is_known(check))
            .map(|(.., check)| check.definition)
            .filter(|check| check.reads(transactions.table))
            .collect();
        let times = |name: &str| reading.iter().map(|check| check.times_named(name)).sum::<usize>();
        let columns = transactions.columns.iter().map(|column| (times(column.name), column.name));
        let mut named: Vec<(usize, &str)> = columns.filter(|(times, _)| *times > 0).collect();
        named.sort_unstable_by(|x, y| y.cmp(x));
        named.into_iter().map(|(_, name)| name).collect()
    }

    fn waiting(&self) -> MutexGuard<'_, VecDeque<WaitingCheck>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
