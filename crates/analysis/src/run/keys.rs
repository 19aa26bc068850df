//! The keys of findings that several suppliers' invoices give one key, as they have the same Unique IDs.
//!
//! Not for: what a key is made of (`domain::finding::FindingKey`).
//!
//! Invariant: a key that findings of one group of suppliers have alone stays as it is, so that no verdict on
//! it is lost; of several groups the first by its references keeps it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::finding::{Finding, FindingKey};

use super::Outcome;

/// The references of the suppliers whose invoices a finding names.
type SupplierGroup = BTreeSet<String>;

/// Gives findings on invoices of different suppliers keys of their own.
pub(super) fn tell_apart(outcome: &mut Outcome) {
    let mut groups: HashMap<FindingKey, BTreeMap<SupplierGroup, FindingKey>> = HashMap::new();
    for finding in outcome.findings.iter().chain(&outcome.suppressed) {
        let keys = groups.entry(finding.key.clone()).or_default();
        keys.entry(suppliers_of(finding)).or_insert_with(|| finding.key.clone());
    }
    groups.retain(|_, keys| keys.len() > 1);
    if groups.is_empty() {
        return;
    }
    for keys in groups.values_mut() {
        for (suppliers, key) in keys.iter_mut().skip(1) {
            let references: Vec<String> =
                suppliers.iter().map(|one| format!("{}:{one}", one.len())).collect();
            *key = FindingKey::new(&format!("{key}/{}", references.join("/")), []);
        }
    }
    for finding in outcome.findings.iter_mut().chain(&mut outcome.suppressed) {
        let Some(keys) = groups.get(&finding.key) else { continue };
        let own = keys.get(&suppliers_of(finding)).expect("its suppliers were counted above");
        finding.key = own.clone();
    }
}

fn suppliers_of(finding: &Finding) -> SupplierGroup {
    let suppliers = finding.rows.iter().map(|row| row.identity().2);
    suppliers.filter(|supplier| !supplier.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use domain::FileType;
    use serde_json::json;

    use super::super::draft;
    use super::*;

    fn finding(supplier: &str, ids: [&str; 2]) -> Finding {
        let row = |id: &str| {
            let mut row = draft::row(FileType::Transactions, id);
            row.fields.insert("supplier_ref".into(), supplier.to_owned());
            row
        };
        let key = FindingKey::new("c", ids.map(|id| (FileType::Transactions, id)));
        serde_json::from_value(json!({
            "key": key, "check": "c", "kind": "c", "title": "", "probability": null, "atRisk": null,
            "rows": ids.map(row), "evidence": [], "innocentIf": "", "suppressed": null, "pattern": null,
        }))
        .unwrap()
    }

    fn keys_of(findings: &[Finding]) -> Vec<FindingKey> {
        let mut outcome = Outcome { findings: findings.to_vec(), ..Outcome::default() };
        tell_apart(&mut outcome);
        outcome.findings.into_iter().map(|finding| finding.key).collect()
    }

    #[test]
    fn findings_of_different_suppliers_have_keys_of_their_own() {
        let [one, other, apart] =
            [("S2", ["17", "23"]), ("S1", ["17", "23"]), ("S2", ["17", "24"])]
                .map(|(supplier, ids)| finding(supplier, ids));
        assert_eq!(one.key, other.key);
        let keys = keys_of(&[one.clone(), other.clone(), apart.clone()]);
        assert_eq!(keys[1..], [other.key.clone(), apart.key.clone()], "what is alone stays");
        assert_ne!(keys[0], one.key);
        let again = keys_of(&[other.clone(), one.clone()]);
        assert_eq!(again, [keys[1].clone(), keys[0].clone()], "in any order");
        assert_eq!(keys_of(&[one.clone(), one.clone()]), [one.key.clone(), one.key], "named twice");
    }
}
