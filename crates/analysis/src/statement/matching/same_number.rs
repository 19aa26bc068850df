//! Lines and rows of one number: whether it tells that they are one document, and which row a line takes.
//!
//! Not for: numbers that are written otherwise (`likeness`).
//!
//! Invariant: a number that its supplier gives out again is one document within its reach of days only, and
//! amounts of several currencies are never added up.

use std::collections::BTreeMap;

use super::Matcher;
use crate::statement::days::{NumberReach, days_apart, is_of_one_year};
use crate::statement::likeness::is_split_otherwise;
use crate::statement::open_items::OpenItem;
use crate::statement::table::is_payment;

impl Matcher {
    /// Lines of one number, amount and currency: the later ones stand there twice.
    pub(super) fn find_repeated(&mut self) {
        let mut known: BTreeMap<(String, i64, Option<String>), Vec<usize>> = BTreeMap::new();
        for (at, line) in self.lines.iter().enumerate() {
            if !self.numbers[at].is_usable() || is_payment(line) {
                continue;
            }
            let number = self.numbers[at].plain.clone();
            let key = (number, line.amount.ten_thousandths(), line.currency.clone());
            let earlier = known.entry(key).or_default();
            let is_it = |first: &&usize| {
                let first = &self.lines[**first];
                let reach = self.reach(at, &first.number);
                reach.has(days_apart(line.date, first.date))
            };
            match earlier.iter().find(is_it).copied() {
                Some(first) => {
                    self.repeated.insert(at, first);
                }
                None => earlier.push(at),
            }
        }
    }

    /// A line that stands there twice may be with us twice as well.
    pub(super) fn repeated_here(&mut self) {
        for (at, first) in self.repeated.clone() {
            let Some(row) = self.of_line[first].first() else { continue };
            let number = self.items[*row].number.plain.clone();
            let mut rows = self.free_rows(at, self.by_number.get(&number));
            rows.retain(|place| {
                self.items[*place].amount == self.amount(at) && self.is_within_reach(at, *place)
            });
            self.take_likeliest(at, &rows);
        }
    }

    /// Gives lines the rows of their number: over the same amount, then several that come to it, then over
    /// another amount.
    pub(super) fn same_number(&mut self) {
        for at in self.free_lines() {
            let mut rows = self.rows_of_number(at);
            rows.retain(|place| self.items[*place].amount == self.amount(at));
            self.take_likeliest(at, &rows);
        }
        for at in self.free_lines() {
            if let Some(rows) = self.rows_that_come_to(at) {
                self.take(at, rows);
            }
        }
        for at in self.free_lines() {
            let rows = self.rows_of_invoice(at);
            self.take_likeliest(at, &rows);
        }
    }

    /// The nearest row of the number of a line, however far its day is, and over whatever amount.
    pub(in crate::statement) fn namesake(&self, at: usize) -> Option<&OpenItem> {
        let mut rows = self.free_rows_of_number(at);
        rows.retain(|place| self.has_same_sign(at, *place));
        let days = |place: &usize| self.days_apart(at, *place).map_or(i32::MAX, i32::abs);
        rows.into_iter().min_by_key(days).map(|place| &self.items[place])
    }

    fn free_rows_of_number(&self, at: usize) -> Vec<usize> {
        if !self.numbers[at].is_usable() {
            return Vec::new();
        }
        self.free_rows(at, self.by_number.get(&self.numbers[at].plain))
    }

    fn rows_of_number(&self, at: usize) -> Vec<usize> {
        let mut rows = self.free_rows_of_number(at);
        rows.retain(|place| self.is_within_reach(at, *place));
        rows
    }

    fn is_within_reach(&self, at: usize, place: usize) -> bool {
        self.reach(at, &self.items[place].written).has(self.days_apart(at, place))
    }

    /// The reach of the number of a line beside one that comes to the same letters and digits.
    fn reach(&self, at: usize, other: &str) -> NumberReach {
        if is_split_otherwise(&self.lines[at].number, other) {
            NumberReach::FewDays
        } else {
            self.reaches[at]
        }
    }

    fn has_same_sign(&self, at: usize, place: usize) -> bool {
        self.items[place].amount.signum() == self.amount(at).signum()
    }

    /// Rows of the number of a line that can be its invoice: a credit note is none, nor is one of another
    /// year, as numbers begin anew.
    fn rows_of_invoice(&self, at: usize) -> Vec<usize> {
        let mut rows = self.rows_of_number(at);
        rows.retain(|place| {
            self.has_same_sign(at, *place) && is_of_one_year(self.days_apart(at, *place))
        });
        rows
    }

    /// The rows of the number of a line that together come to its amount, all of one currency.
    fn rows_that_come_to(&self, at: usize) -> Option<Vec<usize>> {
        let rows = self.rows_of_invoice(at);
        let mut of_currency: BTreeMap<Option<&str>, Vec<usize>> = BTreeMap::new();
        for place in &rows {
            let currency = self.items[*place].currency.as_deref();
            of_currency.entry(currency).or_default().push(*place);
        }
        // Rows that say no currency go with those of the only one.
        let groups: Vec<Vec<usize>> = if of_currency.keys().flatten().count() > 1 {
            of_currency.into_values().collect()
        } else {
            vec![rows]
        };
        groups.into_iter().find(|rows| {
            let sum: i128 = rows.iter().map(|place| self.items[*place].amount).sum();
            rows.len() > 1 && sum == self.amount(at)
        })
    }

    /// Of rows of one number the one that is written so, then an open one, then the nearest day.
    fn take_likeliest(&mut self, at: usize, rows: &[usize]) {
        let line = &self.lines[at];
        let order = |place: &usize| {
            let item = &self.items[*place];
            let is_other = !item.written.trim().eq_ignore_ascii_case(line.number.trim());
            let days = self.days_apart(at, *place).map_or(i32::MAX, i32::abs);
            (is_other, item.is_paid(), days, *place)
        };
        if let Some(place) = rows.iter().copied().min_by_key(order) {
            self.take(at, vec![place]);
        }
    }
}
