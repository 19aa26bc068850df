//! Findings: kept, ordered, filtered, and what a later run does to them.

use std::collections::BTreeMap;

use domain::finding::{
    Evidence, FindingRow, FindingState, Lane, NewVerdict, ProbabilityBasis, Remember, RunOutcome,
    Standing, Suppression, VerdictRequest, VerdictScope,
};
use domain::page::PageSize;
use domain::statement::{StatementCredit, StatementLine};
use domain::{Amount, FileType, Finding, FindingKey, Money, RunState, Severity, StatementId};
use jiff::ToSpan as _;
use store::{Error, FindingFilter, FindingOrder, GoneSince, Inclusion};

use crate::cases::invitations;
use crate::cases::runs::run;
use crate::cases::verdicts::{ann, duplicate, innocent, new_id};
use crate::site::{Site, now, random, unit};

pub(crate) fn key(number: usize) -> FindingKey {
    let row = number.to_string();
    FindingKey::new("duplicate_invoices", [(FileType::Transactions, row.as_str())])
}

/// The higher its number, the more money and the less probable.
pub(crate) fn finding(number: usize) -> Finding {
    let amount = i64::try_from(number).unwrap() * 10_000_000;
    Finding {
        key: key(number),
        check: "duplicate_invoices".to_owned(),
        kind: if number.is_multiple_of(2) { "same_number" } else { "misread_character" }.to_owned(),
        title: format!("Invoice {number} looks paid twice"),
        claim: "it is one invoice".into(),
        reckoning: "Together 3 bits.".into(),
        at_risk_is: "what was paid twice".into(),
        lane: Lane::Recover,
        severity: Severity::High,
        probability: Some(1.0 / f64::from(u32::try_from(number + 1).unwrap())),
        probability_from: Some(ProbabilityBasis::Evidence),
        by_evidence: None,
        billed: None,
        at_risk: Some(Money {
            amount: Amount::from_ten_thousandths(amount),
            currency: Some("GBP".to_owned()),
        }),
        rows: vec![FindingRow {
            ledger: FileType::Transactions,
            id: number.to_string(),
            fields: BTreeMap::from([
                ("supplier_name".to_owned(), format!("ÄCME {number}% Ltd\0")),
                ("description".to_owned(), "needle".to_owned()),
            ]),
            withheld: Vec::new(),
        }],
        evidence: vec![Evidence::new("amount", "the same amount", 3.5)],
        innocent_if: "it is rent".to_owned(),
        next_step: "Ask for both papers.".to_owned(),
        suppressed: None,
        pattern: Some("acme|rent".to_owned()),
        statement_credit: None,
        misposted_row: None,
    }
}

pub(crate) fn checked(findings: usize) -> RunOutcome {
    RunOutcome { findings: (1..=findings).map(finding).collect(), ..RunOutcome::default() }
}

pub(crate) async fn keys(
    site: &Site,
    filter: &FindingFilter,
    order: FindingOrder,
) -> Vec<FindingKey> {
    let size = PageSize::try_from(2).unwrap();
    let (mut keys, mut after) = (Vec::new(), None);
    loop {
        let page =
            site.acme().findings(&unit(), filter, order, size, after.as_ref()).await.unwrap();
        keys.extend(page.items.into_iter().map(|item| item.key));
        after = page.next;
        if after.is_none() {
            let counted = site.acme().count_findings(&unit(), filter).await.unwrap();
            assert_eq!(counted, keys.len() as u64);
            return keys;
        }
    }
}

pub(crate) async fn findings_come_back_in_their_order(site: Site) {
    let mut found = checked(4);
    found.findings[3].at_risk = None;
    found.findings.push(finding(2));
    run(&site, &found, now()).await;
    let all = FindingFilter::default();
    for (order, numbers) in [
        (FindingOrder::Priority, [3, 2, 1, 4]),
        (FindingOrder::Amount, [3, 2, 1, 4]),
        (FindingOrder::Probability, [1, 2, 3, 4]),
        (FindingOrder::FirstSeen, [3, 2, 1, 4]),
    ] {
        assert_eq!(keys(&site, &all, order).await, numbers.map(key), "{order:?}");
    }
    let one = site.acme().finding(&unit(), &key(1)).await.unwrap().unwrap();
    assert_eq!(one.finding, finding(1));
    assert_eq!(one.standing, Standing::open());
    let stranger = site.store.customer(&"other".parse().unwrap());
    assert_eq!(stranger.finding(&unit(), &key(1)).await.unwrap(), None);
    let size = PageSize::default();
    let lost = site.acme().findings(&unit(), &all, FindingOrder::Amount, size, Some(&key(9))).await;
    assert!(matches!(lost, Err(Error::NotFound { .. })), "{lost:?}");
    let whole = site.acme().whole_findings(&unit(), &all, FindingOrder::Amount, size, None).await;
    assert_eq!(whole.unwrap().items[0].finding, finding(3));

    let mut found = checked(3);
    found.findings[2].lane = Lane::LookInto;
    run(&site, &found, now() + 1.hour()).await;
    let behind = keys(&site, &all, FindingOrder::Priority).await;
    assert_eq!(behind, [2, 1, 3].map(key), "what is to be looked into stands behind");
}

/// A finding that names what was billed and no loss, with no probability.
fn to_look_into(number: usize) -> Finding {
    let found = finding(number);
    Finding {
        check: "employee_is_supplier".to_owned(),
        lane: Lane::FraudSigns,
        probability: None,
        probability_from: None,
        at_risk: None,
        billed: found.at_risk,
        ..found
    }
}

pub(crate) async fn each_lane_is_a_queue_and_money_counts_once(site: Site) {
    let mut found = checked(3);
    found.findings.push(to_look_into(9));
    found.findings[0].lane = Lane::StopPayment;
    // The third speaks of the second's row and of its supplier, and of no other invoice.
    let mut rows = found.findings[1].rows.clone();
    rows.push(FindingRow {
        ledger: FileType::Suppliers,
        id: "S2".to_owned(),
        fields: BTreeMap::new(),
        withheld: Vec::new(),
    });
    found.findings[2].rows = rows;
    found.findings[1].probability = Some(0.9);
    run(&site, &found, now()).await;
    let (store, all) = (site.acme(), FindingFilter::default());
    assert_eq!(keys(&site, &all, FindingOrder::Priority).await, [1, 2, 3, 9].map(key));
    let fraud = FindingFilter { lane: Some(Lane::FraudSigns), ..all.clone() };
    assert_eq!(keys(&site, &fraud, FindingOrder::Priority).await, [key(9)]);
    let likely = FindingFilter { min_probability: Some(0.0), ..all.clone() };
    assert_eq!(keys(&site, &likely, FindingOrder::Priority).await, [1, 2, 3].map(key));
    let page =
        store.findings(&unit(), &fraud, FindingOrder::Priority, PageSize::default(), None).await;
    let shown = page.unwrap().items.remove(0);
    assert_eq!((shown.lane, shown.probability, &shown.at_risk), (Lane::FraudSigns, None, &None));
    assert_eq!(shown.billed.unwrap().amount.to_string(), "9000.00");
    let lanes = store.lane_totals(&unit(), &fraud).await.unwrap();
    let counted: Vec<(Lane, u64, String)> = (lanes.iter())
        .map(|lane| {
            let sum = lane.at_risk.iter().map(|money| money.amount.to_string()).collect();
            (lane.lane, lane.findings, sum)
        })
        .collect();
    let total = |sum: &str| sum.to_owned();
    assert_eq!(
        counted,
        [
            (Lane::StopPayment, 1, total("1000.00")),
            (Lane::Recover, 2, total("2000.00")),
            (Lane::FraudSigns, 1, total("")),
            (Lane::LookInto, 0, total("")),
        ]
    );
    let sums = store.open_sums(&unit(), None).await.unwrap();
    let at_risk: Vec<Option<String>> = (sums.iter())
        .map(|sum| sum.at_risk.as_ref().map(|money| money.amount.to_string()))
        .collect();
    assert_eq!(at_risk, [Some("3000.00".to_owned()), None]);
}

pub(crate) async fn each_credit_of_a_statement_counts_and_is_decided_alone(site: Site) {
    let supplier = FindingRow {
        ledger: FileType::Suppliers,
        id: "S1".to_owned(),
        fields: BTreeMap::new(),
        withheld: Vec::new(),
    };
    let of_credit = |number: usize| {
        let credit = StatementLine {
            line: number as u64,
            number: format!("CN-{number}"),
            date: None,
            amount: Amount::from_ten_thousandths(-10_000_000),
            currency: None,
            kind: "Credit note".to_owned(),
        };
        let credit = StatementCredit {
            statement_id: StatementId::new(now(), random()),
            file_name: "alder.csv".to_owned(),
            supplier: "S1".to_owned(),
            credit,
        };
        let rows = vec![supplier.clone()];
        Finding { rows, statement_credit: Some(credit), ..finding(number) }
    };
    let findings = vec![of_credit(1), of_credit(2)];
    run(&site, &RunOutcome { findings, ..RunOutcome::default() }, now()).await;
    let acme = site.acme();
    let lanes = acme.lane_totals(&unit(), &FindingFilter::default()).await.unwrap();
    let recover = lanes.iter().find(|lane| lane.lane == Lane::Recover).unwrap();
    let sums: Vec<String> = recover.at_risk.iter().map(|sum| sum.amount.to_string()).collect();
    assert_eq!((recover.findings, sums), (2, vec!["3000.00".to_owned()]));
    let verdict = innocent(Remember::Rows, None);
    acme.decide(&unit(), [key(1)], &verdict, new_id, ann()).await.unwrap();
    let remembered = acme.remembered_verdicts(&unit(), now()).await.unwrap();
    let scope = VerdictScope::Rows { finding: key(1), rows: Vec::new(), suppliers: Vec::new() };
    assert_eq!(remembered[0].verdict.of, scope, "the supplier's row is the other's as well");
}

pub(crate) async fn verdicts_are_counted_by_sort(site: Site) {
    run(&site, &checked(3), now()).await;
    for (number, state) in [(1, FindingState::Confirmed), (3, FindingState::Dismissed)] {
        let request = VerdictRequest {
            state,
            because: "looked into".to_owned(),
            reason_code: None,
            recovered: None,
            above: None,
            remember: Remember::None,
            until: None,
            due: None,
        };
        let verdict = NewVerdict::new(request, now()).unwrap();
        site.acme().decide(&unit(), &[key(number)], &verdict, new_id, ann()).await.unwrap();
    }
    let tallies = site.acme().verdict_tallies(&unit()).await.unwrap();
    let [tally] = tallies.as_slice() else { panic!("{tallies:?}") };
    let pattern = tally.pattern.as_deref();
    assert_eq!((tally.kind.as_str(), pattern), ("misread_character", Some("acme|rent")));
    assert_eq!((tally.confirmed, tally.dismissed, tally.claimed), (1, 1, Some(0.75)));
}

pub(crate) async fn findings_are_filtered(site: Site) {
    let mut found = checked(4);
    let words = "credited by C1".to_owned();
    let suppression = Suppression { reason: "credited".to_owned(), words };
    found.suppressed = vec![Finding { suppressed: Some(suppression), ..finding(5) }];
    found.findings[0].rows.push(FindingRow {
        ledger: FileType::Employees,
        id: "E1".to_owned(),
        fields: BTreeMap::from([("full_name".to_owned(), "Tara Sellusdale".to_owned())]),
        withheld: Vec::new(),
    });
    let first = run(&site, &found, now()).await;
    let text = |text: &str| Some(text.to_owned());
    let all = FindingFilter::default();
    for (filter, numbers) in [
        (FindingFilter { check: text("duplicate_invoices"), ..all.clone() }, &[1, 2, 3, 4][..]),
        (FindingFilter { check: text("benford"), ..all.clone() }, &[]),
        (FindingFilter { kind: text("same_number"), ..all.clone() }, &[2, 4]),
        (FindingFilter { state: Some(FindingState::Confirmed), ..all.clone() }, &[]),
        (FindingFilter { assignee: text(""), ..all.clone() }, &[1, 2, 3, 4]),
        (FindingFilter { supplier: text("äcme 3%"), ..all.clone() }, &[3]),
        (FindingFilter { supplier: text("a_cme"), ..all.clone() }, &[]),
        (FindingFilter { supplier: text("needle"), ..all.clone() }, &[]),
        (FindingFilter { supplier: text("invoice 2 "), ..all.clone() }, &[2]),
        // Not everybody may read the names of employees, and a search would spell them out.
        (FindingFilter { supplier: text("tara"), ..all.clone() }, &[]),
        (FindingFilter { supplier: text("\nt"), ..all.clone() }, &[]),
        (FindingFilter { min_probability: Some(0.3), ..all.clone() }, &[1, 2]),
        (FindingFilter { min_amount: Some("3000".parse().unwrap()), ..all.clone() }, &[3, 4]),
        (FindingFilter { run: Some(first.run_id), ..all.clone() }, &[1, 2, 3, 4]),
        (FindingFilter { suppressed: Inclusion::Yes, ..all.clone() }, &[1, 2, 3, 4, 5]),
        (FindingFilter { suppressed: Inclusion::Only, ..all.clone() }, &[5]),
        (FindingFilter { gone: Inclusion::Only, ..all.clone() }, &[]),
    ] {
        let expected: Vec<_> = numbers.iter().copied().map(key).collect();
        assert_eq!(keys(&site, &filter, FindingOrder::Probability).await, expected, "{filter:?}");
    }
}

pub(crate) async fn thousands_are_kept(site: Site) {
    for new in [5_000, 0] {
        let run = run(&site, &checked(5_000), now()).await;
        let RunState::Done { counts, .. } = run.state else { panic!("{run:?}") };
        assert_eq!((counts.findings, counts.new_findings, counts.gone), (5_000, new, 0));
    }
}

pub(crate) async fn a_later_run_leaves_verdicts_alone(site: Site) {
    let acme = site.acme();
    run(&site, &checked(3), now()).await;
    acme.decide(&unit(), &[key(1)], &duplicate("4.00"), new_id, ann()).await.unwrap();
    let assignee = invitations::ann(&site).await.email;
    acme.assign(&unit(), &key(1), Some(assignee.as_str()), ann()).await.unwrap();
    let before = acme.finding(&unit(), &key(1)).await.unwrap().unwrap();

    let mut changed = finding(1);
    "Now otherwise".clone_into(&mut changed.title);
    let found = RunOutcome { findings: vec![changed, finding(4)], ..RunOutcome::default() };
    let later = now() + 1.hour();
    let second = run(&site, &found, later).await;
    let RunState::Done { counts, .. } = second.state else { panic!("{second:?}") };
    assert_eq!((counts.findings, counts.new_findings, counts.gone), (2, 1, 2));
    let after = acme.finding(&unit(), &key(1)).await.unwrap().unwrap();
    assert_eq!(after.standing, before.standing);
    assert_eq!(after.finding.title, "Now otherwise");
    assert_eq!((after.seen.first_run, after.seen.last_run), (before.seen.first_run, second.run_id));
    let verdict = &acme.finding_history(&unit(), &key(1)).await.unwrap()[0];
    assert_eq!(verdict.finding, Some(finding(1)), "as it was when it was decided");

    let shown = FindingFilter::default();
    assert_eq!(keys(&site, &shown, FindingOrder::Probability).await, [1, 4].map(key));
    let gone = FindingFilter { gone: Inclusion::Only, ..shown.clone() };
    assert_eq!(keys(&site, &gone, FindingOrder::Probability).await, [2, 3].map(key));
    run(&site, &checked(3), later + 1.hour()).await;
    assert_eq!(keys(&site, &gone, FindingOrder::Probability).await, [key(4)], "they are back");
}

pub(crate) async fn what_is_newly_gone_is_counted_as_it_is_listed(site: Site) {
    let mut first = checked(4);
    let words = "credited by C1".to_owned();
    let suppressed = Some(Suppression { reason: "credited".to_owned(), words });
    first.suppressed = vec![Finding { suppressed, ..finding(5) }];
    run(&site, &first, now()).await;
    let newly = FindingFilter {
        gone: Inclusion::Only,
        gone_since: Some(GoneSince::LastRun),
        ..FindingFilter::default()
    };
    for (hours, found, gone) in [(1, 3, &[4][..]), (2, 1, &[2, 3]), (3, 1, &[])] {
        let run = run(&site, &checked(found), now() + hours.hours()).await;
        let RunState::Done { counts, .. } = run.state else { panic!("{run:?}") };
        assert_eq!(counts.gone, gone.len() as u64, "what is suppressed was in no queue: {hours}");
        let listed = keys(&site, &newly, FindingOrder::Probability).await;
        assert_eq!(listed, gone.iter().copied().map(key).collect::<Vec<_>>(), "{hours}");
    }
}

pub(crate) async fn a_queue_is_summed_and_walked_back(site: Site) {
    let mut found = checked(4);
    found.findings[3].at_risk = None;
    found.findings[2].at_risk.as_mut().unwrap().currency = Some("EUR".to_owned());
    run(&site, &found, now()).await;
    let acme = site.acme();
    let lanes = acme.lane_totals(&unit(), &FindingFilter::default()).await.unwrap();
    let mut total = lanes.into_iter().find(|lane| lane.lane == Lane::Recover).unwrap();
    total.at_risk.sort_by(|one, other| one.currency.cmp(&other.currency));
    let money = |amount: &str, currency: &str| Money {
        amount: amount.parse().unwrap(),
        currency: Some(currency.to_owned()),
    };
    assert_eq!(
        (total.findings, total.at_risk),
        (4, vec![money("3000", "EUR"), money("3000", "GBP")])
    );
    let kinds = acme.found_kinds(&unit()).await.unwrap();
    let kinds: Vec<_> = kinds.iter().map(|found| found.kind.as_str()).collect();
    assert_eq!(kinds, ["misread_character", "same_number"]);

    let filter = FindingFilter { kind: Some("same_number".to_owned()), ..FindingFilter::default() };
    for (filter, of, before) in [
        (FindingFilter::default(), 3, None),
        (FindingFilter::default(), 2, Some(key(3))),
        (FindingFilter::default(), 1, Some(key(2))),
        (filter.clone(), 1, Some(key(2))),
        (filter, 2, None),
    ] {
        let order = FindingOrder::Amount;
        let found = acme.finding_before(&unit(), &filter, order, &key(of)).await.unwrap();
        assert_eq!(found, before, "{of}");
    }
}
