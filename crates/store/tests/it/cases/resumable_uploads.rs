//! Files that are sent in several requests, up to where they are whole.

use bytes::Bytes;
use domain::{ContentCoding, FileType, PartId, ResumableId};
use futures_util::TryStreamExt as _;
use futures_util::future::join_all;
use jiff::SignedDuration;
use store::{Error, NewResumable, ResumableBegin, ResumableLimits, ResumableUpload, WhenKnown};

use crate::site::{Site, file_name, now, random, unit};

const LIMITS: ResumableLimits = ResumableLimits {
    open_per_token_max: 3,
    open_per_customer_max: 4,
    bytes_per_customer_max: 1_000,
    bytes_max: 2_000,
    longest_bytes: 100,
};
/// Requests that do the same at once.
const AT_ONCE: usize = 8;

fn new_file(site: &Site, name: &str) -> NewResumable {
    NewResumable {
        id: ResumableId::new(now(), random()),
        unit: unit(),
        token: site.token,
        file_type: FileType::Transactions,
        file_name: file_name(name),
        coding: ContentCoding::Identity,
        sha256: None,
        wire_sha256: None,
        idempotency_key: None,
        length: Some(10),
        begun_at: now(),
        expires_at: now() + SignedDuration::from_hours(1),
        when_known: WhenKnown::GoesOn,
    }
}

fn with_key(site: &Site, when_known: WhenKnown) -> NewResumable {
    let idempotency_key = Some("key".to_owned());
    NewResumable { idempotency_key, when_known, ..new_file(site, "a.csv") }
}

async fn begin(site: &Site, new: NewResumable) -> ResumableUpload {
    match site.acme().begin_resumable(new, LIMITS).await.unwrap() {
        ResumableBegin::Begun(begun) => begun,
        other => panic!("{other:?}"),
    }
}

/// Adds bytes as a request does that found the file as it is here.
async fn add(
    site: &Site,
    of: &ResumableUpload,
    bytes: &'static [u8],
) -> Result<ResumableUpload, Error> {
    let part = PartId::new(now(), random());
    let mut part = site.acme().begin_part(of, part).await?;
    part.write(Bytes::from_static(bytes)).await?;
    part.finish().await
}

async fn content(site: &Site, of: &ResumableUpload) -> Vec<u8> {
    let mut all = Vec::new();
    for part in site.acme().resumable_parts(of).await.unwrap() {
        let bytes: Vec<Bytes> =
            site.acme().read_part(of, part).await.unwrap().try_collect().await.unwrap();
        all.extend(bytes.concat());
    }
    all
}

async fn found(site: &Site, of: &ResumableUpload) -> Option<ResumableUpload> {
    site.acme().resumable_upload(&unit(), of.id, now()).await.unwrap()
}

pub(crate) async fn parts_follow_each_other(site: Site) {
    let begun = begin(&site, new_file(&site, "a.csv")).await;
    assert_eq!(found(&site, &begun).await.as_ref(), Some(&begun));
    let first = add(&site, &begun, b"Suppl").await.unwrap();
    let nothing = add(&site, &first, b"").await.unwrap();
    assert_eq!((first.received, first.parts, &nothing), (5, 1, &first));
    let second = add(&site, &first, b"ier\n1").await.unwrap();
    assert_eq!(found(&site, &begun).await.as_ref(), Some(&second));
    assert_eq!(content(&site, &second).await, b"Supplier\n1");
    assert!(site.acme().has_parts(&second).await.unwrap());
    // Nobody else's.
    let globex = site.store.customer(&"globex".parse().unwrap());
    assert!(globex.resumable_upload(&unit(), begun.id, now()).await.unwrap().is_none());
    let elsewhere = "uk".parse().unwrap();
    assert!(site.acme().resumable_upload(&elsewhere, begun.id, now()).await.unwrap().is_none());

    let upload = site.receive("a.csv", b"Supplier\n1").await.into_upload();
    let files = site.files().len();
    site.acme().finish_resumable(&second, upload.id).await.unwrap();
    assert_eq!(files - site.files().len(), 2, "its parts are gone");
    let finished = found(&site, &begun).await.unwrap();
    assert_eq!((finished.upload, finished.received), (Some(upload.id), 10));
    assert!(matches!(add(&site, &finished, b"x").await, Err(Error::Conflict { .. })));
}

pub(crate) async fn of_two_senders_one_adds_a_part(site: Site) {
    let begun = begin(&site, new_file(&site, "a.csv")).await;
    let parts = (0..AT_ONCE).map(|_| add(&site, &begun, b"12345"));
    let (added, refused): (Vec<_>, Vec<_>) =
        join_all(parts).await.into_iter().partition(Result::is_ok);
    assert_eq!((added.len(), refused.len()), (1, AT_ONCE - 1));
    assert!(
        refused.iter().all(|error| matches!(error, Err(Error::Conflict { .. }))),
        "{refused:?}"
    );
    let now_there = found(&site, &begun).await.unwrap();
    assert_eq!((now_there.received, now_there.parts), (5, 1));
    assert_eq!(content(&site, &now_there).await, b"12345");
    assert_eq!(site.files().len(), 1, "what was refused leaves nothing");
}

pub(crate) async fn a_file_is_begun_once(site: Site) {
    let begin_with_key =
        async || site.acme().begin_resumable(with_key(&site, WhenKnown::GoesOn), LIMITS).await;
    let outcomes = join_all((0..AT_ONCE).map(|_| begin_with_key())).await;
    let (begun, known): (Vec<_>, Vec<_>) = outcomes
        .into_iter()
        .map(Result::unwrap)
        .partition(|outcome| matches!(outcome, ResumableBegin::Begun(_)));
    let ([ResumableBegin::Begun(begun)], AT_KNOWN) = (&begun[..], known.len()) else {
        panic!("{begun:?} {known:?}")
    };
    assert!(known.iter().all(|known| *known == ResumableBegin::Known(begun.clone())));
    let further = add(&site, begun, b"12345").await.unwrap();
    let again = begin_with_key().await.unwrap();
    assert_eq!(again, ResumableBegin::Known(further.clone()));
    // Another file has another key.
    let other =
        NewResumable { file_name: file_name("b.csv"), ..with_key(&site, WhenKnown::GoesOn) };
    let reused = site.acme().begin_resumable(other, LIMITS).await;
    assert!(matches!(reused, Err(Error::Conflict { .. })), "{reused:?}");
    // The same file packed otherwise, or brought again, is begun anew, and what there was is gone.
    let anew = begin(&site, with_key(&site, WhenKnown::BeginsAnew)).await;
    assert_eq!((anew.received, found(&site, &further).await), (0, None));
    let packed = NewResumable {
        coding: ContentCoding::Gzip,
        length: Some(7),
        ..with_key(&site, WhenKnown::GoesOn)
    };
    let packed = begin(&site, packed).await;
    assert_eq!((packed.coding, found(&site, &anew).await), (ContentCoding::Gzip, None));
    assert_eq!(site.files().len(), 0);
}

const AT_KNOWN: usize = AT_ONCE - 1;

pub(crate) async fn no_more_are_under_way_than_may_be(site: Site) {
    let begin_one = async |new| site.acme().begin_resumable(new, LIMITS).await.unwrap();
    let longest = |length| NewResumable { length, ..new_file(&site, "a.csv") };
    let mut begun = Vec::new();
    for _ in 0..LIMITS.open_per_token_max {
        begun.push(begin(&site, new_file(&site, "a.csv")).await);
    }
    assert_eq!(begin_one(new_file(&site, "a.csv")).await, ResumableBegin::TooMany);
    site.acme().remove_resumable(&begun[0]).await.unwrap();
    site.acme().finish_resumable(&begun[1], site.new_upload("a.csv").id).await.unwrap();
    // What is finished or given up counts no more; without a length a file counts with the longest.
    assert_eq!(begin_one(longest(Some(991))).await, ResumableBegin::NoRoom);
    let all_there_is = begin_one(longest(Some(900))).await;
    assert!(matches!(all_there_is, ResumableBegin::Begun(_)), "{all_there_is:?}");
    assert_eq!(begin_one(longest(None)).await, ResumableBegin::NoRoom);
    // Everybody's together.
    let tight = ResumableLimits { bytes_max: 915, bytes_per_customer_max: 10_000, ..LIMITS };
    let refused = site.acme().begin_resumable(longest(Some(10)), tight).await.unwrap();
    assert_eq!(refused, ResumableBegin::NoRoom);
}

pub(crate) async fn what_is_not_ended_goes_when_its_time_is_over(site: Site) {
    let begun = begin(&site, new_file(&site, "a.csv")).await;
    let part = add(&site, &begun, b"12345").await.unwrap();
    let kept = site.receive("b.csv", b"kept").await.into_upload();
    let (system, over) = (site.system(), begun.expires_at);
    assert_eq!(site.acme().resumable_upload(&unit(), begun.id, over).await.unwrap(), None);
    let swept = system.sweep(jiff::Timestamp::now() + SignedDuration::from_hours(48), DAY).await;
    assert_eq!(swept.unwrap().objects, 0, "a part under way is no leftover");
    assert_eq!(system.remove_expired_resumables(now()).await.unwrap(), 0);
    assert_eq!(system.remove_expired_resumables(over).await.unwrap(), 1);
    assert_eq!(site.files().len(), 1);
    assert!(matches!(add(&site, &part, b"x").await, Err(Error::Conflict { .. })));
    assert!(site.acme().upload(&unit(), kept.id).await.unwrap().is_some());
}

const DAY: SignedDuration = SignedDuration::from_hours(24);

pub(crate) async fn lost_parts_are_noticed(site: Site) {
    let begun = begin(&site, new_file(&site, "a.csv")).await;
    let part = add(&site, &begun, b"12345").await.unwrap();
    for file in site.files() {
        std::fs::remove_file(file).unwrap();
    }
    assert!(!site.acme().has_parts(&part).await.unwrap());
    site.by_hand("DELETE FROM resumable_parts").await;
    assert!(!site.acme().has_parts(&part).await.unwrap());
    let listed = site.acme().resumable_parts(&part).await;
    assert!(matches!(listed, Err(Error::NotFound { .. })), "{listed:?}");
}

pub(crate) async fn a_length_is_said_once(site: Site) {
    let begun = begin(&site, NewResumable { length: None, ..new_file(&site, "a.csv") }).await;
    let acme = site.acme();
    acme.set_resumable_length(begun.id, 7).await.unwrap();
    acme.set_resumable_length(begun.id, 7).await.unwrap();
    let other = acme.set_resumable_length(begun.id, 8).await;
    assert!(matches!(other, Err(Error::Conflict { .. })), "{other:?}");
    assert_eq!(found(&site, &begun).await.unwrap().length, Some(7));
}
