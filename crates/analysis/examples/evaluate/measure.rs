//! How good a list of findings is, where what was injected is known.

use std::collections::{BTreeMap, HashMap, HashSet};

use domain::finding::{Finding, RunOutcome};

use super::header::Header;
use super::inject::InjectedGroup;
use super::judged::Verdicts;
use super::kinds::Kind;
use super::reliability::{JudgedFinding, Reach};

/// The figures of one run on one ledger with one seed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Figures {
    pub(crate) injected: usize,
    pub(crate) invoices: usize,
    pub(crate) alerts: usize,
    /// Findings that name an injected duplicate.
    pub(crate) true_alerts: usize,
    /// Others that somebody who read their rows has judged to be one.
    pub(crate) judged_alerts: usize,
    pub(crate) found: usize,
    pub(crate) wrongly_suppressed: usize,
    pub(crate) value_recall: f64,
    pub(crate) brier: f64,
    /// Of each kind: found at the default threshold, and all.
    pub(crate) by_kind: BTreeMap<Kind, (usize, usize)>,
}

/// The figures of the same run, ranked down to hardly any probability.
#[derive(Debug, Clone, Default)]
pub(crate) struct RankedFigures {
    pub(crate) precision_at_k: f64,
    pub(crate) recall_at_k: f64,
    /// At 1, 5 and 10 alerts for 1,000 invoices.
    pub(crate) recall_at: [f64; 3],
    pub(crate) candidate_recall: f64,
}

impl Figures {
    pub(crate) fn precision(&self) -> f64 {
        share(self.true_alerts, self.alerts.max(1))
    }

    pub(crate) fn recall(&self) -> f64 {
        share(self.found, self.injected.max(1))
    }

    pub(crate) fn suppressed_wrongly(&self) -> f64 {
        share(self.wrongly_suppressed, self.injected.max(1))
    }

    pub(crate) fn alerts_per_mille(&self) -> f64 {
        share(self.alerts * 1_000, self.invoices.max(1))
    }
}

/// Measures the findings that are shown at the threshold of a run.
pub(crate) fn measure(
    headers: &[Header],
    injected: &[InjectedGroup],
    shown: &RunOutcome,
    verdicts: &Verdicts,
) -> Figures {
    let truth = Truth::of(headers, injected);
    let findings = &shown.findings;
    let found: HashSet<usize> = findings.iter().flat_map(|finding| truth.found(finding)).collect();
    let is_true = |finding: &&Finding| !truth.found(finding).is_empty();
    let is_judged = |finding: &&Finding| !is_true(finding) && verdicts.on(finding) == Some(true);
    let suppressed: HashSet<usize> =
        shown.suppressed.iter().flat_map(|finding| truth.found(finding)).collect();
    let mut figures = Figures {
        injected: injected.len(),
        invoices: headers.len(),
        alerts: findings.len(),
        true_alerts: findings.iter().filter(is_true).count(),
        judged_alerts: findings.iter().filter(is_judged).count(),
        found: found.len(),
        wrongly_suppressed: suppressed.difference(&found).count(),
        ..Figures::default()
    };
    let value = |is_counted: &dyn Fn(usize) -> bool| -> f64 {
        let counted = injected.iter().enumerate().filter(|(at, _)| is_counted(*at));
        counted.flat_map(|(_, one)| &one.copies).map(|copy| amount(&headers[*copy])).sum()
    };
    figures.value_recall = value(&|at| found.contains(&at)) / value(&|_| true).max(1.0);
    let squares = findings.iter().map(|finding| {
        let is_true = f64::from(u8::from(is_true(&finding)));
        (claimed(finding) - is_true).powi(2)
    });
    figures.brier = squares.sum::<f64>() / share(findings.len().max(1), 1);
    for (at, one) in injected.iter().enumerate() {
        let (of, all) = figures.by_kind.entry(one.kind).or_default();
        *of += usize::from(found.contains(&at));
        *all += 1;
    }
    figures
}

/// All findings down to hardly any probability, by their weight.
pub(crate) fn rank(
    headers: &[Header],
    injected: &[InjectedGroup],
    ranked: &RunOutcome,
) -> RankedFigures {
    let truth = Truth::of(headers, injected);
    let k = injected.len().max(1);
    let mut order: Vec<&Finding> = ranked.findings.iter().collect();
    order.sort_by(|x, y| bits(y).total_cmp(&bits(x)));
    let top = |count: usize| &order[..count.min(order.len())];
    let found_in = |findings: &[&Finding]| -> HashSet<usize> {
        findings.iter().flat_map(|finding| truth.found(finding)).collect()
    };
    let hits = top(k).iter().filter(|finding| !truth.found(finding).is_empty()).count();
    let per_mille = |alerts: usize| found_in(top(headers.len() * alerts / 1_000)).len();
    let candidates = injected.iter().filter(|one| is_candidate(headers, one)).count();
    RankedFigures {
        precision_at_k: share(hits, k),
        recall_at_k: share(found_in(top(k)).len(), k),
        recall_at: [1, 5, 10].map(|alerts| share(per_mille(alerts), k)),
        candidate_recall: share(candidates, k),
    }
}

/// The findings of a run with what they claim and whether it is so. `known`: the findings of the ledger
/// without injections; `verdicts`: what somebody has said who read their rows.
pub(crate) fn judge<'f>(
    headers: &[Header],
    injected: &[InjectedGroup],
    outcome: &'f RunOutcome,
    (known, verdicts): (&HashSet<String>, &Verdicts),
) -> Vec<JudgedFinding<'f>> {
    let truth = Truth::of(headers, injected);
    let judge = |finding: &'f Finding| JudgedFinding {
        finding,
        kind: &finding.kind,
        reach: reach(&truth, finding),
        claimed: claimed(finding),
        is_true: !truth.found(finding).is_empty(),
        is_known: known.contains(finding.key.as_str()),
        verdict: verdicts.on(finding),
    };
    outcome.findings.iter().map(judge).collect()
}

/// Precision, recall and number of alerts of a rule that reports pairs without an order.
pub(crate) fn of_pairs(injected: &[InjectedGroup], pairs: &[(usize, usize)]) -> (f64, f64, usize) {
    let reported: HashSet<(usize, usize)> = pairs.iter().copied().collect();
    let is_hit = |one: &&InjectedGroup| {
        let copies =
            |original: &usize| one.copies.iter().any(|copy| reported.contains(&(*original, *copy)));
        one.originals.iter().any(copies)
    };
    let hits = injected.iter().filter(is_hit).count();
    (share(hits, pairs.len().max(1)), share(hits, injected.len().max(1)), pairs.len())
}

/// The injected pairs, by the ids of their rows.
struct Truth<'a> {
    headers: &'a [Header],
    injected: &'a [InjectedGroup],
    by_copy: HashMap<&'a str, usize>,
    suppliers: HashMap<&'a str, &'a str>,
}

impl<'a> Truth<'a> {
    fn of(headers: &'a [Header], injected: &'a [InjectedGroup]) -> Self {
        let copies = injected
            .iter()
            .enumerate()
            .flat_map(|(at, one)| one.copies.iter().map(move |copy| (*copy, at)));
        let by_copy = copies.map(|(copy, at)| (headers[copy].id.as_str(), at)).collect();
        let suppliers =
            headers.iter().map(|header| (header.id.as_str(), header.supplier.as_str())).collect();
        Self { headers, injected, by_copy, suppliers }
    }

    /// The injected duplicates a finding names, an original and a copy of each; of an invoice that was
    /// keyed three times two of them.
    fn found(&self, finding: &Finding) -> Vec<usize> {
        let ids: HashSet<&str> = finding.rows.iter().map(|row| row.id.as_str()).collect();
        let names = |place: &usize| ids.contains(self.headers[*place].id.as_str());
        let mut found: Vec<usize> =
            ids.iter().filter_map(|id| self.by_copy.get(id).copied()).collect();
        found.sort_unstable();
        found.dedup();
        found.retain(|at| {
            let one = &self.injected[*at];
            let copies = one.copies.iter().filter(|copy| names(copy)).count();
            one.originals.iter().any(names) || one.kind == Kind::ThreeCopies && copies > 1
        });
        found
    }
}

fn reach(truth: &Truth<'_>, finding: &Finding) -> Reach {
    let mut suppliers = finding.rows.iter().filter_map(|row| truth.suppliers.get(row.id.as_str()));
    let first = suppliers.next();
    if suppliers.all(|supplier| Some(supplier) == first) { Reach::Within } else { Reach::Across }
}

fn claimed(finding: &Finding) -> f64 {
    finding.probability.unwrap_or_default()
}

fn bits(finding: &Finding) -> f64 {
    finding.evidence.iter().map(|evidence| evidence.bits).sum()
}

fn amount(header: &Header) -> f64 {
    share(usize::try_from(header.amount.max(0)).expect("no less than none"), 1)
}

/// Returns `true` when a pair is in one of the blocks that `evidence::duplicates` makes.
fn is_candidate(headers: &[Header], one: &InjectedGroup) -> bool {
    use evidence::entities::company_name::canonical;
    use evidence::invoice_number::InvoiceNumber;
    let (a, b) = (&headers[one.originals[0]], &headers[one.copies[0]]);
    let (x, y) = (InvoiceNumber::new(&a.number), InvoiceNumber::new(&b.number));
    let name = |header: &Header| canonical(&header.supplier_name).squeezed();
    let same_party = a.supplier == b.supplier || name(a) == name(b);
    let same_amount = a.amount == b.amount;
    let rare = || headers.iter().filter(|header| header.amount == a.amount).count() <= 4;
    (same_party
        && (same_amount
            || x.plain == y.plain
            || InvoiceNumber::stem(&a.number) == InvoiceNumber::stem(&b.number)))
        || (same_amount && (x.merged() == y.merged() || rare()))
}

#[expect(clippy::cast_precision_loss, reason = "counts below a thousand million")]
pub(crate) fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole as f64
}

/// The middle one.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
