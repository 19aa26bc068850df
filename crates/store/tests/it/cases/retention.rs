//! Files are removed when their time is over, and only those.

use std::collections::BTreeMap;

use domain::page::PageSize;
use domain::{KeptDays, UnitName, UnitRetention, Upload, UploadState};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use store::{AuditFilter, Decider, Error, FileTotal, ReceiveOutcome, SweepReport};

use crate::site::{Site, acme, new_job, now, unit};

const DAY: SignedDuration = SignedDuration::from_hours(24);
const NOTHING: FileTotal = FileTotal { files: 0, bytes: 0 };

fn days(days: u32) -> KeptDays {
    days.try_into().unwrap()
}

async fn received(site: &Site, name: &str, days_ago: i32) -> Upload {
    let mut new = site.new_upload(name);
    new.received_at = now() - DAY * days_ago;
    site.try_receive(new, b"12345").await.unwrap().into_upload()
}

/// Reads all that is there, as far as rows tell; what has `no` in its name is refused.
async fn all_are_read(site: &Site) {
    site.by_hand("UPDATE jobs SET state = 'done'").await;
    site.by_hand(
        "UPDATE uploads SET state = 'read', state_at = received_at, ledger_version = 1, \
         rows_read = 1, rows_set_aside = 0, non_rows = 0, rows_replaced = 0, made_inactive = 0 \
         WHERE file_name NOT LIKE '%no%'",
    )
    .await;
    site.by_hand(
        "UPDATE uploads SET state = 'refused', state_at = received_at, reason = 'no header' \
         WHERE file_name LIKE '%no%'",
    )
    .await;
}

async fn names(site: &Site) -> Vec<String> {
    let page = site.acme().uploads(&unit(), PageSize::default(), None).await.unwrap();
    let there = page.items.into_iter().filter(|upload| upload.removed_at.is_none());
    there.map(|upload| upload.file_name.to_string()).collect()
}

pub(crate) async fn files_go_when_their_time_is_over(site: Site) {
    let (acme, system) = (site.acme(), site.system());
    for (name, ago) in [("a.csv", 401), ("no.csv", 400), ("b.csv", 399), ("c.csv", 0)] {
        received(&site, name, ago).await;
    }
    all_are_read(&site).await;
    assert_eq!(acme.files_kept().await.unwrap(), None);
    assert_eq!(system.remove_expired_files(now()).await.unwrap(), NOTHING, "for ever");

    // Received in the morning 400 days ago: the day is not over before the next begins.
    let tomorrow = now() + DAY;
    let due = FileTotal { files: 2, bytes: 10 };
    assert_eq!(acme.removable_files(None, days(400).cutoff(now())).await.unwrap().files, 1);
    assert_eq!(acme.removable_files(None, days(400).cutoff(tomorrow)).await.unwrap(), due);
    assert!(acme.set_files_kept(Some(days(400)), "ann", now()).await.unwrap());
    assert!(!acme.set_files_kept(Some(days(400)), "ann", now()).await.unwrap(), "no change");
    assert_eq!(acme.files_kept().await.unwrap(), Some(days(400)));
    assert_eq!(system.remove_expired_files(tomorrow).await.unwrap(), due);
    assert_eq!(system.remove_expired_files(tomorrow).await.unwrap(), NOTHING, "once");
    assert_eq!(names(&site).await, ["c.csv", "b.csv"]);
    assert_eq!(site.files().len(), 2);
    assert_eq!(acme.removed_files().await.unwrap(), due);

    let log = acme.audit_entries(&AuditFilter::default(), PageSize::default(), None).await.unwrap();
    let said = log.items.iter().filter(|item| item.entry.what.ends_with(".removed"));
    let files: Vec<_> = said.map(|item| item.entry.details["file"].clone()).collect();
    assert_eq!(files, ["no.csv", "a.csv"]);
    let set = log.items.iter().find(|item| item.entry.what == "retention.set").unwrap();
    assert_eq!((set.entry.who.as_str(), &set.entry.details["is_days"]), ("ann", &400.into()));

    assert!(acme.set_files_kept(None, "ann", now()).await.unwrap());
    let years = now() + DAY * 3_000;
    assert_eq!(system.remove_expired_files(years).await.unwrap(), NOTHING);
}

pub(crate) async fn a_unit_may_have_a_time_of_its_own(site: Site) {
    let (store, system) = (site.acme(), site.system());
    let uk: UnitName = "uk".parse().unwrap();
    system.add_unit(&acme(), &uk, "operator", now()).await.unwrap();
    for (name, ago) in [("a.csv", 100), ("b.csv", 0)] {
        received(&site, name, ago).await;
        let mut new = site.new_upload(name);
        (new.unit, new.received_at) = (uk.clone(), now() - DAY * ago);
        site.try_receive(new, b"12345").await.unwrap();
    }
    all_are_read(&site).await;
    let of_days = |number| Some(UnitRetention::Days(days(number)));
    let ever = Some(UnitRetention::ForEver);
    assert!(store.set_files_kept_in(&uk, ever, "ann", now()).await.unwrap());
    assert!(!store.set_files_kept_in(&uk, ever, "ann", now()).await.unwrap(), "no change");
    let own = store.unit_retention().await.unwrap();
    assert_eq!(own, BTreeMap::from([(uk.clone(), UnitRetention::ForEver)]));

    // What is set for all is of the units that have set nothing.
    let (one, before) = (FileTotal { files: 1, bytes: 5 }, days(30).cutoff(now()));
    store.set_files_kept(Some(days(30)), "ann", now()).await.unwrap();
    assert_eq!(store.removable_files(None, before).await.unwrap(), one);
    assert_eq!(store.removable_files(Some(&uk), before).await.unwrap(), one);
    assert_eq!(system.remove_expired_files(now()).await.unwrap(), one);
    assert_eq!(names(&site).await, ["b.csv"], "it was not the other unit's");
    assert_eq!(system.remove_expired_files(now()).await.unwrap(), NOTHING);

    // And a unit's own counts where all others are kept for ever.
    store.set_files_kept(None, "ann", now()).await.unwrap();
    for (wanted, removed) in [(of_days(200), NOTHING), (of_days(90), one), (None, NOTHING)] {
        assert!(store.set_files_kept_in(&uk, wanted, "ann", now()).await.unwrap());
        assert_eq!(system.remove_expired_files(now()).await.unwrap(), removed, "{wanted:?}");
    }
    assert!(store.unit_retention().await.unwrap().is_empty());
    let unknown = store.set_files_kept_in(&"de".parse().unwrap(), ever, "ann", now()).await;
    assert!(matches!(unknown, Err(Error::NotFound { .. })), "{unknown:?}");
    let filter = AuditFilter::default();
    let log = store.audit_entries(&filter, PageSize::default(), None).await.unwrap();
    let set = log.items.iter().filter(|item| item.entry.what == "retention.set_unit");
    let set: Vec<_> = set.map(|item| item.entry.details.clone()).collect();
    let told = [(Some(90), None), (Some(200), Some(90)), (Some(0), Some(200)), (None, Some(0))];
    let told = told.map(|(was, is)| json!({ "was_days": was, "is_days": is }));
    assert_eq!(set, told, "0 is for ever");
}

pub(crate) async fn what_is_needed_stays(site: Site) {
    let acme = site.acme();
    acme.set_files_kept(Some(days(30)), "ann", now()).await.unwrap();
    for (name, ago) in [("old.csv", 90), ("newest.csv", 80)] {
        received(&site, name, ago).await;
    }
    all_are_read(&site).await;
    received(&site, "waiting.csv", 95).await;
    let lease = SignedDuration::from_secs(60);
    let job = site.system().claim_job(&store::JobKind::ALL, now(), lease, 7).await.unwrap();
    assert!(job.is_some(), "a worker has it under a lease");
    // Whatever its row says, a job is about it.
    site.by_hand(
        "UPDATE uploads SET state = 'refused', state_at = 1, reason = 'x' \
         WHERE file_name = 'waiting.csv'",
    )
    .await;
    let removed = site.system().remove_expired_files(now()).await.unwrap();
    assert_eq!(removed, FileTotal { files: 1, bytes: 5 });
    assert_eq!(names(&site).await, ["newest.csv", "waiting.csv"]);

    for sql in [
        "UPDATE uploads SET state = 'received', state_at = NULL, reason = NULL \
         WHERE file_name = 'waiting.csv'",
        "UPDATE uploads SET state = 'reading', state_at = 1, reason = NULL \
         WHERE file_name = 'waiting.csv'",
        "UPDATE uploads SET state = 'held', state_at = 1, rows_read = 1, rows_set_aside = 0, \
         non_rows = 0, rows_replaced = 0, made_inactive = 0, active_before = 9, \
         hold_reason = 'manyInactive' \
         WHERE file_name = 'waiting.csv'",
    ] {
        site.by_hand("UPDATE jobs SET state = 'done'").await;
        site.by_hand(sql).await;
        assert_eq!(site.system().remove_expired_files(now()).await.unwrap(), NOTHING, "{sql}");
    }
    assert_eq!(site.files().len(), 2);
}

pub(crate) async fn a_removal_cut_off_is_finished(site: Site) {
    let upload = received(&site, "a.csv", 90).await;
    all_are_read(&site).await;
    // As if the power went between the row and the bytes.
    site.by_hand("UPDATE uploads SET removed_at = 1").await;
    assert_eq!(site.files().len(), 1);
    let later = Timestamp::now() + DAY * 2;
    let report = site.system().sweep(later, DAY).await.unwrap();
    assert_eq!(report, SweepReport { temporaries: 0, objects: 1, ledger_files: 0 });
    assert_eq!(site.files().len(), 0);
    assert_eq!(site.system().sweep(later, DAY).await.unwrap(), SweepReport::default());
    let row = site.acme().upload(&unit(), upload.id).await.unwrap().unwrap();
    assert!(row.removed_at.is_some() && matches!(row.state, UploadState::Read { .. }));
}

pub(crate) async fn a_removed_file_is_neither_missed_nor_taken_again(site: Site) {
    let acme = site.acme();
    let read = received(&site, "a.csv", 90).await;
    let refused = received(&site, "no.csv", 90).await;
    received(&site, "newest.csv", 0).await;
    all_are_read(&site).await;
    acme.set_files_kept(Some(days(30)), "ann", now()).await.unwrap();
    assert_eq!(site.system().remove_expired_files(now()).await.unwrap().files, 2);
    let verified = site.system().verify_objects(|_| {}).await.unwrap();
    assert_eq!((verified.objects, verified.is_sound()), (1, true));

    let repeated = site.receive("a.csv", b"12345").await;
    let ReceiveOutcome::Repeated(repeated) = repeated else {
        panic!("received twice: {repeated:?}")
    };
    assert_eq!((repeated.id, repeated.received_at), (read.id, read.received_at));
    assert_eq!(site.files().len(), 1, "what was sent again is not kept");
    let missing = acme.open_object(&repeated, None).await;
    assert!(matches!(missing, Err(Error::NotFound { .. })));

    // What was refused is not in the ledger, so it has to come again.
    let decider = Decider { by: "Ann", who: "ann", at: now() };
    let error = acme.read_again(&unit(), refused.id, new_job(), &decider).await.unwrap_err();
    assert!(matches!(error, Error::Illegal { .. }), "{error:?}");
    let again = site.receive("no.csv", b"12345").await;
    assert!(matches!(again, ReceiveOutcome::New(_)), "{again:?}");
    let report = site.system().backup(&site.folder.join("backup"), None, now()).await.unwrap();
    assert_eq!((report.objects, report.faults.len()), (2, 0));
}
