//! The sweep and the check.

use bytes::Bytes;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use object_store::ObjectStoreExt as _;
use object_store::path::Path;
use store::SweepReport;

use crate::site::{Site, files_below};

pub(crate) async fn a_sweep_removes_what_is_old_and_has_no_row(site: Site) {
    // Files bear the machine's time.
    let made = Timestamp::now();
    let day = SignedDuration::from_hours(24);
    let kept = site.receive("a.csv", b"kept").await.into_upload();
    let orphan = site.new_upload("b.csv");
    site.sealed(&orphan, b"orphan").await;
    let begun = site.new_upload("c.csv");
    let mut writer = site.acme().create_object(&begun.unit, begun.id).await.unwrap();
    // More than is held before there is a file, twice: then the first is written.
    writer.write(Bytes::from(vec![7; 600_000])).await.unwrap();
    std::mem::forget(writer);
    let foreign = site.folder.join("objects/raw/acme/notes.txt");
    std::fs::write(&foreign, "an operator's own").unwrap();
    let ledgers = site.system().ledger_files().unwrap();
    let table = Path::from("acme/acme/suppliers/part-1.parquet");
    ledgers.put(&table, "rows".into()).await.unwrap();
    std::mem::forget(ledgers.put_multipart(&table).await.unwrap());
    assert_eq!(site.files().len(), 6);

    let system = site.system();
    for (moment, age) in [
        (made, day),
        (made + 23.hours(), day),
        // However it is asked, the sweep keeps away from what is younger than an hour.
        (made + 59.minutes(), SignedDuration::ZERO),
    ] {
        assert_eq!(system.sweep(moment, age).await.unwrap(), SweepReport::default());
    }
    let report = system.sweep(made + 25.hours(), day).await.unwrap();
    assert_eq!(report, SweepReport { temporaries: 2, objects: 1, ledger_files: 0 });
    assert_eq!(system.sweep(made + 25.hours(), day).await.unwrap(), SweepReport::default());
    assert_eq!(site.files().len(), 3);
    assert!(foreign.exists() && ledgers.head(&table).await.is_ok());
    assert!(system.verify_objects(|_| {}).await.unwrap().is_sound());
    assert!(site.acme().upload(&kept.unit, kept.id).await.unwrap().is_some());
}

pub(crate) async fn a_check_leaves_nothing(site: Site) {
    let system = site.system();
    let moment = Timestamp::UNIX_EPOCH;
    system.check(moment).await.unwrap();
    system.check(moment).await.unwrap();
    assert_eq!(site.files().len(), 0);
    assert!(system.free_bytes().unwrap() > 0);

    let tmp = site.folder.join("objects/tmp");
    std::fs::remove_dir(&tmp).unwrap();
    std::fs::write(&tmp, "in the way").unwrap();
    assert!(system.check(moment).await.is_err());
    assert_eq!(files_below(&site.folder.join("objects/probe")).len(), 0);
}
