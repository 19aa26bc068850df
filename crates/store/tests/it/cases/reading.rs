//! Reading an upload: its states, the fence, snapshots that follow each other, rules, its bytes.

use std::collections::BTreeMap;
use std::io::{Read as _, Seek as _, SeekFrom};

use domain::hold::{InvoiceRow, Replacement, ReusedIdentifiers};
use domain::{
    DateOrder, DecimalStyle, FieldSource, FileType, HoldReason, InvoiceSign, Mapping, ReadingRules,
    Remedy, RowCounts, UploadState,
};
use jiff::{SignedDuration, ToSpan as _};
use store::{Error, JobKind, NextJobs};

use crate::site::{Site, acme, at, fence, new_job, now, unit};

const ROWS: RowCounts =
    RowCounts { rows_read: 10, rows_set_aside: 2, non_rows: 3, rows_replaced: 4, made_inactive: 5 };

pub(crate) fn read() -> UploadState {
    UploadState::Read { at: at("2026-11-23T10:05:00Z"), ledger_version: 7, rows: ROWS }
}

pub(crate) fn held() -> UploadState {
    let reason = HoldReason::ManyInactive { active_before: 12 };
    UploadState::Held { at: at("2026-11-23T10:05:00Z"), rows: ROWS, reason }
}

/// A file whose Unique IDs are those of other invoices.
pub(crate) fn held_by_identifiers() -> UploadState {
    let row = |line, date: &str| InvoiceRow {
        line,
        supplier_name: Some("Harrow\0 & Vale".to_owned()),
        invoice_date: date.parse().ok(),
        ..InvoiceRow::default()
    };
    let (before, after) = (row(2, "2023-03-01"), row(7, "2024-03-01"));
    let reused_identifiers = ReusedIdentifiers {
        rows: 4,
        columns: vec!["Document Number".to_owned()],
        may_repeat_by: vec!["Fiscal Year".to_owned()],
        examples: vec![Replacement { unique_id: "1900000000".to_owned(), before, after }],
    };
    let reason = HoldReason::ReusedIdentifiers { reused_identifiers };
    UploadState::Held { at: at("2026-11-23T10:05:00Z"), rows: ROWS, reason }
}

pub(crate) fn refused() -> UploadState {
    UploadState::Refused {
        at: at("2026-11-23T10:05:00Z"),
        reason: "there is no header row".to_owned(),
        remedy: Some(Remedy::MapColumns),
    }
}

/// Reads what comes next to this end.
pub(crate) async fn read_next(site: &Site, state: UploadState) {
    let job = site.claim().await;
    site.system().begin_reading(&job, now()).await.unwrap();
    site.system().finish_reading(&job, state, NextJobs::default(), now()).await.unwrap();
}

pub(crate) async fn an_upload_is_read_once(site: Site) {
    let system = site.system();
    for (name, end) in [
        ("1.csv", read()),
        ("2.csv", held()),
        ("3.csv", refused()),
        ("4.csv", held_by_identifiers()),
    ] {
        let upload = site.snapshot(name, 1).await;
        let job = site.claim().await;
        let begun = system.begin_reading(&job, at("2026-11-23T10:01:00Z")).await.unwrap();
        let reading = UploadState::Reading { since: at("2026-11-23T10:01:00Z") };
        assert_eq!((begun.id, &begun.state), (upload.id, &reading));
        assert_eq!(site.state(upload.id).await, reading);
        let begun = system.begin_reading(&job, at("2026-11-23T10:02:00Z")).await.unwrap();
        assert_eq!(begun.state, UploadState::Reading { since: at("2026-11-23T10:02:00Z") });

        for wrong in [UploadState::Received, reading] {
            let refused = system.finish_reading(&job, wrong, NextJobs::default(), now()).await;
            assert!(matches!(refused, Err(Error::Conflict { .. })), "{refused:?}");
        }
        system.finish_reading(&job, end.clone(), NextJobs::default(), now()).await.unwrap();
        assert_eq!(site.state(upload.id).await, end);
        let twice = system.finish_reading(&job, end, NextJobs::default(), now()).await;
        assert!(matches!(twice, Err(Error::LeaseLost)), "{twice:?}");
    }
}

pub(crate) async fn only_the_holder_writes(site: Site) {
    let system = site.system();
    let upload = site.receive("a.csv", b"1").await.into_upload();
    let lost = site.claim().await;
    let lease = SignedDuration::from_secs(60);
    let later = now() + 1.minute();
    let held = system.claim_job(&JobKind::ALL, later, lease, fence()).await.unwrap().unwrap();
    let next = NextJobs { tidy: Some(new_job()), ..NextJobs::default() };
    for answer in [
        system.begin_reading(&lost, now()).await.map(drop),
        system.keep_problems(&lost, (&[], &[]), &ReadingRules::default()).await,
        system.finish_reading(&lost, read(), next, now()).await,
    ] {
        assert!(matches!(answer, Err(Error::LeaseLost)), "{answer:?}");
    }
    assert_eq!(site.state(upload.id).await, UploadState::Received);
    system.begin_reading(&held, later).await.unwrap();
    // Whoever was killed before it could finish the job finds the upload done.
    site.by_hand("UPDATE uploads SET state = 'refused', state_at = 0, reason = 'x'").await;
    let found = system.begin_reading(&held, later).await.unwrap();
    assert_eq!(found.state.word(), "refused");
    assert_eq!(site.state(upload.id).await, found.state);
    system.finish_job(&held, later).await.unwrap();
}

pub(crate) async fn a_newer_snapshot_takes_the_place(site: Site) {
    let overtaken = |state: &UploadState| match state {
        UploadState::Refused { at, reason, remedy } => {
            *at == at_the_microsecond()
                && reason == "a newer snapshot took its place"
                && *remedy == Some(Remedy::Nothing)
        }
        _ => false,
    };
    let first = site.snapshot("1.csv", 9).await.id;
    let second = site.snapshot("2.csv", 8).await.id;
    read_next(&site, held()).await;
    read_next(&site, refused()).await;
    assert_eq!(site.state(first).await, held(), "a refused one takes no place");
    assert_eq!(site.state(second).await, refused());

    let third = site.snapshot("3.csv", 7).await.id;
    read_next(&site, held()).await;
    assert!(overtaken(&site.state(first).await));
    assert_eq!(site.state(second).await, refused(), "with its own reason");
    let fourth = site.snapshot("4.csv", 6).await.id;
    read_next(&site, read()).await;
    assert!(overtaken(&site.state(third).await));
    assert_eq!(site.state(fourth).await, read());

    // What came before the held one leaves it alone.
    site.snapshot("5.csv", 4).await;
    read_next(&site, held()).await;
    site.snapshot("6.csv", 5).await;
    read_next(&site, read()).await;
    let newest = site.acme().uploads(&unit(), 1.try_into().unwrap(), None).await.unwrap();
    assert_eq!(newest.items[0].state, held());
}

fn at_the_microsecond() -> jiff::Timestamp {
    jiff::Timestamp::from_microsecond(now().as_microsecond()).unwrap()
}

pub(crate) async fn a_newer_upload_that_is_read_is_seen(site: Site) {
    let system = site.system();
    let older = site.snapshot("1.csv", 9).await;
    let newer = site.snapshot("2.csv", 8).await;
    read_next(&site, held()).await;
    assert!(!system.newer_is_read(&older).await.unwrap());
    read_next(&site, read()).await;
    assert!(system.newer_is_read(&older).await.unwrap());
    assert!(!system.newer_is_read(&newer).await.unwrap());
    let other = site.receive("a.csv", b"1").await.into_upload();
    assert!(!system.newer_is_read(&other).await.unwrap());
}

pub(crate) async fn rules_come_back(site: Site) {
    let acme_store = site.acme();
    let kinds = [FileType::Transactions, FileType::Suppliers];
    for kind in kinds {
        let usual = acme_store.reading_rules(&unit(), kind).await.unwrap();
        assert_eq!(usual, ReadingRules::default());
    }
    let columns = BTreeMap::from([("Nr.\0ä".to_owned(), "invoice_number".to_owned())]);
    let parts = vec!["Company Code".to_owned(), "Nr.".to_owned()];
    let fields = BTreeMap::from([("unique_id".to_owned(), FieldSource::Columns(parts))]);
    let mut rules = ReadingRules {
        mapping: Some(Mapping { columns, fields }),
        date_order: Some(DateOrder::MonthFirst),
        failed_per_mille_max: Some(3),
        encoding: Some("windows-1250".to_owned()),
        decimal_style: Some(DecimalStyle::Comma),
        invoice_sign: Some(InvoiceSign::Negative),
        sheet: Some("Invoices".to_owned()),
        empty_words: vec!["tbc".to_owned()],
        keeps_totals: true,
        is_strict: true,
        numbered_as: Some("a.csv".to_owned()),
    };
    for _ in 0..2 {
        acme_store.set_reading_rules(&unit(), kinds[0], &rules, now()).await.unwrap();
        assert_eq!(acme_store.reading_rules(&unit(), kinds[0]).await.unwrap(), rules);
        rules.date_order = None;
    }
    let other = acme_store.reading_rules(&unit(), kinds[1]).await.unwrap();
    assert_eq!(other, ReadingRules::default());
    let stranger = site.store.customer(&"other".parse().unwrap());
    let none = stranger.reading_rules(&unit(), kinds[0]).await.unwrap();
    assert_eq!(none, ReadingRules::default());
    let set = stranger.set_reading_rules(&unit(), kinds[0], &rules, now()).await;
    assert!(matches!(set, Err(Error::NotFound { .. })), "{set:?}");
    site.by_hand("UPDATE reading_rules SET rules = '{\"surprise\": 1}'").await;
    let damaged = acme_store.reading_rules(&unit(), kinds[0]).await;
    assert!(matches!(damaged, Err(Error::Corrupt { .. })), "{damaged:?}");
}

pub(crate) async fn an_object_opens_as_a_file(site: Site) {
    let upload = site.receive("a.csv", b"0123456789").await.into_upload();
    let mut file = site.acme().open_object(&upload, None).await.unwrap();
    let mut end = String::new();
    file.seek(SeekFrom::Start(7)).unwrap();
    file.read_to_string(&mut end).unwrap();
    assert_eq!(end, "789");
    let stranger = site.store.customer(&"other".parse().unwrap());
    let missing = stranger.open_object(&upload, None).await;
    assert!(matches!(missing, Err(Error::NotFound { .. })), "{missing:?}");
    assert_eq!(upload.customer, acme());
}
