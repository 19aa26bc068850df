//! Files in which most suppliers have references of another kind than in all other files: each stands in the
//! ledger as two suppliers.
//!
//! Not for: suppliers to which the ERP has given two references (`evidence::duplicates`, a second reference).
//!
//! Invariant: a supplier counts only where two files agree on a reference of its name, or each of two files
//! would stand against the other. What is held goes by suppliers and their references, not by rows.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use domain::UploadId;
use domain::finding::FileWithOtherReferences;
use evidence::invoices::Invoices;
use rustc_hash::{FxHashMap, FxHashSet};

use super::Uploads;
use super::payees::Payees;

/// One file, and two that agree.
const FILES_MIN: usize = 3;
/// Fewer suppliers may have been given new references one by one.
const SUPPLIERS_MIN: usize = 20;
/// Files that are named; the suppliers of each are held at once.
const FILES_MAX: usize = 10;

/// A reference as a name bears it.
#[derive(Debug, Clone, Copy)]
struct ReferenceUse {
    /// The upload in which it was met first.
    upload: u32,
    /// Set when it was met in another one, too.
    is_shared: bool,
}

/// The least reference of each name as texts sort, one to show; names by their numbers.
type OfNames<'a> = FxHashMap<u32, &'a str>;

/// Finds the files in rows that stand as they were read.
pub(super) fn find(
    payees: &Payees,
    invoices: &Invoices,
    uploads: &Uploads,
    file_names: &BTreeMap<UploadId, String>,
) -> Vec<FileWithOtherReferences> {
    if uploads.names.len() < FILES_MIN {
        return Vec::new();
    }
    let names = payees.canonical_names();
    let name_of = |at: usize| names[invoices.name[at] as usize];
    let uses = uses(invoices, uploads, name_of);
    let mut kept = OfNames::default();
    for ((name, supplier), _) in uses.iter().filter(|(_, used)| used.is_shared) {
        note(&mut kept, *name, payees.reference(*supplier));
    }
    let mut files: FxHashMap<u32, OfNames<'_>> = FxHashMap::default();
    for ((name, supplier), used) in uses.iter().filter(|(_, used)| !used.is_shared) {
        if kept.contains_key(name) {
            let of_file = files.entry(used.upload).or_default();
            note(of_file, *name, payees.reference(*supplier));
        }
    }
    let mut files: Vec<(u32, OfNames<'_>)> =
        files.into_iter().filter(|(_, split)| split.len() >= SUPPLIERS_MIN).collect();
    files.sort_unstable_by_key(|(upload, split)| {
        (Reverse(split.len()), uploads.names[*upload as usize].as_str())
    });
    files.truncate(FILES_MAX);
    let known = known(&files, uploads, |at| name_of(at).filter(|name| kept.contains_key(name)));
    let found = files.iter().zip(known).filter_map(|((upload, split), suppliers)| {
        let upload: UploadId = uploads.names[*upload as usize].parse().ok()?;
        let (reference, elsewhere) =
            split.iter().map(|(name, reference)| (*reference, kept[name])).min()?;
        (split.len() * 2 > suppliers).then(|| FileWithOtherReferences {
            upload,
            file_name: file_names.get(&upload).cloned(),
            suppliers: suppliers as u64,
            split: split.len() as u64,
            reference: reference.to_owned(),
            elsewhere: elsewhere.to_owned(),
        })
    });
    found.collect()
}

/// The references of each name, by the numbers of both.
fn uses(
    invoices: &Invoices,
    uploads: &Uploads,
    name_of: impl Fn(usize) -> Option<u32>,
) -> FxHashMap<(u32, u32), ReferenceUse> {
    let mut uses: FxHashMap<(u32, u32), ReferenceUse> = FxHashMap::default();
    for (at, upload) in uploads.of_rows.iter().enumerate() {
        let Some(name) = name_of(at) else { continue };
        let first = ReferenceUse { upload: *upload, is_shared: false };
        let used = uses.entry((name, invoices.supplier[at])).or_insert(first);
        used.is_shared |= used.upload != *upload;
    }
    uses
}

/// The number of names that each of the files has, of those that count.
fn known(
    files: &[(u32, OfNames<'_>)],
    uploads: &Uploads,
    counted: impl Fn(usize) -> Option<u32>,
) -> Vec<usize> {
    let mut of_files: FxHashMap<u32, FxHashSet<u32>> =
        files.iter().map(|(upload, _)| (*upload, FxHashSet::default())).collect();
    for (at, upload) in uploads.of_rows.iter().enumerate() {
        if let Some(of_file) = of_files.get_mut(upload) {
            of_file.extend(counted(at));
        }
    }
    files.iter().map(|(upload, _)| of_files[upload].len()).collect()
}

fn note<'a>(of_names: &mut OfNames<'a>, name: u32, reference: &'a str) {
    let least = of_names.entry(name).or_insert(reference);
    if reference < *least {
        *least = reference;
    }
}

#[cfg(test)]
mod tests {
    use evidence::invoices::Invoice;

    use super::*;

    fn upload(file: usize) -> String {
        format!("upl_0000000000w00000000000000{file}")
    }

    /// The files that are found where each has so many suppliers, from the first on, and of so many of them
    /// references of another kind.
    fn found(files: &[(usize, usize)]) -> Vec<FileWithOtherReferences> {
        let (mut payees, mut invoices) = (Payees::default(), Invoices::default());
        let mut uploads = Uploads::default();
        for (file, (suppliers, others)) in (1..).zip(files) {
            for at in 0..*suppliers {
                let name = format!("Firm {at} Works Ltd");
                let reference = if at < *others { format!("{file}-{at:03}") } else { name.clone() };
                let (supplier, name) = payees.number(&reference, &name);
                invoices.push(&Invoice { supplier, name, party: supplier, ..Invoice::default() });
                uploads.push(&upload(file));
            }
        }
        let named = (upload(3).parse().unwrap(), "march.csv".to_owned());
        find(&payees, &invoices, &uploads, &BTreeMap::from([named]))
    }

    #[test]
    fn a_file_whose_suppliers_have_other_references_is_found() {
        for (files, expected) in [
            (&[(40, 0), (40, 0), (40, 40)][..], Some((40, 40))),
            // Suppliers that no other file has are none of them.
            (&[(30, 0), (30, 0), (40, 40)], Some((30, 30))),
            (&[(40, 0), (40, 0), (40, 21)], Some((40, 21))),
            (&[(40, 0), (40, 0), (40, 20)], None),
            (&[(19, 0), (19, 0), (19, 19)], None),
            // Which of two files has the others nobody can tell.
            (&[(40, 0), (0, 0), (40, 40)], None),
            // Every file gives references of its own.
            (&[(40, 40), (40, 40), (40, 40)], None),
        ] {
            let found = found(files);
            let counts = found.first().map(|file| (file.suppliers, file.split));
            assert_eq!(counts, expected, "{files:?}");
            let Some(file) = found.first() else { continue };
            assert_eq!(found.len(), 1, "{files:?}");
            assert_eq!(file.file_name.as_deref(), Some("march.csv"));
            let shown = (file.reference.as_str(), file.elsewhere.as_str());
            assert_eq!(shown, ("3-000", "Firm 0 Works Ltd"));
        }
    }
}
