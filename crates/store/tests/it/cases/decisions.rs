//! What a person decides: releasing, refusing, reading again.

use std::collections::BTreeSet;

use domain::page::PageSize;
use domain::{FileType, ReadingRules, Remedy, UploadState};
use store::{AuditFilter, Decider, Error, NextJobs};

use crate::cases::reading::{held, held_by_identifiers, read, read_next, refused};
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
    let (reason, remedy) = ("not\u{2400} ours".to_owned(), Some(Remedy::MendExtract));
    assert_eq!(refused.state, UploadState::Refused { at: decided_at, reason, remedy });
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
    let UploadState::Refused { at, reason, .. } = site.state(upload).await else { panic!() };
    assert_eq!(acme.earlier_refusal(&unit(), upload).await.unwrap(), None);
    let again = acme.read_again(&unit(), upload, new_job(), &ann()).await.unwrap();
    assert_eq!((&again.state, again.released_at), (&UploadState::Received, None));
    let earlier = acme.earlier_refusal(&unit(), upload).await.unwrap();
    assert_eq!(earlier, Some((at, reason)));
    assert_eq!(acme.upload(&unit(), upload).await.unwrap(), Some(again));
    read_next(&site, read()).await;
    assert_eq!(site.state(upload).await, read());
}

pub(crate) async fn all_that_settings_mend_is_read_again_at_once(site: Site) {
    let acme = site.acme();
    let to_read = async |file_type| acme.to_read_again(&unit(), file_type).await.unwrap();
    // A list whose place a newer one has taken would be refused.
    for (name, minutes, state) in [("1.csv", 9, refused()), ("2.csv", 8, read())] {
        site.snapshot(name, minutes).await;
        read_next(&site, state).await;
    }
    let second = acme.uploads(&unit(), PageSize::fixed(1), None).await.unwrap().items[0].id;
    assert_eq!(to_read(FileType::Suppliers).await, [second], "rows of it were set aside");
    let mut sent = Vec::new();
    let nobody = UploadState::Refused {
        at: at("2026-11-23T10:05:00Z"),
        reason: "not ours".to_owned(),
        remedy: Some(Remedy::MendExtract),
    };
    for (name, state) in [
        ("a.csv", refused()),
        ("b.csv", held_by_identifiers()),
        ("c.csv", nobody.clone()),
        ("d.csv", read()),
        ("e.csv", refused()),
    ] {
        sent.push(site.receive(name, b"1").await.into_upload().id);
        read_next(&site, state).await;
    }
    let mut wanted = vec![sent[0], sent[1], sent[3], sent[4]];
    wanted.sort_unstable();
    let mut listed = to_read(FileType::Transactions).await;
    listed.sort_unstable();
    assert_eq!(listed, wanted);
    // Only what came to its end before the settings were set may be read otherwise by them.
    let left = async || {
        let left = acme.left_by_settings_before(&unit(), FileType::Transactions).await.unwrap();
        left.into_iter().collect::<BTreeSet<_>>()
    };
    let rules = ReadingRules { keeps_totals: true, ..ReadingRules::default() };
    let set = async |set_at: jiff::Timestamp| {
        acme.set_reading_rules(&unit(), FileType::Transactions, &rules, set_at).await.unwrap();
    };
    assert_eq!(left().await, BTreeSet::new());
    set(at("2020-01-01T00:00:00Z")).await;
    assert_eq!(left().await, BTreeSet::new());
    set(at("2030-01-01T00:00:00Z")).await;
    assert_eq!(left().await, wanted.iter().copied().collect::<BTreeSet<_>>());
    let all = acme.read_all_again(&unit(), FileType::Transactions, new_job, &ann()).await;
    assert_eq!(all.unwrap(), 4);
    for id in wanted {
        assert_eq!(site.state(id).await, UploadState::Received);
    }
    assert_eq!(site.state(sent[2]).await, nobody);
    assert!(to_read(FileType::Transactions).await.is_empty());
    assert_eq!(site.state(second).await, read(), "of another type");
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
    let release = acme.release(&unit(), upload, new_job(), &ann()).await.map(drop);
    let refuse = acme.refuse_held(&unit(), upload, "", &ann()).await.map(drop);
    assert!(is_conflict(&release) && is_conflict(&refuse), "read");
}

pub(crate) async fn a_file_that_was_read_is_read_again_unless_a_newer_one_was(site: Site) {
    let acme = site.acme();
    let (first, second) = (site.snapshot("1.csv", 9).await, site.snapshot("2.csv", 8).await);
    read_next(&site, read()).await;
    let may = async |id| {
        let upload = acme.upload(&unit(), id).await.unwrap().unwrap();
        acme.may_be_read_again(&upload).await.unwrap()
    };
    assert!(may(first.id).await, "what is newer only waits");
    assert!(!may(second.id).await, "it will be read anyway");
    let again = acme.read_again(&unit(), first.id, new_job(), &ann()).await.unwrap();
    let UploadState::Read { ledger_version, .. } = read() else { panic!("not read") };
    assert_eq!((&again.state, again.read_before), (&UploadState::Received, Some(ledger_version)));
    assert_eq!(acme.upload(&unit(), first.id).await.unwrap(), Some(again));
    // In its old turn, and what was read before is known until it is read anew.
    read_next(&site, refused()).await;
    assert_eq!(site.state(first.id).await, refused());
    let refused = acme.upload(&unit(), first.id).await.unwrap().unwrap();
    assert_eq!(refused.read_before, Some(ledger_version));
    acme.read_again(&unit(), first.id, new_job(), &ann()).await.unwrap();
    read_next(&site, read()).await;

    let job = site.claim().await;
    site.system().begin_reading(&job, now()).await.unwrap();
    let overtaken = async || {
        let again = acme.read_again(&unit(), first.id, new_job(), &ann()).await;
        matches!(again, Err(Error::Illegal { why }) if why.contains("a newer file"))
    };
    assert!(overtaken().await && !may(first.id).await, "a newer one is being read");
    site.system().finish_reading(&job, read(), NextJobs::default(), now()).await.unwrap();
    assert!(overtaken().await && !may(first.id).await);
    assert!(may(second.id).await);
}
