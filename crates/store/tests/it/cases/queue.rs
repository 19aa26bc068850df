//! A queue that is searched word by word, sorted both ways and paged back, and what a team does with it.

use domain::MemberRole;
use domain::finding::Lane;
use domain::page::PageSize;
use jiff::{Timestamp, ToSpan as _};
use store::{
    FindingFilter, FindingOrder, PaymentStanding, QueuePosition, SearchedColumn, TeamWork,
};

use crate::cases::findings::{checked, key, keys};
use crate::cases::invitations;
use crate::cases::runs::run;
use crate::cases::verdicts::{ann, asked, duplicate, new_id};
use crate::site::{Site, now, unit};

pub(crate) async fn words_are_looked_for_in_one_place(site: Site) {
    let mut found = checked(4);
    let fields = &mut found.findings[1].rows[0].fields;
    for (name, value) in [
        ("user_id", "Kim.Lee"),
        ("po_number", "PO_45"),
        ("invoice_number", "10%"),
        ("paid_date", "2026-01-31"),
    ] {
        fields.insert(name.to_owned(), value.to_owned());
    }
    found.findings[2].lane = Lane::StopPayment;
    run(&site, &found, now()).await;
    let all = FindingFilter::default;
    let text = |text: &str| FindingFilter { supplier: Some(text.to_owned()), ..all() };
    let column =
        |column, text: &str| FindingFilter { in_columns: vec![(column, text.to_owned())], ..all() };
    let payment = |payment| FindingFilter { payment: Some(payment), ..all() };
    for (filter, numbers) in [
        (text("ltd äcme"), &[4, 3, 2, 1][..]),
        (text("ltd 2%"), &[2]),
        (text("3000.00 ltd"), &[3]),
        (text("ltd nowhere"), &[]),
        (text("kim.lee"), &[2]),
        (column(SearchedColumn::User, "KIM"), &[2]),
        (column(SearchedColumn::User, "lee"), &[]),
        (column(SearchedColumn::Order, "po_4"), &[2]),
        (column(SearchedColumn::Order, "poX4"), &[]),
        (column(SearchedColumn::Number, "10%"), &[2]),
        (FindingFilter { of_kind: Some("same_num".to_owned()), ..all() }, &[4, 2]),
        (FindingFilter { of_kind: Some("duplicate_inv".to_owned()), ..all() }, &[4, 3, 2, 1]),
        (FindingFilter { max_amount: "2000".parse().ok(), ..all() }, &[2, 1]),
        (payment(PaymentStanding::SomePaid), &[2]),
        (payment(PaymentStanding::SomeUnpaid), &[3]),
        (FindingFilter { decided: true, ..all() }, &[]),
    ] {
        let listed = keys(&site, &filter, FindingOrder::Amount).await;
        assert_eq!(listed, numbers.iter().map(|at| key(*at)).collect::<Vec<_>>(), "{filter:?}");
    }
}

pub(crate) async fn what_nobody_has_opened_is_told_apart(site: Site) {
    run(&site, &checked(3), now()).await;
    let (acme, unopened) =
        (site.acme(), FindingFilter { opened: Some(false), ..FindingFilter::default() });
    assert_eq!(acme.count_findings(&unit(), &unopened).await.unwrap(), 3);
    let version = async || acme.finding_sums(&unit()).await.unwrap().version();
    let before = version().await;
    for _twice in 0..2 {
        acme.note_opened(&unit(), &key(2), now()).await.unwrap();
    }
    assert_eq!(version().await, before + 1, "whoever was the first");
    // A later run finds it again, and it stays opened.
    run(&site, &checked(3), now()).await;
    let order = FindingOrder::Amount;
    assert_eq!(keys(&site, &unopened, order).await, [key(3), key(1)]);
    // Nothing is there to be opened.
    acme.note_opened(&unit(), &key(9), now()).await.unwrap();
}

pub(crate) async fn a_queue_is_sorted_both_ways_and_paged_back(site: Site) {
    let mut found = checked(4);
    found.findings[3].at_risk = None;
    found.findings[0].probability = None;
    for (at, day) in [(0, "2026-12-11"), (1, "2026-12-04"), (2, "2026-12-11")] {
        found.findings[at].lane = Lane::StopPayment;
        let fields = &mut found.findings[at].rows[0].fields;
        fields.insert("due_date".to_owned(), day.to_owned());
    }
    run(&site, &found, now()).await;
    let all = FindingFilter::default();
    for (order, numbers) in [
        (FindingOrder::Amount, [3, 2, 1, 4]),
        (FindingOrder::AmountAscending, [1, 2, 3, 4]),
        (FindingOrder::Probability, [2, 3, 4, 1]),
        (FindingOrder::ProbabilityAscending, [4, 3, 2, 1]),
        (FindingOrder::FirstSeenAscending, [3, 2, 1, 4]),
        (FindingOrder::PaymentDue, [2, 3, 1, 4]),
    ] {
        assert_eq!(keys(&site, &all, order).await, numbers.map(key), "{order:?}");
    }
    let (acme, order) = (site.acme(), FindingOrder::Amount);
    for (of, position, two_before) in
        [(3, 1, None), (2, 2, None), (1, 3, Some(key(3))), (4, 4, Some(key(2)))]
    {
        let found = acme.finding_position(&unit(), &all, order, &key(of)).await.unwrap();
        assert_eq!(found, QueuePosition { place: position, is_listed: true }, "{of}");
        let steps = (&key(of), PageSize::fixed(2));
        let before = acme.finding_steps_before(&unit(), &all, order, steps).await.unwrap();
        assert_eq!(before, two_before, "{of}");
    }
    let unpaid = FindingFilter { lane: Some(Lane::StopPayment), ..all };
    let position = acme.finding_position(&unit(), &unpaid, order, &key(4)).await.unwrap();
    assert_eq!(position, QueuePosition { place: 3, is_listed: false }, "behind the last");
    let to_come_back = FindingFilter { lane: Some(Lane::Recover), ..unpaid.clone() };
    for (filter, day) in [(unpaid, Some("2026-12-04")), (to_come_back, None)] {
        let due = acme.earliest_payment_due(&unit(), &filter).await.unwrap();
        assert_eq!(due.map(|day| day.to_string()).as_deref(), day, "{filter:?}");
    }
}

pub(crate) async fn a_team_knows_what_it_has_to_do(site: Site) {
    let admin = invitations::ann(&site).await;
    let bob = invitations::member(&site, &admin, "bob", MemberRole::Analyst).await;
    let bob = bob.email.to_string();
    run(&site, &checked(1), now() - 48.hours()).await;
    run(&site, &checked(4), now()).await;
    let acme = site.acme();
    for number in [1, 2, 3] {
        acme.assign(&unit(), &key(number), Some(&bob), ann()).await.unwrap();
    }
    acme.decide(&unit(), &[key(3)], &duplicate("500"), new_id, ann()).await.unwrap();
    // Neither what waits for an answer nor what was taken back is decided.
    acme.decide(&unit(), &[key(4)], &asked(), new_id, ann()).await.unwrap();
    acme.decide(&unit(), &[key(2)], &duplicate("5"), new_id, ann()).await.unwrap();
    acme.undo(&unit(), &key(2), ann()).await.unwrap();
    let (before, later) = (now() - 1.hour(), now() + 1.hour());
    assert_eq!(acme.decided_since(&unit(), before).await.unwrap(), 1);
    assert_eq!(acme.decided_since(&unit(), later).await.unwrap(), 0);
    assert_eq!(acme.recovered_since(&unit(), before).await.unwrap().len(), 1);
    assert!(acme.recovered_since(&unit(), later).await.unwrap().is_empty());
    let team = acme.team_work(&unit(), before).await.unwrap();
    let first = Timestamp::from_microsecond((now() - 48.hours()).as_microsecond()).unwrap();
    let theirs = TeamWork { unfinished: 2, median_found: Some(first), decided: 0 };
    assert_eq!(team[&bob], theirs, "of two the older is in the middle");
    assert_eq!(team["ann@example.org"], TeamWork { decided: 1, ..TeamWork::default() });
    assert_eq!(acme.team_work(&unit(), later).await.unwrap().len(), 1);
}
