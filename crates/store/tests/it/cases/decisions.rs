//! What a person decides: releasing, refusing, reading again.

use domain::UploadState;
use domain::page::PageSize;
use store::{AuditFilter, Decider, Error, NextJobs};

use crate::cases::reading::{held, read, read_next, refused};
use crate::cases::verdicts::ann;
use crate::site::{Site, at, new_job, now, unit};

fn ann_at(at: jiff::Timestamp) -> Decider<'static> {
    Decider { at, ..ann() }
}

pub(crate) async fn a_held_snapshot_is_released_or_refused(site: Site) {
    let acme = site.acme();
    let first = site.snapshot("1.csv", 9).await.id;
    read_next(&site, held()).await;
    let decided_at = at("2026-11-23T09:59:00Z");
    let released = acme.release(&unit(), first, new_job(), &ann_at(decided_at)).await.unwrap();
    assert_eq!((&released.state, released.released_at), (&UploadState::Received, Some(decided_at)));
    assert_eq!(acme.upload(&unit(), first).await.unwrap(), Some(released));
    // Its turn is before what came later, though its job was made afterwards.
    let second = site.snapshot("2.csv", 8).await.id;
    let job = site.claim().await;
    assert_eq!(job.upload().unwrap(), first);
    let begun = site.system().begin_reading(&job, now()).await.unwrap();
    assert_eq!(begun.released_at, Some(decided_at));
    site.system().finish_reading(&job, read(), NextJobs::default(), now()).await.unwrap();

    read_next(&site, held()).await;
    let reason = "not\0 ours".to_owned();
    let refused = acme.refuse_held(&unit(), second, &reason, &ann_at(decided_at)).await.unwrap();
    let reason = "not\u{2400} ours".to_owned();
    assert_eq!(refused.state, UploadState::Refused { at: decided_at, reason });
    assert_eq!(site.state(second).await, refused.state);
    let log = site
        .acme()
        .audit_entries(&AuditFilter::default(), PageSize::default(), None)
        .await
        .unwrap()
        .items;
    let uploads = log.into_iter().rev().map(|item| item.entry);
    let log: Vec<_> = uploads.filter(|entry| entry.what.starts_with("upload.")).collect();
    let what: Vec<&str> = log.iter().map(|entry| entry.what.as_str()).collect();
    assert_eq!(what, ["upload.received", "upload.released", "upload.received", "upload.refused"]);
    assert_eq!((log[1].who.as_str(), &log[1].about), ("ann@example.org", &first.to_string()));
    assert_eq!(log[3].details, serde_json::json!({ "reason": "not\u{2400} ours" }));
}

pub(crate) async fn a_refused_file_is_read_again(site: Site) {
    let acme = site.acme();
    let upload = site.snapshot("1.csv", 9).await.id;
    read_next(&site, held()).await;
    acme.release(&unit(), upload, new_job(), &ann()).await.unwrap();
    read_next(&site, refused()).await;
    let again = acme.read_again(&unit(), upload, new_job(), &ann()).await.unwrap();
    assert_eq!((&again.state, again.released_at), (&UploadState::Received, None));
    assert_eq!(acme.upload(&unit(), upload).await.unwrap(), Some(again));
    read_next(&site, read()).await;
    assert_eq!(site.state(upload).await, read());
}

pub(crate) async fn only_what_is_held_or_refused_is_decided(site: Site) {
    let acme = site.acme();
    let upload = site.snapshot("1.csv", 9).await.id;
    let all = async |unit: &domain::UnitName, id| {
        [
            acme.release(unit, id, new_job(), &ann()).await.map(drop),
            acme.refuse_held(unit, id, "", &ann()).await.map(drop),
            acme.read_again(unit, id, new_job(), &ann()).await.map(drop),
        ]
    };
    let is_conflict = |answer: &Result<(), Error>| {
        matches!(answer, Err(Error::Conflict { what: "state of the upload" }))
    };
    assert!(all(&unit(), upload).await.iter().all(is_conflict), "received");
    read_next(&site, held()).await;
    let elsewhere = all(&"elsewhere".parse().unwrap(), upload).await;
    assert!(elsewhere.iter().all(|answer| matches!(answer, Err(Error::NotFound { .. }))));
    assert_eq!(site.state(upload).await, held());
    let again = acme.read_again(&unit(), upload, new_job(), &ann()).await.unwrap();
    assert_eq!(
        again.released_at, None,
        "its columns may have been set anew; it is held again if not"
    );
    read_next(&site, held()).await;
    acme.refuse_held(&unit(), upload, "ours", &ann()).await.unwrap();
    let release = acme.release(&unit(), upload, new_job(), &ann()).await.map(drop);
    assert!(is_conflict(&release), "a refused one is read again, not released");
    acme.read_again(&unit(), upload, new_job(), &ann()).await.unwrap();
    read_next(&site, read()).await;
    assert!(all(&unit(), upload).await.iter().all(is_conflict), "read");
}
