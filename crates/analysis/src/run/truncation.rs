//! What stays of more findings than anybody reads: of one check the gravest, the others counted.
//!
//! Invariant: nothing is left out that is not in the counts.

use std::collections::BTreeMap;

use domain::finding::{Finding, Suppression};

use super::Outcome;
use crate::limits::{FINDING_ROWS_MAX, FINDINGS_MAX, SUPPRESSED_KEPT_MAX};

/// The reason of those beyond the limits.
const TOO_MANY: &str = "too_many";

/// Leaves the gravest findings of a check, and the most telling of what was suppressed.
pub(super) fn truncate(outcome: &mut Outcome) {
    let beyond = take_beyond(&mut outcome.findings, FINDINGS_MAX, FINDING_ROWS_MAX);
    if !beyond.is_empty() {
        *outcome.counts.entry(TOO_MANY.into()).or_default() += beyond.len() as u64;
        let kept = outcome.findings.len();
        let words = format!(
            "this check found more than can be looked through; the {kept} findings of most money are shown"
        );
        outcome.suppressed.extend(beyond.into_iter().take(SUPPRESSED_KEPT_MAX).map(|finding| {
            let suppression = Suppression { reason: TOO_MANY.into(), words: words.clone() };
            Finding { suppressed: Some(suppression), ..finding }
        }));
    }
    truncate_suppressed(&mut outcome.suppressed);
}

/// Takes out all after the last of the gravest that are within both limits.
fn take_beyond(findings: &mut Vec<Finding>, findings_max: usize, rows_max: usize) -> Vec<Finding> {
    let rows: usize = findings.iter().map(|finding| finding.rows.len()).sum();
    if findings.len() <= findings_max && rows <= rows_max {
        return Vec::new();
    }
    findings.sort_by(|x, y| y.gravity().cmp(&x.gravity()).then(x.key.cmp(&y.key)));
    let mut rows = 0;
    let is_within = |finding: &Finding| {
        rows += finding.rows.len();
        rows <= rows_max
    };
    let within = findings.iter().take(findings_max).map(is_within).take_while(|within| *within);
    // One finding is shown whatever rows it has.
    let within = within.count().max(1);
    findings.split_off(within)
}

/// Of each reason the first, which are the most telling.
fn truncate_suppressed(suppressed: &mut Vec<Finding>) {
    let mut kept: BTreeMap<String, usize> = BTreeMap::new();
    suppressed.retain(|finding| {
        let reason = finding.suppressed.as_ref().map_or("", |why| why.reason.as_str());
        let count = kept.entry(reason.to_owned()).or_default();
        *count += 1;
        *count <= SUPPRESSED_KEPT_MAX
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(at: u32, pounds: u32, rows: usize) -> Finding {
        let row =
            |at: usize| serde_json::json!({ "ledger": "APT", "id": at.to_string(), "fields": {} });
        serde_json::from_value(serde_json::json!({
            "key": format!("fnd_{at:032}"), "check": "spike", "kind": "spike", "title": "",
            "probability": null, "atRisk": { "amount": pounds.to_string(), "currency": "GBP" },
            "rows": (0..rows).map(row).collect::<Vec<_>>(), "evidence": [], "innocentIf": "",
            "suppressed": null,
        }))
        .expect("it is a finding")
    }

    #[test]
    fn the_findings_of_most_money_stay_within_both_limits() {
        // Pounds and rows of each, the limits of findings and rows, and the pounds of those that stay.
        for (findings, limits, stay) in [
            (&[(5, 2), (9, 2), (7, 2)][..], (3, 6), &[5, 9, 7][..]),
            (&[(5, 2), (9, 2), (7, 2)], (2, 6), &[9, 7]),
            (&[(5, 2), (9, 2), (7, 2)], (3, 5), &[9, 7]),
            (&[(5, 1), (9, 2), (7, 9)], (3, 5), &[9]),
            (&[(5, 2), (9, 8)], (3, 5), &[9]),
            (&[], (3, 5), &[]),
        ] {
            let all = (0..).zip(findings);
            let mut kept: Vec<_> =
                all.map(|(at, (pounds, rows))| finding(at, *pounds, *rows)).collect();
            let beyond = take_beyond(&mut kept, limits.0, limits.1);
            let pounds =
                kept.iter().map(|finding| finding.at_risk.as_ref().unwrap().amount.to_string());
            let expected: Vec<String> =
                stay.iter().map(|pounds: &u32| format!("{pounds}.00")).collect();
            assert_eq!(pounds.collect::<Vec<_>>(), expected, "{findings:?} {limits:?}");
            assert_eq!(kept.len() + beyond.len(), findings.len());
        }
    }

    #[test]
    fn what_is_left_out_is_counted() {
        let findings =
            (0_u32..).map(|at| finding(at, 1, 1)).take(FINDINGS_MAX + SUPPRESSED_KEPT_MAX + 1);
        let mut outcome = Outcome { findings: findings.collect(), ..Outcome::default() };
        truncate(&mut outcome);
        assert_eq!(outcome.findings.len(), FINDINGS_MAX);
        assert_eq!(outcome.suppressed.len(), SUPPRESSED_KEPT_MAX);
        assert_eq!(outcome.counts[TOO_MANY], SUPPRESSED_KEPT_MAX as u64 + 1);
    }
}
