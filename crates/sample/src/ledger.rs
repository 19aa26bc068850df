//! The three years, day by day: what is scripted, what is monthly, and ordinary invoices up to the
//! day's share.
//!
//! Not for: single invoices (`billing`) or how they are copied (`plants`).
//!
//! Invariant: memory holds one day and what is scheduled, however many invoices there are.

use std::io;
use std::path::Path;

use domain::FileType;

use super::Plan;
use super::billing::{Billing, Keying};
use super::calendar::{Calendar, Day};
use super::draft::Draft;
use super::invoice::{COLUMNS, Invoice, PaymentMethod, Transactions};
use super::plants::copies::{KINDS, Original};
use super::rng::{Rng, Stream};
use super::script::{Due, Order};
use super::table::Table;
use super::truth::{CaseId, RowFile};

/// One invoice in so many is a copy of another: what audits find is one in 200 to one in 1,000.
const COPY_EVERY: u64 = 300;
/// Kinds that wait for an invoice that fits; more waiting would only be looked through in vain.
const WAITING_MAX: usize = 64;

/// Writes the transactions; gives back the rows written.
pub(super) fn write(path: &Path, plan: &Plan, draft: &mut Draft<'_>) -> io::Result<u64> {
    let suppliers = std::mem::take(&mut draft.suppliers);
    let out = Transactions {
        table: Table::create(path, FileType::Transactions, &COLUMNS)?,
        suppliers: &suppliers,
        users: draft.users,
        calendar: draft.calendar,
        text: String::new(),
    };
    let mut ledger = Ledger {
        out,
        rng: Rng::new(plan.seed, Stream::Invoices),
        shares: Shares::new(&draft.billings),
        monthly: monthly(&draft.billings),
        copies: Copies::new(plan.invoices),
        draft,
    };
    let quotas = quotas(ledger.draft.calendar, plan.invoices);
    let mut held_over = Vec::new();
    for (day, quota) in (0..).zip(quotas) {
        ledger.day(day, quota, &mut held_over)?;
    }
    let rows = ledger.out.table.finish()?;
    draft.suppliers = suppliers;
    Ok(rows)
}

struct Ledger<'a, 'b> {
    out: Transactions<'a>,
    rng: Rng,
    shares: Shares,
    /// Suppliers by the day of the month they bill on.
    monthly: Vec<Vec<usize>>,
    copies: Copies,
    draft: &'a mut Draft<'b>,
}

type Entry = (Invoice, Option<CaseId>);

impl Ledger<'_, '_> {
    /// Writes the invoices keyed on `day`, so that `quota` are written since the first.
    /// Monthly bills of a day without work are `held_over` to the next.
    fn day(&mut self, day: Day, quota: u64, held_over: &mut Vec<usize>) -> io::Result<()> {
        let calendar = self.out.calendar;
        let mut entries: Vec<Entry> =
            self.draft.script.take(day).into_iter().map(|due| self.scripted(due, day)).collect();
        let of_month = usize::from(calendar.date(day).day().unsigned_abs());
        held_over.extend(&self.monthly[of_month]);
        if calendar.is_working(day) {
            for supplier in held_over.drain(..) {
                if self.out.suppliers[supplier].created <= day {
                    let case = self.draft.billings[supplier].case;
                    entries.push((self.invoice(supplier, day), case));
                }
            }
            while self.out.table.rows + (entries.len() as u64) < quota {
                let supplier = self.ordinary(day);
                entries.push((self.invoice(supplier, day), None));
            }
        }
        // Nobody keys in the order in which rows are made here.
        self.rng.shuffle(&mut entries);
        for (invoice, case) in entries {
            let id = self.out.write(&invoice)?;
            match case {
                Some(case) => self.draft.truth.row(case, RowFile::Transactions, &id),
                None => self.follow(&invoice, &id),
            }
        }
        Ok(())
    }

    fn scripted(&mut self, due: Due, day: Day) -> Entry {
        let order = match due {
            Due::Ready(invoice, case) => return (*invoice, case),
            Due::Order(order) => order,
        };
        let Order { supplier, amount, number, user, payment, paper, case } = order;
        let mut invoice = self.invoice(supplier, day);
        invoice.amount = amount.unwrap_or(invoice.amount);
        invoice.number = number.unwrap_or(invoice.number);
        invoice.user = user.unwrap_or(invoice.user);
        invoice.pay(payment, self.out.calendar);
        invoice.order = paper.order.unwrap_or(invoice.order);
        invoice.paper = paper;
        (invoice, case)
    }

    fn invoice(&mut self, supplier: usize, day: Day) -> Invoice {
        let (suppliers, users) = (self.out.suppliers, self.out.users);
        let at = Keying { supplier, suppliers, users, calendar: self.out.calendar };
        let mut invoice = self.draft.billings[supplier].invoice(&at, &mut self.rng, day);
        if let Some(twin) = self.draft.twins.get(&supplier)
            && suppliers[*twin].created <= day
            && self.rng.percent(10)
        {
            (invoice.supplier, invoice.site) = (*twin, 0);
        }
        invoice
    }

    /// A supplier that exists on `day`, the busy ones more often.
    fn ordinary(&mut self, day: Day) -> usize {
        /// Most suppliers are older than the ledger: so many draws in vain do not happen twice.
        const DRAWS: usize = 50;
        for _ in 0..DRAWS {
            let supplier = self.shares.draw(&mut self.rng);
            if self.out.suppliers[supplier].created <= day {
                return supplier;
            }
        }
        0
    }

    /// Adds the consequences of an ordinary invoice: now and then a copy, a credit or a reversal.
    fn follow(&mut self, invoice: &Invoice, id: &str) {
        let calendar = self.out.calendar;
        if invoice.method == PaymentMethod::Cancelled
            || self.copied(invoice, id)
            || invoice.amount <= 0
        {
            return;
        }
        let kind = self.rng.below(1_000);
        if kind >= 25 {
            return;
        }
        let mut credit = invoice.clone();
        credit.amount = -invoice.amount;
        credit.entered = calendar.working(invoice.entered + self.rng.between(2, 30));
        if kind < 5 {
            credit.method = PaymentMethod::Cancelled;
        } else {
            credit.number = format!("CN{}", invoice.number);
            credit.invoiced = credit.entered - 1;
            if self.rng.percent(30) {
                credit.amount /= self.rng.between(2, 5);
            }
        }
        credit.received = credit.entered;
        if credit.entered <= calendar.last {
            credit.settle(calendar, self.out.suppliers[credit.supplier].terms);
            self.draft.script.add(credit.entered, Due::Ready(Box::new(credit), None));
        }
    }

    /// Schedules a copy of the invoice where one is due, and returns `true` when it did.
    fn copied(&mut self, invoice: &Invoice, id: &str) -> bool {
        self.copies.count();
        let original = Original {
            invoice,
            suppliers: self.out.suppliers,
            users: self.out.users,
            calendar: self.out.calendar,
            twins: &self.draft.twins,
        };
        let Some((kind, copies)) = self.copies.waiting.iter().enumerate().find_map(|(at, kind)| {
            KINDS[*kind].copies(&original, &mut self.rng).map(|copies| (at, copies))
        }) else {
            return false;
        };
        let kind = &KINDS[self.copies.waiting.remove(kind)];
        let again = copies.last().map_or("", |copy| &copy.number);
        let says = format!("{} was keyed again as {again}: {}.", invoice.number, kind.says);
        let case = self.draft.truth.plant(kind.name, says);
        self.draft.truth.row(case, RowFile::Transactions, id);
        for copy in copies {
            self.draft.script.add(copy.entered, Due::Ready(Box::new(copy), Some(case)));
        }
        true
    }
}

/// The kinds of copy that are due.
struct Copies {
    every: u64,
    since: u64,
    next: usize,
    waiting: Vec<usize>,
}

impl Copies {
    fn new(invoices: u64) -> Self {
        // At least two of each kind, and an eighth of the invoices is scripted or too late.
        let wanted = (invoices / COPY_EVERY).max(KINDS.len() as u64 * 2);
        Self { every: (invoices * 7 / 8 / wanted).max(1), since: 0, next: 0, waiting: Vec::new() }
    }

    fn count(&mut self) {
        self.since += 1;
        if self.since >= self.every && self.waiting.len() < WAITING_MAX {
            self.since = 0;
            self.waiting.push(self.next % KINDS.len());
            self.next += 1;
        }
    }
}

/// The shares of who bills how often.
struct Shares {
    /// The weights of all suppliers up to each, summed.
    sums: Vec<u64>,
}

impl Shares {
    fn new(billings: &[Billing]) -> Self {
        let sums = billings.iter().scan(0, |sum, billing| {
            *sum += billing.weight;
            Some(*sum)
        });
        Self { sums: sums.collect() }
    }

    fn draw(&self, rng: &mut Rng) -> usize {
        let all = *self.sums.last().expect("somebody bills");
        let at = rng.below(all);
        self.sums.partition_point(|sum| *sum <= at)
    }
}

fn monthly(billings: &[Billing]) -> Vec<Vec<usize>> {
    let mut days = vec![Vec::new(); 32];
    for (supplier, billing) in billings.iter().enumerate() {
        if let Some(day) = billing.monthly {
            days[day].push(supplier);
        }
    }
    days
}

/// The number of invoices keyed by the end of each day: more towards the ends of months, and in the
/// weeks before the year's books close.
fn quotas(calendar: &Calendar, invoices: u64) -> Vec<u64> {
    let sums = (0..=calendar.last).scan(0, |sum, day| {
        let date = calendar.date(day);
        if calendar.is_working(day) {
            *sum +=
                10 + if date.day() > 24 { 4 } else { 0 } + if date.month() == 3 { 3 } else { 0 };
        }
        Some(*sum)
    });
    let sums: Vec<u64> = sums.collect();
    let all = *sums.last().expect("there are days");
    sums.iter().map(|sum| invoices * sum / all).collect()
}
