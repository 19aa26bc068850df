//! Opening again, beside another program, with another schema, and where there is nothing.

use std::os::unix::fs::MetadataExt as _;

use futures_util::future::join_all;
use store::{DatabaseUrl, Error, ObjectsUrl, ReceiveOutcome, Store};

use crate::site::{Site, files_below, unit};

pub(crate) async fn a_store_is_found_again(site: Site) {
    let upload = site.receive("a.csv", b"1").await.into_upload();
    site.store.close().await;
    let again = Store::open_existing(&site.config).await.unwrap();
    let found = again.customer(&upload.customer).upload(&unit(), upload.id).await.unwrap();
    assert_eq!(found, Some(upload));
    let report = again.system().verify_objects(|_| {}).await.unwrap();
    assert_eq!((report.objects, report.is_sound()), (1, true));
    again.close().await;

    for file in files_below(&site.folder) {
        let mode = std::fs::metadata(&file).unwrap().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", file.display());
        let folder = std::fs::metadata(file.parent().unwrap()).unwrap().mode() & 0o777;
        assert_eq!(folder, 0o700, "{}", file.display());
    }
}

pub(crate) async fn two_programs_write_beside_each_other(site: Site) {
    let command = Store::open_existing(&site.config).await.unwrap();
    let beside = Site {
        folder: site.folder.clone(),
        config: site.config.clone(),
        store: command.clone(),
        token: site.token,
    };
    let receiving = (0..16).map(|place| {
        let site = if place % 2 == 0 { &site } else { &beside };
        site.receive(["a.csv", "b.csv", "c.csv", "d.csv"][place % 4], b"1")
    });
    let received = join_all(receiving).await;
    let new = received.iter().filter(|received| matches!(received, ReceiveOutcome::New(_))).count();
    assert_eq!(new, 4);
    command.close().await;
}

pub(crate) async fn several_programs_make_one_store(site: Site) {
    let mut config = site.config.clone();
    config.database = DatabaseUrl::Sqlite(site.folder.join("new/bursar.db"));
    let opened = join_all((0..4).map(|_| Store::open(&config))).await;
    for store in opened {
        let store = store.unwrap();
        assert_eq!(store.system().customers().await.unwrap(), []);
        store.close().await;
    }
}

pub(crate) async fn a_newer_schema_is_left_alone(site: Site) {
    site.by_hand(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         SELECT 999, description, success, checksum, execution_time FROM _sqlx_migrations \
         WHERE version = 1",
    )
    .await;
    for opened in [Store::open(&site.config).await, Store::open_existing(&site.config).await] {
        let error = opened.unwrap_err();
        let is_newer = matches!(error, Error::SchemaTooNew { found: 999, known } if known < 999);
        assert!(is_newer, "{error:?}");
        assert!(error.to_string().contains("nothing was changed"));
    }
    // Who has it open already goes on.
    site.receive("a.csv", b"1").await;
}

pub(crate) async fn nothing_is_made_where_something_should_be(site: Site) {
    let place = site.folder.join("elsewhere/bursar.db");
    let mut config = site.config.clone();
    config.database = DatabaseUrl::Sqlite(place.clone());
    config.objects = ObjectsUrl::Local(site.folder.join("other"));
    let missing = Store::open_existing(&config).await.unwrap_err();
    assert!(matches!(missing, Error::NoDatabase { .. }), "{missing:?}");
    assert!(!place.parent().unwrap().exists() && !site.folder.join("other").exists());

    std::fs::create_dir(place.parent().unwrap()).unwrap();
    std::fs::write(&place, "").unwrap();
    let empty = Store::open_existing(&config).await.unwrap_err();
    assert!(matches!(empty, Error::NoDatabase { .. }), "{empty:?}");
}
