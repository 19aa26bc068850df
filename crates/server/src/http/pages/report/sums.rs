//! What findings come to: money at risk by currency, and by check.
//!
//! Invariant: in the total no row's money is counted twice, however many findings speak of it.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashSet};

use domain::check::VerdictWords;
use domain::finding::{Lane, StoredFinding};
use domain::{Check, FileType, Money, MoneySums, Severity};

/// The probability from which on a finding is as likely true as not.
const AS_LIKELY_AS_NOT: f64 = 0.5;

/// Findings as sums.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RiskSums {
    /// Money at risk by currency, the largest first. A finding all of whose rows stand in graver ones adds
    /// nothing, nor does what was billed and is no loss.
    pub at_risk: Vec<Money>,
    /// The part of it that may have been paid twice.
    pub twice: Vec<Money>,
    /// The part of it that is at risk otherwise.
    pub otherwise: Vec<Money>,
    /// Findings of something that is there twice.
    pub findings_of_twice: u64,
    /// Findings with money of anything else, context apart.
    pub findings_of_otherwise: u64,
    /// The sums with each amount times the probability of its finding, to the hundredth; without what
    /// has none.
    pub likely: Vec<Money>,
    /// Set when some findings add nothing to the total.
    pub has_overlaps: bool,
    /// The most money first, context last. A row that several checks speak of counts in each.
    pub by_check: Vec<CheckSum>,
}

/// The findings of one check as sums.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckSum {
    /// Its folder name.
    pub check: String,
    /// Worth knowing beside other findings; not in the total.
    pub is_context: bool,
    pub findings: u64,
    /// Kinds of them, the most frequent first.
    pub kinds: Vec<(String, u64)>,
    /// By currency, the largest first.
    pub at_risk: Vec<Money>,
}

impl RiskSums {
    /// The sums of findings of these checks, the gravest of which come first.
    pub fn of(findings: &[StoredFinding], checks: &[Check]) -> Self {
        let once = counted_once(findings, checks);
        let (mut at_risk, mut likely) = (MoneySums::default(), MoneySums::default());
        let (mut twice, mut otherwise) = (MoneySums::default(), MoneySums::default());
        for found in &once {
            let Some((currency, amount)) = money_of(found) else { continue };
            at_risk.add(currency, amount);
            if is_of_twice(found, checks) {
                twice.add(currency, amount);
            } else {
                otherwise.add(currency, amount);
            }
            if let Some(probability) = found.finding.probability {
                likely.add(currency, amount * millionths(probability) / 1_000_000);
            }
        }
        let with_money = findings.iter().filter(|found| is_counted(found, checks)).count();
        let count = |is_it: &dyn Fn(&StoredFinding) -> bool| {
            findings.iter().filter(|found| is_it(found)).count() as u64
        };
        Self {
            at_risk: at_risk.into_money(),
            twice: twice.into_money(),
            otherwise: otherwise.into_money(),
            findings_of_twice: count(&|found| is_of_twice(found, checks)),
            findings_of_otherwise: count(&|found| {
                is_counted(found, checks) && !is_of_twice(found, checks)
            }),
            likely: likely.rounded().into_money(),
            has_overlaps: once.len() < with_money,
            by_check: by_check(findings, checks),
        }
    }
}

/// The findings with money that speak of a row of which none before them spoke.
pub(super) fn counted_once<'f>(
    findings: &'f [StoredFinding],
    checks: &[Check],
) -> Vec<&'f StoredFinding> {
    let mut known: HashSet<(FileType, &str, &str)> = HashSet::new();
    let with_money = findings.iter().filter(|found| is_counted(found, checks));
    with_money
        .filter(|found| {
            let mut is_new = found.finding.rows.is_empty();
            for row in &found.finding.rows {
                is_new |= known.insert(row.identity());
            }
            is_new
        })
        .collect()
}

fn is_counted(found: &StoredFinding, checks: &[Check]) -> bool {
    found.finding.at_risk.is_some() && !is_context(&found.finding.check, checks)
}

/// Returns `true` when a finding is about something that is there twice.
fn is_of_twice(found: &StoredFinding, checks: &[Check]) -> bool {
    let is_it = |check: &Check| check.verdict == VerdictWords::Duplicate;
    checks.iter().any(|check| check.name == found.finding.check && is_it(check))
}

/// The places of the gravest findings: first those that are as likely as not or more, and signs of fraud
/// of which nobody has measured it, then the others, each in their order. No check has more than a third
/// of them, or two, as long as others have any.
pub fn gravest(findings: &[StoredFinding], most: usize) -> Vec<usize> {
    let of_one_max = most.div_ceil(3).max(2);
    let is_likely = |found: &StoredFinding| match found.finding.probability {
        Some(probability) => probability >= AS_LIKELY_AS_NOT,
        None => found.finding.lane == Lane::FraudSigns,
    };
    let (likely, others): (Vec<usize>, Vec<usize>) =
        (0..findings.len()).partition(|at| is_likely(&findings[*at]));
    let by_rank: Vec<usize> = likely.into_iter().chain(others).collect();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut gravest, mut rest) = (Vec::new(), Vec::new());
    for (rank, at) in by_rank.iter().enumerate() {
        let count = counts.entry(findings[*at].finding.check.as_str()).or_default();
        *count += 1;
        if *count <= of_one_max && gravest.len() < most {
            gravest.push(rank);
        } else {
            rest.push(rank);
        }
    }
    let missing = most.saturating_sub(gravest.len());
    gravest.extend(rest.into_iter().take(missing));
    gravest.sort_unstable();
    gravest.into_iter().map(|rank| by_rank[rank]).collect()
}

fn is_context(name: &str, checks: &[Check]) -> bool {
    checks.iter().any(|check| check.name == name && check.severity == Severity::Context)
}

/// The money of a finding: its currency, and ten-thousandths.
fn money_of(found: &StoredFinding) -> Option<(Option<&str>, i128)> {
    let money = found.finding.at_risk.as_ref()?;
    Some((money.currency.as_deref(), money.amount.ten_thousandths().into()))
}

fn by_check(findings: &[StoredFinding], checks: &[Check]) -> Vec<CheckSum> {
    let mut names: Vec<&str> = Vec::new();
    for found in findings {
        if !names.contains(&found.finding.check.as_str()) {
            names.push(&found.finding.check);
        }
    }
    let sum = |name: &&str| {
        let (mut money, mut kinds) = (MoneySums::default(), BTreeMap::<&str, u64>::new());
        let mut count = 0;
        for found in findings.iter().filter(|found| found.finding.check == *name) {
            count += 1;
            *kinds.entry(&found.finding.kind).or_default() += 1;
            if let Some((currency, amount)) = money_of(found) {
                money.add(currency, amount);
            }
        }
        let mut kinds: Vec<(String, u64)> =
            kinds.into_iter().map(|(kind, count)| (kind.to_owned(), count)).collect();
        kinds.sort_by_key(|(_, count)| Reverse(*count));
        let at_risk = money.into_money();
        let is_context = is_context(name, checks);
        CheckSum { check: (*name).to_owned(), is_context, findings: count, kinds, at_risk }
    };
    let mut sums: Vec<CheckSum> = names.iter().map(sum).collect();
    sums.sort_by_key(|sum| {
        (sum.is_context, Reverse(sum.at_risk.first().map(|money| money.amount)))
    });
    sums
}

#[expect(clippy::cast_possible_truncation, reason = "a share is at most a million millionths")]
fn millionths(share: f64) -> i128 {
    (share * 1_000_000.0).round() as i128
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::pages::report::tests::{check, finding, with_fields};

    #[test]
    fn no_row_is_counted_twice_in_the_total() {
        let written = |sums: &[Money]| {
            let one = |money: &Money| {
                format!("{} {}", money.amount, money.currency.as_deref().unwrap_or("-"))
            };
            sums.iter().map(one).collect::<Vec<_>>().join(", ")
        };
        let found = [
            finding("duplicate_invoices", &["1", "2"], Some(("100.00", "GBP")), 0.9),
            finding("paid_twice", &["2", "1"], Some(("100.00", "GBP")), 0.5),
            finding("paid_twice", &["2", "3"], Some(("70.00", "GBP")), 0.5),
            finding("benford", &["4"], None, 0.5),
            finding("paid_twice", &["4"], Some(("10.00", "EUR")), 0.1),
            finding("round_amounts", &["5", "6"], Some(("9000.00", "GBP")), 0.1),
            finding("paid_twice", &["5"], Some(("0.01", "GBP")), 0.6),
        ];
        let twice = VerdictWords::Duplicate;
        let checks = [
            check("round_amounts", Severity::Context),
            Check { verdict: twice, ..check("duplicate_invoices", Severity::High) },
        ];
        let sums = RiskSums::of(&found, &checks);
        assert_eq!(written(&sums.at_risk), "170.01 GBP, 10.00 EUR");
        assert_eq!(written(&sums.likely), "125.01 GBP, 1.00 EUR");
        assert!(sums.has_overlaps);
        assert_eq!(written(&sums.twice), "100.00 GBP");
        assert_eq!(written(&sums.otherwise), "70.01 GBP, 10.00 EUR");
        assert_eq!((sums.findings_of_twice, sums.findings_of_otherwise), (1, 4));
        let by_check: Vec<_> = (sums.by_check.iter())
            .map(|sum| (sum.check.as_str(), sum.findings, written(&sum.at_risk)))
            .collect();
        assert_eq!(
            by_check,
            [
                ("paid_twice", 4, "170.01 GBP, 10.00 EUR".to_owned()),
                ("duplicate_invoices", 1, "100.00 GBP".to_owned()),
                ("benford", 1, String::new()),
                ("round_amounts", 1, "9000.00 GBP".to_owned()),
            ]
        );
        assert!(!RiskSums::of(&found[..1], &checks).has_overlaps);
        assert_eq!(RiskSums::of(&[], &checks), RiskSums::default());
    }

    #[test]
    fn invoices_of_two_suppliers_under_one_id_count_each() {
        let of = |supplier: &str| {
            let found = finding("paid_twice", &["1"], Some(("100.00", "GBP")), 0.9);
            with_fields(found, &[("supplier_ref", supplier)])
        };
        for (suppliers, expected) in [(["S1", "S2"], 2), (["S1", "S1"], 1)] {
            let found = suppliers.map(of);
            assert_eq!(counted_once(&found, &[]).len(), expected, "{suppliers:?}");
        }
    }

    #[test]
    fn no_check_hides_the_others_among_the_gravest() {
        let of = |names: &[&str], most| {
            let found: Vec<StoredFinding> =
                names.iter().map(|name| finding(name, &[*name], None, 0.5)).collect();
            gravest(&found, most)
        };
        assert_eq!(of(&["a", "a", "a", "a", "a", "a", "b", "c", "a"], 5), [0, 1, 2, 6, 7]);
        assert_eq!(of(&["a", "a", "a"], 5), [0, 1, 2]);
        assert_eq!(of(&["a", "b", "a", "a", "a", "a", "a"], 5), [0, 1, 2, 3, 4]);
        assert_eq!(of(&[], 5), [0; 0]);
    }

    #[test]
    fn what_is_less_likely_than_not_leads_nothing() {
        let found = [
            finding("dormant", &["1"], Some(("9000.00", "GBP")), 0.35),
            finding("spike", &["2"], Some(("8000.00", "GBP")), 0.49),
            finding("duplicate", &["3"], Some(("50.00", "GBP")), 0.99),
            finding("split", &["4"], Some(("10.00", "GBP")), 0.5),
        ];
        assert_eq!(gravest(&found, 5), [2, 3, 0, 1]);
        assert_eq!(gravest(&found, 3), [2, 3, 0]);
    }
}
