//! Receiving: what comes back, what is repeated, what is refused.

use std::collections::HashSet;

use bytes::Bytes;
use domain::page::PageSize;
use domain::{FileType, Sender, UploadId, UploadState};
use futures_util::future::join_all;
use store::{AuditFilter, Error, ReceiveOutcome, UploadFilter, UploadOrder};

use crate::cases::invitations::ann;
use crate::site::{Site, at, now, random, unit};

pub(crate) async fn an_upload_comes_back_as_it_was_received(site: Site) {
    let new = site.new_upload("Lieferanten ä.csv");
    let id = new.id;
    let ReceiveOutcome::New(upload) = site.try_receive(new, b"abc").await.unwrap() else {
        panic!("nothing was there before");
    };
    assert_eq!(upload.id, id);
    assert_eq!((upload.bytes, upload.file_name.as_str()), (3, "Lieferanten ä.csv"));
    let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(upload.sha256.to_string(), digest);
    assert_eq!(upload.state, UploadState::Received);
    // The receipt must not change between the first answer and a later one.
    assert_eq!(upload.received_at, at("2026-11-23T10:00:00.123456Z"));
    assert_eq!(site.acme().upload(&unit(), id).await.unwrap(), Some(upload));
    let filter = AuditFilter { noun: "upload".to_owned(), ..AuditFilter::default() };
    let audited = site.acme().audit_entries(&filter, PageSize::default(), None).await.unwrap();
    let [item] = &audited.items[..] else { panic!("{audited:?}") };
    assert_eq!((&item.entry.who, &item.entry.about), (&site.token.to_string(), &id.to_string()));
    assert_eq!(item.entry.details["sha256"], digest);
}

pub(crate) async fn the_same_file_is_received_once(site: Site) {
    let first = site.receive("a.csv", b"1").await.into_upload();
    let ReceiveOutcome::Repeated(again) = site.receive("a.csv", b"1").await else {
        panic!("the file was there before");
    };
    assert_eq!(again, first);
    assert_eq!(site.files().len(), 1, "the second object is gone");

    let mut other_type = site.new_upload("a.csv");
    other_type.file_type = FileType::Suppliers;
    for received in [
        site.receive("a.csv", b"2").await,
        site.receive("A.csv", b"1").await,
        site.try_receive(other_type, b"1").await.unwrap(),
    ] {
        assert!(matches!(received, ReceiveOutcome::New(_)), "{received:?}");
    }
    assert_eq!(site.files().len(), 4);
    let newest = site.acme().find_repeated(&site.new_upload("A.csv"), first.sha256).await;
    assert_eq!(newest.unwrap().unwrap().file_name.as_str(), "A.csv");
}

/// Contents that come back after others are the state of today, not a repeat.
pub(crate) async fn only_the_newest_is_repeated(site: Site) {
    let mut ids = Vec::new();
    for (content, is_new) in
        [(&b"A"[..], true), (b"B", true), (b"A", true), (b"A", false), (b"B", true), (b"B", false)]
    {
        let received = site.receive("a.csv", content).await;
        assert_eq!(matches!(received, ReceiveOutcome::New(_)), is_new, "{ids:?}");
        let id = received.into_upload().id;
        assert_eq!(ids.last() == Some(&id), !is_new, "the newest answers");
        ids.push(id);
    }
    // Another name between them changes nothing.
    site.receive("b.csv", b"A").await;
    assert!(matches!(site.receive("a.csv", b"B").await, ReceiveOutcome::Repeated(_)));
    assert_eq!(site.files().len(), 5, "each upload has its object, and no repeat has");
    assert!(site.system().verify_objects(|_| {}).await.unwrap().is_sound());
}

/// Nothing of a refused file is in the ledger, and since then its columns may have been mapped.
pub(crate) async fn a_refused_file_is_taken_again(site: Site) {
    let refused = site.receive("a.csv", b"1").await.into_upload();
    site.by_hand("UPDATE uploads SET state = 'refused', state_at = 1, reason = 'no header row'")
        .await;
    let ReceiveOutcome::New(again) = site.receive("a.csv", b"1").await else {
        panic!("it was refused");
    };
    assert_ne!(again.id, refused.id);
    for word in ["reading", "held"] {
        site.by_hand(match word {
            "reading" => "UPDATE uploads SET state = 'reading', state_at = 1, reason = NULL",
            _ => {
                "UPDATE uploads SET state = 'held', state_at = 1, rows_read = 1, \
                 rows_set_aside = 0, non_rows = 0, rows_replaced = 0, made_inactive = 0, \
                 active_before = 9, hold_reason = 'manyInactive'"
            }
        })
        .await;
        let repeated = site.receive("a.csv", b"1").await;
        assert!(
            matches!(&repeated, ReceiveOutcome::Repeated(upload) if upload.id == again.id),
            "{word}"
        );
    }
}

/// Whatever comes first, one upload for each run of equal contents, and the last one answers.
pub(crate) async fn two_contents_at_once_are_received_in_some_order(site: Site) {
    let receiving = (0..24).map(|place: usize| {
        let mut new = site.new_upload("a.csv");
        new.idempotency_key = place.is_multiple_of(3).then(|| format!("key {}", place % 4));
        site.try_receive(new, [&b"A"[..], b"B"][place % 2])
    });
    let received: Vec<_> = join_all(receiving).await.into_iter().map(Result::unwrap).collect();
    let uploads = site.acme().uploads(&unit(), PageSize::default(), None).await.unwrap().items;
    let new = received.iter().filter(|received| matches!(received, ReceiveOutcome::New(_))).count();
    assert_eq!(uploads.len(), new, "a receipt for each row");
    assert_eq!(site.files().len(), new, "an object for each row");
    assert!(uploads.len() >= 2);
    let again = site.acme().find_repeated(&site.new_upload("a.csv"), uploads[0].sha256).await;
    assert_eq!(again.unwrap().as_ref(), Some(&uploads[0]));
}

pub(crate) async fn the_same_file_at_once_is_one_upload(site: Site) {
    let receiving = (0..32).map(|_| site.receive("a.csv", b"the same"));
    let received = join_all(receiving).await;
    let new = received.iter().filter(|received| matches!(received, ReceiveOutcome::New(_))).count();
    assert_eq!(new, 1);
    let ids: HashSet<_> = received.into_iter().map(|received| received.into_upload().id).collect();
    assert_eq!(ids.len(), 1);
    assert_eq!(site.files().len(), 1);
    assert!(site.system().verify_objects(|_| {}).await.unwrap().is_sound());
}

pub(crate) async fn a_key_answers_for_one_request(site: Site) {
    let with_key = |name: &str| {
        let mut new = site.new_upload(name);
        new.idempotency_key = Some("4711".to_owned());
        new
    };
    let first = site.try_receive(with_key("a.csv"), b"1").await.unwrap().into_upload();
    let again = site.try_receive(with_key("a.csv"), b"1").await.unwrap();
    assert_eq!(again, ReceiveOutcome::Repeated(first.clone()));
    site.receive("a.csv", b"2").await;
    let again = site.try_receive(with_key("a.csv"), b"1").await.unwrap();
    assert_eq!(
        again,
        ReceiveOutcome::Repeated(first.clone()),
        "also when it is no longer the newest"
    );
    let found = site.acme().find_repeated(&with_key("a.csv"), first.sha256).await.unwrap();
    assert_eq!(found, Some(first));

    let other = with_key("b.csv");
    let id = other.id;
    let refused = site.try_receive(other, b"1").await;
    assert!(matches!(refused, Err(Error::Conflict { what: "idempotency key" })), "{refused:?}");
    assert_eq!(site.acme().upload(&unit(), id).await.unwrap(), None);

    // A repeat keeps its key, whether or not its bytes were published.
    for (key, published) in [("found", false), ("received", true)] {
        let mut new = site.new_upload("c.csv");
        let newest = site.receive("c.csv", b"1").await.into_upload();
        new.idempotency_key = Some(key.to_owned());
        let answered = if published {
            site.try_receive(new.clone(), b"1").await.unwrap().into_upload()
        } else {
            site.acme().find_repeated(&new, newest.sha256).await.unwrap().unwrap()
        };
        assert_eq!(answered.id, newest.id);
        site.receive("c.csv", b"2").await;
        new.id = UploadId::new(now(), random());
        let again = site.try_receive(new, b"1").await.unwrap();
        assert_eq!(again, ReceiveOutcome::Repeated(newest), "{key}");
    }
}

pub(crate) async fn an_upload_needs_its_unit_and_token(site: Site) {
    let mut other_unit = site.new_upload("a.csv");
    other_unit.unit = "mars".parse().unwrap();
    let mut other_token = site.new_upload("a.csv");
    other_token.sender = Sender::Token(domain::TokenId::new(now(), [9; 10]));
    for new in [other_unit, other_token] {
        let (unit, id) = (new.unit.clone(), new.id);
        let refused = site.try_receive(new, b"1").await;
        assert!(matches!(refused, Err(Error::NotFound { .. })), "{refused:?}");
        assert_eq!(site.acme().upload(&unit, id).await.unwrap(), None);
    }
    assert_eq!(site.system().job_counts().await.unwrap(), []);
}

/// Uploads that wait together share a transaction, and one that is refused takes no other row with it.
pub(crate) async fn one_that_is_refused_takes_nobody_with_it(site: Site) {
    let mut first = site.new_upload("first.csv");
    first.idempotency_key = Some("4711".to_owned());
    site.try_receive(first, b"1").await.unwrap();
    let receiving = (0..48).map(|place: usize| {
        let mut new = site.new_upload(&format!("{place}.csv"));
        match place % 4 {
            0 => new.idempotency_key = Some("4711".to_owned()),
            1 => new.unit = "mars".parse().unwrap(),
            _ => {}
        }
        site.try_receive(new, b"1")
    });
    for (place, received) in join_all(receiving).await.into_iter().enumerate() {
        match (place % 4, received) {
            (0, Err(Error::Conflict { .. }))
            | (1, Err(Error::NotFound { .. }))
            | (2 | 3, Ok(ReceiveOutcome::New(_))) => {}
            (_, received) => panic!("{place}: {received:?}"),
        }
    }
    let page = PageSize::try_from(100).unwrap();
    let uploads = site.acme().uploads(&unit(), page, None).await.unwrap().items;
    assert_eq!(uploads.len(), 1 + 24);
    let jobs: u64 = site.system().job_counts().await.unwrap().iter().map(|count| count.jobs).sum();
    assert_eq!(jobs, 1 + 24, "a job for each row");
    let audited = site.system().audit_entries(page, None).await.unwrap().items;
    let received = audited.iter().filter(|item| item.entry.what == "upload.received").count();
    assert_eq!(received, 1 + 24, "an entry for each row");
    site.system().verify_audit().await.unwrap().unwrap();
}

pub(crate) async fn an_object_belongs_to_its_upload(site: Site) {
    let (one, other) = (site.new_upload("a.csv"), site.new_upload("a.csv"));
    let object = site.sealed(&one, b"1").await;
    let refused = site.acme().receive(object, other).await;
    assert!(matches!(refused, Err(Error::Conflict { .. })), "{refused:?}");
}

pub(crate) async fn an_interrupted_upload_leaves_nothing(site: Site) {
    let begun = async || {
        let new = site.new_upload("a.csv");
        let mut writer = site.acme().create_object(&new.unit, new.id).await.unwrap();
        writer.write(Bytes::from(vec![7; 700_000])).await.unwrap();
        writer
    };
    begun().await.abandon().await;
    begun().await.finish().await.unwrap().discard().await;
    assert_eq!(site.files(), [""; 0].map(std::path::PathBuf::from));

    // A killed process drops nothing: its temporary stays for the sweep, and nobody sees an upload.
    std::mem::forget(begun().await.finish().await.unwrap());
    assert_eq!(site.files().len(), 1);
    let report = site.system().verify_objects(|_| {}).await.unwrap();
    assert_eq!((report.objects, report.temporaries.len()), (0, 1));
}

pub(crate) async fn a_user_sends_as_a_token_does(site: Site) {
    let ann = ann(&site).await;
    let mut new = site.new_upload("a.csv");
    new.sender = Sender::User(ann.id);
    let sent = site.try_receive(new, b"1").await.unwrap().into_upload();
    assert_eq!(sent.sender, Sender::User(ann.id));
    assert_eq!(site.acme().upload(&unit(), sent.id).await.unwrap(), Some(sent.clone()));
    let again = site.receive("a.csv", b"1").await;
    assert_eq!(again, ReceiveOutcome::Repeated(sent), "whoever sends it, it is the same file");
    let log = site
        .acme()
        .audit_entries(&AuditFilter::default(), PageSize::default(), None)
        .await
        .unwrap()
        .items;
    let received: Vec<_> = log.iter().filter(|item| item.entry.what == "upload.received").collect();
    assert_eq!((received.len(), received[0].entry.who.as_str()), (1, "ann@example.org"));
    let mut nobody = site.new_upload("b.csv");
    nobody.sender = Sender::User(domain::UserId::new(now(), [9; 10]));
    assert!(matches!(site.try_receive(nobody, b"2").await, Err(Error::NotFound { .. })));
}

pub(crate) async fn uploads_are_filtered_and_sorted(site: Site) {
    for (minute, (name, content)) in
        [("b100.csv", &b"333"[..]), ("A_1.csv", b"1"), ("c.csv", b"22")].into_iter().enumerate()
    {
        let mut new = site.new_upload(name);
        new.received_at = now() + jiff::SignedDuration::from_mins(i64::try_from(minute).unwrap());
        site.try_receive(new, content).await.unwrap();
    }
    site.snapshot("suppliers.csv", 9).await;
    let one = PageSize::try_from(1).unwrap();
    let listed = async |filter: UploadFilter, order| {
        let (mut names, mut after) = (Vec::new(), None);
        loop {
            let page = site.acme().uploads_of(&unit(), &filter, order, one, after).await.unwrap();
            names.extend(page.items.into_iter().map(|upload| upload.file_name.to_string()));
            after = page.next;
            if after.is_none() {
                return names.join(" ");
            }
        }
    };
    let all = UploadFilter::default();
    for (order, names) in [
        (UploadOrder::Newest, "c.csv A_1.csv b100.csv suppliers.csv"),
        (UploadOrder::Oldest, "suppliers.csv b100.csv A_1.csv c.csv"),
    ] {
        assert_eq!(listed(all.clone(), order).await, names);
    }
    let largest = listed(all.clone(), UploadOrder::Largest).await;
    assert!(largest.starts_with("b100.csv c.csv "), "{largest}");
    assert_eq!(listed(all.clone(), UploadOrder::Name).await.split(' ').count(), 4);
    let name = |name: &str| UploadFilter { name: Some(name.to_owned()), ..all.clone() };
    let file_type = Some(FileType::Suppliers);
    let state = |word: &str| UploadFilter { state: Some(word.to_owned()), ..all.clone() };
    for (filter, names) in [
        (name("a_1"), "A_1.csv"),
        (name("B1"), "b100.csv"),
        (name("a%c"), ""),
        (name("_1"), "A_1.csv"),
        (name("' OR '1'='1"), ""),
        (UploadFilter { file_type, ..all.clone() }, "suppliers.csv"),
        (state("read"), ""),
        (state("received"), "c.csv A_1.csv b100.csv suppliers.csv"),
    ] {
        assert_eq!(listed(filter.clone(), UploadOrder::Newest).await, names, "{filter:?}");
    }
    let last = site.acme().last_received(&unit()).await.unwrap();
    assert_eq!(last.len(), 2);
    assert_eq!(last[0].0, FileType::Transactions);
    assert_eq!(last[0].1, at("2026-11-23T10:02:00.123456Z"));
}
