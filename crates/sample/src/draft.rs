//! The organisation while it is being put together: parties, their billing, what is planted.
//!
//! Not for: rows; the ledger is written from the finished draft.
//!
//! Invariant: suppliers and billings run in step; a reference is given once, on joining.

use std::collections::{HashMap, HashSet};

use super::Plan;
use super::bank::Account;
use super::billing::{Amounts, Billing};
use super::calendar::{Calendar, Day};
use super::country::Country;
use super::employees::Employee;
use super::numbering::Numbering;
use super::organisation::User;
use super::registry::Registry;
use super::rng::{Rng, Stream};
use super::script::{Due, Order, Script};
use super::suppliers::Supplier;
use super::truth::{CaseId, RowFile, Truth};

pub(super) struct Draft<'a> {
    pub(super) calendar: &'a Calendar,
    pub(super) users: &'a [User],
    pub(super) rng: Rng,
    pub(super) registry: Registry,
    pub(super) suppliers: Vec<Supplier>,
    pub(super) billings: Vec<Billing>,
    pub(super) employees: Vec<Employee>,
    /// A supplier's second self.
    pub(super) twins: HashMap<usize, usize>,
    pub(super) script: Script,
    pub(super) truth: Truth,
    /// The number of cases of each kind.
    pub(super) times: usize,
    /// The number of ordinary suppliers: they come first.
    ordinary: usize,
    spent: HashSet<usize>,
}

/// A case of each kind for so many suppliers, and never fewer than two.
const SUPPLIERS_PER_CASE: usize = 250;
/// One supplier in so many bills monthly.
const MONTHLY_EVERY: usize = 8;
/// At most one invoice in so many is a monthly one.
const MONTHLY_SHARE: u64 = 6;

impl<'a> Draft<'a> {
    /// The ordinary organisation, nothing planted but what is innocent by nature: rents and
    /// subscriptions.
    pub(super) fn new(plan: &Plan, calendar: &'a Calendar, users: &'a [User]) -> Self {
        let mut draft = Self {
            calendar,
            users,
            rng: Rng::new(plan.seed, Stream::Plants),
            registry: Registry::new(plan.seed, calendar, users.len()),
            suppliers: Vec::new(),
            billings: Vec::new(),
            employees: Vec::new(),
            twins: HashMap::new(),
            script: Script::default(),
            truth: Truth::default(),
            times: (plan.suppliers / SUPPLIERS_PER_CASE).max(2),
            ordinary: plan.suppliers,
            spent: HashSet::new(),
        };
        let monthly_max =
            usize::try_from(plan.invoices / (36 * MONTHLY_SHARE)).expect("addresses have 64 bits");
        for rank in 0..plan.suppliers {
            draft.ordinary_supplier(rank, monthly_max);
        }
        draft.employees = (0..plan.employees).map(|_| draft.registry.employee()).collect();
        draft
    }

    fn ordinary_supplier(&mut self, rank: usize, monthly_max: usize) {
        let mut supplier = self.registry.supplier();
        if rank == 0 {
            // Somebody has billed since the first day.
            supplier.created = -1_000;
        }
        let users = self.users.len();
        let mut billing = Billing::new(&mut self.registry.rng, &supplier, rank, users);
        let turn = rank / MONTHLY_EVERY;
        if rank % MONTHLY_EVERY == MONTHLY_EVERY - 1 && turn < monthly_max {
            let rng = &mut self.registry.rng;
            billing.weight = 0;
            billing.monthly = Some(1 + rng.index(28));
            let (kind, says) = match turn % 3 {
                0 => ("rent", "The same amount every month is rent; its number is the month."),
                1 => ("subscription", "The same amount every month is a subscription."),
                _ => {
                    billing.amounts =
                        Amounts::LogNormal { median: rng.between(8_000, 900_000), spread: 300 };
                    self.join(supplier, billing);
                    return;
                }
            };
            billing.amounts = Amounts::Fixed(rng.between(40, 9_000) * 120);
            if kind == "rent" {
                billing.numbering = Numbering::period(rng, &supplier.name);
            }
            let case = self.truth.innocent(kind, says);
            billing.case = Some(case);
            let index = self.join(supplier, billing);
            self.name_supplier(case, index);
            return;
        }
        self.join(supplier, billing);
    }

    pub(super) fn join(&mut self, mut supplier: Supplier, billing: Billing) -> usize {
        supplier.reference = format!("S{}", 100_000 + self.suppliers.len() * 3);
        self.suppliers.push(supplier);
        self.billings.push(billing);
        self.suppliers.len() - 1
    }

    /// A new British supplier that bills only when ordered to, made different by `change`.
    pub(super) fn add_scripted(&mut self, change: impl FnOnce(&mut Supplier)) -> usize {
        let mut supplier = self.registry.supplier_in(Country::Gb);
        // Known before the ledger begins, unless the case says otherwise.
        supplier.created = supplier.created.min(-30);
        supplier.modified = supplier.created;
        change(&mut supplier);
        let billing = Billing::scripted(&mut self.rng, &supplier, self.users.len());
        self.join(supplier, billing)
    }

    /// An ordinary British supplier among the `share` that bill most (1 is all), not taken before.
    pub(super) fn take(&mut self, share: usize) -> usize {
        let among = (self.ordinary / share).max(1);
        let start = self.rng.index(among);
        let index = (start..self.ordinary)
            .chain(0..start)
            .find(|index| {
                !self.spent.contains(index)
                    && self.suppliers[*index].country == Country::Gb
                    && self.billings[*index].case.is_none()
            })
            .expect("there are many more suppliers than cases");
        self.spent.insert(index);
        index
    }

    /// An account that is nobody's yet.
    pub(super) fn account(&mut self, country: Country, holder: &str) -> Account {
        self.registry.account(country, holder)
    }

    pub(super) fn name_supplier(&mut self, case: CaseId, supplier: usize) {
        self.truth.row(case, RowFile::Suppliers, &self.suppliers[supplier].reference);
    }

    /// A day somebody works, between two days that count from the first; the last one at most.
    pub(super) fn working_day(&mut self, from: Day, to: Day) -> Day {
        let day = self.rng.between(from, to);
        let day = self.calendar.working(day);
        if day <= self.calendar.last {
            return day;
        }
        (0..=self.calendar.last)
            .rev()
            .find(|day| self.calendar.is_working(*day))
            .expect("three years have a day of work")
    }

    pub(super) fn order(&mut self, day: Day, order: Order) {
        self.script.add(day, Due::Order(order));
    }

    /// Adds so many invoices of ordinary amounts over the three years, for no case.
    pub(super) fn ordinary_orders(&mut self, supplier: usize, count: usize) {
        for _ in 0..count {
            let day = self.working_day(0, self.calendar.last);
            self.order(day, Order { supplier, ..Order::default() });
        }
    }
}
