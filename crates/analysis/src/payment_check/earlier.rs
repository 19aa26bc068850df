//! Earlier runs of a unit: what they ordered, and to which accounts.
//!
//! Invariant: a run that is sent again, mended or whole, is not compared with itself: it would be one doubt a
//! payment. The run says so as a whole.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use domain::UploadId;

use super::orders::Order;
use super::parties::{Parties, Payee};

/// Of 100 payments of a run, those that stand in an earlier one as they are from which on that is taken for
/// the same run, sent before. Rents and retainers come again, but on another day.
const SAME_RUN_PERCENT: usize = 50;

/// A payee, as payments are brought together.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum PayeeKey {
    /// The account or the name of the payment.
    Written(String),
    /// A supplier, by its place.
    Supplier(usize),
}

#[derive(Debug, Default)]
pub(super) struct EarlierRuns {
    /// The payments, by payee and amount.
    orders: HashMap<(PayeeKey, i128), Vec<Arc<Order>>>,
    /// The accounts to which a supplier was paid, by its place.
    accounts: HashMap<usize, HashSet<String>>,
    /// The runs that this one was sent as before, with how many of its payments they have.
    pub(super) sent_before: Vec<(UploadId, usize)>,
}

impl EarlierRuns {
    pub(super) fn new(
        before: impl Iterator<Item = Order>,
        own: &[Order],
        parties: &Parties,
    ) -> Self {
        let mut runs: BTreeMap<UploadId, Vec<Order>> = BTreeMap::new();
        for order in before {
            runs.entry(order.upload).or_default().push(order);
        }
        let ordered: HashSet<_> = own.iter().map(same_payment).collect();
        let mut earlier = Self::default();
        for (upload, orders) in runs {
            let same = orders.iter().filter(|order| ordered.contains(&same_payment(order))).count();
            if same * 100 >= own.len() * SAME_RUN_PERCENT {
                earlier.sent_before.push((upload, same));
                continue;
            }
            for order in orders {
                let payee = parties.payee(&order);
                if let ([only], Some(account)) = (payee.0.as_slice(), &order.account) {
                    earlier.accounts.entry(*only).or_default().insert(account.clone());
                }
                let order = Arc::new(order);
                for key in payee_keys(&order, &payee) {
                    let alike = earlier.orders.entry((key, order.amount)).or_default();
                    alike.push(Arc::clone(&order));
                }
            }
        }
        earlier
    }

    /// An earlier payment of the same money to the same payee for the same.
    pub(super) fn same(&self, order: &Order, payee: &Payee) -> Option<&Order> {
        let alike =
            payee_keys(order, payee).filter_map(|key| self.orders.get(&(key, order.amount)));
        let mut same = alike.flatten().filter(|earlier| {
            let says_for_what = !order.numbers.is_empty();
            let is_near = order.day == earlier.day;
            earlier.is_for_the_same(order) && (says_for_what || is_near)
        });
        same.next().map(Arc::as_ref)
    }

    /// Returns `true` when a supplier was paid before, and never to this account.
    pub(super) fn is_new_account(&self, supplier: usize, account: &str) -> bool {
        self.accounts.get(&supplier).is_some_and(|known| !known.contains(account))
    }
}

/// A payment by its payee, money and day: other formats write its reference otherwise, or cut it.
fn same_payment(order: &Order) -> (String, i128, Option<i32>) {
    (payee_key(order), order.amount, order.day)
}

/// The payee of a payment: the account, else the name.
fn payee_key(order: &Order) -> String {
    order.account.clone().unwrap_or_else(|| order.payee.to_uppercase())
}

/// The keys by which payments to one payee meet: the account, else the name; and where it is said what they
/// are for, the supplier, into whichever of its accounts.
pub(super) fn payee_keys(order: &Order, payee: &Payee) -> impl Iterator<Item = PayeeKey> {
    let suppliers: &[usize] = if order.numbers.is_empty() { &[] } else { &payee.0 };
    let written = PayeeKey::Written(payee_key(order));
    std::iter::once(written).chain(suppliers.iter().copied().map(PayeeKey::Supplier))
}
