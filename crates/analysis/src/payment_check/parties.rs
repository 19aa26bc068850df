//! The parties of payments: suppliers by reference, name or account, and the accounts of employees.
//!
//! Invariant: a name that several suppliers bear stands for all of them: an account of any is theirs.

use std::collections::{HashMap, HashSet};

use arrow_array::cast::AsArray as _;
use domain::FileType;
use evidence::bank::account_key;

use super::orders::{Order, text};
use crate::error::Error;
use crate::ledger::Ledger;
use crate::schema::ACTIVE_COLUMN;
use crate::supplier_lookup::{name_key, reference_key};

/// Characters of a payee's name that formats have room for: Bacs Standard 18, and NACHA.
const CUT_NAMES: [usize; 2] = [18, 22];
/// Letters of a payee's name that a bank's format has cut: fewer are the beginning of many names.
const CUT_NAME_LETTERS_MIN: usize = 12;
/// The words by which ERPs flag a record for suppliers that are paid once.
const ONE_TIME: [&str; 7] = ["Y", "YES", "TRUE", "1", "X", "J", "JA"];

/// A supplier with its active accounts.
#[derive(Debug, Default)]
pub(super) struct Supplier {
    pub(super) reference: String,
    pub(super) name: String,
    pub(super) accounts: HashSet<String>,
    pub(super) is_one_time: bool,
}

/// The suppliers that a payment may be for, by their places.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Payee(pub(super) Vec<usize>);

#[derive(Debug, Default)]
pub(super) struct Parties {
    pub(super) suppliers: Vec<Supplier>,
    /// Nobody has sent suppliers, or employees.
    pub(super) has_suppliers: bool,
    pub(super) has_employees: bool,
    by_reference: HashMap<String, usize>,
    by_name: HashMap<String, Vec<usize>>,
    /// Letters of names in order, for those that are cut.
    by_letters: Vec<(String, usize)>,
    by_account: HashMap<String, Vec<usize>>,
    /// Employees by account.
    employees: HashMap<String, String>,
    employee_ids: HashSet<String>,
}

impl Parties {
    pub(super) fn read(
        suppliers: Option<&Ledger>,
        employees: Option<&Ledger>,
    ) -> Result<Self, Error> {
        let mut parties = Self {
            has_suppliers: suppliers.is_some(),
            has_employees: employees.is_some(),
            ..Self::default()
        };
        if let Some(suppliers) = suppliers {
            parties.read_suppliers(suppliers)?;
        }
        if let Some(employees) = employees {
            parties.read_employees(employees)?;
        }
        parties.index();
        Ok(parties)
    }

    fn read_suppliers(&mut self, suppliers: &Ledger) -> Result<(), Error> {
        const COLUMNS: [&str; 7] = [
            "supplier_ref",
            "supplier_name",
            "sort_code",
            "account_number",
            "iban",
            "one_time",
            ACTIVE_COLUMN,
        ];
        each_active(suppliers, &COLUMNS, |of| {
            let Some(reference) = of("supplier_ref")? else { return Ok(()) };
            let key = reference_key(&reference);
            let at = *self.by_reference.entry(key).or_insert_with(|| {
                self.suppliers.push(Supplier { reference, ..Supplier::default() });
                self.suppliers.len() - 1
            });
            let supplier = &mut self.suppliers[at];
            if let Some(name) = of("supplier_name")? {
                supplier.name = name;
            }
            supplier.accounts.extend(account_of(&of)?);
            supplier.is_one_time |= of("one_time")?
                .is_some_and(|flag| ONE_TIME.contains(&flag.to_uppercase().as_str()));
            Ok(())
        })
    }

    fn read_employees(&mut self, employees: &Ledger) -> Result<(), Error> {
        const COLUMNS: [&str; 5] =
            ["employee_id", "sort_code", "account_number", "iban", ACTIVE_COLUMN];
        each_active(employees, &COLUMNS, |of| {
            let Some(id) = of("employee_id")? else { return Ok(()) };
            self.employee_ids.insert(reference_key(&id));
            if let Some(account) = account_of(&of)? {
                self.employees.insert(account, id);
            }
            Ok(())
        })
    }

    fn index(&mut self) {
        for (at, supplier) in self.suppliers.iter().enumerate() {
            let name = name_key(&supplier.name);
            if !name.is_empty() {
                self.by_name.entry(name).or_default().push(at);
            }
            self.by_letters.push((letters(&supplier.name), at));
            for account in &supplier.accounts {
                self.by_account.entry(account.clone()).or_default().push(at);
            }
        }
        self.by_letters.sort_unstable();
    }

    /// The supplier a payment is for: by its reference, else its name, else its account.
    pub(super) fn payee(&self, order: &Order) -> Payee {
        let by_reference = self.by_reference.get(&reference_key(&order.payee_ref));
        if let Some(at) = by_reference.filter(|_| !order.payee_ref.is_empty()) {
            return Payee(vec![*at]);
        }
        let name = name_key(&order.payee);
        let named = self.by_name.get(&name);
        if let Some(named) = named.filter(|_| !may_be_cut(&order.payee)) {
            return Payee(named.clone());
        }
        // `VEXFIELD ENERGY SE` may be a European company, and may be Vexfield Energy Services.
        let mut known = self.named_so_far(&letters(&order.payee));
        let in_full = named.into_iter().flatten().filter(|at| !known.contains(at));
        let in_full: Vec<usize> = in_full.copied().collect();
        known.extend(in_full);
        if !known.is_empty() {
            return Payee(known);
        }
        let of_account = order.account.as_ref().and_then(|account| self.by_account.get(account));
        Payee(of_account.cloned().unwrap_or_default())
    }

    /// Suppliers whose names begin with these letters, where they are enough to tell. The last may be half an
    /// AND, which is left out of names.
    fn named_so_far(&self, letters: &str) -> Vec<usize> {
        let ends = [Some(letters), letters.strip_suffix("AN"), letters.strip_suffix('A')];
        let mut found = ends.into_iter().flatten().map(|letters| self.beginning_with(letters));
        found.find(|found| !found.is_empty()).unwrap_or_default()
    }

    fn beginning_with(&self, letters: &str) -> Vec<usize> {
        if letters.len() < CUT_NAME_LETTERS_MIN {
            return Vec::new();
        }
        let first = self.by_letters.partition_point(|(known, _)| known.as_str() < letters);
        let begins =
            self.by_letters[first..].iter().take_while(|(known, _)| known.starts_with(letters));
        begins.map(|(_, at)| *at).collect()
    }

    /// The references of whom a payment may be for, as they are compared.
    pub(super) fn references<'a>(&'a self, payee: &'a Payee) -> impl Iterator<Item = String> + 'a {
        payee.0.iter().map(|at| reference_key(&self.suppliers[*at].reference))
    }

    pub(super) fn of(&self, payee: &Payee) -> Vec<&Supplier> {
        payee.0.iter().map(|at| &self.suppliers[*at]).collect()
    }

    /// The supplier of a payment: the only one, or of several the one whose account is paid.
    pub(super) fn supplier(&self, payee: &Payee, order: &Order) -> Option<&Supplier> {
        let is_paid = |supplier: &&Supplier| {
            order.account.as_ref().is_some_and(|account| supplier.accounts.contains(account))
        };
        let known = self.of(payee);
        known.iter().copied().find(is_paid).or_else(|| known.first().copied())
    }

    /// Others whose account is paid.
    pub(super) fn owners(&self, account: &str) -> impl Iterator<Item = &Supplier> {
        self.by_account.get(account).into_iter().flatten().map(|at| &self.suppliers[*at])
    }

    /// The employee whose account it is.
    pub(super) fn employee(&self, account: &str) -> Option<&str> {
        self.employees.get(account).map(String::as_str)
    }

    /// Returns `true` when a payment says itself that it is for an employee.
    pub(super) fn is_for_employee(&self, order: &Order) -> bool {
        !order.payee_ref.is_empty() && self.employee_ids.contains(&reference_key(&order.payee_ref))
    }
}

/// Returns `true` for a name of as many characters as a format has room for; a space at the end is gone.
fn may_be_cut(name: &str) -> bool {
    let characters = name.trim().chars().count();
    CUT_NAMES.into_iter().any(|room| (room - 1..=room).contains(&characters))
}

/// Calls `take` with the texts of each active row.
fn each_active(
    ledger: &Ledger,
    columns: &[&str],
    mut take: impl FnMut(&dyn Fn(&str) -> Result<Option<String>, Error>) -> Result<(), Error>,
) -> Result<(), Error> {
    debug_assert!(ledger.file_type().is_snapshot(), "{}", FileType::Suppliers);
    for batch in ledger.rows(Some(columns.iter().map(|name| (*name).to_owned()).collect()))? {
        let batch = batch?;
        let active = batch.column(batch.schema_ref().index_of(ACTIVE_COLUMN)?).as_boolean();
        for row in (0..batch.num_rows()).filter(|row| active.value(*row)) {
            take(&|name| text(&batch, name, row))?;
        }
    }
    Ok(())
}

fn account_of(of: &dyn Fn(&str) -> Result<Option<String>, Error>) -> Result<Option<String>, Error> {
    let (iban, sort_code, number) = (of("iban")?, of("sort_code")?, of("account_number")?);
    Ok(account_key(iban.as_deref(), sort_code.as_deref(), number.as_deref()))
}

fn letters(name: &str) -> String {
    let kept = name.chars().filter(|c| c.is_alphanumeric());
    kept.flat_map(char::to_uppercase).collect::<String>().replace("AND", "")
}
