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
use crate::supplier_lookup::SupplierLookup;

const SUPPLIERS: &str = "SELECT supplier_ref, account_key(iban, sort_code, account_number) AS account, \
    _active, created_date, modified_date, _since, supplier_name FROM suppliers \
    WHERE supplier_ref IS NOT NULL";
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
    /// Suppliers by active rows, and by others.
    lookups: [SupplierLookup; 2],
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

/// The supplier of an invoice that is asked about, as far as the ledgers know it.
#[derive(Debug, Default)]
pub(super) struct AskedSupplier {
    /// The reference by which its invoices are found.
    pub(super) reference: String,
    /// The ledger has an invoice of it.
    pub(super) has_billed: bool,
    /// References of the file of suppliers; of several one is meant.
    pub(super) held: Vec<String>,
    pub(super) doubt: Option<SupplierDoubt>,
}

/// Why it is not known which supplier is meant, in a sentence.
#[derive(Debug)]
pub(super) enum SupplierDoubt {
    /// Several may be; an account tells which.
    Several(String),
    /// Its reference is nobody's, and its name is somebody's.
    OtherReference(String),
}

impl AccountBook {
    pub(super) async fn read(session: &SessionContext) -> Result<Self, Error> {
        let mut book = Self::default();
        let suppliers = query_all(session, SUPPLIERS).await?;
        for batch in &suppliers {
            (0..batch.num_rows()).for_each(|row| book.add(batch, row));
        }
        book.lookups = [true, false].map(|active| {
            let wanted = named(&suppliers).filter(|(is_active, ..)| *is_active == active);
            SupplierLookup::new(wanted.map(|(_, reference, name)| (reference, name)))
        });
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
            + self.lookups.iter().map(SupplierLookup::bytes).sum::<usize>()
    }

    /// The suppliers that a reference may mean, else those of a name.
    pub(super) fn of_reference(&self, reference: &str) -> Vec<&str> {
        self.first(|lookup| lookup.of_reference(reference))
    }

    /// The suppliers that bear a name.
    pub(super) fn of_name(&self, name: &str) -> Vec<&str> {
        self.first(|lookup| lookup.of_name(name))
    }

    fn first<'a>(&'a self, of: impl Fn(&'a SupplierLookup) -> Vec<&'a str>) -> Vec<&'a str> {
        let mut found = self.lookups.iter().map(of);
        found.find(|found| !found.is_empty()).unwrap_or_default()
    }

    /// The oddities of the supplier of an invoice and its account, the gravest sort first.
    pub(super) fn oddities(
        &self,
        invoice: &ScreenedInvoice,
        asked: &AskedSupplier,
        recent: Recent<'_>,
    ) -> Vec<SupplierOddity> {
        let named = account_key(
            invoice.iban.as_deref(),
            invoice.sort_code.as_deref(),
            invoice.account_number.as_deref(),
        );
        let named = named.map(|account| (evidence::text_key(&account), ending(&account)));
        let held = self.meant(asked, named.as_ref().map(|(key, _)| *key));
        let only = if let [(_, only)] = held.as_slice() { Some(*only) } else { None };
        let active = || only.into_iter().flat_map(SupplierAccounts::active);
        let paid_into: Vec<(u64, String)> = match &named {
            Some(account) => vec![account.clone()],
            None => active().map(|one| (one.key, one.ending.clone())).collect(),
        };
        let mut found = Vec::new();
        for (key, ending) in &paid_into {
            if self.employees.contains(key) {
                let words = format!("an employee's pay goes to the account ending in {ending}");
                found.push((OddityKind::EmployeeAccount, words));
            }
        }
        found.extend(named.as_ref().and_then(|(key, ending)| other_account(&held, *key, ending)));
        let references: Vec<&str> = held.iter().map(|(reference, _)| *reference).collect();
        found.extend(paid_into.iter().filter_map(|(key, ending)| {
            Some((OddityKind::SharedAccount, self.shared(&references, *key, ending)?))
        }));
        if let Some(held) = only {
            let paid = |key: u64| paid_into.iter().any(|(paid, _)| *paid == key);
            found.extend(self.changed_account(held, paid, recent));
            found.extend(new_supplier(held, asked, recent));
        }
        let unknown = match &asked.doubt {
            Some(SupplierDoubt::OtherReference(words)) => Some(words.as_str()),
            Some(SupplierDoubt::Several(words)) => (held.len() != 1).then_some(words.as_str()),
            None => (held.is_empty() && !asked.has_billed).then_some(
                "neither a file of suppliers nor an invoice of the ledger names the supplier",
            ),
        };
        found.extend(unknown.map(|words| (OddityKind::UnknownSupplier, words.to_owned())));
        let oddity =
            |(kind, words)| SupplierOddity { word: recent.settings.of_oddity(kind), kind, words };
        found.into_iter().map(oddity).collect()
    }

    /// The suppliers that may be meant, by their references: of several the one whose account is named.
    fn meant<'a>(
        &'a self,
        asked: &'a AskedSupplier,
        named: Option<u64>,
    ) -> Vec<(&'a str, &'a SupplierAccounts)> {
        let held = asked.held.iter();
        let held: Vec<(&str, &SupplierAccounts)> = held
            .filter_map(|reference| Some((reference.as_str(), self.suppliers.get(reference)?)))
            .collect();
        let is_named = |one: &SupplierAccounts| one.active().any(|one| Some(one.key) == named);
        match held.iter().find(|(_, one)| is_named(one)) {
            Some(one) => vec![*one],
            None => held,
        }
    }

    /// Others that are paid into an account.
    fn shared(&self, own: &[&str], key: u64, ending: &str) -> Option<String> {
        let others: Vec<&str> = (self.holders.get(&key)?.iter())
            .map(String::as_str)
            .filter(|holder| !own.contains(holder))
            .collect();
        (!others.is_empty()).then(|| {
            format!("the account ending in {ending} is also that of supplier {}", listed(&others))
        })
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

impl SupplierAccounts {
    fn active(&self) -> impl Iterator<Item = &BankAccount> {
        self.accounts.iter().filter(|one| one.is_active)
    }
}

/// An account that is named and not the supplier's, as far as the file of suppliers knows any; where several
/// may be meant, none of theirs.
fn other_account(
    held: &[(&str, &SupplierAccounts)],
    key: u64,
    named: &str,
) -> Option<(OddityKind, String)> {
    let active = || held.iter().flat_map(|(_, one)| one.active());
    if active().next().is_none() || active().any(|one| one.key == key) {
        return None;
    }
    let words = if let [(_, only)] = held {
        let known = each_once(active().map(|one| one.ending.as_str())).join(" and ");
        if only.accounts.iter().any(|one| one.key == key) {
            format!(
                "the account ending in {named} was the supplier's; now it has one ending in {known}"
            )
        } else {
            format!(
                "the account ending in {named} is none of the supplier's, who has one ending in {known}"
            )
        }
    } else {
        let references: Vec<&str> = held.iter().map(|(reference, _)| *reference).collect();
        format!(
            "the account ending in {named} is that of none of the suppliers {}",
            listed(&references)
        )
    };
    Some((OddityKind::OtherAccount, words))
}

fn new_supplier(
    held: &SupplierAccounts,
    asked: &AskedSupplier,
    recent: Recent<'_>,
) -> Option<(OddityKind, String)> {
    let created = held.created.filter(|_| !asked.has_billed)?;
    let days = recent.today - created;
    let is_new = (0..=i32::from(recent.settings.recent_days)).contains(&days);
    let words = format!("the supplier was set up on {} and has never billed before", date(created));
    is_new.then_some((OddityKind::NewSupplier, words))
}

/// The references and names of suppliers, each with whether it is active.
fn named(batches: &[RecordBatch]) -> impl Iterator<Item = (bool, &str, &str)> {
    batches.iter().flat_map(|batch| {
        let [references, names] = [0, 6].map(|at| batch.column(at).as_string::<i32>());
        let active = batch.column(2).as_boolean();
        (0..batch.num_rows()).map(move |row| {
            let name = if names.is_valid(row) { names.value(row) } else { "" };
            (active.value(row), references.value(row), name)
        })
    })
}

/// Some references as sentences name them; more are counted.
pub(super) fn listed(references: &[&str]) -> String {
    let more = references.len().saturating_sub(NAMED_MAX);
    let named = references.iter().take(NAMED_MAX).copied().collect::<Vec<_>>().join(", ");
    if more > 0 { format!("{named} and {more} more") } else { named }
}

fn ending(account: &str) -> String {
    let characters: Vec<char> = account.chars().collect();
    characters[characters.len().saturating_sub(ENDING)..].iter().collect()
}

fn date(day: i32) -> jiff::civil::Date {
    use jiff::ToSpan as _;
    jiff::civil::date(1970, 1, 1).saturating_add(i64::from(day).days())
}
