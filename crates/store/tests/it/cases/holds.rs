//! Invoices that are not to be paid: held, lifted, fetched by an ERP.

use std::collections::BTreeSet;

use domain::finding::{
    HoldableInvoice, HoldsToLift, Lane, PaymentHold, PaymentHoldState, RecoveryStage, Remember,
    RunOutcome, Suppression,
};
use domain::page::PageSize;
use domain::{Finding, FindingKey, NotificationEvent, NotificationKind};
use jiff::tz::TimeZone;
use store::{AuditFilter, Error, FindingFilter, FindingOrder, MoneyBack, ToDo};

use crate::cases::findings::{finding, key, keys};
use crate::cases::notifications::{tell_all, webhook};
use crate::cases::recovery::{checked_step, confirmed, step};
use crate::cases::runs::run;
use crate::cases::verdicts::{ann, duplicate, innocent, new_id};
use crate::site::{Site, now, unit};

/// Findings about one unpaid invoice of their own each, and a third about those of the first two.
async fn findings(site: &Site) {
    let [one, other] = [finding(1), finding(2)];
    let rows = [one.rows.clone(), other.rows.clone()].concat();
    let both = Finding { rows, ..finding(3) };
    let outcome = RunOutcome { findings: vec![one, other, both], ..RunOutcome::default() };
    run(site, &outcome, now()).await;
}

/// Change, invoice and state, from a change on.
async fn changes(site: &Site, after: Option<u64>) -> Vec<(u64, String, PaymentHoldState)> {
    let page = site.acme().holds(&unit(), None, PageSize::default(), after).await.unwrap();
    let told = |hold: PaymentHold| (hold.change, hold.invoice, hold.state);
    page.items.into_iter().map(told).collect()
}

/// The invoices of these Unique IDs, which name no supplier.
fn without_supplier<const N: usize>(ids: [&str; N]) -> [HoldableInvoice; N] {
    ids.map(|id| HoldableInvoice { id: id.to_owned(), supplier: None })
}

/// The hold of one invoice, of this supplier where one is named.
pub(crate) fn of_invoice(id: &str, supplier: Option<&str>) -> HoldsToLift {
    let supplier = supplier.map(str::to_owned);
    HoldsToLift::Invoices { ids: BTreeSet::from([id.to_owned()]), supplier }
}

async fn hold(site: &Site, finding: FindingKey, only: &[&str]) -> Result<usize, Error> {
    let only: BTreeSet<String> = only.iter().map(|one| (*one).to_owned()).collect();
    let held = site.acme().hold(&unit(), [finding], &only, "look first", ann()).await?;
    Ok(held.len())
}

pub(crate) async fn invoices_are_held_and_lifted_and_an_erp_hears_of_each(site: Site) {
    use PaymentHoldState::{Held, Lifted};
    let acme = site.acme();
    findings(&site).await;
    assert_eq!(hold(&site, key(1), &[]).await.unwrap(), 1);
    assert_eq!(hold(&site, key(1), &[]).await.unwrap(), 0, "it is held already");
    assert_eq!(hold(&site, key(3), &["2"]).await.unwrap(), 1);
    let other = hold(&site, key(1), &["2"]).await;
    assert!(matches!(other, Err(Error::Illegal { .. })), "{other:?}");
    assert_eq!(changes(&site, None).await, [(1, "1".to_owned(), Held), (2, "2".to_owned(), Held)]);
    let page = acme.holds(&unit(), None, PageSize::try_from(1).unwrap(), None).await.unwrap();
    assert_eq!((page.items.len(), page.next), (1, Some(1)));
    // As the finding has it.
    assert_eq!(page.items[0].fields["supplier_name"], "\u{c4}CME 1% Ltd\0");

    assert_eq!(acme.acknowledge_holds(&unit(), 1, ann()).await.unwrap(), 1);
    assert_eq!(acme.acknowledge_holds(&unit(), 1, ann()).await.unwrap(), 0);
    let invoices = of_invoice("1", None);
    acme.lift(&unit(), &invoices, "the supplier has explained", ann()).await.unwrap();
    let again = acme.lift(&unit(), &invoices, "", ann()).await;
    assert!(matches!(again, Err(Error::Illegal { .. })), "{again:?}");
    assert_eq!(changes(&site, Some(2)).await, [(3, "1".to_owned(), Lifted)]);
    let of_one = acme.holds_of(&unit(), &without_supplier(["1", "9"])).await.unwrap();
    assert_eq!((of_one.len(), of_one[0].acknowledged_at), (1, None), "the ERP has not this one");
    assert!(of_one[0].findings.is_empty());

    let page = acme.audit_entries(&AuditFilter::default(), PageSize::default(), None).await;
    let what: Vec<String> =
        page.unwrap().items.into_iter().map(|item| item.entry.what).take(4).collect();
    assert_eq!(what, ["hold.lift", "hold.acknowledge", "hold.add", "hold.add"]);
    let stranger = site.store.customer(&"globex".parse().unwrap());
    let theirs = stranger.holds(&unit(), None, PageSize::default(), None).await.unwrap();
    assert!(theirs.items.is_empty());
}

pub(crate) async fn a_verdict_lifts_what_its_finding_held(site: Site) {
    use PaymentHoldState::{Held, Lifted};
    let acme = site.acme();
    findings(&site).await;
    hold(&site, key(1), &[]).await.unwrap();
    hold(&site, key(3), &[]).await.unwrap();
    let rent = innocent(Remember::None, None);
    acme.decide(&unit(), [key(1)], &rent, new_id, ann()).await.unwrap();
    let held = acme.holds_of(&unit(), &without_supplier(["1"])).await.unwrap();
    assert_eq!((held[0].state, held[0].findings.clone()), (Held, vec![key(3)]));
    acme.decide(&unit(), [key(3)], &rent, new_id, ann()).await.unwrap();
    let lifted = acme.holds_of(&unit(), &without_supplier(["1", "2"])).await.unwrap();
    assert!(lifted.iter().all(|one| (one.state, one.because.as_str()) == (Lifted, "rent")));
    let late = hold(&site, key(3), &[]).await;
    assert!(matches!(late, Err(Error::Illegal { .. })), "{late:?}");
    assert!(site.system().verify_audit().await.unwrap().is_ok());
}

pub(crate) async fn a_run_lifts_what_nothing_asks_for_any_more(site: Site) {
    use PaymentHoldState::{Held, Lifted};
    let acme = site.acme();
    acme.add_webhook(&webhook(&[NotificationKind::HoldLifted])).await.unwrap();
    findings(&site).await;
    hold(&site, key(1), &[]).await.unwrap();
    hold(&site, key(3), &[]).await.unwrap();
    // The second finding holds nothing; the third goes, and with it the hold of the second invoice alone.
    let left = RunOutcome { findings: vec![finding(1), finding(2)], ..RunOutcome::default() };
    run(&site, &left, now()).await;
    let held = acme.holds_of(&unit(), &without_supplier(["1", "2"])).await.unwrap();
    assert_eq!((held[0].state, held[0].findings.clone()), (Held, vec![key(1)]));
    assert_eq!(
        (held[1].state, held[1].changed_by.as_str()),
        (Lifted, "Bursar, by a run of the checks")
    );
    assert!(held[1].because.contains("the last run"), "{}", held[1].because);
    let last = changes(&site, None).await.last().unwrap().0;
    run(&site, &left, now()).await;
    assert!(changes(&site, Some(last)).await.is_empty(), "there is nothing to lift twice");
    tell_all(&site).await;
    let page = acme.deliveries(None, PageSize::default(), None).await.unwrap();
    let told: Vec<&NotificationEvent> =
        page.items.iter().filter_map(|delivery| delivery.event.as_ref()).collect();
    assert!(matches!(told[..], [NotificationEvent::HoldLifted { invoices: 1, .. }]), "{told:?}");

    // A verdict speaks for later runs, so that the next one hides the finding.
    let mut hidden = finding(1);
    let words = "decided".to_owned();
    hidden.suppressed = Some(Suppression { reason: "decided".to_owned(), words });
    hold(&site, key(2), &[]).await.unwrap();
    acme.decide(&unit(), [key(2)], &duplicate("10"), new_id, ann()).await.unwrap();
    run(&site, &RunOutcome { suppressed: vec![hidden], ..RunOutcome::default() }, now()).await;
    let held = acme.holds_of(&unit(), &without_supplier(["1", "2"])).await.unwrap();
    assert_eq!(held[0].state, Lifted);
    assert_eq!(held[1].state, Held, "people said that it is not to be paid");
    let page = acme.audit_entries(&AuditFilter::default(), PageSize::default(), None).await;
    let items = page.unwrap().items.into_iter();
    let lifted = items.filter(|item| item.entry.what == "hold.lift").map(|item| item.entry.who);
    assert_eq!(lifted.collect::<Vec<_>>(), ["system"; 3]);
    assert!(site.system().verify_audit().await.unwrap().is_ok());
}

pub(crate) async fn invoices_of_two_suppliers_under_one_id_are_held_each(site: Site) {
    use PaymentHoldState::{Held, Lifted};
    let of_supplier = |number: usize, supplier: &str| {
        let mut found = Finding { lane: Lane::StopPayment, ..finding(number) };
        "17".clone_into(&mut found.rows[0].id);
        found.rows[0].fields.insert("supplier_ref".to_owned(), supplier.to_owned());
        found
    };
    let outcome = RunOutcome {
        findings: vec![of_supplier(1, "S1"), of_supplier(2, "S2")],
        ..RunOutcome::default()
    };
    run(&site, &outcome, now()).await;
    let acme = site.acme();
    acme.decide(&unit(), [key(1), key(2)], &confirmed(), new_id, ann()).await.unwrap();
    assert_eq!(to_do_and_outstanding(&site).await.0, [key(2), key(1)]);
    hold(&site, key(1), &[]).await.unwrap();
    assert_eq!(to_do_and_outstanding(&site).await.0, [key(2)], "the other supplier's is not held");
    hold(&site, key(2), &[]).await.unwrap();
    let both = changes(&site, None).await;
    assert_eq!(both, [(1, "17".to_owned(), Held), (2, "17".to_owned(), Held)]);

    let unclear = acme.lift(&unit(), &of_invoice("17", None), "", ann()).await;
    let why = unclear.unwrap_err().to_string();
    assert!(why.contains("S1, S2") && why.contains("name the supplier"), "{why}");
    let other = acme.lift(&unit(), &of_invoice("17", Some("S3")), "", ann()).await;
    assert!(matches!(other, Err(Error::Illegal { .. })), "{other:?}");
    acme.lift(&unit(), &of_invoice("17", Some("S2")), "explained", ann()).await.unwrap();
    let told = changes(&site, None).await;
    assert_eq!(told, [(1, "17".to_owned(), Held), (3, "17".to_owned(), Lifted)]);
    let invoice = HoldableInvoice { id: "17".to_owned(), supplier: Some("S1".to_owned()) };
    let of_first = acme.holds_of(&unit(), [&invoice]).await.unwrap();
    assert_eq!((of_first.len(), of_first[0].state), (1, Held));

    // What somebody looks at is lifted as it stood then, or not at all.
    let seen = HoldsToLift::Changes(BTreeSet::from([2]));
    let late = acme.lift(&unit(), &seen, "", ann()).await;
    assert!(matches!(late, Err(Error::Illegal { .. })), "{late:?}");
    let seen = HoldsToLift::Changes(BTreeSet::from([1]));
    acme.lift(&unit(), &seen, "explained", ann()).await.unwrap();
    hold(&site, key(2), &[]).await.unwrap();
    let told = changes(&site, None).await;
    assert_eq!(told, [(4, "17".to_owned(), Lifted), (5, "17".to_owned(), Held)]);
    // The other supplier's verdict lifts nothing of this one.
    let rent = innocent(Remember::None, None);
    acme.decide(&unit(), [key(1)], &rent, new_id, ann()).await.unwrap();
    assert_eq!(changes(&site, Some(5)).await, []);
    acme.decide(&unit(), [key(2)], &rent, new_id, ann()).await.unwrap();
    assert_eq!(changes(&site, Some(5)).await, [(6, "17".to_owned(), Lifted)]);
}

pub(crate) async fn paid_invoices_are_not_held(site: Site) {
    let mut paid = finding(1);
    paid.rows[0].fields.insert("paid_date".to_owned(), "2026-01-02".to_owned());
    run(&site, &RunOutcome { findings: vec![paid], ..RunOutcome::default() }, now()).await;
    let held = hold(&site, key(1), &[]).await;
    assert!(matches!(held, Err(Error::Illegal { .. })), "{held:?}");
    assert!(changes(&site, None).await.is_empty());
}

pub(crate) async fn a_webhook_is_told_what_is_held_and_lifted(site: Site) {
    let acme = site.acme();
    let kinds = [NotificationKind::HoldAdded, NotificationKind::HoldLifted];
    acme.add_webhook(&webhook(&kinds)).await.unwrap();
    acme.add_webhook(&webhook(&[NotificationKind::RunFailed])).await.unwrap();
    findings(&site).await;
    hold(&site, key(1), &[]).await.unwrap();
    // The first invoice is held already, so that only the second is news.
    hold(&site, key(3), &[]).await.unwrap();
    hold(&site, key(3), &[]).await.unwrap();
    // The third finding still holds the invoice.
    let rent = innocent(Remember::None, None);
    acme.decide(&unit(), [key(1)], &rent, new_id, ann()).await.unwrap();
    let invoices = of_invoice("1", None);
    acme.lift(&unit(), &invoices, "a secret of ours", ann()).await.unwrap();
    acme.decide(&unit(), [key(3)], &rent, new_id, ann()).await.unwrap();
    tell_all(&site).await;
    tell_all(&site).await;
    let page = acme.deliveries(None, PageSize::default(), None).await.unwrap();
    let mut told: Vec<(&str, u64, u64, u64)> = Vec::new();
    for delivery in &page.items {
        let event = delivery.event.as_ref().unwrap();
        let (NotificationEvent::HoldAdded { invoices, since, upto, by }
        | NotificationEvent::HoldLifted { invoices, since, upto, by }) = event
        else {
            panic!("{event:?}");
        };
        assert_eq!(by, ann().by);
        told.push((event.kind().event_type(), *invoices, *since, *upto));
    }
    told.sort_unstable_by_key(|(_, _, _, upto)| *upto);
    let wanted = [
        ("hold.added", 1, 0, 1),
        ("hold.added", 1, 1, 3),
        ("hold.lifted", 1, 4, 5),
        ("hold.lifted", 1, 5, 6),
    ];
    assert_eq!(told, wanted);
    let last = changes(&site, Some(5)).await;
    assert_eq!(last, [(6, "2".to_owned(), PaymentHoldState::Lifted)], "what the last one names");
}

/// The findings to be stopped or undecided, and those whose money is to be asked back, each by number.
async fn to_do_and_outstanding(site: &Site) -> (Vec<FindingKey>, Vec<FindingKey>) {
    let to_do = FindingFilter { to_do: Some(ToDo::Any), ..FindingFilter::default() };
    let outstanding =
        FindingFilter { money_back: Some(MoneyBack::Outstanding), ..FindingFilter::default() };
    let to_ask = FindingFilter { recovery: Some(RecoveryStage::ToAsk), ..outstanding.clone() };
    let listed = keys(site, &to_do, FindingOrder::Amount).await;
    let (store, unit) = (site.acme(), unit());
    let count = store.count_findings(&unit, &to_do).await.unwrap();
    let lanes = store.lane_totals(&unit, &to_do).await.unwrap();
    let in_lanes: u64 = lanes.iter().map(|lane| lane.findings).sum();
    assert_eq!((count, in_lanes), (listed.len() as u64, count), "every figure is of the list");
    let asked = keys(site, &outstanding, FindingOrder::Amount).await;
    assert_eq!(keys(site, &to_ask, FindingOrder::Amount).await, asked);
    let sums =
        store.recovery_sums(&unit, TimeZone::UTC.to_datetime(ann().at).date()).await.unwrap();
    let sum = sums.stages.iter().find(|sum| sum.stage == RecoveryStage::ToAsk).unwrap();
    assert_eq!(sum.findings, asked.len() as u64);
    (listed, asked)
}

pub(crate) async fn what_is_true_is_to_be_stopped_until_it_is(site: Site) {
    // Of the first two nothing is paid twice, of the third it is, whatever is not paid yet.
    let with_paid = |number: usize, paid: usize| {
        let mut found = Finding { lane: Lane::StopPayment, ..finding(number) };
        for at in 0..paid {
            let mut row = found.rows[0].clone();
            row.id = format!("P{number}-{at}");
            row.fields.insert("paid_date".to_owned(), "2026-03-20".to_owned());
            found.rows.push(row);
        }
        found
    };
    let outcome = |first: Lane| RunOutcome {
        findings: vec![
            Finding { lane: first, ..with_paid(1, 0) },
            with_paid(2, 1),
            with_paid(3, 2),
            finding(4),
        ],
        ..RunOutcome::default()
    };
    run(&site, &outcome(Lane::StopPayment), now()).await;
    let (acme, all) = (site.acme(), [4, 3, 2, 1].map(key));
    assert_eq!(to_do_and_outstanding(&site).await, (all.to_vec(), vec![]));
    acme.decide(&unit(), all, &confirmed(), new_id, ann()).await.unwrap();
    let expect = async |to_do: &[usize], outstanding: &[usize], when: &str| {
        let of = |numbers: &[usize]| numbers.iter().map(|at| key(*at)).collect::<Vec<_>>();
        let told = to_do_and_outstanding(&site).await;
        assert_eq!(told, (of(to_do), of(outstanding)), "{when}");
    };
    expect(&[3, 2, 1], &[4, 3], "all are true").await;
    hold(&site, key(1), &[]).await.unwrap();
    expect(&[3, 2], &[4, 3], "the first is held").await;
    let invoices = of_invoice("1", None);
    acme.lift(&unit(), &invoices, "", ann()).await.unwrap();
    expect(&[3, 2, 1], &[4, 3], "it is lifted").await;
    let settled = checked_step(step(RecoveryStage::Settled, "2026-11-23"));
    acme.step_recovery(&unit(), [key(3)], &settled, ann()).await.unwrap();
    expect(&[2, 1], &[4], "the third was stopped for good").await;
    acme.decide(&unit(), [key(2)], &innocent(Remember::None, None), new_id, ann()).await.unwrap();
    expect(&[1], &[4], "the second is no duplicate").await;
    run(&site, &outcome(Lane::Recover), now()).await;
    expect(&[], &[4, 1], "the first is paid").await;
}
