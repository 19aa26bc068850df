//! Doubts: what speaks against each payment of a run.
//!
//! Invariant: of two payments that are one the later is doubted, so that holding what is doubted leaves one.

use std::collections::HashMap;

use domain::payment_run::{CheckedPayment, PaymentCheck, PaymentDoubt, PaymentDoubtKind};
use domain::text::each_once;
use domain::{Amount, Money};

use super::earlier::{EarlierRuns, PayeeKey, payee_keys};
use super::invoices::{LedgerInvoice, LedgerInvoices};
use super::open::{OpenSums, TOLERANCE};
use super::orders::Order;
use super::parties::{Parties, Payee, Supplier};
use crate::other_invoices::day;

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
        let twice = twice_in_run(orders, payees);
        let mut open = OpenSums::new(self.parties, self.invoices);
        let checked = orders.iter().zip(payees).enumerate().map(|(at, (order, payee))| {
            let mut doubts = self.doubts(order, payee);
            doubts.extend(twice.get(&at).map(|first| {
                let first = &orders[*first];
                let (line, amount) = (first.line, order.written(order.amount));
                let words = format!("line {line} orders {amount} {}", to_whom(order, first));
                doubt(PaymentDoubtKind::TwiceInRun, words)
            }));
            if self.invoices.knows_payments && !payee.0.is_empty() {
                let paid = self.paid_doubt(order, payee);
                let more = paid.or_else(|| open.doubt(order, payee, &doubts));
                doubts.extend(more);
            }
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
        } else if !self.invoices.marks_credits {
            let words = "Few of the older credits in the ledger have a day on which they were taken: open \
                         credits are not set off against what is open.";
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
        if let Some(earlier) = self.earlier.same(order, payee) {
            let words = format!(
                "the run {} ordered {} {}, in its line {}",
                earlier.upload,
                order.written(order.amount),
                to_whom(order, earlier),
                earlier.line
            );
            doubts.push(doubt(PaymentDoubtKind::InEarlierRun, words));
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

    /// The doubt about a payment whose invoice is paid.
    fn paid_doubt(&self, order: &Order, payee: &Payee) -> Option<PaymentDoubt> {
        let keys: Vec<String> = self.parties.references(payee).collect();
        let named: Vec<&LedgerInvoice> = keys
            .iter()
            .flat_map(|key| self.invoices.of(key))
            .filter(|invoice| invoice.is_of_currency(order))
            .filter(|invoice| order.numbers.contains(&invoice.number))
            .collect();
        let paid: Vec<&LedgerInvoice> = named
            .iter()
            .copied()
            .filter(|invoice| invoice.amount > 0 && is_paid_only(invoice, &named))
            .collect();
        let first = paid.first()?;
        if paid.iter().all(|invoice| order.amount + TOLERANCE < invoice.amount) {
            return None;
        }
        let mut numbers = each_once(paid.iter().map(|invoice| invoice.written.as_str()));
        numbers.truncate(NAMED_MAX);
        let on = first.paid.and_then(|days| day(days).ok());
        let on = on.map_or_else(String::new, |day| format!(" on {day}"));
        let words = format!("the ledger says that {} was paid{on}", numbers.join(", "));
        Some(doubt(PaymentDoubtKind::PaidAlready, words))
    }
}

/// Returns `true` when every invoice of that number is paid.
fn is_paid_only(invoice: &LedgerInvoice, named: &[&LedgerInvoice]) -> bool {
    let mut same = named.iter().filter(|other| other.number == invoice.number);
    same.all(|other| other.paid.is_some())
}

/// Returns of each payment that stands in the run before the first of them.
fn twice_in_run(orders: &[Order], payees: &[Payee]) -> HashMap<usize, usize> {
    let mut alike: HashMap<(PayeeKey, i128), Vec<usize>> = HashMap::new();
    let mut twice = HashMap::new();
    for (at, (order, payee)) in orders.iter().zip(payees).enumerate() {
        let keys = payee_keys(order, payee).map(|key| (key, order.amount));
        let keys: Vec<(PayeeKey, i128)> = keys.collect();
        let known = keys.iter().filter_map(|key| alike.get(key)).flatten();
        let mut same = known.filter(|first| orders[**first].is_for_the_same(order));
        if let Some(first) = same.next() {
            twice.insert(at, *first);
        } else {
            for key in keys {
                alike.entry(key).or_default().push(at);
            }
        }
    }
    twice
}

fn doubt(kind: PaymentDoubtKind, words: impl Into<String>) -> PaymentDoubt {
    PaymentDoubt { kind, words: words.into() }
}

/// The words for whom another payment is for, beside this one.
fn to_whom(order: &Order, other: &Order) -> &'static str {
    match (&order.account, &other.account) {
        (Some(one), Some(another)) if one != another => {
            "to the same supplier for the same, into another account"
        }
        _ => "to the same payee for the same",
    }
}
