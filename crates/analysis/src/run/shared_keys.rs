//! Findings about rows of the same Unique IDs that are of different suppliers: each is known by itself.
//!
//! Not for: how a finding is known otherwise (`domain::finding`).
//!
//! Invariant: a key that no other finding of its check shares stays as it is, so that what was decided under
//! it stays; the same findings are told apart in the same way, in whatever order they were found.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use domain::FileType;
use domain::finding::{Finding, FindingKey, FindingRow};

use super::Outcome;

/// The names by which the rows of a finding are told from those of every other.
type RowNames = BTreeSet<(FileType, String, String)>;
/// A key that several findings have, and the ids of their rows.
type SharedKey = (FindingKey, BTreeSet<(FileType, String)>);

/// Gives findings of one check that share a key, and whose rows share their ids and not their suppliers, a
/// key each; the first in the order of suppliers keeps the one they have. Answers the keys of all of them.
pub(super) fn tell_apart(outcome: &mut Outcome) -> BTreeSet<FindingKey> {
    let (found, suppressed) = (&outcome.findings, &outcome.suppressed);
    let all = || found.iter().chain(suppressed);
    let mut met = HashSet::new();
    let again = all().filter(|finding| !met.insert(&finding.key));
    let twice: HashSet<FindingKey> = again.map(|finding| finding.key.clone()).collect();
    let mut sharing: BTreeMap<SharedKey, BTreeSet<RowNames>> = BTreeMap::new();
    for finding in all().filter(|finding| twice.contains(&finding.key)) {
        sharing.entry(shared_key(finding)).or_default().insert(row_names(finding));
    }
    // What one supplier's rows were found for twice is one finding.
    sharing.retain(|_, names| names.len() > 1);
    let mut apart = BTreeSet::new();
    for finding in outcome.findings.iter_mut().chain(&mut outcome.suppressed) {
        if !twice.contains(&finding.key) {
            continue;
        }
        let Some(names) = sharing.get(&shared_key(finding)) else { continue };
        if names.first() != Some(&row_names(finding)) {
            let key = finding.key.with_suppliers(finding.rows.iter().map(FindingRow::identity));
            finding.key = key;
        }
        apart.insert(finding.key.clone());
    }
    apart
}

fn shared_key(finding: &Finding) -> SharedKey {
    let ids = finding.rows.iter().map(|row| (row.ledger, row.id.clone()));
    (finding.key.clone(), ids.collect())
}

fn row_names(finding: &Finding) -> RowNames {
    let names = finding.rows.iter().map(|row| {
        let (ledger, id, supplier) = row.identity();
        (ledger, id.to_owned(), supplier.to_owned())
    });
    names.collect()
}

#[cfg(test)]
mod tests {
    use domain::finding::{RememberedVerdict, VerdictScope};
    use jiff::Timestamp;

    use super::super::VerdictsInForce;
    use super::*;

    /// A finding about rows of these ids and suppliers; an empty supplier is not known.
    fn finding(rows: &[(&str, &str)]) -> Finding {
        let ids = rows.iter().map(|(id, _)| (FileType::Transactions, *id));
        let key = FindingKey::new("duplicate_invoices", ids);
        let row = |(id, supplier): &(&str, &str)| {
            let mut fields = serde_json::json!({ "supplier_ref": supplier });
            if supplier.is_empty() {
                fields = serde_json::json!({});
            }
            serde_json::json!({ "ledger": FileType::Transactions, "id": id, "fields": fields })
        };
        serde_json::from_value(serde_json::json!({
            "key": key, "check": "duplicate_invoices", "kind": "same_number", "title": "",
            "probability": null, "atRisk": null, "rows": rows.iter().map(row).collect::<Vec<_>>(),
            "evidence": [], "innocentIf": "", "suppressed": null, "pattern": null,
        }))
        .expect("it is a finding")
    }

    fn keys(findings: Vec<Finding>, suppressed: Vec<Finding>) -> (Vec<FindingKey>, usize) {
        let mut outcome = Outcome { findings, suppressed, ..Outcome::default() };
        let apart = tell_apart(&mut outcome);
        let all = outcome.findings.iter().chain(&outcome.suppressed);
        (all.map(|finding| finding.key.clone()).collect(), apart.len())
    }

    #[test]
    fn findings_of_two_suppliers_are_two_and_stay_so() {
        let of = |supplier| finding(&[("17", supplier), ("23", supplier)]);
        let plain = of("A").key;
        let (found, apart) = keys(vec![of("B"), of("A"), of("C")], Vec::new());
        assert_eq!((&found[1], apart), (&plain, 3), "the first supplier keeps the key");
        assert_eq!(found.iter().collect::<BTreeSet<_>>().len(), 3);
        let (again, _) = keys(vec![of("A"), of("C")], vec![of("B")]);
        assert_eq!(again, [1, 2, 0].map(|at: usize| found[at].clone()), "in any order");
        let crossed = [[("17", "A"), ("23", "B")], [("17", "B"), ("23", "A")]];
        let (crossed, _) = keys(crossed.iter().map(|rows| finding(rows)).collect(), Vec::new());
        assert_ne!(crossed[0], crossed[1]);
    }

    #[test]
    fn what_was_dismissed_by_its_rows_hides_nothing_of_another_supplier() {
        let at = Timestamp::UNIX_EPOCH;
        for (remembered, suppliers, found, is_hidden) in [
            ("A", vec!["A".to_owned()], "A", true),
            ("A", vec!["A".to_owned()], "B", false),
            ("A", vec!["A".to_owned()], "", true),
            ("a verdict of before", Vec::new(), "B", true),
        ] {
            let rows = ["17", "23"].map(str::to_owned).to_vec();
            let of = VerdictScope::Rows { finding: finding(&[("17", "A")]).key, rows, suppliers };
            let verdicts = [RememberedVerdict { of, by: "Ann".to_owned(), at, until: None }];
            let found = finding(&[("17", found), ("23", found)]);
            let suppression = VerdictsInForce::new(&verdicts, at).suppression(&found);
            assert_eq!(suppression.is_some(), is_hidden, "{remembered}, {:?}", found.rows);
        }
    }

    #[test]
    fn keys_that_need_not_differ_stay() {
        for (what, findings) in [
            ("one supplier alone", vec![finding(&[("17", "B"), ("23", "B")])]),
            ("one finding twice", vec![finding(&[("17", "B")]), finding(&[("17", "B")])]),
            ("other rows", vec![finding(&[("17", "A")]), finding(&[("18", "B")])]),
            ("rows not looked up yet", vec![finding(&[("17", "")]), finding(&[("17", "")])]),
        ] {
            let before: Vec<FindingKey> = findings.iter().map(|one| one.key.clone()).collect();
            assert_eq!(keys(findings, Vec::new()), (before, 0), "{what}");
        }
        // A finding that is known by its supplier has other rows with every extract.
        let grown = finding(&[("17", "A"), ("18", "A")]);
        let same_key = Finding { key: grown.key.clone(), ..finding(&[("17", "A")]) };
        let (found, apart) = keys(vec![grown.clone(), same_key], Vec::new());
        assert_eq!((found, apart), (vec![grown.key.clone(), grown.key], 0));
    }
}
