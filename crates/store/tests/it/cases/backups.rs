//! Backups: a store again, put back, and shared with the one before.

use std::os::unix::fs::MetadataExt as _;

use domain::MemberRole;
use jiff::Timestamp;
use object_store::ObjectStoreExt as _;
use object_store::path::Path;
use store::{
    BackupFault, BackupFolder, Config, DatabaseUrl, Error, ObjectDamage, ObjectsUrl, Store,
};

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
    let report = site.system().backup(&destination, None, now()).await.unwrap();
    assert_eq!((report.objects, report.bytes), (2, 3));
    assert_eq!(report.faults.len(), 1);
    assert_eq!(
        (report.faults[0].object, report.faults[0].damage),
        (lost.id.into(), ObjectDamage::Missing)
    );

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

    let again = site.system().backup(&destination, None, now()).await;
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

fn embedded(folder: &std::path::Path) -> Config {
    Config {
        database: DatabaseUrl::Sqlite(folder.join("bursar.db")),
        objects: ObjectsUrl::Local(folder.join("objects")),
    }
}

async fn put_ledger(site: &Site) {
    let ledgers = site.system().ledger_files().unwrap();
    for (path, content) in LEDGER {
        ledgers.put(&Path::from(path), content.into()).await.unwrap();
    }
}

pub(crate) async fn a_backup_is_restored(site: Site) {
    let upload = site.receive("a.csv", b"1").await.into_upload();
    put_ledger(&site).await;
    let folder = site.folder.join("backup");
    site.system().backup(&folder, None, now()).await.unwrap();
    let backup = BackupFolder::open(&folder).await.unwrap();
    assert_eq!(backup.verify().await.unwrap(), []);
    let restored = Store::open(&embedded(&site.folder.join("restored"))).await.unwrap();
    let report = backup.restore(&restored, |_step| {}).await.unwrap();
    assert!(report.is_whole() && report.rows() > 0, "{report:?}");
    assert_eq!((report.objects, report.ledger_files), (1, 2));
    let found = restored.customer(&upload.customer).upload(&unit(), upload.id).await.unwrap();
    assert_eq!(found, Some(upload));
    assert!(restored.system().copy().await.unwrap().is_some(), "somebody has to settle it");
    // Cut off before its end it goes on; with something else there it does not begin.
    let again = backup.restore(&restored, |_step| {}).await.unwrap();
    assert_eq!(again, report);
    restored.system().add_customer(&"globex".parse().unwrap(), now()).await.unwrap();
    let refused = backup.restore(&restored, |_step| {}).await.unwrap_err();
    assert!(matches!(refused, Error::Conflict { what: "database" }), "{refused:?}");
    restored.close().await;
    let occupied = Store::open(&embedded(&site.folder.join("occupied"))).await.unwrap();
    let ledgers = occupied.system().ledger_files().unwrap();
    ledgers.put(&Path::from("globex/globex/suppliers/1.parquet"), "x".into()).await.unwrap();
    let refused = backup.restore(&occupied, |_step| {}).await.unwrap_err();
    assert!(matches!(refused, Error::Conflict { what: "place of ledgers" }), "{refused:?}");
    assert_eq!(occupied.system().customers().await.unwrap(), [], "nothing was touched");
    occupied.close().await;
    backup.close().await;

    let part = folder.join("objects/ledgers").join(LEDGER[0].0);
    std::fs::write(part, "wors").unwrap();
    let backup = BackupFolder::open(&folder).await.unwrap();
    let faults = backup.verify().await.unwrap();
    assert_eq!(faults, [BackupFault::LedgerFile(LEDGER[0].0.to_owned())]);
    backup.close().await;
    std::fs::write(folder.join("bursar.db"), "x").unwrap();
    let damaged = BackupFolder::open(&folder).await.unwrap_err();
    assert!(matches!(damaged, Error::Illegal { .. }), "{damaged:?}");
    std::fs::remove_file(folder.join("backup.json")).unwrap();
    let cut_off = BackupFolder::open(&folder).await.unwrap_err();
    assert!(cut_off.to_string().contains("backup.json"), "{cut_off:?}");
}

pub(crate) async fn a_backup_shares_what_has_not_changed(site: Site) {
    let first = site.receive("a.csv", b"1").await.into_upload();
    put_ledger(&site).await;
    let (monday, tuesday) = (site.folder.join("monday"), site.folder.join("tuesday"));
    // Files bear the machine's time.
    site.system().backup(&monday, None, Timestamp::now()).await.unwrap();
    site.receive("b.csv", b"22").await;
    let report = site.system().backup(&tuesday, Some(&monday), Timestamp::now()).await.unwrap();
    assert_eq!((report.objects, report.ledger_files, report.linked), (2, 2, 3));
    let of = |folder: &std::path::Path| {
        let files = crate::site::files_below(&folder.join("objects"));
        let name = first.id.to_string();
        files.into_iter().find(|file| file.ends_with(&name)).unwrap()
    };
    let inode = |folder| std::fs::metadata(of(folder)).unwrap().ino();
    assert_eq!(inode(&monday), inode(&tuesday));
    let backup = BackupFolder::open(&tuesday).await.unwrap();
    assert_eq!(backup.verify().await.unwrap(), []);
    backup.close().await;
    // What is not what it was there is copied anew.
    std::fs::write(of(&monday), "2").unwrap();
    let wednesday = site.folder.join("wednesday");
    let report = site.system().backup(&wednesday, Some(&monday), Timestamp::now()).await.unwrap();
    assert_eq!((report.linked, report.faults.len()), (2, 0));
}
