//! Files beside findings, and that they go wherever all else of a store goes.

use bytes::Bytes;
use domain::{Attachment, AttachmentId, AttachmentKind};
use futures_util::TryStreamExt as _;
use jiff::SignedDuration;
use store::{
    ATTACHMENTS_MAX, Config, DatabaseUrl, Error, NewAttachment, ObjectDamage, ObjectsUrl, Store,
};

use crate::cases::findings::{checked, key};
use crate::cases::runs::run;
use crate::cases::verdicts::ann;
use crate::site::{Site, acme, now, random, unit};

async fn attach(site: &Site, number: usize, content: &'static [u8]) -> Result<Attachment, Error> {
    let (acme, id) = (site.acme(), AttachmentId::new(now(), random()));
    let mut writer = acme.create_attachment(&unit(), id).await?;
    writer.write(Bytes::from_static(content)).await?;
    let sealed = writer.finish().await?.publish().await?;
    let new = NewAttachment {
        id,
        unit: unit(),
        finding: key(number),
        name: "a letter.pdf".parse().unwrap(),
        kind: AttachmentKind::Pdf,
    };
    acme.attach(sealed, new, ann()).await
}

pub(crate) async fn a_file_stands_beside_its_finding(site: Site) {
    let acme = site.acme();
    run(&site, &checked(2), now()).await;
    let kept = attach(&site, 1, b"%PDF-1").await.unwrap();
    assert_eq!(acme.attachments(&unit(), &key(1)).await.unwrap(), std::slice::from_ref(&kept));
    assert!(acme.attachments(&unit(), &key(2)).await.unwrap().is_empty());
    let (found, bytes) = acme.hand_out_attachment(&unit(), &key(1), kept.id, &ann()).await.unwrap();
    let bytes: Vec<Bytes> = bytes.try_collect().await.unwrap();
    assert_eq!((found, bytes.concat()), (kept.clone(), b"%PDF-1".to_vec()));
    let stranger = site.store.customer(&"globex".parse().unwrap());
    let foreign = stranger.hand_out_attachment(&unit(), &key(1), kept.id, &ann()).await;
    assert!(matches!(foreign.err(), Some(Error::NotFound { .. })));
    for _ in 1..ATTACHMENTS_MAX {
        attach(&site, 1, b"x").await.unwrap();
    }
    let full = attach(&site, 1, b"x").await;
    assert!(matches!(full, Err(Error::Illegal { .. })), "{full:?}");
    let nowhere = attach(&site, 9, b"x").await;
    assert!(matches!(nowhere, Err(Error::NotFound { what: "finding" })), "{nowhere:?}");
    acme.detach(&unit(), &key(1), kept.id, ann()).await.unwrap();
    let gone = acme.hand_out_attachment(&unit(), &key(1), kept.id, &ann()).await;
    assert!(matches!(gone.err(), Some(Error::NotFound { what: "attachment" })));
    // The two that were refused left their bytes, which the sweep takes, and nothing else.
    let files = site.files().len();
    let later = jiff::Timestamp::now() + SignedDuration::from_hours(48);
    let swept = site.system().sweep(later, SignedDuration::from_hours(24)).await.unwrap();
    assert_eq!((swept.objects, files - site.files().len()), (2, 2));
    let verified = site.system().verify_objects(|_progress| {}).await.unwrap();
    assert_eq!((verified.objects, verified.is_sound()), (ATTACHMENTS_MAX as u64 - 1, true));
}

pub(crate) async fn files_go_where_everything_goes(site: Site) {
    run(&site, &checked(1), now()).await;
    let kept = attach(&site, 1, b"%PDF-1").await.unwrap();
    let system = site.system();
    let copy = site.folder.join("copy");
    let report = system.backup(&copy, None, now()).await.unwrap();
    assert_eq!((report.objects, report.faults.len()), (1, 0));
    let config = Config {
        database: DatabaseUrl::Sqlite(copy.join("bursar.db")),
        objects: ObjectsUrl::Local(copy.join("objects")),
    };
    let restored = Store::open_existing(&config).await.unwrap();
    let handed = restored.customer(&acme());
    let (_, bytes) = handed.hand_out_attachment(&unit(), &key(1), kept.id, &ann()).await.unwrap();
    let bytes: Vec<Bytes> = bytes.try_collect().await.unwrap();
    assert_eq!(bytes.concat(), b"%PDF-1");
    restored.close().await;
    let exported = site.folder.join("exported");
    system.export_customer(&acme(), &exported, "operator", now()).await.unwrap();
    let rows = std::fs::read_to_string(exported.join("rows/attachments.jsonl")).unwrap();
    assert!(rows.contains(&kept.id.to_string()), "{rows}");
    let month = kept.id.made_at().strftime("%Y-%m").to_string();
    let file = exported.join(format!("files/acme/{month}/{}", kept.id));
    assert_eq!(std::fs::read(file).unwrap(), b"%PDF-1");
    let object = site.files().into_iter().find(|path| path.ends_with(kept.id.to_string()));
    std::fs::remove_file(object.unwrap()).unwrap();
    let verified = system.verify_objects(|_progress| {}).await.unwrap();
    assert_eq!(
        (verified.faults[0].object, verified.faults[0].damage),
        (kept.id.into(), ObjectDamage::Missing)
    );
}
