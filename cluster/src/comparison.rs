//! The findings of two runs over the same ledgers, compared with one another.
//!
//! Invariant: all that people see of a finding counts; only the time that a check took does not.

use std::collections::BTreeMap;

use domain::finding::{CheckReport, RunOutcome};
use serde_json::{Value, json};

/// Differences named of one check; more of the same say no more.
const NAMED_MAX: usize = 3;

/// The differences, in words; none where both are the same.
pub(crate) fn differences(one: &RunOutcome, other: &RunOutcome) -> Vec<String> {
    let mut all = Vec::new();
    let (reports, others) = (reports(one), reports(other));
    for (check, report) in &reports {
        let before = all.len();
        match others.get(check) {
            None => all.push(format!("{check}: only one of them has it")),
            Some(other) if other != report => all.push(format!("{check}: {report} and {other}")),
            Some(_) => {}
        }
        let of = |run: &RunOutcome| findings(run, check);
        let (mine, theirs) = (of(one), of(other));
        let keys = mine.keys().chain(theirs.keys().filter(|key| !mine.contains_key(*key)));
        for key in keys {
            if mine.get(key) != theirs.get(key) && all.len() < before + NAMED_MAX {
                let text = |of: Option<&Value>| of.map_or("nothing".to_owned(), Value::to_string);
                all.push(format!("{check}: {} and {}", text(mine.get(key)), text(theirs.get(key))));
            }
        }
    }
    if all.is_empty() && plain(one) != plain(other) {
        all.push("the order of findings".to_owned());
    }
    all
}

/// All findings of a run, in their order.
pub(crate) fn plain(run: &RunOutcome) -> Value {
    json!({
        "findings": run.findings,
        "suppressed": run.suppressed,
    })
}

fn reports(run: &RunOutcome) -> BTreeMap<String, Value> {
    let plain = |report: &CheckReport| {
        let report = CheckReport { milliseconds: 0, ..report.clone() };
        (report.check.clone(), json!(report))
    };
    run.checks.iter().map(plain).collect()
}

fn findings(run: &RunOutcome, check: &str) -> BTreeMap<String, Value> {
    let all = run.findings.iter().chain(&run.suppressed);
    let of_check = all.filter(|finding| finding.check == check);
    of_check.map(|finding| (finding.key.to_string(), json!(finding))).collect()
}
