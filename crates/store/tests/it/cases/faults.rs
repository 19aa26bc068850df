//! What is damaged is found and named.

use store::{Error, ObjectDamage};

use crate::site::{Site, unit};

pub(crate) async fn objects_are_compared_with_their_rows(site: Site) {
    let path_of = |id: domain::UploadId| {
        let name = id.to_string();
        site.files().into_iter().find(|file| file.ends_with(&name)).unwrap()
    };
    let sound = site.receive("a.csv", b"sound").await.into_upload();
    let missing = site.receive("b.csv", b"missing").await.into_upload();
    let shorter = site.receive("c.csv", b"shorter").await.into_upload();
    let changed = site.receive("d.csv", b"changed").await.into_upload();
    std::fs::remove_file(path_of(missing.id)).unwrap();
    std::fs::write(path_of(shorter.id), b"short").unwrap();
    std::fs::write(path_of(changed.id), b"Changed").unwrap();

    let mut told = Vec::new();
    let report = site.system().verify_objects(|so_far| told.push(so_far.objects)).await.unwrap();
    assert_eq!(told, [1, 2, 3, 4]);
    assert_eq!((report.objects, report.bytes), (4, 5 + 7 + 7 + 7));
    assert!(!report.is_sound());
    let wrong_with = |id: domain::UploadId| {
        report.faults.iter().find(|fault| fault.object == id.into()).map(|fault| fault.damage)
    };
    assert_eq!(wrong_with(sound.id), None);
    assert_eq!(wrong_with(missing.id), Some(ObjectDamage::Missing));
    assert_eq!(wrong_with(shorter.id), Some(ObjectDamage::Length { stored: 5 }));
    assert!(matches!(wrong_with(changed.id), Some(ObjectDamage::Digest { .. })));
}

pub(crate) async fn a_damaged_row_names_itself(site: Site) {
    let upload = site.receive("a.csv", b"1").await.into_upload();
    site.by_hand("UPDATE uploads SET state = 'read', state_at = 1, rows_read = 5").await;
    let found = site.acme().upload(&unit(), upload.id).await;
    match found {
        Err(Error::Corrupt { table: "uploads", id }) => assert_eq!(id, upload.id.to_string()),
        other => panic!("{other:?}"),
    }
    site.by_hand(
        "UPDATE uploads SET rows_set_aside = 2, ledger_version = 3, non_rows = 0, \
         rows_replaced = 0, made_inactive = 0",
    )
    .await;
    let mended = site.acme().upload(&unit(), upload.id).await.unwrap().unwrap();
    assert_eq!(mended.state.word(), "read");
}
