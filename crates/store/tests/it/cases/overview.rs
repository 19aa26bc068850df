//! What a unit comes to, and which findings speak of a row.

use domain::finding::{FindingState, RecoveryStage, RunOutcome, Suppression};
use domain::page::PageSize;
use domain::{Amount, FileType, Money};
use jiff::{SignedDuration, ToSpan as _};
use store::{FindingFilter, Inclusion, JobKind, NextJobs};

use crate::cases::findings::{checked, finding, key};
use crate::cases::reading::{read, refused};
use crate::cases::runs::{LEASE, run};
use crate::cases::verdicts::{ann, duplicate, new_id};
use crate::site::{Site, at, fence, new_run, now, unit};

fn pounds(pounds: i64) -> Money {
    Money {
        amount: Amount::from_ten_thousandths(pounds * 10_000),
        currency: Some("GBP".to_owned()),
    }
}

pub(crate) async fn a_unit_is_summed(site: Site) {
    let nothing = site.acme().open_sums(&unit(), None).await.unwrap();
    assert!(nothing.is_empty(), "{nothing:?}");
    let mut found = checked(3);
    "ghost".clone_into(&mut found.findings[1].check);
    found.findings[1].at_risk = None;
    let words = "credited".to_owned();
    let suppressed = Some(Suppression { reason: words.clone(), words });
    found.suppressed = vec![domain::Finding { suppressed, ..finding(9) }];
    run(&site, &found, now()).await;
    found.findings.push(finding(4));
    found.findings[0].at_risk = Some(pounds(900_000_000_000));
    let second = run(&site, &found, now() + 1.hour()).await;
    let sums = site.acme().open_sums(&unit(), Some(second.run_id)).await.unwrap();
    let [first, ghost] = &sums[..] else { panic!("{sums:?}") };
    assert_eq!(
        (first.check.as_str(), first.findings, first.new_findings),
        ("duplicate_invoices", 3, 1)
    );
    assert_eq!(first.at_risk, Some(pounds(9_000_000_000 + 3_000 + 4_000)), "one beyond all sense");
    let open = FindingFilter { state: Some(FindingState::Open), ..FindingFilter::default() };
    let lanes = site.acme().lane_totals(&unit(), &open).await.unwrap();
    let in_lanes: Vec<_> = lanes.into_iter().flat_map(|lane| lane.at_risk).collect();
    assert_eq!(in_lanes, [pounds(9_000_000_000 + 3_000 + 4_000)], "and so in every sum");
    assert_eq!((ghost.check.as_str(), ghost.findings, &ghost.at_risk), ("ghost", 1, &None));
    site.acme().decide(&unit(), &[key(3)], &duplicate("500"), new_id, ann()).await.unwrap();
    let sums = site.acme().open_sums(&unit(), None).await.unwrap();
    assert_eq!((sums[0].findings, sums[0].new_findings), (2, 0), "what is decided is not open");
    assert_eq!(site.acme().recovered_sums(&unit()).await.unwrap(), [pounds(500)]);
    let to_ask = async || {
        let today = "2026-11-23".parse().unwrap();
        let stages = site.acme().recovery_sums(&unit(), today).await.unwrap().stages;
        let of_stage = stages.into_iter().find(|sum| sum.stage == RecoveryStage::ToAsk).unwrap();
        (of_stage.findings, of_stage.money)
    };
    assert_eq!(to_ask().await, (0, vec![]));
    site.acme().set_recovered(&unit(), &key(3), None, ann()).await.unwrap();
    assert_eq!(to_ask().await, (1, vec![pounds(3_000)]));
    let stranger = site.store.customer(&"other".parse().unwrap());
    assert!(stranger.open_sums(&unit(), None).await.unwrap().is_empty());
    assert!(stranger.recovered_sums(&unit()).await.unwrap().is_empty());
}

pub(crate) async fn weeks_are_counted_through(site: Site) {
    let monday = at("2026-11-23T00:00:00Z");
    run(&site, &checked(1), monday - SignedDuration::from_secs(1)).await;
    run(&site, &checked(3), monday).await;
    let weeks = site.acme().finding_weeks(&unit(), 3, monday).await.unwrap();
    let counts: Vec<_> = weeks.iter().map(|week| (week.found, week.decided)).collect();
    assert_eq!(counts, [(0, 0), (1, 0), (2, 0)]);
    assert_eq!(weeks[2].begins, monday);
    let both = [1, 2].map(key);
    site.acme().decide(&unit(), &both, &duplicate("5"), new_id, ann()).await.unwrap();
    let weeks = site.acme().finding_weeks(&unit(), 3, monday).await.unwrap();
    assert_eq!(weeks[2].decided, 2);
    assert_eq!(site.acme().last_fed(&unit(), FileType::Suppliers).await.unwrap(), None);
    let fed = site.snapshot("1.csv", 5).await;
    assert_eq!(site.acme().last_fed(&unit(), fed.file_type).await.unwrap(), None, "not read");
    let job = site.system().claim_job(&[JobKind::ReadUpload], now(), LEASE, fence()).await;
    let job = job.unwrap().unwrap();
    site.system().begin_reading(&job, now()).await.unwrap();
    let next = NextJobs { check: Some(new_run()), ..NextJobs::default() };
    site.system().finish_reading(&job, read(), next, now()).await.unwrap();
    let last = site.acme().last_fed(&unit(), fed.file_type).await.unwrap();
    assert_eq!(last, Some(fed.received_at));
    let unread =
        || async { site.acme().unread_since_fed(&unit(), FileType::Suppliers).await.unwrap() };
    assert_eq!(unread().await, 0);
    site.snapshot("2.csv", 3).await;
    assert_eq!(unread().await, 0, "it waits");
    let job = site.system().claim_job(&[JobKind::ReadUpload], now(), LEASE, fence()).await;
    let job = job.unwrap().unwrap();
    site.system().begin_reading(&job, now()).await.unwrap();
    site.system().finish_reading(&job, refused(), NextJobs::default(), now()).await.unwrap();
    assert_eq!(unread().await, 1);
    let transactions = site.acme().unread_since_fed(&unit(), FileType::Transactions).await;
    assert_eq!(transactions.unwrap(), 0);
}

pub(crate) async fn rows_know_their_findings(site: Site) {
    let mut found = checked(3);
    for finding in &mut found.findings[..2] {
        finding.rows[0].fields.insert("supplier_ref".into(), "S'1\0".into());
    }
    found.findings[2].pattern = Some("duplicate_invoices/S'1\0".to_owned());
    run(&site, &found, now()).await;
    run(&site, &found, now() + 1.hour()).await;
    let naming = async |ledger, id: &str| {
        let size = PageSize::default();
        let found = site.acme().findings_naming(&unit(), ledger, id, size).await.unwrap();
        found.into_iter().map(|finding| finding.key).collect::<Vec<_>>()
    };
    assert_eq!(naming(FileType::Transactions, "2").await, [key(2)]);
    assert_eq!(naming(FileType::Suppliers, "S'1\0").await, [3, 2, 1].map(key));
    assert!(naming(FileType::Employees, "2").await.is_empty());
    for (supplier, known) in [("S'1\0", vec![key(2)]), ("S2", Vec::new()), ("", vec![key(2)])] {
        let (of, size) = ((FileType::Transactions, "2", supplier), PageSize::default());
        let found = site.acme().findings_naming_invoice(&unit(), of, size).await.unwrap();
        let found: Vec<_> = found.into_iter().map(|finding| finding.key).collect();
        assert_eq!(found, known, "{supplier:?}");
    }
    let open = async || {
        let references = ["S'1\0", "S2"].map(str::to_owned);
        site.acme().open_findings_of_suppliers(&unit(), &references).await.unwrap()
    };
    assert_eq!(open().await.into_values().collect::<Vec<_>>(), [3], "and none of S2");
    let beside = async |finding: &domain::Finding, suppressed| {
        let size = PageSize::default();
        let found = site.acme().findings_beside(&unit(), finding, suppressed, size).await.unwrap();
        found.into_iter().map(|finding| finding.key).collect::<Vec<_>>()
    };
    assert_eq!(beside(&found.findings[1], Inclusion::No).await, [3, 1].map(key));
    assert!(beside(&found.findings[1], Inclusion::Only).await.is_empty());
    assert!(beside(&finding(2), Inclusion::Yes).await.is_empty(), "it names no supplier");
    // What is found no more comes last and is shown still.
    run(
        &site,
        &RunOutcome { findings: vec![finding(1)], ..RunOutcome::default() },
        now() + 2.hours(),
    )
    .await;
    assert_eq!(naming(FileType::Suppliers, "S'1\0").await, [1, 3, 2].map(key));
    assert_eq!(open().await.into_values().collect::<Vec<_>>(), [1], "what is found still");
    assert_eq!(beside(&found.findings[1], Inclusion::No).await, [key(1)]);
    let stranger = site.store.customer(&"other".parse().unwrap());
    let size = PageSize::default();
    let theirs = stranger.findings_naming(&unit(), FileType::Transactions, "2", size).await;
    assert!(theirs.unwrap().is_empty());
}
