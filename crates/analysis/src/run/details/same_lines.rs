//! Invoices of a finding that were added up from the same lines: said beside its reasons, without a weight.
//!
//! Not for: which rows are lines of one invoice (`run::invoices`).
//!
//! Invariant: the amounts that are named are those of the lines; lines that are all over one amount tell
//! nothing that their sum does not.

use std::collections::BTreeMap;

use domain::MinorDigits;
use domain::finding::{Evidence, Finding, FindingRow};
use evidence::duplicates::written;

use crate::run::draft;

/// Amounts that the sentence names; more are counted.
const AMOUNTS_NAMED_MAX: usize = 5;

/// The reason, by the amounts of the lines of each invoice that has several, in one order.
pub(super) fn reason(finding: &Finding, of_lines: Vec<Vec<i64>>) -> Option<Evidence> {
    let mut counts: BTreeMap<Vec<i64>, usize> = BTreeMap::new();
    for amounts in of_lines {
        *counts.entry(amounts).or_default() += 1;
    }
    let tells =
        |(amounts, count): &(Vec<i64>, usize)| *count > 1 && amounts.first() != amounts.last();
    let (amounts, count) = counts.into_iter().filter(tells).max_by_key(|(_, count)| *count)?;
    let is_invoice = |row: &&FindingRow| row.ledger.is_of_invoices();
    let invoices: Vec<&FindingRow> = finding.rows.iter().filter(is_invoice).collect();
    let currency = invoices.iter().find_map(|row| row.fields.get("base_amount_currency"));
    let digits = MinorDigits::of(currency.map(String::as_str));
    let which = match (count, invoices.len()) {
        (2, 2) => "both".to_owned(),
        (count, all) if count == all => format!("all {count}"),
        _ => format!("{count} of them"),
    };
    let named = amounts.iter().take(AMOUNTS_NAMED_MAX).map(|amount| written(*amount, digits));
    let named = named.collect::<Vec<_>>().join(" + ");
    let more = match amounts.len().saturating_sub(AMOUNTS_NAMED_MAX) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let words = format!("{which} are made of the same {} amounts: {named}{more}", amounts.len());
    Some(draft::reason("base_amount", words, 0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(rows: usize) -> Finding {
        let row = serde_json::json!({ "ledger": "APT", "id": "1", "fields": {} });
        serde_json::from_value(serde_json::json!({
            "key": "fnd_00000000000000000000000000000000", "check": "duplicate_invoices",
            "kind": "exact", "title": "", "probability": null, "atRisk": null,
            "rows": vec![row; rows], "evidence": [], "innocentIf": "", "suppressed": null,
            "pattern": null,
        }))
        .expect("it is a finding")
    }

    #[test]
    fn invoices_of_the_same_lines_are_named_with_their_amounts() {
        let (power, levy) = (436_802_500, 22_807_200);
        let both = "are made of the same 2 amounts: 43,680.25 + 2,280.72";
        for (rows, of_lines, said) in [
            (2, vec![vec![power, levy]; 2], Some(format!("both {both}"))),
            (3, vec![vec![power, levy]; 3], Some(format!("all 3 {both}"))),
            (3, vec![vec![power, levy]; 2], Some(format!("2 of them {both}"))),
            (2, vec![vec![power, levy], vec![power, levy, levy]], None),
            (2, vec![vec![power, levy]], None),
            // Lines of one amount are told by how many they are.
            (2, vec![vec![levy, levy]; 2], None),
            (
                2,
                vec![vec![70_000, 60_000, 50_000, 40_000, 30_000, 20_000, 10_000]; 2],
                Some(
                    "both are made of the same 7 amounts: 7.00 + 6.00 + 5.00 + 4.00 + 3.00 and 2 more"
                        .to_owned(),
                ),
            ),
        ] {
            let reason = reason(&finding(rows), of_lines);
            assert!(reason.as_ref().is_none_or(|reason| reason.bits.abs() < f64::EPSILON));
            assert_eq!(reason.map(|reason| reason.words), said);
        }
    }
}
