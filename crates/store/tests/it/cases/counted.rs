//! Money of which several findings speak: it counts once, whatever is decided about them.

use domain::Money;
use domain::finding::{FindingState, RecoveryStage, Remember, RunOutcome};
use jiff::ToSpan as _;
use store::{FindingFilter, FindingOrder, Inclusion, MoneyBack};

use crate::cases::findings::{checked, key, keys};
use crate::cases::recovery::confirmed;
use crate::cases::runs::run;
use crate::cases::verdicts::{ann, asked, innocent, new_id};
use crate::site::{Site, now, unit};

/// Two findings of one payment, the second with more money and less probable, and one of another.
pub(crate) fn of_one_payment() -> RunOutcome {
    let mut found = checked(3);
    found.findings[0].probability = Some(0.99);
    found.findings[1].probability = Some(0.2);
    let rows = found.findings[0].rows.clone();
    found.findings[1].rows = rows;
    found
}

/// The money of a unit in sums: of what is open, what waits, and what is to be recovered.
async fn summed(site: &Site) -> [String; 3] {
    let acme = site.acme();
    let in_state = async |state, gone| {
        let filter = FindingFilter { state: Some(state), gone, ..FindingFilter::default() };
        let lanes = acme.lane_totals(&unit(), &filter).await.unwrap().into_iter();
        lanes.flat_map(|lane| lane.at_risk).collect::<Vec<_>>()
    };
    let open = in_state(FindingState::Open, Inclusion::No).await;
    let waiting = in_state(FindingState::NeedsInformation, Inclusion::Yes).await;
    let stages = acme.recovery_sums(&unit(), "2026-11-23".parse().unwrap()).await.unwrap().stages;
    let to_ask = stages.iter().find(|sum| sum.stage == RecoveryStage::ToAsk).unwrap();
    let sum = |money: &[Money]| {
        let amounts = money.iter().map(|money| money.amount.to_string());
        amounts.collect::<Vec<_>>().join(" ")
    };
    [sum(&open), sum(&waiting), sum(&to_ask.money)]
}

/// As in a list of payments that is numbered anew each month.
pub(crate) async fn invoices_of_two_suppliers_under_one_id_count_each(site: Site) {
    let acme = site.acme();
    let mut found = of_one_payment();
    for (finding, supplier) in found.findings.iter_mut().zip(["S1", "S2"]) {
        finding.rows[0].fields.insert("supplier_ref".to_owned(), supplier.to_owned());
    }
    run(&site, &found, now()).await;
    assert_eq!(summed(&site).await, ["6000.00", "", ""]);
    acme.decide(&unit(), [key(2)], &confirmed(), new_id, ann()).await.unwrap();
    assert_eq!(summed(&site).await, ["4000.00", "", "2000.00"]);
    let one = acme.finding(&unit(), &key(2)).await.unwrap().unwrap();
    assert!(acme.findings_of_same_money(&unit(), &one.finding).await.unwrap().is_empty());
}

pub(crate) async fn money_counts_once_as_soon_as_it_is_decided(site: Site) {
    let acme = site.acme();
    let ids = || new_id();
    run(&site, &of_one_payment(), now()).await;
    assert_eq!(summed(&site).await, ["4000.00", "", ""], "the likelier of the two counts");
    let one = acme.finding(&unit(), &key(2)).await.unwrap().unwrap();
    assert_eq!(one.counted, None);
    acme.decide(&unit(), [key(2)], &confirmed(), ids, ann()).await.unwrap();
    assert_eq!(summed(&site).await, ["3000.00", "", "2000.00"], "what is true counts first");
    acme.undo(&unit(), key(2), ann()).await.unwrap();
    assert_eq!(summed(&site).await, ["4000.00", "", ""]);
    acme.decide(&unit(), [key(1)], &asked(), ids, ann()).await.unwrap();
    acme.decide(&unit(), [key(2)], &confirmed(), ids, ann()).await.unwrap();
    assert_eq!(summed(&site).await, ["3000.00", "", "2000.00"], "it waits for money of the other");
    acme.decide(&unit(), [key(1), key(2)], &confirmed(), ids, ann()).await.unwrap();
    assert_eq!(summed(&site).await, ["3000.00", "", "2000.00"], "what was overpaid is the larger");
    let outstanding =
        FindingFilter { money_back: Some(MoneyBack::Outstanding), ..FindingFilter::default() };
    assert_eq!(keys(&site, &outstanding, FindingOrder::Amount).await, [key(2)], "asked for once");
    let sums = acme.recovery_sums(&unit(), "2026-11-23".parse().unwrap()).await.unwrap();
    assert_eq!(sums.stages[0].findings, 1);
    run(&site, &of_one_payment(), now() + 1.hour()).await;
    assert_eq!(summed(&site).await, ["3000.00", "", "2000.00"], "a run counts as a decision does");
    acme.decide(&unit(), [key(2)], &innocent(Remember::None, None), ids, ann()).await.unwrap();
    assert_eq!(summed(&site).await, ["3000.00", "", "1000.00"]);
    acme.undo_all(&unit(), [key(1), key(2)], ann()).await.unwrap();
    assert_eq!(summed(&site).await, ["3000.00", "", "2000.00"]);
    let mut without = of_one_payment();
    without.findings.remove(1);
    run(&site, &without, now() + 2.hours()).await;
    assert_eq!(summed(&site).await, ["3000.00", "", "2000.00"], "paid twice, it stays so");
    acme.decide(&unit(), [key(2)], &innocent(Remember::None, None), ids, ann()).await.unwrap();
    assert_eq!(summed(&site).await, ["3000.00", "1000.00", ""]);
    let time = (now(), now() + 1.hour());
    let outcomes = acme.decided_findings(&unit(), time, None).await.unwrap();
    let gone = outcomes.iter().filter(|one| one.is_gone).map(|one| &one.finding.key);
    assert_eq!(gone.collect::<Vec<_>>(), [&key(2)]);
}

pub(crate) async fn what_waits_and_is_gone_keeps_no_money_from_another(site: Site) {
    run(&site, &of_one_payment(), now()).await;
    site.acme().decide(&unit(), [key(1)], &asked(), new_id, ann()).await.unwrap();
    let mut without = of_one_payment();
    without.findings.remove(0);
    run(&site, &without, now() + 1.hour()).await;
    let [open, ..] = summed(&site).await;
    assert_eq!(open, "5000.00", "of the one that is found still, and of the other invoice");
}

/// Counts of verdicts by check or sort: the word, confirmed, dismissed, and what was claimed of them.
type BySort = Vec<(String, u64, u64, Option<f64>)>;

pub(crate) async fn what_is_dismissed_beside_the_truth_was_not_wrong(site: Site) {
    let acme = site.acme();
    let none = || innocent(Remember::None, None);
    run(&site, &of_one_payment(), now()).await;
    let decided = async || -> (BySort, u64) {
        let tallies = acme.verdict_tallies(&unit()).await.unwrap().into_iter();
        let told =
            tallies.map(|tally| (tally.kind, tally.confirmed, tally.dismissed, tally.claimed));
        let time = (now(), now() + 1.hour());
        let outcomes = acme.decided_findings(&unit(), time, None).await.unwrap();
        let beside = outcomes.iter().filter(|one| one.has_truth_beside).count();
        (told.collect(), beside as u64)
    };
    let kinds = async || {
        let unit = unit();
        let other = key(9);
        let of = |kind| acme.decided_of_kind(&unit, ("duplicate_invoices", kind), &other);
        (of("misread_character").await.unwrap(), of("same_number").await.unwrap())
    };
    acme.decide(&unit(), [key(2)], &none(), new_id, ann()).await.unwrap();
    let wrong = ("same_number".to_owned(), 0, 1, Some(0.2));
    assert_eq!(decided().await, (vec![wrong.clone()], 0), "nobody has said what is true");
    acme.decide(&unit(), [key(1)], &confirmed(), new_id, ann()).await.unwrap();
    let right = ("misread_character".to_owned(), 1, 0, Some(0.99));
    assert_eq!(decided().await, (vec![right], 1), "its money is asked for with the other");
    assert_eq!(kinds().await, ((1, 1), (0, 0)));
    let own = acme.own_verdicts(&unit()).await.unwrap();
    let told: Vec<_> = own.iter().map(|(key, own)| (key, own.confirmed, own.claimed)).collect();
    assert_eq!(told, [(&key(1), 1, Some(0.99))], "what counts in no tally is nobody's own");
    let tallies = acme.verdict_tallies(&unit()).await.unwrap();
    let both = acme.tallies_and_own_verdicts(&unit()).await.unwrap();
    assert_eq!(both, (tallies, own.clone()), "a run is told of the same");
    acme.decide(&unit(), [key(1)], &none(), new_id, ann()).await.unwrap();
    assert_eq!(kinds().await, ((0, 1), (0, 1)), "both were wrong");
    let kind = ("duplicate_invoices", "misread_character");
    let others = acme.decided_of_kind(&unit(), kind, &key(1)).await.unwrap();
    assert_eq!(others, (0, 0), "its own verdict is none of another");
    acme.decide(&unit(), [key(3)], &confirmed(), new_id, ann()).await.unwrap();
    assert_eq!(kinds().await, ((1, 2), (0, 1)), "that is of other invoices");
}
