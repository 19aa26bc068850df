//! The payments of a run against what is open of their suppliers, added up from line to line.
//!
//! Not for: invoices that a payment names and that are paid (`doubts`).
//!
//! Invariant: of payments that are together more than is open the later are doubted, and what is doubted does
//! not count for those behind it: holding it leaves no more than is open.

use std::collections::HashMap;

use domain::payment_run::{PaymentDoubt, PaymentDoubtKind};

use super::invoices::{LedgerInvoice, LedgerInvoices};
use super::orders::Order;
use super::parties::{Parties, Payee};

/// Half a unit of any currency: what banks and rounding leave.
pub(super) const TOLERANCE: i128 = 5_000;

/// The sums that a run has ordered so far, within what is open.
#[derive(Debug)]
pub(super) struct OpenSums<'a> {
    parties: &'a Parties,
    invoices: &'a LedgerInvoices,
    /// The sums, by the suppliers that are meant and the currency.
    ordered: HashMap<(Vec<usize>, Option<String>), OrderedSum>,
}

/// Payments of a run for one supplier.
#[derive(Debug, Default)]
struct OrderedSum {
    amount: i128,
    lines: Vec<u64>,
}

/// The amounts of a supplier's open invoices and open credits, both above zero.
#[derive(Debug, Default)]
struct OpenAmounts {
    billed: i128,
    credits: i128,
    has_invoices: bool,
    /// The payment names an open invoice and is as large as it.
    is_of_invoice: bool,
}

impl OpenAmounts {
    /// The credits that lessen what may go out: none where an invoice is paid as it is, as the credit may be
    /// taken with another; that it never was is a check of its own (`credits_not_taken`).
    fn credited(&self) -> i128 {
        if self.is_of_invoice { 0 } else { self.credits }
    }
}

impl<'a> OpenSums<'a> {
    pub(super) fn new(parties: &'a Parties, invoices: &'a LedgerInvoices) -> Self {
        Self { parties, invoices, ordered: HashMap::new() }
    }

    /// The doubt about a payment that is more than is open, together with those before it. One that is
    /// doubted already, as it was paid or ordered before, is not to go out and counts for none behind it.
    pub(super) fn doubt(
        &mut self,
        order: &Order,
        payee: &Payee,
        doubted: &[PaymentDoubt],
    ) -> Option<PaymentDoubt> {
        let open = self.open(order, payee);
        let mut suppliers = payee.0.clone();
        suppliers.sort_unstable();
        let ordered = self.ordered.entry((suppliers, order.currency.clone())).or_default();
        let together = ordered.amount + order.amount;
        if together <= (open.billed - open.credited()).max(0) + TOLERANCE {
            if !doubted.iter().any(|doubt| is_second(doubt.kind)) {
                ordered.amount = together;
                ordered.lines.push(order.line);
            }
            return None;
        }
        let words = match (open.has_invoices, open.billed) {
            (false, _) => "the ledger has no invoice of this supplier".to_owned(),
            (true, 0) => "the ledger has no open invoice of this supplier".to_owned(),
            _ => {
                let beside = match ordered.lines.as_slice() {
                    [] => String::new(),
                    [line] => format!(" together with line {line}"),
                    lines => format!(" together with {} lines before it", lines.len()),
                };
                let less = match open.credited() {
                    0 => String::new(),
                    credited => format!(", less open credits for {}", order.written(credited)),
                };
                format!(
                    "{} is paid{beside}, and invoices of this supplier for {} are open{less}",
                    order.written(together),
                    order.written(open.billed)
                )
            }
        };
        Some(PaymentDoubt { kind: PaymentDoubtKind::AboveOpen, words })
    }

    fn open(&self, order: &Order, payee: &Payee) -> OpenAmounts {
        let mut open = OpenAmounts::default();
        for key in self.parties.references(payee) {
            let own = self.invoices.of(&key).iter().filter(|one| one.is_of_currency(order));
            for LedgerInvoice { amount, paid, number, .. } in own {
                open.has_invoices = true;
                match amount {
                    _ if paid.is_some() => {}
                    1.. => {
                        open.billed += amount;
                        open.is_of_invoice |=
                            *amount == order.amount && order.numbers.contains(number);
                    }
                    _ if self.invoices.marks_credits => open.credits -= amount,
                    _ => {}
                }
            }
        }
        open
    }
}

/// Returns `true` for doubts of a payment that stands somewhere before.
const fn is_second(kind: PaymentDoubtKind) -> bool {
    matches!(kind, PaymentDoubtKind::TwiceInRun | PaymentDoubtKind::InEarlierRun)
}
