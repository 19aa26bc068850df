//! Doubts: what speaks against each payment of a run.
//!
//! Invariant: of two payments that are one the later is doubted, so that holding what is doubted leaves one.

use std::collections::HashMap;

use domain::payment_run::{CheckedPayment, PaymentCheck, PaymentDoubt, PaymentDoubtKind};
use domain::text::each_once;
use domain::{Amount, Money};

use super::earlier::{EarlierRuns, payee_key};
use super::invoices::{LedgerInvoice, LedgerInvoices};
use super::orders::Order;
use super::parties::{Parties, Payee, Supplier};
use crate::other_invoices::day;

/// Half a unit of any currency: what banks and rounding leave.
const TOLERANCE: i128 = 5_000;
/// Invoices that a sentence names.
const NAMED_MAX: usize = 3;

/// All that payments are held against.
pub(super) struct Judge<'a> {
    pub(super) parties: &'a Parties,
    pub(super) invoices: &'a LedgerInvoices,
    pub(super) earlier: &'a EarlierRuns,
}

impl Judge<'_> {
    pub(super) fn check(&self, orders: &[Order], payees: &[Payee]) -> PaymentCheck {
        let twice = twice_in_run(orders);
        let checked = orders.iter().zip(payees).enumerate().map(|(at, (order, payee))| {
            let mut doubts = self.doubts(order, payee);
            doubts.extend(twice.get(&at).map(|first| {
                let words = format!(
                    "line {} orders {} to the same payee for the same",
                    orders[*first].line,
                    written(order.amount, order)
                );
                doubt(PaymentDoubtKind::TwiceInRun, words)
            }));
            doubts.sort_by_key(|doubt| doubt.kind);
            CheckedPayment {
                line: order.line,
                payment_id: order.id.clone(),
                payee: order.payee.clone(),
                supplier_ref: self
                    .parties
                    .supplier(payee, order)
                    .map(|supplier| supplier.reference.clone()),
                money: Money {
                    amount: Amount::nearest(order.amount),
                    currency: order.currency.clone(),
                },
                account_end: order.account_end.clone(),
                reference: order.reference.clone(),
                doubts,
            }
        });
        PaymentCheck { payments: checked.collect(), notes: self.notes(orders) }
    }

    /// Remarks on what could not be compared, and on whether the run was sent before.
    fn notes(&self, orders: &[Order]) -> Vec<String> {
        let mut notes = Vec::new();
        for (upload, same) in &self.earlier.sent_before {
            notes.push(format!(
                "{same} of these {} payments stand in the run {upload} as well, of the same day: it is taken for \
                 this one as it was sent before. Release one of the two only.",
                orders.len()
            ));
        }
        if !self.parties.has_suppliers {
            notes.push(
                "No suppliers have been sent: accounts are not compared with theirs.".to_owned(),
            );
        }
        if !self.parties.has_employees {
            notes.push(
                "No employees have been sent: accounts are not compared with theirs.".to_owned(),
            );
        }
        if !self.invoices.has_ledger {
            notes.push("No transactions have been sent: nothing says what is open.".to_owned());
        } else if !self.invoices.knows_payments {
            let words =
                "The ledger says of no invoice when it was paid: nothing says what is open.";
            notes.push(words.to_owned());
        }
        notes
    }

    fn doubts(&self, order: &Order, payee: &Payee) -> Vec<PaymentDoubt> {
        let mut doubts = Vec::new();
        let is_for_employee = self.parties.is_for_employee(order);
        doubts.extend(self.account_doubts(order, payee));
        if payee.0.is_empty() && self.parties.has_suppliers && !is_for_employee {
            let words = "nobody of that reference, name or account is among the active suppliers";
            doubts.push(doubt(PaymentDoubtKind::UnknownPayee, words));
        }
        if self.parties.of(payee).iter().any(|supplier| supplier.is_one_time) {
            let words = "the supplier's record is flagged as one-time: many are paid by it";
            doubts.push(doubt(PaymentDoubtKind::OneTimeSupplier, words));
        }
        if let Some(earlier) = self.earlier.same(order) {
            let words = format!(
                "the run {} ordered {} to the same payee for the same, in its line {}",
                earlier.upload,
                written(order.amount, order),
                earlier.line
            );
            doubts.push(doubt(PaymentDoubtKind::InEarlierRun, words));
        }
        if self.invoices.knows_payments && !payee.0.is_empty() {
            doubts.extend(self.amount_doubt(order, payee));
        }
        doubts
    }

    fn account_doubts(&self, order: &Order, payee: &Payee) -> Vec<PaymentDoubt> {
        let Some(account) = &order.account else { return Vec::new() };
        let mut doubts = Vec::new();
        let own = self.parties.of(payee);
        let is_own = own.iter().any(|supplier| supplier.accounts.contains(account));
        let is_known = own.iter().any(|supplier| !supplier.accounts.is_empty());
        let others: Vec<&Supplier> = self.parties.owners(account).collect();
        // Where no account of the supplier is known, that of another is odd still.
        let is_strange = is_known || (!own.is_empty() && !others.is_empty());
        if !is_own && is_strange {
            let whose = match others.as_slice() {
                [] => "no active supplier has it".to_owned(),
                [other, ..] => format!("it is that of {} ({})", other.name, other.reference),
            };
            let words =
                format!("the account {} is none of the supplier's; {whose}", order.account_end);
            doubts.push(doubt(PaymentDoubtKind::OtherAccount, words));
        }
        let employee = self.parties.employee(account);
        if let Some(employee) = employee.filter(|_| !self.parties.is_for_employee(order)) {
            let words = format!("the account {} is that of employee {employee}", order.account_end);
            doubts.push(doubt(PaymentDoubtKind::EmployeeAccount, words));
        }
        if let [only] = payee.0.as_slice()
            && is_own
            && self.earlier.is_new_account(*only, account)
        {
            let words = format!(
                "earlier runs paid the supplier, and never to the account {}; ask the supplier by a number that \
                 you know whether it has changed",
                order.account_end
            );
            doubts.push(doubt(PaymentDoubtKind::AccountChanged, words));
        }
        doubts
    }

    /// Paid already, or more than is open.
    fn amount_doubt(&self, order: &Order, payee: &Payee) -> Option<PaymentDoubt> {
        let keys: Vec<String> = self.parties.references(payee).collect();
        let all: Vec<&LedgerInvoice> = keys
            .iter()
            .flat_map(|key| self.invoices.of(key))
            .filter(|invoice| is_of_currency(invoice, order))
            .collect();
        let named: Vec<&LedgerInvoice> =
            all.iter().copied().filter(|invoice| order.numbers.contains(&invoice.number)).collect();
        let paid: Vec<&LedgerInvoice> = named
            .iter()
            .copied()
            .filter(|invoice| invoice.amount > 0 && is_paid_only(invoice, &named))
            .collect();
        if let Some(first) = paid.first()
            && paid.iter().any(|invoice| order.amount + TOLERANCE >= invoice.amount)
        {
            let mut numbers = each_once(paid.iter().map(|invoice| invoice.written.as_str()));
            numbers.truncate(NAMED_MAX);
            let on = first.paid.and_then(|days| day(days).ok());
            let on = on.map_or_else(String::new, |day| format!(" on {day}"));
            let words = format!("the ledger says that {} was paid{on}", numbers.join(", "));
            return Some(doubt(PaymentDoubtKind::PaidAlready, words));
        }
        let open: i128 = all
            .iter()
            .filter(|invoice| invoice.paid.is_none() && invoice.amount > 0)
            .map(|invoice| invoice.amount)
            .sum();
        if order.amount <= open + TOLERANCE {
            return None;
        }
        let words = match (all.is_empty(), open) {
            (true, _) => "the ledger has no invoice of this supplier".to_owned(),
            (false, 0) => "the ledger has no open invoice of this supplier".to_owned(),
            (false, _) => format!(
                "{} is paid, and invoices of this supplier over {} are open",
                written(order.amount, order),
                written(open, order)
            ),
        };
        Some(doubt(PaymentDoubtKind::AboveOpen, words))
    }
}

/// Returns `true` when every invoice of that number is paid.
fn is_paid_only(invoice: &LedgerInvoice, named: &[&LedgerInvoice]) -> bool {
    let mut same = named.iter().filter(|other| other.number == invoice.number);
    same.all(|other| other.paid.is_some())
}

/// An invoice without a currency is in that of the payment.
fn is_of_currency(invoice: &LedgerInvoice, order: &Order) -> bool {
    match (&invoice.currency, &order.currency) {
        (Some(one), Some(other)) => one == other,
        _ => true,
    }
}

/// Returns of each payment that stands in the run before the first of them.
fn twice_in_run(orders: &[Order]) -> HashMap<usize, usize> {
    let mut alike: HashMap<(String, i128), Vec<usize>> = HashMap::new();
    let mut twice = HashMap::new();
    for (at, order) in orders.iter().enumerate() {
        let known = alike.entry((payee_key(order), order.amount)).or_default();
        match known.iter().find(|first| orders[**first].is_for_the_same(order)) {
            Some(first) => {
                twice.insert(at, *first);
            }
            None => known.push(at),
        }
    }
    twice
}

fn doubt(kind: PaymentDoubtKind, words: impl Into<String>) -> PaymentDoubt {
    PaymentDoubt { kind, words: words.into() }
}

/// An amount in ten-thousandths as sentences have it.
fn written(amount: i128, order: &Order) -> String {
    Amount::nearest(amount).written(order.currency.as_deref())
}
