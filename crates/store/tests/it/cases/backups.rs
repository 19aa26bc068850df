//! Backups: a store again on SQLite, advice on PostgreSQL.

use std::os::unix::fs::MetadataExt as _;

use domain::MemberRole;
use jiff::Timestamp;
use object_store::ObjectStoreExt as _;
use object_store::path::Path;
use store::{Config, DatabaseUrl, Error, ObjectsUrl, Store, Wrong};

use crate::cases::invitations::{self, link, new_link};
use crate::cases::sessions::{LIMITS, cookie, new_session};
use crate::site::{Site, now, unit};

const LEDGER: [(&str, &str); 2] = [
    ("acme/acme/transactions/part-1.parquet", "rows"),
    ("acme/acme/transactions/_delta_log/00000000000000000000.json", "log"),
];

/// The time as a row has it.
fn kept() -> Timestamp {
    Timestamp::from_microsecond(now().as_microsecond()).unwrap()
}

pub(crate) async fn a_backup_is_a_store(site: Site) {
    let upload = site.receive("a.csv", b"1").await.into_upload();
    let lost = site.receive("b.csv", b"22").await.into_upload();
    let name = lost.id.to_string();
    let file = site.files().into_iter().find(|file| file.ends_with(&name)).unwrap();
    std::fs::remove_file(file).unwrap();
    let ledgers = site.system().ledger_files().unwrap();
    for (path, content) in LEDGER {
        ledgers.put(&Path::from(path), content.into()).await.unwrap();
    }
    let ann = invitations::ann(&site).await;
    site.system().begin_session(&ann, new_session(1), now()).await.unwrap();
    let by = ann.email.as_str();
    site.acme().invite(new_link(9), None, MemberRole::Viewer, by, now()).await.unwrap();
    let destination = site.folder.join("backups/monday");
    let report = site.system().backup(&destination, now()).await;
    if !site.is_sqlite() {
        let error = report.unwrap_err();
        assert!(matches!(error, Error::Unsupported { .. }), "{error:?}");
        assert!(error.to_string().contains("pg_dump") && !destination.exists());
        return;
    }
    let report = report.unwrap();
    assert_eq!((report.objects, report.bytes), (2, 3));
    assert_eq!(report.faults.len(), 1);
    assert_eq!((report.faults[0].upload, report.faults[0].wrong), (lost.id, Wrong::Missing));

    let database = destination.join("bursar.db");
    assert_eq!(std::fs::metadata(&database).unwrap().mode() & 0o777, 0o600);
    let copy = Store::open_existing(&Config {
        database: DatabaseUrl::Sqlite(database),
        objects: ObjectsUrl::Local(destination.join("objects")),
    })
    .await
    .unwrap();
    let found = copy.customer(&upload.customer).upload(&unit(), upload.id).await.unwrap();
    assert_eq!(found, Some(upload));
    for (store, lets_in) in [(&site.store, true), (&copy, false)] {
        let session = store.system().session(cookie(1), LIMITS, now()).await.unwrap();
        let link = store.system().invitation(link(9), now()).await.unwrap();
        assert_eq!((session.is_some(), link.is_some()), (lets_in, lets_in));
    }
    assert_eq!(site.system().copy().await.unwrap(), None);
    let origin = store::CopyOrigin { made_at: Some(kept()), settled_at: None };
    assert_eq!(copy.system().copy().await.unwrap(), Some(origin));
    let verified = copy.system().verify_objects(|_| {}).await.unwrap();
    assert_eq!((verified.objects, verified.faults.len()), (2, 1));
    assert_eq!((report.ledger_files, report.ledger_bytes), (2, 7));
    let ledgers = copy.system().ledger_files().unwrap();
    for (path, content) in LEDGER {
        let found = ledgers.get(&Path::from(path)).await.unwrap().bytes().await.unwrap();
        assert_eq!(found, content);
    }
    copy.close().await;

    let again = site.system().backup(&destination, now()).await;
    assert!(matches!(again, Err(Error::Conflict { what: "backup folder" })), "{again:?}");
}

pub(crate) async fn a_restored_store_is_settled(site: Site) {
    let (system, ann) = (site.system(), invitations::ann(&site).await);
    system.begin_session(&ann, new_session(1), now()).await.unwrap();
    // As the database's own tools restore it: it does not know itself for a copy.
    assert_eq!(system.copy().await.unwrap(), None);
    system.settle_copy("operator", now()).await.unwrap();
    let settled = store::CopyOrigin { made_at: None, settled_at: Some(kept()) };
    assert_eq!(system.copy().await.unwrap(), Some(settled));
    assert!(system.session(cookie(1), LIMITS, now()).await.unwrap().is_none());
    // From then on it ends nobody's session.
    system.begin_session(&ann, new_session(2), now()).await.unwrap();
    system.settle_copy("operator", now()).await.unwrap();
    assert!(system.session(cookie(2), LIMITS, now()).await.unwrap().is_some());
}
