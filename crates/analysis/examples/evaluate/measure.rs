//! How good a list of findings is, where what was injected is known.

use std::collections::{BTreeMap, HashMap, HashSet};

use domain::finding::{Finding, RunOutcome};

use crate::header::Header;
use crate::inject::{Injected, Kind};

/// The figures of one run on one ledger with one seed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Figures {
    pub(crate) precision_at_k: f64,
    pub(crate) recall_at_k: f64,
    /// At 1, 5 and 10 alerts for 1,000 invoices.
    pub(crate) recall_at: [f64; 3],
    pub(crate) precision_shown: f64,
    pub(crate) recall_shown: f64,
    pub(crate) alerts_shown: f64,
    pub(crate) candidate_recall: f64,
    pub(crate) value_recall: f64,
    pub(crate) wrongly_suppressed: f64,
    pub(crate) brier: f64,
    pub(crate) by_kind: BTreeMap<Kind, (usize, usize)>,
}

/// `ranked`: all findings down to hardly any probability. `shown`: those of the default threshold.
pub(crate) fn measure(
    headers: &[Header],
    injected: &[Injected],
    ranked: &RunOutcome,
    shown: &RunOutcome,
) -> Figures {
    let truth = Truth::of(headers, injected);
    let k = injected.len().max(1);
    let mut order: Vec<&Finding> = ranked.findings.iter().collect();
    order.sort_by(|x, y| bits(y).total_cmp(&bits(x)));
    let found_in = |findings: &[&Finding]| -> HashSet<usize> {
        findings.iter().flat_map(|finding| truth.found(finding)).collect()
    };
    let top = |count: usize| &order[..count.min(order.len())];
    let at_k = found_in(top(k));
    let hits = top(k).iter().filter(|finding| !truth.found(finding).is_empty()).count();
    let per_mille = |alerts: usize| found_in(top(headers.len() * alerts / 1_000)).len();
    let mut figures = Figures {
        precision_at_k: share(hits, k),
        recall_at_k: share(at_k.len(), k),
        recall_at: [1, 5, 10].map(|alerts| share(per_mille(alerts), k)),
        candidate_recall: share(
            injected.iter().filter(|one| is_candidate(headers, one)).count(),
            k,
        ),
        ..Figures::default()
    };
    let findings: Vec<&Finding> = shown.findings.iter().collect();
    let found = found_in(&findings);
    let true_ones = findings.iter().filter(|finding| !truth.found(finding).is_empty()).count();
    figures.precision_shown = share(true_ones, findings.len().max(1));
    figures.recall_shown = share(found.len(), k);
    figures.alerts_shown = share(findings.len() * 1_000, headers.len().max(1));
    let value = |of: &dyn Fn(usize) -> bool| -> f64 {
        let amounts = injected.iter().enumerate().filter(|(at, _)| of(*at));
        amounts
            .map(|(_, one)| {
                share(
                    usize::try_from(headers[one.copy].amount.max(0)).expect("no less than none"),
                    1,
                )
            })
            .sum()
    };
    figures.value_recall = value(&|at| at_k.contains(&at)) / value(&|_| true).max(1.0);
    let suppressed: HashSet<usize> =
        shown.suppressed.iter().flat_map(|finding| truth.found(finding)).collect();
    figures.wrongly_suppressed =
        share(suppressed.iter().filter(|at| !found.contains(at)).count(), k);
    figures.brier = findings
        .iter()
        .map(|finding| {
            (finding.probability.unwrap_or_default()
                - f64::from(u8::from(!truth.found(finding).is_empty()))).powi(2)
        })
        .sum::<f64>()
        / share(findings.len().max(1), 1);
    for (at, one) in injected.iter().enumerate() {
        let (of, all) = figures.by_kind.entry(one.kind).or_default();
        *of += usize::from(at_k.contains(&at));
        *all += 1;
    }
    figures
}

/// Precision, recall and number of alerts of a rule that reports pairs without an order.
pub(crate) fn of_pairs(injected: &[Injected], pairs: &[(usize, usize)]) -> (f64, f64, usize) {
    let reported: HashSet<(usize, usize)> = pairs.iter().copied().collect();
    let hits = injected.iter().filter(|one| reported.contains(&(one.original, one.copy))).count();
    (share(hits, pairs.len().max(1)), share(hits, injected.len().max(1)), pairs.len())
}

struct Truth<'a> {
    injected: &'a [Injected],
    headers: &'a [Header],
    by_copy: HashMap<&'a str, usize>,
}

impl<'a> Truth<'a> {
    fn of(headers: &'a [Header], injected: &'a [Injected]) -> Self {
        let copies = injected.iter().enumerate();
        let by_copy = copies.map(|(at, one)| (headers[one.copy].id.as_str(), at)).collect();
        Self { injected, headers, by_copy }
    }

    /// Which of the injected duplicates a finding names, original and copy.
    fn found(&self, finding: &Finding) -> Vec<usize> {
        let ids: HashSet<&str> = finding.rows.iter().map(|row| row.id.as_str()).collect();
        let named =
            |at: &usize| ids.contains(self.headers[self.injected[*at].original].id.as_str());
        ids.iter().filter_map(|id| self.by_copy.get(id).copied()).filter(named).collect()
    }
}

fn bits(finding: &Finding) -> f64 {
    finding.evidence.iter().map(|evidence| evidence.bits).sum()
}

/// Whether a pair is in one of the blocks that `evidence::duplicates` makes.
fn is_candidate(headers: &[Header], one: &Injected) -> bool {
    use evidence::entities::company_name::canonical;
    use evidence::invoice_number::InvoiceNumber;
    let (a, b) = (&headers[one.original], &headers[one.copy]);
    let (x, y) = (InvoiceNumber::new(&a.number), InvoiceNumber::new(&b.number));
    let name = |header: &Header| canonical(&header.supplier_name).squeezed();
    let same_party = a.supplier == b.supplier || name(a) == name(b);
    let same_amount = a.amount == b.amount;
    let rare = || headers.iter().filter(|header| header.amount == a.amount).count() <= 4;
    (same_party
        && (same_amount
            || x.plain == y.plain
            || InvoiceNumber::stem(&a.number) == InvoiceNumber::stem(&b.number)))
        || (same_amount && (x.merged == y.merged || rare()))
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
