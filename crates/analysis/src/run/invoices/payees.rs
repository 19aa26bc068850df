//! The parties that invoices are of: references, the names under them, and which of both are one party.
//!
//! A reference under which nearly every invoice bears another name is a *collective account*: a grant
//! scheme, refunds, one-time suppliers. Each of its names is a supplier of its own, or the habits of many
//! would be taken for those of one, and what two of them were paid for one invoice paid twice.
//!
//! Not for: what a supplier usually does (`evidence::habits`).
//!
//! Invariant: the name of an invoice is the one that stands on it, whatever others its reference bears.

use evidence::entities::company_name;
use evidence::habits::Placeholders;
use evidence::invoices::Invoices;
use evidence::narrow;
use rustc_hash::{FxHashMap, FxHashSet};

use super::withheld_names::is_withheld;
use crate::limits::NAMESAKES_MAX;
use crate::supplier_lookup::SupplierLookup;

/// Names from which on a reference may be of many: a firm that is renamed, merged and spelt in several ways
/// bears three or four in ten years.
const COLLECTIVE_NAMES_MIN: usize = 8;
/// And of fewer names, where none has a word of another and each stands on one invoice: not even a firm that
/// was taken over is called by three other names, each of them once.
const UNLIKE_NAMES_MIN: usize = 4;
/// Invoices a name, on average, up to which it is: in ten years of a public body, collective accounts had
/// one to five, and a firm with eight spellings had dozens.
const COLLECTIVE_INVOICES_MAX: usize = 6;

/// The suppliers of a ledger by their numbers, and the names on its invoices by theirs.
#[derive(Debug, Default)]
pub(super) struct Payees {
    references: Vec<String>,
    by_reference: FxHashMap<String, u32>,
    names: Vec<String>,
    by_name: FxHashMap<String, u32>,
    /// The names that suppliers bear, as pairs of both.
    borne: FxHashSet<(u32, u32)>,
    /// Of a supplier that is one of many under its reference: how many names that bears.
    collective: FxHashMap<u32, usize>,
    /// The suppliers of a collective account, by its number and their canonical names.
    split: FxHashMap<(u32, String), u32>,
    /// The collective accounts themselves.
    accounts: FxHashSet<u32>,
    /// By supplier.
    parties: Vec<u32>,
    /// Of canonical names that are borne by a few suppliers only.
    party_of_name: FxHashMap<String, u32>,
    nobody: Placeholders,
}

/// The supplier of an invoice that is not in the ledger.
#[derive(Debug, Clone, Copy)]
pub(super) struct NewcomersSupplier {
    pub(super) supplier: u32,
    pub(super) name: u32,
    pub(super) party: u32,
}

impl Payees {
    /// The numbers of a reference and of the name beside it.
    pub(super) fn number(&mut self, reference: &str, name: &str) -> (u32, u32) {
        let supplier = numbered(&mut self.by_reference, &mut self.references, reference);
        let name = numbered(&mut self.by_name, &mut self.names, name);
        self.borne.insert((supplier, name));
        (supplier, name)
    }

    /// References of the ledger, those of collective accounts once for each name.
    pub(super) const fn len(&self) -> usize {
        self.references.len()
    }

    /// The reference and the name of a supplier's invoice.
    pub(super) fn of(&self, invoices: &Invoices, at: usize) -> (&str, &str) {
        let (supplier, name) = (invoices.supplier[at], invoices.name[at]);
        (&self.references[supplier as usize], &self.names[name as usize])
    }

    /// The reference of a supplier.
    pub(super) fn reference(&self, supplier: u32) -> &str {
        &self.references[supplier as usize]
    }

    /// The number of the canonical name of each name; none where nothing is left of one.
    pub(super) fn canonical_names(&self) -> Vec<Option<u32>> {
        let mut numbers: FxHashMap<String, u32> = FxHashMap::default();
        let number = |name: &String| {
            let canonical = company_name::canonical(name).squeezed();
            let next = narrow(numbers.len());
            (!canonical.is_empty()).then(|| *numbers.entry(canonical).or_insert(next))
        };
        self.names.iter().map(number).collect()
    }

    /// The number of names that the reference of an invoice bears, where it is a collective account.
    pub(super) fn names_of_collective(&self, invoices: &Invoices, at: usize) -> Option<usize> {
        self.collective.get(&invoices.supplier[at]).copied()
    }

    /// Gives each name of a collective account a number of its own.
    pub(super) fn split_collective(&mut self, invoices: &mut Invoices) {
        let mut billed = vec![0_usize; self.references.len()];
        for supplier in &invoices.supplier {
            billed[*supplier as usize] += 1;
        }
        let mut split: FxHashMap<(u32, String), u32> = FxHashMap::default();
        let mut accounts: FxHashSet<u32> = FxHashSet::default();
        let mut of_names: FxHashMap<(u32, u32), u32> = FxHashMap::default();
        for of_one in self.by_supplier().chunk_by(|x, y| x.0 == y.0) {
            let supplier = of_one[0].0;
            let names = of_one.chunk_by(|x, y| x.1 == y.1).count();
            if !self.is_collective(of_one, names, billed[supplier as usize]) {
                continue;
            }
            accounts.insert(supplier);
            for (_, canonical, name) in of_one {
                let next = narrow(self.references.len());
                let number = *split.entry((supplier, canonical.clone())).or_insert(next);
                if number == next {
                    self.references.push(self.references[supplier as usize].clone());
                    self.collective.insert(number, names);
                }
                of_names.insert((supplier, *name), number);
                self.borne.remove(&(supplier, *name));
                self.borne.insert((number, *name));
            }
        }
        (self.split, self.accounts) = (split, accounts);
        if of_names.is_empty() {
            return;
        }
        for (supplier, name) in invoices.supplier.iter_mut().zip(&invoices.name) {
            *supplier = of_names.get(&(*supplier, *name)).copied().unwrap_or(*supplier);
        }
    }

    /// Returns `true` for a reference that so many names bear, on so many invoices together.
    fn is_collective(&self, of_one: &[(u32, String, u32)], names: usize, billed: usize) -> bool {
        if names >= COLLECTIVE_NAMES_MIN {
            return billed <= names.saturating_mul(COLLECTIVE_INVOICES_MAX);
        }
        if names < UNLIKE_NAMES_MIN || billed > names {
            return false;
        }
        let mut met: FxHashSet<String> = FxHashSet::default();
        of_one.iter().all(|(_, _, name)| {
            let words = company_name::canonical(&self.names[*name as usize]);
            let mut words = words.tokens.into_iter().chain(words.trading_as);
            words.all(|word| met.insert(word))
        })
    }

    /// Each supplier with its names, canonical and as they are numbered, in order.
    fn by_supplier(&self) -> Vec<(u32, String, u32)> {
        let canonical = |name: u32| company_name::canonical(&self.names[name as usize]).squeezed();
        let mut borne: Vec<(u32, String, u32)> = self
            .borne
            .iter()
            .map(|(supplier, name)| (*supplier, canonical(*name), *name))
            .collect();
        borne.sort_unstable();
        borne
    }

    /// Suppliers of one canonical name are one party, unless the name is nobody's. Who is called by a text
    /// that stands for nothing, such as `REDACTED`, is somebody else in every invoice. Names that are kept
    /// back are noted.
    pub(super) fn join_parties(&mut self, invoices: &mut Invoices) {
        let mut parents: Vec<u32> = (0..narrow(self.references.len())).collect();
        let mut bearers: Vec<(String, u32)> = self
            .by_supplier()
            .into_iter()
            .map(|(supplier, canonical, _)| (canonical, supplier))
            .filter(|(canonical, _)| !canonical.is_empty())
            .collect();
        bearers.sort_unstable();
        bearers.dedup();
        for namesakes in bearers.chunk_by(|x, y| x.0 == y.0) {
            if namesakes.len() > NAMESAKES_MAX {
                continue;
            }
            for pair in namesakes.windows(2) {
                let (one, other) = (root(&mut parents, pair[0].1), root(&mut parents, pair[1].1));
                parents[one.max(other) as usize] = one.min(other);
            }
            self.party_of_name.insert(namesakes[0].0.clone(), namesakes[0].1);
        }
        let names = (0_u32..).zip(&self.names).filter(|(_, name)| is_withheld(name));
        invoices.withheld_names = names.map(|(number, _)| number).collect();
        let placeholders = Placeholders::find(invoices);
        let is_nobody: Vec<bool> =
            self.names.iter().map(|name| placeholders.is_nobody(name)).collect();
        let mut next = narrow(self.references.len());
        for at in 0..invoices.len() {
            if is_nobody[invoices.name[at] as usize] {
                invoices.party[at] = next;
                next += 1;
            } else {
                invoices.party[at] = root(&mut parents, invoices.supplier[at]);
            }
        }
        for party in self.party_of_name.values_mut() {
            *party = root(&mut parents, *party);
        }
        self.parties =
            (0..narrow(parents.len())).map(|supplier| root(&mut parents, supplier)).collect();
        self.nobody = placeholders;
    }

    /// The supplier of an invoice that is not in the ledger, until [`Self::dismiss`]; `next` is the party of
    /// whoever is in none.
    pub(super) fn admit(&mut self, reference: &str, name: &str, next: u32) -> NewcomersSupplier {
        let is_account = self.is_account(reference);
        let canonical = company_name::canonical(name).squeezed();
        let known = self.supplier_of(reference, &canonical);
        let name_number = self.by_name.get(name).copied().unwrap_or_else(|| {
            self.names.push(name.to_owned());
            narrow(self.names.len() - 1)
        });
        let supplier = known
            .or_else(|| self.newcomer(reference).filter(|_| !is_account))
            .unwrap_or_else(|| {
                self.references.push(reference.to_owned());
                narrow(self.references.len() - 1)
            });
        let party = match (known, self.party_of_name.get(&canonical)) {
            _ if self.nobody.is_nobody(name) => next,
            (Some(supplier), _) => self.parties[supplier as usize],
            (None, Some(party)) if !is_account => *party,
            (None, _) => next,
        };
        NewcomersSupplier { supplier, name: name_number, party: party.min(next) }
    }

    fn is_account(&self, reference: &str) -> bool {
        self.by_reference.get(reference).is_some_and(|supplier| self.accounts.contains(supplier))
    }

    /// The supplier that has billed under a reference: of a collective account the one of a canonical name.
    pub(super) fn supplier_of(&self, reference: &str, canonical: &str) -> Option<u32> {
        let known = *self.by_reference.get(reference)?;
        if self.accounts.contains(&known) {
            return self.split.get(&(known, canonical.to_owned())).copied();
        }
        Some(known)
    }

    /// The number that another newcomer's supplier was given.
    fn newcomer(&self, reference: &str) -> Option<u32> {
        let newcomers = self.references[self.parties.len()..].iter();
        let at = newcomers.rev().position(|other| other == reference)?;
        Some(narrow(self.references.len() - 1 - at))
    }

    /// Forgets the suppliers of newcomers; `names` is how many there were before.
    pub(super) fn dismiss(&mut self, names: usize) {
        self.references.truncate(self.parties.len());
        self.names.truncate(names);
    }

    /// The number of names on invoices.
    pub(super) const fn names(&self) -> usize {
        self.names.len()
    }

    /// A name that the supplier of a reference bears in the ledger; none where it has not billed.
    pub(super) fn name_of(&self, reference: &str) -> Option<&str> {
        let supplier = *self.by_reference.get(reference)?;
        let borne =
            |(of, name): &&(u32, u32)| *of == supplier && !self.names[*name as usize].is_empty();
        let name = self.borne.iter().filter(borne).map(|(_, name)| *name).min()?;
        Some(&self.names[name as usize])
    }

    /// The suppliers of the ledger, to be found by what somebody else calls them. Names of nobody find
    /// nobody.
    pub(super) fn lookup(&self) -> SupplierLookup {
        let mut borne: Vec<(u32, u32)> = self.borne.iter().copied().collect();
        borne.sort_unstable();
        SupplierLookup::new(borne.iter().map(|(supplier, name)| {
            let name = self.names[*name as usize].as_str();
            let is_nobody = self.nobody.is_nobody(name) || is_withheld(name);
            (self.references[*supplier as usize].as_str(), if is_nobody { "" } else { name })
        }))
    }

    /// Bytes in memory.
    pub(super) fn bytes(&self) -> usize {
        let texts = self.references.iter().chain(&self.names).map(String::len).sum::<usize>();
        // Each text is there twice: as itself, and as the key of its number; beside its place in a table.
        2 * texts + (self.references.len() + self.names.len()) * 3 * size_of::<String>()
    }
}

fn numbered(numbers: &mut FxHashMap<String, u32>, texts: &mut Vec<String>, text: &str) -> u32 {
    if let Some(number) = numbers.get(text) {
        return *number;
    }
    let next = narrow(texts.len());
    numbers.insert(text.to_owned(), next);
    texts.push(text.to_owned());
    next
}

/// The party that one is joined to, with the way there made shorter.
fn root(parents: &mut [u32], at: u32) -> u32 {
    let mut at = at as usize;
    while parents[at] as usize != at {
        parents[at] = parents[parents[at] as usize];
        at = parents[at] as usize;
    }
    narrow(at)
}

#[cfg(test)]
mod tests {
    use evidence::invoices::Invoice;

    use super::*;

    /// Invoices of `names` names under one reference, `each` of every name, and one of another supplier that
    /// bears the first name.
    fn ledger(names: usize, each: usize) -> (Payees, Invoices) {
        let (mut payees, mut invoices) = (Payees::default(), Invoices::default());
        let mut push = |reference: &str, name: &str| {
            let (supplier, name) = payees.number(reference, name);
            invoices.push(&Invoice { supplier, name, party: supplier, ..Invoice::default() });
        };
        for _invoice in 0..each {
            for name in 0..names {
                push("GRANTS", &format!("School {name}"));
            }
        }
        push("S1", "School 0 Ltd");
        payees.split_collective(&mut invoices);
        payees.join_parties(&mut invoices);
        (payees, invoices)
    }

    #[test]
    fn a_reference_of_many_names_is_of_many_suppliers() {
        for (names, each, is_collective) in
            [(8, 1, true), (8, 6, true), (8, 7, false), (7, 1, false), (40, 2, true)]
        {
            let (payees, invoices) = ledger(names, each);
            let case = format!("{names} {each}");
            assert_eq!(invoices.are_of_one_supplier(0, 1), !is_collective, "{case}");
            let of_one_name = if each > 1 { names } else { 0 };
            assert!(invoices.are_of_one_supplier(0, of_one_name), "{case}");
            assert!(invoices.are_of_one_supplier(0, invoices.len() - 1), "{case}: by its name");
            let said = payees.names_of_collective(&invoices, 1);
            assert_eq!(said, is_collective.then_some(names), "{case}");
            assert_eq!(payees.of(&invoices, 1), ("GRANTS", "School 1"), "{case}");
        }
    }

    #[test]
    fn a_few_names_without_a_word_in_common_are_of_as_many_suppliers() {
        let unlike = ["Anna Berg", "Foyle Books", "St Mary", "Kite Hire"];
        for (names, each, is_collective) in [
            (&unlike[..], 1, true),
            (&unlike, 2, false),
            (&unlike[..3], 1, false),
            (&["Anna Berg", "Foyle Books", "St Mary", "Kite Books"], 1, false),
        ] {
            let (mut payees, mut invoices) = (Payees::default(), Invoices::default());
            for name in names.iter().copied().cycle().take(names.len() * each) {
                let (supplier, name) = payees.number("GRANTS", name);
                invoices.push(&Invoice { supplier, name, party: supplier, ..Invoice::default() });
            }
            payees.split_collective(&mut invoices);
            payees.join_parties(&mut invoices);
            assert_eq!(!invoices.are_of_one_supplier(0, 1), is_collective, "{names:?} {each}");
        }
    }

    #[test]
    fn names_that_are_kept_back_are_noted() {
        let (mut payees, mut invoices) = (Payees::default(), Invoices::default());
        for name in ["Redac Ltd", "REDACTED PERSONAL DATA", "School 0"] {
            let (supplier, name) = payees.number(name, name);
            invoices.push(&Invoice { supplier, name, party: supplier, ..Invoice::default() });
        }
        payees.join_parties(&mut invoices);
        assert_eq!([0, 1, 2].map(|at| invoices.is_unnamed(at)), [false, true, false]);
    }
}
