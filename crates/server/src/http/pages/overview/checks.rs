//! The checks: what each has found that is open, how often it was right, and what kept it from running.
//!
//! Invariant: the grave ones come first, whatever money is in them; money is named where it can be stopped
//! or recovered.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use domain::Severity;
use domain::finding::{CheckEnd, CheckReport};
use store::{FindingSums, OpenSum};

use crate::App;
use crate::http::pages::access::Viewer;
use crate::http::pages::error::PageError;
use crate::http::pages::format;
use crate::http::pages::known_checks::KnownChecks;

/// A check that has found something, or ran.
pub(super) struct CheckLine {
    pub(super) title: String,
    pub(super) href: String,
    pub(super) findings: String,
    pub(super) has_findings: bool,
    /// `17 of 20 true`; empty where nobody has decided yet.
    pub(super) confirmed: String,
    pub(super) money: String,
}

#[derive(Default)]
struct CheckFigures {
    findings: u64,
    money: Vec<domain::Money>,
    confirmed: u64,
    decided: u64,
}

/// One line for each check that ran, has something open or was decided on.
pub(super) async fn check_lines(
    app: &App,
    viewer: &Viewer,
    sums: &FindingSums<'_>,
    (open, reports): (&[OpenSum], &[CheckReport]),
) -> Result<Vec<CheckLine>, PageError> {
    let mut checks: BTreeMap<String, CheckFigures> = BTreeMap::new();
    let ran = reports.iter().filter(|report| report.end == CheckEnd::Ran);
    for report in ran {
        checks.entry(report.check.clone()).or_default();
    }
    for sum in open {
        let figures = checks.entry(sum.check.clone()).or_default();
        figures.findings += sum.findings;
        figures.money.extend(sum.at_risk.clone());
    }
    for tally in sums.verdict_tallies().await? {
        let figures = checks.entry(tally.check).or_default();
        figures.confirmed += tally.confirmed;
        figures.decided += tally.confirmed + tally.dismissed;
    }
    let known = KnownChecks::new(app);
    let severity = |check: &str| match known.severity(check) {
        Severity::High => 0,
        Severity::Medium => 1,
        Severity::Context => 2,
    };
    let mut checks: Vec<(String, CheckFigures)> = checks.into_iter().collect();
    checks.sort_by_key(|(check, of)| {
        (of.findings == 0, severity(check), Reverse(of.findings), check.clone())
    });
    let line = |(check, of): (String, CheckFigures)| {
        let query =
            form_urlencoded::Serializer::new(String::new()).append_pair("what", &check).finish();
        CheckLine {
            title: known.title(&check),
            href: viewer.path(&format!("findings?{query}")),
            findings: format::count(of.findings),
            has_findings: of.findings > 0,
            confirmed: match of.decided {
                0 => String::new(),
                decided => format!("{} of {} true", of.confirmed, format::count(decided)),
            },
            money: format::sums(&of.money),
        }
    };
    Ok(checks.into_iter().map(line).collect())
}
