//! Verdicts on what ledgers hold by themselves, by somebody who read the rows: `judged.csv`, a line for each
//! finding that stands where nothing was injected.
//!
//! Invariant: a verdict is about rows and no weight is set by it; what nobody has judged counts as false.

use std::collections::HashMap;

use domain::finding::Finding;

/// Ledger, Unique IDs joined by a plus, verdict, reason.
const VERDICTS: &str = include_str!("judged.csv");

/// The verdicts on one ledger, by the rows of the finding.
#[derive(Debug, Clone, Default)]
pub(crate) struct Verdicts(HashMap<String, bool>);

impl Verdicts {
    pub(crate) fn of(ledger: &str) -> Self {
        let lines = VERDICTS.lines().skip(1).filter(|line| !line.trim().is_empty());
        let verdicts = lines.filter_map(|line| {
            let mut fields = line.splitn(4, ',');
            let mut field = || fields.next().expect("a verdict has four fields").trim();
            let (of, rows, verdict) = (field(), field(), field());
            assert!(["true", "false"].contains(&verdict), "{line}");
            assert!(!field().is_empty(), "no reason is given: {line}");
            (of == ledger).then(|| (rows.to_owned(), verdict == "true"))
        });
        Self(verdicts.collect())
    }

    /// Returns `true` for a finding of one invoice keyed more than once; none where nobody has read
    /// its rows.
    pub(crate) fn on(&self, finding: &Finding) -> Option<bool> {
        self.0.get(&rows(finding)).copied()
    }
}

/// The rows of a finding, as verdicts name them.
pub(crate) fn rows(finding: &Finding) -> String {
    let mut ids: Vec<&str> = finding.rows.iter().map(|row| row.id.as_str()).collect();
    ids.sort_unstable();
    ids.join("+")
}
