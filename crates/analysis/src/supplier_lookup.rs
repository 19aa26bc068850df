//! Suppliers as people and systems write them: by reference, whatever its case and the zeros before it, and
//! by name.
//!
//! Not for: which invoices are of one party (`run`), or names that are merely alike (`evidence::entities`).
//!
//! Invariant: a reference that is written as it stands is that one, whatever others are alike.

use evidence::entities::company_name;
use evidence::narrow;
use rustc_hash::FxHashMap;

/// A reference as two systems write it: without case, blanks and leading zeros.
pub(crate) fn reference_key(reference: &str) -> String {
    reference.trim().trim_start_matches('0').to_uppercase()
}

/// A name as it is compared: the one form that its spellings share; empty where nothing is left of it.
pub(crate) fn name_key(name: &str) -> String {
    company_name::canonical(name).squeezed()
}

/// The suppliers of a file or ledger, ready to be found.
#[derive(Debug, Default)]
pub(crate) struct SupplierLookup {
    references: Vec<String>,
    exact: Index,
    by_reference: Index,
    by_name: Index,
}

/// Places by the identity of a text, in order.
#[derive(Debug, Default)]
struct Index(Vec<(u64, u32)>);

impl SupplierLookup {
    /// Takes references, each with a name that it bears.
    pub(crate) fn new<'a>(suppliers: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        let mut lookup = Self::default();
        let mut places: FxHashMap<&str, u32> = FxHashMap::default();
        for (reference, name) in suppliers {
            let next = narrow(lookup.references.len());
            let place = *places.entry(reference).or_insert(next);
            if place == next {
                lookup.references.push(reference.to_owned());
                lookup.exact.add(reference, place);
                lookup.by_reference.add(&reference_key(reference), place);
            }
            lookup.by_name.add(&name_key(name), place);
        }
        for index in [&mut lookup.exact, &mut lookup.by_reference, &mut lookup.by_name] {
            index.0.sort_unstable();
            index.0.dedup();
        }
        lookup
    }

    /// The suppliers that a reference may mean: the one that has it as it is written, else all that have it
    /// in some writing.
    pub(crate) fn of_reference(&self, reference: &str) -> Vec<&str> {
        match self.exact.of(reference) {
            [] => self.named(self.by_reference.of(&reference_key(reference))),
            found => self.named(found),
        }
    }

    /// The suppliers that bear a name.
    pub(crate) fn of_name(&self, name: &str) -> Vec<&str> {
        self.named(self.by_name.of(&name_key(name)))
    }

    /// Bytes in memory.
    pub(crate) fn bytes(&self) -> usize {
        let references: usize = self.references.iter().map(String::len).sum();
        let indexes = [&self.exact, &self.by_reference, &self.by_name];
        let entries: usize = indexes.iter().map(|index| index.0.capacity()).sum();
        references + self.references.len() * size_of::<String>() + entries * size_of::<(u64, u32)>()
    }

    fn named(&self, found: &[(u64, u32)]) -> Vec<&str> {
        found.iter().map(|(_, place)| self.references[*place as usize].as_str()).collect()
    }
}

impl Index {
    fn add(&mut self, text: &str, place: u32) {
        if !text.is_empty() {
            self.0.push((evidence::text_key(text), place));
        }
    }

    fn of(&self, text: &str) -> &[(u64, u32)] {
        if text.is_empty() {
            return &[];
        }
        let key = evidence::text_key(text);
        let begin = self.0.partition_point(|(other, _)| *other < key);
        let end = self.0.partition_point(|(other, _)| *other <= key);
        &self.0[begin..end]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suppliers_are_found_as_they_are_written() {
        let suppliers = [
            ("S1", "Firm 1 Ltd"),
            ("S1", "Firm One"),
            ("s2", "Birch & Sons Limited"),
            ("S2", "Alder"),
            ("0071", "Birch and Sons"),
            ("0", ""),
        ];
        let lookup = SupplierLookup::new(suppliers.into_iter());
        for (reference, found) in [
            ("S1", &["S1"][..]),
            (" s1 ", &["S1"]),
            ("S2", &["S2"]),
            ("s2", &["s2"]),
            ("00S2", &["s2", "S2"]),
            ("71", &["0071"]),
            ("0", &["0"]),
            ("00", &[]),
            ("S3", &[]),
            ("", &[]),
        ] {
            assert_eq!(lookup.of_reference(reference), found, "{reference}");
        }
        for (name, found) in [
            ("FIRM 1 LIMITED", &["S1"][..]),
            ("firm one", &["S1"]),
            ("Birch + Sons", &["s2", "0071"]),
            ("Firm 2 Ltd", &[]),
            ("", &[]),
        ] {
            assert_eq!(lookup.of_name(name), found, "{name}");
        }
    }
}
