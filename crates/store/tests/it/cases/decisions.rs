//! What a person decides: releasing, refusing, reading again.

use domain::UploadState;
use store::{Error, NextJobs};

use crate::cases::reading::{held, read, read_next, refused};
use crate::site::{Site, at, new_job, now, unit};

pub(crate) async fn a_held_snapshot_is_released_or_refused(site: Site) {
    let acme = site.acme();
    let first = site.snapshot("1.csv", 9).await.id;
    read_next(&site, held()).await;
    let decided_at = at("2026-11-23T09:59:00Z");
    let released = acme.release(&unit(), first, new_job(), decided_at).await.unwrap();
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
    let refused = acme.refuse_held(&unit(), second, reason, decided_at).await.unwrap();
    let reason = "not\u{2400} ours".to_owned();
    assert_eq!(refused.state, UploadState::Refused { at: decided_at, reason });
    assert_eq!(site.state(second).await, refused.state);
}

pub(crate) async fn a_refused_file_is_read_again(site: Site) {
    let acme = site.acme();
    let upload = site.snapshot("1.csv", 9).await.id;
    read_next(&site, held()).await;
    acme.release(&unit(), upload, new_job(), now()).await.unwrap();
    read_next(&site, refused()).await;
    let again = acme.read_again(&unit(), upload, new_job(), now()).await.unwrap();
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
            acme.release(unit, id, new_job(), now()).await.map(drop),
            acme.refuse_held(unit, id, String::new(), now()).await.map(drop),
            acme.read_again(unit, id, new_job(), now()).await.map(drop),
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
    let again = acme.read_again(&unit(), upload, new_job(), now()).await.map(drop);
    assert!(is_conflict(&again), "a held one is released, not read again");
    acme.refuse_held(&unit(), upload, "ours".to_owned(), now()).await.unwrap();
    let release = acme.release(&unit(), upload, new_job(), now()).await.map(drop);
    assert!(is_conflict(&release), "a refused one is read again, not released");
    acme.read_again(&unit(), upload, new_job(), now()).await.unwrap();
    read_next(&site, read()).await;
    assert!(all(&unit(), upload).await.iter().all(is_conflict), "read");
}
