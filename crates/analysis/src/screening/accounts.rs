//! Whose accounts are whose: what is odd about the supplier of an invoice and the account it is paid into.
//!
//! Not for: findings about suppliers (`run`); what is recent here is counted from the day of the question.
//!
//! Invariant: accounts are held as digests with their last digits, and nothing that is said names an
//! employee.

use arrow_array::cast::AsArray as _;
use arrow_array::types::{Date32Type, Int64Type};
use arrow_array::{Array as _, RecordBatch};
use datafusion::prelude::SessionContext;
use domain::ScreenedInvoice;
use domain::ScreeningSettings;
use domain::screening::{OddityKind, SupplierOddity};
use domain::text::each_once;
use evidence::bank::account_key;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::engine::query_all;
use crate::error::Error;

const SUPPLIERS: &str = "SELECT supplier_ref, account_key(iban, sort_code, account_number) AS account, \
    _active, created_date, modified_date, _since FROM suppliers WHERE supplier_ref IS NOT NULL";
const EMPLOYEES: &str = "SELECT account_key(iban, sort_code, account_number) AS account FROM employees \
    WHERE _active";

/// Characters by which an account is shown.
const ENDING: usize = 4;
/// Other suppliers of an account that are named; more are counted.
const NAMED_MAX: usize = 3;

/// The accounts of a unit's suppliers and employees.
#[derive(Debug, Default)]
pub(super) struct AccountBook {
    suppliers: FxHashMap<String, SupplierAccounts>,
    /// References by account, of active rows.
    holders: FxHashMap<u64, Vec<String>>,
    employees: FxHashSet<u64>,
    /// The version of the newest rows of suppliers.
    newest: i64,
}

#[derive(Debug, Default)]
struct SupplierAccounts {
    created: Option<i32>,
    accounts: Vec<BankAccount>,
}

/// An account of a supplier, as one row has it.
#[derive(Debug, Clone)]
struct BankAccount {
    key: u64,
    ending: String,
    is_active: bool,
    modified: Option<i32>,
    since: i64,
}

/// The day of a question and for how long things are recent.
#[derive(Debug, Clone, Copy)]
pub(super) struct Recent<'a> {
    /// Days since 1970.
    pub(super) today: i32,
    pub(super) settings: &'a ScreeningSettings,
}

/// The billing of a supplier: has the ledger an invoice of it?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Billing {
    Before,
    Never,
}

impl AccountBook {
    pub(super) async fn read(session: &SessionContext) -> Result<Self, Error> {
        let mut book = Self::default();
        for batch in query_all(session, SUPPLIERS).await? {
            (0..batch.num_rows()).for_each(|row| book.add(&batch, row));
        }
        for batch in query_all(session, EMPLOYEES).await? {
            let accounts = batch.column(0).as_string::<i32>().iter().flatten();
            book.employees.extend(accounts.map(evidence::text_key));
        }
        for holders in book.holders.values_mut() {
            holders.sort_unstable();
            holders.dedup();
        }
        Ok(book)
    }

    fn add(&mut self, batch: &RecordBatch, row: usize) {
        let text = |at: usize| {
            let column = batch.column(at).as_string::<i32>();
            column.is_valid(row).then(|| column.value(row))
        };
        let day = |at: usize| {
            let column = batch.column(at).as_primitive::<Date32Type>();
            column.is_valid(row).then(|| column.value(row))
        };
        let reference = text(0).expect("the statement leaves out rows without one");
        let supplier = self.suppliers.entry(reference.to_owned()).or_default();
        supplier.created = supplier.created.max(day(3));
        let since = batch.column(5).as_primitive::<Int64Type>();
        let since = if since.is_valid(row) { since.value(row) } else { 0 };
        self.newest = self.newest.max(since);
        let Some(account) = text(1) else { return };
        let held = BankAccount {
            key: evidence::text_key(account),
            ending: ending(account),
            is_active: batch.column(2).as_boolean().value(row),
            modified: day(4),
            since,
        };
        if held.is_active {
            self.holders.entry(held.key).or_default().push(reference.to_owned());
        }
        supplier.accounts.push(held);
    }

    /// Bytes in memory.
    pub(super) fn bytes(&self) -> usize {
        let accounts: usize = self.suppliers.values().map(|one| one.accounts.len()).sum();
        let names: usize = self.suppliers.keys().map(String::len).sum();
        2 * names
            + self.suppliers.len() * (size_of::<(String, SupplierAccounts)>() + size_of::<String>())
            + accounts * (size_of::<BankAccount>() + ENDING)
            + self.employees.len() * size_of::<u64>()
    }

    /// The oddities of the supplier of an invoice and its account, the gravest sort first.
    pub(super) fn oddities(
        &self,
        invoice: &ScreenedInvoice,
        billing: Billing,
        recent: Recent<'_>,
    ) -> Vec<SupplierOddity> {
        let reference = invoice.supplier();
        let held = self.suppliers.get(reference);
        let named = account_key(
            invoice.iban.as_deref(),
            invoice.sort_code.as_deref(),
            invoice.account_number.as_deref(),
        );
        let active =
            || held.into_iter().flat_map(|held| &held.accounts).filter(|one| one.is_active);
        let paid_into: Vec<(u64, String)> = match &named {
            Some(account) => vec![(evidence::text_key(account), ending(account))],
            None => active().map(|one| (one.key, one.ending.clone())).collect(),
        };
        let mut found = Vec::new();
        for (key, ending) in &paid_into {
            if self.employees.contains(key) {
                let words = format!("an employee's pay goes to the account ending in {ending}");
                found.push((OddityKind::EmployeeAccount, words));
            }
        }
        if let (Some((key, ending)), Some(held), true) = (paid_into.first(), held, named.is_some())
        {
            found.extend(other_account(held, *key, ending));
        }
        found.extend(paid_into.iter().filter_map(|(key, ending)| {
            Some((OddityKind::SharedAccount, self.shared(reference, *key, ending)?))
        }));
        if let Some(held) = held {
            let paid = |key: u64| paid_into.iter().any(|(paid, _)| *paid == key);
            found.extend(self.changed_account(held, paid, recent));
            found.extend(new_supplier(held, billing, recent));
        } else if billing == Billing::Never {
            let words =
                "neither a file of suppliers nor an invoice of the ledger names the supplier";
            found.push((OddityKind::UnknownSupplier, words.to_owned()));
        }
        let oddity =
            |(kind, words)| SupplierOddity { word: recent.settings.of_oddity(kind), kind, words };
        found.into_iter().map(oddity).collect()
    }

    /// Others that are paid into an account.
    fn shared(&self, reference: &str, key: u64, ending: &str) -> Option<String> {
        let others: Vec<&str> = (self.holders.get(&key)?.iter())
            .map(String::as_str)
            .filter(|holder| *holder != reference)
            .collect();
        let more = others.len().saturating_sub(NAMED_MAX);
        let named = others.iter().take(NAMED_MAX).copied().collect::<Vec<_>>().join(", ");
        let named = if more > 0 { format!("{named} and {more} more") } else { named };
        (!others.is_empty())
            .then(|| format!("the account ending in {ending} is also that of supplier {named}"))
    }

    /// An account that took another's place lately; one that is paid into.
    fn changed_account(
        &self,
        held: &SupplierAccounts,
        is_paid: impl Fn(u64) -> bool,
        recent: Recent<'_>,
    ) -> Option<(OddityKind, String)> {
        let is_active = |key: u64| held.accounts.iter().any(|one| one.is_active && one.key == key);
        let before = held.accounts.iter().find(|one| !one.is_active && !is_active(one.key))?;
        let since = recent.today - i32::from(recent.settings.recent_days);
        // Without a day, what the newest file brought is recent.
        let is_recent = |one: &&BankAccount| match one.modified {
            Some(modified) => (since..=recent.today).contains(&modified),
            None => one.since == self.newest && one.since > before.since,
        };
        let now = held.accounts.iter().filter(|one| one.is_active && is_paid(one.key));
        let now = now.into_iter().find(is_recent)?;
        let on = now.modified.map(|day| format!(" on {}", date(day))).unwrap_or_default();
        let (old, new) = (&before.ending, &now.ending);
        let words = format!("its account ending in {old} became one ending in {new}{on}");
        Some((OddityKind::ChangedAccount, words))
    }
}

/// An account that is named and not the supplier's, as far as the file of suppliers knows any.
fn other_account(held: &SupplierAccounts, key: u64, named: &str) -> Option<(OddityKind, String)> {
    let active: Vec<&BankAccount> = held.accounts.iter().filter(|one| one.is_active).collect();
    if active.is_empty() || active.iter().any(|one| one.key == key) {
        return None;
    }
    let known = each_once(active.iter().map(|one| one.ending.as_str())).join(" and ");
    let was_its = held.accounts.iter().any(|one| one.key == key);
    let words = if was_its {
        format!(
            "the account ending in {named} was the supplier's; now it has one ending in {known}"
        )
    } else {
        format!(
            "the account ending in {named} is none of the supplier's, who has one ending in {known}"
        )
    };
    Some((OddityKind::OtherAccount, words))
}

fn new_supplier(
    held: &SupplierAccounts,
    billing: Billing,
    recent: Recent<'_>,
) -> Option<(OddityKind, String)> {
    let created = held.created.filter(|_| billing == Billing::Never)?;
    let days = recent.today - created;
    let is_new = (0..=i32::from(recent.settings.recent_days)).contains(&days);
    let words = format!("the supplier was set up on {} and has never billed before", date(created));
    is_new.then_some((OddityKind::NewSupplier, words))
}

fn ending(account: &str) -> String {
    let characters: Vec<char> = account.chars().collect();
    characters[characters.len().saturating_sub(ENDING)..].iter().collect()
}

fn date(day: i32) -> jiff::civil::Date {
    use jiff::ToSpan as _;
    jiff::civil::date(1970, 1, 1).saturating_add(i64::from(day).days())
}
